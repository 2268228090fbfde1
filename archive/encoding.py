"""Bytes to text: what the bytes say first, what somebody says second, a guess last.

The order is: byte order mark, declared encoding, UTF-8, UTF-16 or UTF-32 without
a mark (by its zero bytes), ISO-2022 by its escapes, then a guess.  UTF-7 is never
used, whoever declares it: it hides markup in plain letters.  Overlong forms and
encoded surrogates are no UTF-8 and are never decoded to what they pretend to be.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

from archive.encodingguess import guess_encoding
from archive.encodinglabels import codec_of

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16-LE, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_INVALID_WARNING: Final = "some bytes are not {name}; each was replaced by \ufffd"
# Overlong forms and encoded surrogates: they look like UTF-8 and must not be read as it.
_FORBIDDEN: Final = re.compile(
    rb"[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]|\xf0[\x80-\x8f][\x80-\xbf]{2}|\xed[\xa0-\xbf][\x80-\xbf]"
)
_CP1252_HIGH: Final = {
    byte: bytes([byte]).decode("cp1252") for byte in range(0x80, 0xA0) if byte not in b"\x81\x8d\x8f\x90\x9d"
}
_ISO_2022: Final = re.compile(rb"\x1b\$[@AB]|\x1b\([BJ]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A text, the Python name of the encoding it was in, and what was doubtful."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes, declared: str = "") -> Decoded:
    """Return the text of ``data``; never raises, and says where it guessed or lost a byte."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], name)
    if declared:
        by_label = _decode_declared(data, declared)
        if by_label is not None:
            return by_label
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _guessed(data)
    if "\0" in text or "\x1b" in text:
        return _zero_or_escape(data) or Decoded(text=text, encoding="utf-8")
    return Decoded(text=text, encoding="utf-8")


def _decode_declared(data: bytes, declared: str) -> Decoded | None:
    name = codec_of(declared)
    if not name or name == "utf-8":
        return None
    if name.startswith(("utf-16", "utf-32")):
        # A page that could be read as ASCII up to its declaration is not UTF-16.
        zero = _zero_or_escape(data)
        return zero if zero is not None and zero.encoding.startswith("utf-") else None
    try:
        utf8 = data.decode("utf-8")
    except UnicodeDecodeError:
        utf8 = ""
    if utf8 and not data.isascii():
        # Valid UTF-8 beyond ASCII is hardly ever anything else, whatever its label says.
        warning = f"declared as {declared.strip()[:40]}, but is UTF-8"
        return Decoded(text=utf8, encoding="utf-8", warnings=(warning,))
    try:
        return Decoded(text=data.decode(name), encoding=name)
    except UnicodeDecodeError:
        mixed = _mixed(data)
        if mixed is not None:
            return mixed
        if name == "cp1252":
            return Decoded(text=_cp1252(data), encoding=name)
        return _decoded(data, name)


def _decoded(data: bytes, name: str) -> Decoded:
    try:
        return Decoded(text=data.decode(name), encoding=name)
    except UnicodeDecodeError:
        text = data.decode(name, errors="replace")
        return Decoded(text=text, encoding=name, warnings=(_INVALID_WARNING.format(name=name),))


def _zero_or_escape(data: bytes) -> Decoded | None:
    """UTF-16 and UTF-32 without a mark, and ISO-2022, are all valid UTF-8: tell by zeros and escapes."""
    sample = data[:4096]
    if sample.count(0) * 4 >= len(sample) and len(data) >= 4:
        for name in _by_zeros(sample):
            try:
                text = data.decode(name)
            except UnicodeDecodeError:
                continue
            return Decoded(text=text, encoding=name, warnings=(f"no byte order mark; read as {name}",))
    if b"\x1b$" in data and _ISO_2022.search(data):
        try:
            text = data.decode("iso2022_jp")
        except UnicodeDecodeError:
            return None
        warning = "no encoding declared; read as ISO-2022-JP"
        return Decoded(text=text, encoding="iso2022_jp", warnings=(warning,))
    return None


def _by_zeros(sample: bytes) -> list[str]:
    zeros = [sample[phase::4].count(0) * 4 / len(sample) for phase in range(4)]
    if zeros[2] > 0.9 and zeros[3] > 0.9:
        return ["utf-32-le"]
    if zeros[0] > 0.9 and zeros[1] > 0.9:
        return ["utf-32-be"]
    even, odd = (zeros[0] + zeros[2]) / 2, (zeros[1] + zeros[3]) / 2
    if odd > 0.4 and even < 0.2:
        return ["utf-16-le"]
    if even > 0.4 and odd < 0.2:
        return ["utf-16-be"]
    return []


def _guessed(data: bytes) -> Decoded:
    sixteen = _zero_or_escape(data)
    if sixteen is not None:
        return sixteen
    mixed = _mixed(data)
    if mixed is not None:
        return mixed
    name = guess_encoding(data)
    text = _cp1252(data) if name == "cp1252" else data.decode(name, errors="replace")
    warning = f"no encoding declared, and not UTF-8; read as {name}"
    return Decoded(text=text, encoding=name, warnings=(warning,))


def _mixed(data: bytes) -> Decoded | None:
    """Read UTF-8 with single bytes of cp1252 in it, as files put together have; None if it is not that."""
    bad = 0

    def count(error: UnicodeError) -> tuple[str, int]:
        nonlocal bad
        if not isinstance(error, UnicodeDecodeError):
            raise error
        text, end = _stray(error)
        bad += end - error.start
        return text, end

    codecs.register_error("archive.mixed", count)
    text = data.decode("utf-8", errors="archive.mixed")
    good = len(text) - len(text.encode("ascii", "ignore")) - bad
    if good * 2 < bad or good < 1:
        return None
    warning = "not all UTF-8; the other bytes were read as cp1252"
    return Decoded(text=text, encoding="utf-8", warnings=(warning,))


def _stray(error: UnicodeDecodeError) -> tuple[str, int]:
    """What stands for bytes that are not UTF-8, and where reading goes on."""
    data, start = error.object, error.start
    if error.reason == "unexpected end of data":
        return "\ufffd", len(data)
    forbidden = _FORBIDDEN.match(data, start)
    if forbidden is not None:
        return "\ufffd", forbidden.end()
    return _cp1252(data[start : start + 1]), start + 1


def _cp1252(data: bytes) -> str:
    """Decode as browsers do: the five unused codes are controls, and no byte is lost."""
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1").translate(_CP1252_HIGH)
