"""Reading through gzip, inside limits: no bomb, and no silence about a damaged end."""

from __future__ import annotations

import io
import zlib
from typing import BinaryIO, Final

from archive.errors import LimitExceededError, MalformedItemError
from archive.limits import Limits

_MAGIC: Final = b"\x1f\x8b"
_MEMBER: Final = b"\x1f\x8b\x08"
_CHUNK: Final = 256_000
_GZIP_WINDOW: Final = 31


class Gunzip(io.RawIOBase):
    """The content of a gzip stream of one or more members.

    Raises (when read):
        LimitExceededError: it grows beyond the allowed ratio.
        MalformedItemError: it is damaged, or ends in the middle of a member.

    Attributes:
        warning: what was found after the last member, or empty.
    """

    def __init__(self, source: BinaryIO, limits: Limits) -> None:
        super().__init__()
        self.warning = ""
        self._source = source
        self._limits = limits
        self._member: zlib._Decompress | None = None
        self._pending = b""
        self._read = 0
        self._written = 0
        self._members = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        content = self._next(len(view))
        view[: len(content)] = content
        return len(content)

    def skip_member(self) -> bool:
        """Give up a damaged or too large member and go to the next; False where there is none.

        The next is looked for by its first bytes: where a member ends cannot be
        known without unpacking it.
        """
        self._member = None
        self._written = 0
        while True:
            place = self._pending.find(_MEMBER, 1)
            if place >= 0:
                self._pending = self._pending[place:]
                return True
            more = self._source.read(_CHUNK)
            if not more:
                self._pending = b""
                return False
            self._read += len(more)
            self._pending = self._pending[-len(_MEMBER) :] + more

    def _next(self, size: int) -> bytes:
        while True:
            if not self._pending:
                self._pending = self._source.read(_CHUNK)
                self._read += len(self._pending)
            if not self._pending:
                if self._member is not None:
                    raise MalformedItemError("the gzip file ends too early: it was cut or is damaged")
                return b""
            if self._member is None and not self._begin_member():
                return b""
            content = self._inflate(size)
            if content:
                return content

    def _begin_member(self) -> bool:
        """Start on the next member; False where only padding or foreign bytes are left."""
        if len(self._pending) < len(_MAGIC):
            more = self._source.read(_CHUNK)
            self._read += len(more)
            self._pending += more
        if not self._pending.startswith(_MAGIC):
            if self._pending.strip(b"\0"):
                self.warning = "there are other bytes after the gzip data; they were not read"
            self._pending = b""
            self._source.seek(0, io.SEEK_END) if self._source.seekable() else None
            return False
        self._member = zlib.decompressobj(_GZIP_WINDOW)
        self._members += 1
        return True

    def _inflate(self, size: int) -> bytes:
        member = self._member
        if member is None:
            return b""
        try:
            content = member.decompress(self._pending, size)
        except zlib.error as error:
            raise MalformedItemError(f"the gzip file is damaged: {error}") from error
        self._pending = member.unconsumed_tail
        if member.eof:
            self._pending = member.unused_data
            self._member = None
        self._written += len(content)
        limit = max(self._limits.ratio_free_bytes, self._limits.ratio * self._read)
        if self._written > limit:
            raise LimitExceededError(
                f"the gzip file grows to more than {self._limits.ratio} times its size; it may be a bomb"
            )
        return content
