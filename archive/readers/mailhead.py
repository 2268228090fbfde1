"""The header of a message: who, when, what about; each value as one clean line.

Values are decoded by hand from the header's bytes: the standard library's modern
policy takes quadratic time for many addresses, fails on unknown character sets,
and gives subjects with line breaks in them.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from email.message import Message
from email.utils import getaddresses
from typing import Final

from archive.characters import normalise_line
from archive.encoding import decode

_WORD: Final = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?([^?\s]*(?:\?(?!=)[^?\s]*)*)\?=")
_BETWEEN: Final = re.compile(r"(\?=)\s+(=\?[^?\s]{1,80}\?[bBqQ]\?)")
_MAX_VALUE: Final = 16_000
_ANGLE: Final = re.compile(r"<([^<>\s]{1,500})>")


def value_of(head: Message, name: str) -> str:
    """Return the first value of a header as one line without control characters; empty if it has none."""
    wanted = name.lower()
    for key, raw in head.raw_items():
        if key.lower() == wanted:
            return line_of(str(raw))
    return ""


def line_of(raw: str) -> str:
    """Return a raw header value decoded, as one line."""
    return normalise_line(_words(_text(raw[:_MAX_VALUE])), _MAX_VALUE)


def addresses_of(head: Message, name: str, limit: int) -> list[tuple[str, str]]:
    """Return name and address of the people in a header, at most ``limit``."""
    wanted = name.lower()
    raw = next((str(value) for key, value in head.raw_items() if key.lower() == wanted), "")
    # Split before decoding: an encoded name may hold a comma.
    pairs = getaddresses([" ".join(_text(raw[:_MAX_VALUE]).split())])
    people = ((line_of(person), address.strip()) for person, address in pairs[:limit])
    return [(person.strip("\"' "), address) for person, address in people if person or address]


def identifier_of(head: Message) -> str:
    """Return the message's own id without its brackets."""
    raw = value_of(head, "Message-ID")
    found = _ANGLE.search(raw)
    return found[1] if found else raw[:500]


def list_of(head: Message) -> str:
    """Return the name of the mailing list; its id where it has no name."""
    raw = value_of(head, "List-Id")
    if not raw:
        return ""
    phrase = _ANGLE.sub("", raw).strip(" \"'")
    found = _ANGLE.search(raw)
    return phrase or (found[1] if found else "")


def archived_at(head: Message) -> str:
    """Return the address of the message on the web, where the header gives one."""
    for name in ("Archived-At", "X-Archived-At", "Content-Base"):
        raw = value_of(head, name)
        found = _ANGLE.search(raw)
        address = found[1] if found else raw
        if address.startswith(("http://", "https://")):
            return address
    return ""


def _text(raw: str) -> str:
    """The text of a raw value: bytes beyond ASCII come as surrogates."""
    try:
        raw.encode("ascii")
    except UnicodeEncodeError:
        return decode(raw.encode("utf-8", "surrogateescape")).text
    return raw


def _words(text: str) -> str:
    """Decode the encoded words; bytes of adjoining words of one kind belong together."""
    if "=?" not in text:
        return text
    pieces: list[str] = []
    pending = b""
    charset = ""
    place = 0
    text = _BETWEEN.sub(r"\1\2", text)
    for match in _WORD.finditer(text):
        label = match[1].partition("*")[0].lower()
        if match.start() > place or label != charset:
            pieces.append(_decoded(pending, charset))
            pieces.append(text[place : match.start()])
            pending, charset = b"", label
        pending += _bytes(match[2].lower(), match[3])
        place = match.end()
    return "".join((*pieces, _decoded(pending, charset), text[place:]))


def _decoded(data: bytes, charset: str) -> str:
    return decode(data, charset).text if data else ""


def _bytes(kind: str, content: str) -> bytes:
    raw = content.encode("ascii", "replace")
    if kind == "q":
        return quopri.decodestring(raw, header=True)
    packed = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    packed = packed[: len(packed) - 1] if len(packed) % 4 == 1 else packed
    try:
        return base64.b64decode(packed + b"=" * (-len(packed) % 4))
    except binascii.Error:
        return raw
