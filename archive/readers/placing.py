"""What was read of a member: named as one, and with what its container knows of it."""

from __future__ import annotations

import dataclasses

from archive.containers import member_path
from archive.document import Draft, Provenance
from archive.readers import ReadFailure, ReadOptions


def placed(found: Draft | ReadFailure, member: str) -> Draft | ReadFailure:
    """Return what was found in a member with the member's name before its own."""
    if not member:
        return found
    if isinstance(found, ReadFailure):
        if found.member.startswith(member):
            return found
        return dataclasses.replace(found, member=member_path(member, found.member))
    if found.origin.member.startswith(member):
        return found
    origin = dataclasses.replace(found.origin, member=member_path(member, found.origin.member))
    return dataclasses.replace(found, origin=origin)


def in_context(draft: Draft, options: ReadOptions) -> Draft:
    """Add what held the item knows of it: address, time of capture, warnings."""
    if not (options.url or options.fetched or options.notes):
        return draft
    provenance = dict(draft.provenance)
    if options.fetched:
        provenance["fetched"] = Provenance(method="header", detail="time of capture", raw=options.fetched)
    if options.url and not draft.url:
        provenance["url"] = Provenance(method="url", detail="address of the item", raw=options.url[:500])
    return dataclasses.replace(
        draft,
        url=draft.url or options.url,
        provenance=provenance,
        warnings=(*options.notes, *draft.warnings),
    )
