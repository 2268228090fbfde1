"""Lines in any encoding, read through UTF-8."""

from __future__ import annotations

import io
from typing import Final

from archive.encoding import decode

BUFFER: Final = 1_000_000


def as_utf8(stream: io.BufferedReader, head: bytes) -> io.BufferedReader:
    """Lines of UTF-16 do not end in one byte: read them through UTF-8."""
    encoding = decode(head[: len(head) & ~3]).encoding
    if not encoding.startswith(("utf-16", "utf-32")):
        return stream
    return io.BufferedReader(_Transcoder(stream, encoding), BUFFER)


class _Transcoder(io.RawIOBase):
    def __init__(self, stream: io.BufferedReader, encoding: str) -> None:
        super().__init__()
        self._text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        content = self._text.read(len(view) // 4).encode()
        view[: len(content)] = content
        return len(content)
