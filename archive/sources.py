"""Where items come from: files, folders, standard input.

Walking reads nothing but folders.  A link that leads out of the folder it was
found in is refused, a circle of links ends where it began, and only regular files
are ever opened: a pipe or a device could wait for ever.
"""

from __future__ import annotations

import errno
import io
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from archive.document import Draft
from archive.errors import EmptyItemError, ReadError, UnsupportedFormatError

STANDARD_INPUT: Final = "-"
_BUFFER: Final = 1_000_000
_HEAD_BYTES: Final = 64_000
# Without O_NONBLOCK, opening a pipe that took a file's place would wait for a writer.
_EXTRA_FLAGS: Final = ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY")  # as far as the system has them
_OPEN_FLAGS: Final = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in _EXTRA_FLAGS)
# What a saved page brings with it: found by walking, these are passed over.
_ASSETS: Final = """
css js mjs map woff woff2 ttf otf eot ico svg png jpg jpeg jpe gif webp avif bmp tif tiff mp3 mp4 m4a m4v
ogg ogv oga wav flac webm mov avi mkv swf wasm
"""
ASSET_SUFFIXES: Final = frozenset(f".{suffix}" for suffix in _ASSETS.split())
_KINDS: Final = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISDIR, "a folder"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One file to read, or standard input.

    Attributes:
        path: as the system knows it; ``-`` for standard input.
        size: in bytes, 0 where it is not known.
        known: what is known of it from a manifest.
    """

    path: str
    size: int = 0
    known: Draft | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Something that was found and cannot be read, or was passed over (``skipped``)."""

    path: str
    code: str
    reason: str
    member: str = ""
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Amount:
    """How much there is to read, as far as it can be told without reading."""

    files: int
    size: int


def printable_path(path: str) -> str:
    """Return a path as text that can be stored: bytes that are not UTF-8 become escapes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def find_items(paths: Iterable[str | Path]) -> Iterator[Item | Unread]:
    """Yield what is to be read under ``paths``, folders recursively and in the order of names."""
    for path in paths:
        given = os.fspath(path)
        if given == STANDARD_INPUT:
            yield Item(path=STANDARD_INPUT)
            continue
        absolute = os.path.abspath(given)  # noqa: PTH100 - bytes of the name must stay as they are
        try:
            found = os.stat(absolute)  # noqa: PTH116
        except (OSError, ValueError) as error:
            yield _unread(absolute, error)
            continue
        if stat.S_ISDIR(found.st_mode):
            yield from _walk(absolute, found)
        else:
            yield _item(absolute, found)


def measure(items: Iterable[Item | Unread]) -> Amount:
    """Count files and bytes for a progress bar."""
    files = size = 0
    for item in items:
        files += 1
        size += item.size if isinstance(item, Item) else 0
    return Amount(files, size)


def open_item(path: str) -> io.BufferedReader:
    """Open a regular file, or standard input, for reading.

    Raises:
        ReadError: it is gone, may not be read, or is no regular file.
    """
    if path == STANDARD_INPUT:
        return _standard_input()
    try:
        handle = os.open(path, _OPEN_FLAGS)
    except (OSError, ValueError) as error:
        raise ReadError(_reason(error)) from error
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        os.close(handle)
        raise UnsupportedFormatError(f"this is {_kind(found)}, not a file")
    if found.st_size == 0:
        os.close(handle)
        raise EmptyItemError("the file is empty")
    size = min(_BUFFER, max(found.st_size + 1, 8192))
    return io.BufferedReader(io.FileIO(handle), size)


def _standard_input() -> io.BufferedReader:
    stream = cast("io.BufferedReader", sys.stdin.buffer)
    head = b""
    # A pipe gives a little at a time; what the input is must be told from more than that.
    while len(head) < _HEAD_BYTES:
        more = stream.read1(_HEAD_BYTES - len(head))
        if not more:
            break
        head += more
    return io.BufferedReader(_Prefixed(head, stream), _BUFFER)


class _Prefixed(io.RawIOBase):
    """Bytes that were read already, and the stream that they came from."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        super().__init__()
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        content = self._head[: len(view)] if self._head else self._rest.read(len(view))
        self._head = self._head[len(content) :]
        view[: len(content)] = content
        return len(content)


def _walk(root: str, found: os.stat_result) -> Iterator[Item | Unread]:
    real_root = os.path.realpath(root)
    seen = {(found.st_dev, found.st_ino)}
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            yield _unread(folder, error)
            continue
        folders: list[str] = []
        for entry in entries:
            if entry.name.startswith("."):
                continue
            child = _look_at(entry, real_root)
            if isinstance(child, Unread):
                yield child
            elif stat.S_ISDIR(child.st_mode):
                if (child.st_dev, child.st_ino) not in seen:
                    seen.add((child.st_dev, child.st_ino))
                    folders.append(entry.path)
            elif os.path.splitext(entry.name)[1].lower() in ASSET_SUFFIXES:  # noqa: PTH122
                reason = "not an article by its name"
                yield Unread(path=entry.path, code="skipped", reason=reason, skipped=True)
            else:
                yield _item(entry.path, child)
        waiting.extend(reversed(folders))


def _look_at(entry: os.DirEntry[str], real_root: str) -> os.stat_result | Unread:
    try:
        if entry.is_symlink():
            target = os.path.realpath(entry.path, strict=True)
            if os.path.commonpath([target, real_root]) != real_root:
                reason = "a link to a place outside the folder; give that place by its own path"
                return Unread(path=entry.path, code="link", reason=reason)
        return entry.stat()
    except (OSError, ValueError) as error:
        return _unread(entry.path, error)


def _item(path: str, found: os.stat_result) -> Item | Unread:
    if stat.S_ISREG(found.st_mode):
        return Item(path=path, size=found.st_size)
    reason = f"this is {_kind(found)}, not a file"
    return Unread(path=path, code=UnsupportedFormatError.code, reason=reason)


def _kind(found: os.stat_result) -> str:
    return next((name for is_kind, name in _KINDS if is_kind(found.st_mode)), "no regular file")


def _unread(path: str, error: Exception) -> Unread:
    return Unread(path=path, code=ReadError.code, reason=_reason(error))


def _reason(error: Exception) -> str:
    if not isinstance(error, OSError):
        return f"this is no path: {error}"
    words = {
        errno.ENOENT: "there is no such file (any more)",
        errno.EACCES: "it may not be read: permission denied",
        errno.EPERM: "it may not be read: permission denied",
        errno.ELOOP: "a link that leads to itself",
        errno.ENAMETOOLONG: "its path is too long for this system",
    }
    return words.get(error.errno or 0, f"it cannot be read: {error.strerror or error}")
