"""Opening zip files that may lie: sizes, counts, offsets and names are checked here.

zipfile reads the directory; before that its size is bounded, and after it every
entry is looked at.  What zipfile believes (that entries do not overlap, that
sizes are true) is not believed.
"""

from __future__ import annotations

import io
import itertools
import stat
import struct
import weakref
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final, Self, cast

from archive.containers import (
    ENCRYPTED,
    REFUSED_KIND,
    REFUSED_NAME,
    Budget,
    Guarded,
    seekable,
    why_name_is_refused,
)
from archive.errors import LimitExceededError, MalformedItemError
from archive.readers import ReadFailure
from archive.readers.zipnames import readable_directory

ZIP_ERRORS: Final = (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, ValueError)

_END: Final = struct.Struct("<4s4H2LH")
_END_MAGIC: Final = b"PK\x05\x06"
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_END64_MAGIC: Final = b"PK\x06\x06"
_ENTRY_MAGIC: Final = b"PK\x01\x02"
_LOCAL: Final = struct.Struct("<4s5H3L2H")  # magic, 5 words, CRC, packed and plain size, 2 lengths
_MAX_COMMENT: Final = 65_535
# A directory entry with a long name and its extra fields; the most that a directory is read of.
_ENTRY_BYTES: Final = 500
_KINDS: Final = (
    (stat.S_ISLNK, "a link"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class ZipReader:
    """A zip file whose entries have been looked at.

    Raises:
        MalformedItemError: it is no zip file, or its directory is damaged.
        LimitExceededError: it has more entries than allowed.

    Attributes:
        names: of the entries that may be read, folders left out, in the order of the directory.
        refused: the others, with the reason.
    """

    @classmethod
    def open_stream(cls, stream: io.BufferedReader, budget: Budget) -> Self:
        """Open a zip file in any stream: one that cannot go back is copied to a temporary file.

        Raises:
            ReadError: as the class; or it is larger than an archive may be.
        """
        file = seekable(stream, budget.limits)
        try:
            zipped = cls(file, budget)
        except BaseException:
            if file is not stream:
                file.close()
            raise
        if file is not stream:
            weakref.finalize(zipped, file.close)
        return zipped

    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        self._file = file
        self._budget = budget
        _check_directory(file, budget.limits.entries)
        self._zip = _opened(file)
        self._room = _room(self._zip.infolist(), self._zip.start_dir)
        self._entries: dict[str, zipfile.ZipInfo] = {}
        self.refused: list[ReadFailure] = []
        for info in self._zip.infolist():
            self._budget.count_entry()
            self._look_at(info)

    @property
    def names(self) -> Iterator[str]:
        return iter(self._entries)

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def open(self, name: str) -> Guarded:
        """Open one of `names`.

        Raises:
            MalformedItemError: what is at its place is not that entry.
            KeyError: there is no such entry.
        """
        info = self._entries[name]
        try:
            self._check_place(info)
            inner = self._zip.open(info)
        except (*ZIP_ERRORS, struct.error) as error:
            raise MalformedItemError(f"it cannot be unpacked: {error}"[:300]) from error
        return Guarded(
            inner.read, self._budget, packed=info.compress_size, declared=info.file_size, errors=ZIP_ERRORS
        )

    def whole(self) -> bytes:
        """Return the zip file itself.

        Raises:
            LimitExceededError: it is larger than a file may be.
        """
        self._file.seek(0)
        limit = self._budget.limits.file_bytes
        data = self._file.read(limit + 1)
        if len(data) > limit:
            raise LimitExceededError(f"larger than {limit // 1_000_000} MB")
        return data

    def read(self, name: str, limit: int | None = None) -> bytes:
        """Return an entry's content.

        Raises:
            MalformedItemError, LimitExceededError: as when it is read from `open`, or it is over ``limit``.
            KeyError: there is no such entry.
        """
        limit = self._budget.limits.file_bytes if limit is None else limit
        stream = self.open(name)
        parts: list[bytes] = []
        size = 0
        while content := stream.read(256_000):
            size += len(content)
            if size > limit:
                raise LimitExceededError(f"{name[:100]} is larger than {limit // 1_000_000} MB")
            parts.append(content)
        return b"".join(parts)

    def _look_at(self, info: zipfile.ZipInfo) -> None:
        name = _name_of(info)
        code, reason = self._why_refused(info, name)
        if reason:
            self.refused.append(ReadFailure(member=name, code=code, reason=reason))
        elif not name.endswith("/"):
            self._entries[_unique(name, self._entries)] = info

    def _why_refused(self, info: zipfile.ZipInfo, name: str) -> tuple[str, str]:
        reason = why_name_is_refused(name.rstrip("/") or name, self._budget.limits)
        if reason:
            return REFUSED_NAME, reason
        mode = info.external_attr >> 16
        for is_kind, what in _KINDS:
            if is_kind(mode):
                return REFUSED_KIND, f"it is {what}, not a file"
        if info.flag_bits & 0x1:
            return ENCRYPTED, "it is encrypted"
        if _least_size(info) > self._room[info.header_offset]:
            return MalformedItemError.code, "it overlaps with another entry"
        return "", ""

    def _check_place(self, info: zipfile.ZipInfo) -> None:
        """The lengths that count are those of the local header."""
        self._file.seek(info.header_offset)
        header = self._file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or not header.startswith(b"PK\x03\x04"):
            raise zipfile.BadZipFile("there is no entry at its place")
        _, _, flags, _, _, _, _, packed, size, name_size, extra_size = _LOCAL.unpack(header)
        stated_later = flags & 0x8 or 0xFFFFFFFF in {packed, size}
        if not stated_later and (packed, size) != (info.compress_size, info.file_size):
            raise zipfile.BadZipFile("it states two different sizes")
        if _LOCAL.size + name_size + extra_size + info.compress_size > self._room[info.header_offset]:
            raise zipfile.BadZipFile("it overlaps with another entry")


def _opened(file: BinaryIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (*ZIP_ERRORS, struct.error, IndexError) as error:
        # A single entry may be the reason: then the others can be read.
        mended = readable_directory(file, *_directory(file))
        if mended is None:
            raise MalformedItemError(f"not a sound zip file: {error}"[:300]) from error
    try:
        return zipfile.ZipFile(cast("BinaryIO", mended))
    except (*ZIP_ERRORS, struct.error, IndexError) as error:
        raise MalformedItemError(f"not a sound zip file: {error}"[:300]) from error


def _directory(file: BinaryIO) -> tuple[int, int]:
    """Where the directory begins, and its size; both as the end of the file states them."""
    file.seek(0, 2)
    length = file.tell()
    before = max(0, length - _MAX_COMMENT - _END.size - 76)
    file.seek(before)
    tail = file.read()
    found64, found = _stated64(tail), _stated(tail)
    if found64 is not None:
        return before + tail.rfind(_END64_MAGIC) - found64[1], found64[1]
    size = found[1] if found is not None else 0
    return before + max(0, tail.rfind(_END_MAGIC)) - size, size


def _name_of(info: zipfile.ZipInfo) -> str:
    """The name as UTF-8, which most programs write whether or not they say so."""
    name = info.orig_filename
    if info.flag_bits & 0x800 or name.isascii():
        return name
    return name.encode("cp437", "replace").decode("utf-8", "surrogateescape")


def _unique(name: str, taken: dict[str, zipfile.ZipInfo]) -> str:
    if name not in taken:
        return name
    return next(each for number in range(2, len(taken) + 3) if (each := f"{name}#{number}") not in taken)


def _least_size(info: zipfile.ZipInfo) -> int:
    return _LOCAL.size + info.compress_size


def _room(infos: list[zipfile.ZipInfo], end: int) -> dict[int, int]:
    """Offset of an entry -> bytes up to the next one, or to the directory; 0 where two share a place."""
    offsets = sorted(info.header_offset for info in infos)
    room: dict[int, int] = {}
    for offset, following in itertools.pairwise([*offsets, end]):
        room[offset] = min(following - offset, room.get(offset, following - offset))
    return room


def _check_directory(file: BinaryIO, max_entries: int) -> None:
    """Refuse a directory that is too large, before it is parsed."""
    file.seek(0, 2)
    length = file.tell()
    file.seek(max(0, length - _MAX_COMMENT - _END.size - 76))
    tail = file.read()
    sizes = [found for found in (_stated(tail), _stated64(tail)) if found is not None]
    if not sizes:
        raise MalformedItemError("not a sound zip file: it ends too early, or is no zip file")
    for count, size in sizes:
        if count in {0xFFFF, 0xFFFFFFFF} and size == 0xFFFFFFFF:
            continue  # stated in the other place
        if size > max_entries * _ENTRY_BYTES or (count > max_entries and size >= count * 46):
            raise LimitExceededError(f"more than {max_entries:,} entries")
        file.seek(max(0, length - len(tail) - size))
        if file.read(size + len(tail)).count(_ENTRY_MAGIC) > max_entries:
            raise LimitExceededError(f"more than {max_entries:,} entries")


def _stated(tail: bytes) -> tuple[int, int] | None:
    place = tail.rfind(_END_MAGIC)
    if place < 0 or len(tail) - place < _END.size:
        return None
    _, _, _, _, count, size, _, _ = _END.unpack_from(tail, place)
    return count, size


def _stated64(tail: bytes) -> tuple[int, int] | None:
    place = tail.rfind(_END64_MAGIC)
    if place < 0 or len(tail) - place < _END64.size:
        return None
    *_, count, size, _ = _END64.unpack_from(tail, place)
    return count, size
