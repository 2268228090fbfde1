"""Tar files of articles, read from front to back: the members as parts, the refused ones by name."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, Final

from archive.containers import (
    REFUSED_KIND,
    REFUSED_NAME,
    Budget,
    Guarded,
    Part,
    buffered,
    is_asset,
    is_hidden,
    member_path,
    refusal,
    skipped,
    why_name_is_refused,
)
from archive.document import Origin
from archive.errors import EmptyItemError, MalformedItemError
from archive.readers import ReadFailure, ReadOptions

_ERRORS: Final = (tarfile.TarError, ValueError, OverflowError)
_MAX_HEADER_BYTES: Final = 1_000_000
_HEADERS: Final = frozenset(
    {
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
        tarfile.XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.SOLARIS_XHDTYPE,
    }
)
_KINDS: Final = (
    (tarfile.TarInfo.issym, "a link"),
    (tarfile.TarInfo.islnk, "a link"),
    (tarfile.TarInfo.isfifo, "a named pipe"),
    (tarfile.TarInfo.isdev, "a device"),
    (tarfile.TarInfo.issparse, "a sparse file"),
)


class _Entry(tarfile.TarInfo):
    """An entry whose header may lie; tarfile ends in silence where a later one is damaged."""

    @classmethod
    def fromtarfile(cls, tar: tarfile.TarFile) -> tarfile.TarInfo:  # type: ignore[override]
        try:
            return super().fromtarfile(tar)
        except (tarfile.EOFHeaderError, tarfile.EmptyHeaderError):  # type: ignore[attr-defined]
            raise
        except tarfile.HeaderError as error:
            tar.damage = str(error)  # type: ignore[attr-defined]
            raise

    def _proc_member(self, tar: tarfile.TarFile) -> tarfile.TarInfo:
        # A header of this kind is read whole, whatever size it states.
        if self.type in _HEADERS and self.size > _MAX_HEADER_BYTES:
            raise tarfile.ReadError(f"a header of {self.size:,} bytes")
        return super()._proc_member(tar)  # type: ignore[misc,no-any-return]


def walk_tar(
    stream: BinaryIO, origin: Origin, options: ReadOptions, budget: Budget
) -> Iterator[Part | ReadFailure]:
    """Yield what is in a tar file.

    Raises:
        EmptyItemError: there is nothing in it.
        MalformedItemError: it is damaged, or ends too early.
        LimitExceededError: it has too many entries.
    """
    try:
        tar = tarfile.open(  # noqa: SIM115 - it holds nothing to close
            fileobj=stream, mode="r|", tarinfo=_Entry, encoding="utf-8", errors="surrogateescape"
        )
        entries = 0
        while (entry := tar.next()) is not None:
            entries += 1
            budget.count_entry()
            tar.members = []  # type: ignore[attr-defined] # it would keep them all
            found = _member(tar, entry, origin, options, budget)
            if found is not None:
                yield found
    except _ERRORS as error:
        raise MalformedItemError(f"the tar file is damaged: {error}"[:300]) from error
    if not entries:
        raise EmptyItemError("the tar file is empty")
    damage = getattr(tar, "damage", "")
    if damage:
        raise MalformedItemError(f"the tar file is damaged, and its rest was not read: {damage}"[:300])


def _member(
    tar: tarfile.TarFile, entry: tarfile.TarInfo, origin: Origin, options: ReadOptions, budget: Budget
) -> Part | ReadFailure | None:
    name = entry.name
    while name.startswith("./"):
        name = name[2:].lstrip("/")
    if entry.isdir() and name in {"", "."}:
        return None
    reason = why_name_is_refused(name, budget.limits)
    if reason:
        return refusal(name, REFUSED_NAME, reason, within=origin.member)
    for is_kind, what in _KINDS:
        if is_kind(entry):
            return refusal(name, REFUSED_KIND, f"it is {what}, not a file", within=origin.member)
    if not entry.isfile() or is_hidden(name):
        return None
    if is_asset(name):
        return skipped(name, within=origin.member)
    content = tar.extractfile(entry)
    if content is None:
        return None
    guarded = Guarded(content.read, budget, declared=entry.size, errors=_ERRORS)
    place = replace(origin, member=member_path(origin.member, name))
    return Part(stream=buffered(guarded), origin=place, options=options)
