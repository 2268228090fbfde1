"""Directories of zip files that zipfile would refuse as a whole for the sake of one entry.

An entry that is marked as named in UTF-8 and is not, or that asks for a version of
the format that there is not, ends the reading of the directory.  Here such an entry
is shown to zipfile in another way, so that it can be refused by name and the others
read.
"""

from __future__ import annotations

import bisect
import struct
from typing import BinaryIO, Final

_ENTRY: Final = struct.Struct("<4s6H3L5H2L")
_MAGIC: Final = b"PK\x01\x02"
_VERSION_AT, _FLAGS_AT = 6, 8
_MARKED_UTF8: Final = 0x800
_NEWEST: Final = 63


class PatchedFile:
    """A file some of whose bytes are shown as others; only for reading.

    Args:
        patches: place -> the bytes that are shown there; they do not overlap.
    """

    def __init__(self, file: BinaryIO, patches: dict[int, bytes]) -> None:
        self._file = file
        self._patches = patches
        self._places = sorted(patches)

    def seekable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = 0) -> int:
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        start = self._file.tell()
        data = bytearray(self._file.read(size))
        first = bisect.bisect_left(self._places, start - 1)
        for place in self._places[first : bisect.bisect_left(self._places, start + len(data))]:
            for at, byte in enumerate(self._patches[place], place - start):
                if 0 <= at < len(data):
                    data[at] = byte
        return bytes(data)


def readable_directory(file: BinaryIO, start: int, size: int) -> PatchedFile | None:
    """Return ``file`` so that its directory at ``start`` can be read; None if that is not what ails it."""
    file.seek(max(0, start))
    directory = file.read(size)
    patches: dict[int, bytes] = {}
    place = 0
    while directory.startswith(_MAGIC, place) and place + _ENTRY.size <= len(directory):
        fields = _ENTRY.unpack_from(directory, place)
        version, flags, name_size, extra_size, comment_size = fields[2], fields[3], *fields[10:13]
        name = directory[place + _ENTRY.size : place + _ENTRY.size + name_size]
        if flags & _MARKED_UTF8 and not _is_utf8(name):
            patches[start + place + _FLAGS_AT] = struct.pack("<H", flags & ~_MARKED_UTF8)
        if version > _NEWEST:
            patches[start + place + _VERSION_AT] = struct.pack("<H", _NEWEST)
        place += _ENTRY.size + name_size + extra_size + comment_size
    return PatchedFile(file, patches) if patches else None


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True
