"""When a page was captured, as its web archive says, kept beside the other provenance.

``fetched`` is the first capture of what a version says; ``fetched_again`` holds the
later ones that found the same, so that the order of captures can be told whatever
the order in which they are read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Final

from archive.document import Document, Provenance

FIRST: Final = "fetched"
LATER: Final = "fetched_again"
#: Of more captures that found the same the first ones and the last one are remembered.
MOST: Final = 16


def instant_of(raw: str) -> dt.datetime | None:
    """Return the instant of ``2020-01-02T03:04:05Z``, ``20200102030405`` or a mail's date; None for none."""
    raw = raw.strip()
    if raw.isdigit() and len(raw) == 14:
        raw = f"{raw[:8]}T{raw[8:]}"
    try:
        found = dt.datetime.fromisoformat(raw)
    except ValueError:
        try:
            found = parsedate_to_datetime(raw)
        except (ValueError, IndexError, OverflowError):
            return None
    try:
        return found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found.astimezone(dt.UTC)
    except OverflowError:
        return None


def capture_times(provenance: Mapping[str, Provenance]) -> tuple[dt.datetime, ...]:
    """Return when what a version says was captured, ascending; empty if that is not known."""
    first = provenance.get(FIRST)
    if first is None:
        return ()
    again = provenance.get(LATER)
    raws = (first.raw, *(again.raw.split() if again is not None else ()))
    return tuple(sorted({at for raw in raws if (at := instant_of(raw)) is not None}))


def with_capture_times(document: Document, times: Sequence[dt.datetime]) -> Document:
    """Return ``document`` as captured at ``times``, of which there is at least one."""
    ordered = sorted(set(times))
    if len(ordered) > MOST:
        ordered = [*ordered[: MOST - 1], ordered[-1]]
    provenance = {name: each for name, each in document.provenance.items() if name != LATER}
    former = provenance.get(FIRST, Provenance(method="header", detail="time of capture"))
    raw = former.raw if instant_of(former.raw) == ordered[0] else _shown(ordered[0])
    provenance[FIRST] = replace(former, raw=raw)
    if ordered[1:]:
        again = " ".join(map(_shown, ordered[1:]))
        provenance[LATER] = Provenance(
            method=former.method, detail="later captures that say the same", raw=again
        )
    return replace(document, provenance=provenance)


def _shown(instant: dt.datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
