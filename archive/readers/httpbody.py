"""The body of an HTTP response as a web archive keeps it: chunks and encodings undone, inside limits.

Archives hold responses whose headers do not fit the body: programs that undo an
encoding and keep its header are common.  Then the body is taken as it is, and a
warning says so.
"""

from __future__ import annotations

import io
import re
import zlib
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import Final

from archive.errors import LimitExceededError, MalformedItemError, UnsupportedFormatError
from archive.limits import Limits
from archive.readers.unpack import unpacked

_STATUS: Final = re.compile(rb"HTTP/[0-9.]+ +([0-9]{3})\b[^\n]*\n")
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_CHUNK_SIZE: Final = re.compile(rb"\s*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A response taken apart; the body is still encoded.

    Attributes:
        media_type: lower case, without parameters; empty if none is stated.
        charset: as stated, or empty.
    """

    status: int
    media_type: str
    charset: str
    encoding: str
    chunked: bool
    body: bytes


def parse_response(content: bytes, limits: Limits) -> Response | None:
    """Take a response apart; None if this is none, or its header is too large."""
    status = _STATUS.match(content)
    end = _HEAD_END.search(content, 0, limits.warc_head_bytes)
    if status is None or end is None:
        return None
    head = content[status.end() : end.end()]
    if max(map(len, head.split(b"\n"))) > limits.warc_line_bytes:
        # Cookies and policies can be long; what is needed here is short.
        head = b"\n".join(line for line in head.split(b"\n") if len(line) <= limits.warc_line_bytes)
    fields = BytesHeaderParser(policy=compat32).parsebytes(head)
    media_type, charset = content_type(str(fields.get("Content-Type", "")))
    return Response(
        status=int(status[1]),
        media_type=media_type,
        charset=charset,
        encoding=str(fields.get("Content-Encoding", "")).strip().lower(),
        chunked="chunked" in str(fields.get("Transfer-Encoding", "")).lower(),
        body=content[end.end() :],
    )


def content_type(value: str) -> tuple[str, str]:
    """Return media type and charset of a Content-Type header."""
    charset = _CHARSET.search(value[:1000])
    return value.partition(";")[0].strip().lower(), charset[1] if charset else ""


def decoded_body(response: Response, limits: Limits) -> tuple[bytes, tuple[str, ...]]:
    """Return the body without chunks and encoding, and warnings.

    Raises:
        LimitExceededError: it grows beyond the allowed ratio, or over the size of a file.
        UnsupportedFormatError: it needs a library that is not there.
    """
    body, warnings = response.body, []
    if response.chunked:
        joined, whole = _joined_chunks(body)
        if not whole:
            warnings.append("its chunks are not as stated; the body was taken as far as it goes")
        body = joined
    for encoding in reversed([each.strip() for each in response.encoding.split(",")]):
        if encoding in {"", "identity"}:
            continue
        decoded = _decoded(body, encoding, limits)
        if decoded is None:
            warnings.append(f"its body is not packed as stated ({encoding[:20]}); it was taken as it is")
        else:
            body, whole = decoded
            if not whole:
                warnings.append("its packed body ends too early; the text may be incomplete")
    return body, tuple(warnings)


def _joined_chunks(body: bytes) -> tuple[bytes, bool]:
    """The content of a chunked body, and whether the chunks were sound to the end."""
    parts: list[bytes] = []
    place = 0
    while True:
        match = _CHUNK_SIZE.match(body, place)
        if match is None:
            return b"".join([*parts, body[place:]]), place >= len(body) and bool(parts)
        size = int(match[1], 16)
        if size == 0:
            return b"".join(parts), True
        end = match.end() + size
        if end > len(body) or body[end : end + 1] not in {b"\r", b"\n", b""}:
            # Not a chunk after all if it is the first; else a chunk that was cut or lies.
            return b"".join([*parts, body[place if not parts else match.end() :]]), False
        parts.append(body[match.end() : end])
        place = end


def _decoded(body: bytes, encoding: str, limits: Limits) -> tuple[bytes, bool] | None:
    """The unpacked body and whether it is whole; None if it is not packed so."""
    if encoding in {"gzip", "x-gzip"}:
        return _inflated(body, 31, limits)
    if encoding == "deflate":
        return _inflated(body, 15, limits) or _inflated(body, -15, limits)
    if encoding == "br":
        return _unbrotlied(body, limits)
    if encoding == "zstd":
        return _unzstandarded(body, limits)
    return None


def _inflated(body: bytes, window: int, limits: Limits) -> tuple[bytes, bool] | None:
    most = _most(body, limits)
    inflater = zlib.decompressobj(window)
    try:
        content = inflater.decompress(body, most + 1)
    except zlib.error:
        return _inflated_so_far(body, window, most)
    _check(len(content), most, limits)
    return content, inflater.eof


def _inflated_so_far(body: bytes, window: int, most: int) -> tuple[bytes, bool] | None:
    inflater = zlib.decompressobj(window)
    parts: list[bytes] = []
    try:
        for place in range(0, len(body), 1024):
            parts.append(inflater.decompress(body[place : place + 1024], most))
    except zlib.error:
        pass
    content = b"".join(parts)[:most]
    return (content, False) if content else None


def _unbrotlied(body: bytes, limits: Limits) -> tuple[bytes, bool] | None:
    try:
        import brotli  # type: ignore[import-untyped]
    except ImportError as error:
        needs = "Brotli needs the package brotli: pip install article-archive[formats]"
        raise UnsupportedFormatError(f"its body is packed with Brotli; {needs}") from error
    most = _most(body, limits)
    decoder = brotli.Decompressor()
    parts: list[bytes] = []
    size = 0
    try:
        for place in range(0, len(body), 256):
            parts.append(decoder.process(body[place : place + 256]))
            size += len(parts[-1])
            _check(size, most, limits)
    except brotli.error:
        return (b"".join(parts), False) if size else None
    return b"".join(parts), bool(decoder.is_finished())


def _unzstandarded(body: bytes, limits: Limits) -> tuple[bytes, bool] | None:
    stream = unpacked(io.BytesIO(body), body[:8], limits)
    if stream is None:
        return None
    most = _most(body, limits)
    content = b""
    try:
        while more := stream.read(256_000):
            content += more
            _check(len(content), most, limits)
    except MalformedItemError:
        return (content, False) if content else None
    return content, True


def _most(body: bytes, limits: Limits) -> int:
    return min(limits.file_bytes, max(limits.ratio_free_bytes, limits.ratio * len(body)))


def _check(size: int, most: int, limits: Limits) -> None:
    if size > most:
        megabytes = limits.file_bytes // 1_000_000
        raise LimitExceededError(f"it grows to more than {limits.ratio} times its size, or {megabytes} MB")
