"""Reading through bzip2, xz and zstandard, inside limits like those of gzip."""

from __future__ import annotations

import bz2
import io
import lzma
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from archive.errors import LimitExceededError, MalformedItemError
from archive.limits import Limits

_LZMA_MEMORY: Final = 256_000_000
_ZSTD_WINDOW: Final = 128 * 1024 * 1024
_CHUNK: Final = 64_000
# A zstandard block of 4 bytes can stand for 128 KiB, and output is not bounded by the library.
_ZSTD_CHUNK: Final = 512


class _Zstandard:
    """zstandard's decompressor with the face of those of the standard library."""

    def __init__(self) -> None:
        import zstandard

        self._error = zstandard.ZstdError
        self._inner = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, size: int) -> bytes:  # noqa: ARG002 - it cannot be bounded
        try:
            return self._inner.decompress(data)
        except self._error as error:
            raise ValueError(str(error)) from error


def _bzip2() -> Any:
    return bz2.BZ2Decompressor()


def _xz() -> Any:
    return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_LZMA_MEMORY)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Packing:
    magic: bytes
    name: str
    make: Callable[[], Any]
    chunk: int


_PACKINGS: Final = (
    _Packing(magic=b"BZh", name="bzip2", make=_bzip2, chunk=_CHUNK),
    _Packing(magic=b"\xfd7zXZ\0", name="xz", make=_xz, chunk=_CHUNK),
    _Packing(magic=b"\x28\xb5\x2f\xfd", name="zstandard", make=_Zstandard, chunk=_ZSTD_CHUNK),
)
_ENDINGS: Final = (
    *((".gz", ""), (".bz2", ""), (".xz", ""), (".zst", ""), (".zstd", "")),
    *((".tgz", ".tar"), (".tbz2", ".tar"), (".tbz", ".tar"), (".txz", ".tar"), (".tzst", ".tar")),
)


def unpacked(stream: BinaryIO, head: bytes, limits: Limits) -> Unpack | None:
    """Return the content of a packed stream that begins with ``head``; None if it is not packed."""
    for packing in _PACKINGS:
        if head.startswith(packing.magic):
            return Unpack(stream, limits, packing)
    return None


def unpacked_name(name: str) -> str:
    """Return a file's name without the ending of its packing."""
    lowered = name.lower()
    for ending, instead in _ENDINGS:
        if lowered.endswith(ending):
            return name[: -len(ending)] + instead
    return name


class Unpack(io.RawIOBase):
    """The content of one or more packed streams, one after the other.

    Raises (when read):
        LimitExceededError: it grows beyond the allowed ratio.
        MalformedItemError: it is damaged, or was cut.

    Attributes:
        warning: what was found after the last stream, or empty.
    """

    def __init__(self, source: BinaryIO, limits: Limits, packing: _Packing) -> None:
        super().__init__()
        self.warning = ""
        self._packing = packing
        self._source = source
        self._limits = limits
        self._decompressor = packing.make()
        self._pending = b""
        self._ready = memoryview(b"")
        self._read = 0
        self._written = 0
        self._inside = True
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        while not self._ready and not self._ended:
            self._ready = memoryview(self._next(len(view)))
        content = self._ready[: len(view)]
        self._ready = self._ready[len(content) :]
        view[: len(content)] = content
        return len(content)

    def _next(self, size: int) -> bytes:
        if not self._pending and (not self._inside or self._decompressor.needs_input):
            self._pending = self._source.read(self._packing.chunk)
            self._read += len(self._pending)
            if not self._pending:
                if self._inside:
                    name = self._packing.name
                    raise MalformedItemError(f"the {name} file ends too early: it was cut or is damaged")
                self._ended = True
                return b""
        if not self._inside and not self._begin():
            return b""
        return self._inflate(size)

    def _begin(self) -> bool:
        """Start on the next stream; False where only padding or foreign bytes are left."""
        self._pending = self._pending.lstrip(b"\0")
        if not self._pending:
            return False
        if len(self._pending) < len(self._packing.magic):
            self._pending += self._source.read(self._packing.chunk)
        if not self._pending.startswith(self._packing.magic):
            self.warning = f"there are other bytes after the {self._packing.name} data; they were not read"
            self._ended = True
            return False
        self._decompressor = self._packing.make()
        self._inside = True
        return True

    def _inflate(self, size: int) -> bytes:
        data, self._pending = self._pending, b""
        try:
            content: bytes = self._decompressor.decompress(data, size)
        except (OSError, lzma.LZMAError, EOFError, ValueError) as error:
            raise MalformedItemError(f"the {self._packing.name} file is damaged: {error}"[:300]) from error
        if self._decompressor.eof:
            self._pending = self._decompressor.unused_data
            self._inside = False
        self._written += len(content)
        if self._written > max(self._limits.ratio_free_bytes, self._limits.ratio * self._read):
            times = f"{self._limits.ratio} times its size"
            raise LimitExceededError(
                f"the {self._packing.name} file grows to more than {times}; it may be a bomb"
            )
        return content
