"""Frames in a pipe between two processes: a length and as many bytes."""

from __future__ import annotations

import struct
from typing import BinaryIO, Final

LENGTH: Final = struct.Struct("<Q")
MAX_FRAME_BYTES: Final = 500_000_000


def read_frame(stream: BinaryIO) -> bytes | None:
    """Return the next frame; None at the end of the stream, or if what follows is no whole frame."""
    header = stream.read(LENGTH.size)
    if len(header) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(header)
    if size > MAX_FRAME_BYTES:
        return None
    data = stream.read(size)
    return data if len(data) == size else None


def write_frame(stream: BinaryIO, data: bytes) -> None:
    """Write one frame and flush."""
    stream.write(LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()
