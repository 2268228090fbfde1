"""Texts as they are stored: compressed, with a checksum."""

from __future__ import annotations

import threading

import zstandard

# Of short texts the higher levels take a third longer and save a hundredth.
_ZSTD_LEVEL = 1

_local = threading.local()  # zstandard contexts serve one thread at a time


def compress(text: str) -> bytes:
    """``text`` as one zstd frame with its checksum."""
    compressor = getattr(_local, "compressor", None)
    if compressor is None:
        compressor = _local.compressor = zstandard.ZstdCompressor(level=_ZSTD_LEVEL, write_checksum=True)
    frame: bytes = compressor.compress(text.encode())
    return frame


def decompress(body: bytes) -> str:
    """The text of a frame.

    Raises:
        ValueError: the frame is damaged.
    """
    decompressor = getattr(_local, "decompressor", None)
    if decompressor is None:
        decompressor = _local.decompressor = zstandard.ZstdDecompressor()
    try:
        return str(decompressor.decompress(body), "utf-8")
    except (zstandard.ZstdError, MemoryError) as error:
        raise ValueError(f"the compressed text cannot be read: {error}") from error
