"""The parts of a MIME message, found by their boundary: only those that are wanted are decoded.

The standard library's parser is used for headers alone: it takes half a minute for
a message of many empty parts and ends in a recursion error for a deep one.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import Final

from archive.errors import LimitExceededError

_BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n|\r\r|\A\r?\n")
_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/=\s]|=[^=\s]")
_BAD_QUOTED: Final = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n|[ \t]*\Z)")
_UU_BEGIN: Final = re.compile(rb"^begin [0-7]{3,4} [^\n]*\n", re.MULTILINE)
_MAX_PARAMETERS: Final = 2_000
_PLAIN: Final = frozenset({"", "7bit", "8bit", "binary", "none"})


@dataclass(frozen=True, slots=True)
class MimePart:
    """One part: its header, and its body as it is in the file."""

    head: Message
    body: bytes
    is_head_cut: bool = False


def part_of(data: bytes, max_head: int) -> MimePart | None:
    """Return a part with its header parsed; None if no header ends in it."""
    end = _BLANK_LINE.search(data, 0, max_head)
    if end is None:
        return None
    return MimePart(_header(data[: end.end()].lstrip()), data[end.end() :])


def message_of(data: bytes, max_head: int) -> MimePart:
    """Return a message with its header parsed; one that is too long is cut, one that does not end is all."""
    whole = part_of(data, max_head)
    if whole is not None:
        return whole
    end = _BLANK_LINE.search(data)
    if end is None and len(data) <= max_head:
        return MimePart(_header(data), b"")
    cut = data.rfind(b"\n", 0, max_head)
    head = _header(data[: cut + 1 if cut > 0 else max_head])
    return MimePart(head, data[end.end() :] if end else b"", is_head_cut=True)


def inner_parts(part: MimePart, max_head: int, max_parts: int) -> Iterator[MimePart]:
    """Yield the parts inside a part; of one that was cut, what is there.

    Raises:
        LimitExceededError: there are more than ``max_parts``; those are given before.
    """
    boundary = part.head.get_boundary("")
    if not boundary:
        return
    delimiter = b"--" + boundary.encode("utf-8", "surrogateescape")
    place, body = 0, part.body
    begin = -1
    count = 0
    while (place := body.find(delimiter, place)) >= 0:
        if _is_delimiter(body, place, place + len(delimiter)):
            if begin >= 0 and (inner := part_of(body[begin:place], max_head)) is not None:
                yield inner
            count += 1
            if count > max_parts:
                raise LimitExceededError(f"more than {max_parts:,} parts")
            line_end = body.find(b"\n", place)
            if line_end < 0 or body.startswith(b"--", place + len(delimiter)):
                return
            begin = line_end + 1
        place += len(delimiter)
    if begin >= 0 and (inner := part_of(body[begin:], max_head)) is not None:
        yield inner  # the closing boundary is missing: the file was cut


def _is_delimiter(body: bytes, start: int, end: int) -> bool:
    """Say whether what was found is a whole line, not the beginning of another boundary or some text."""
    if start and body[start - 1 : start] != b"\n":
        return False
    return body.startswith(b"--", end) or not body[end : end + 200].partition(b"\n")[0].strip()


def decoded_body(part: MimePart) -> tuple[bytes, tuple[str, ...]]:
    """Return the bytes of a part's body, and warnings about what is damaged in them."""
    encoding = str(part.head.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding == "quoted-printable":
        damaged = _BAD_QUOTED.search(part.body) is not None
        warnings = ("its quoted-printable is damaged; what was no code was kept",) if damaged else ()
        return quopri.decodestring(part.body), warnings
    if encoding == "base64":
        return _from_base64(part.body)
    if encoding in {"x-uuencode", "uuencode", "uue", "x-uue"}:
        return _from_uu(part.body)
    if encoding in _PLAIN:
        return part.body, ()
    return part.body, (f"its transfer encoding {encoding[:40]!r} is not known; taken as it is",)


def _header(data: bytes) -> Message:
    """Parse a header; fields of parameters are cut, because reading those is quadratic in their length."""
    head = BytesHeaderParser(policy=compat32).parsebytes(data)
    for name, value in head.raw_items():
        if len(value) > _MAX_PARAMETERS and name.lower().startswith("content-"):
            head.replace_header(name, value[:_MAX_PARAMETERS])
    return head


def _from_base64(body: bytes) -> tuple[bytes, tuple[str, ...]]:
    damaged = _NOT_BASE64.search(body.rstrip(b"= \t\r\n")) is not None
    packed = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
    if len(packed) % 4 == 1:
        packed, damaged = packed[:-1], True
    warnings = ("its base64 is damaged; the text may be incomplete",) if damaged else ()
    return base64.b64decode(packed + b"=" * (-len(packed) % 4)), warnings


def _from_uu(body: bytes) -> tuple[bytes, tuple[str, ...]]:
    begin = _UU_BEGIN.search(body)
    lines = []
    for line in body[begin.end() if begin else 0 :].splitlines():
        if line.strip() in {b"end", b"`", b""}:
            break
        try:
            lines.append(binascii.a2b_uu(line))
        except binascii.Error:
            return b"".join(lines), ("its uuencode is damaged; the text may be incomplete",)
    return b"".join(lines), ()
