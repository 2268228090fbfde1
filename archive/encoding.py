"""Bytes to text: what the bytes say first, what somebody says second, a guess last.

The order is: byte order mark, declared encoding, UTF-8, UTF-16 or UTF-32 without
a mark (by its zero bytes), ISO-2022 by its escapes, then a guess.  UTF-7 is never
used, whoever declares it: it hides markup in plain letters.  Overlong forms and
encoded surrogates are no UTF-8 and are never decoded to what they pretend to be.
"""

from __future__ import annotations

import codecs
import functools
import re
from dataclasses import dataclass
from typing import Final

import charset_normalizer

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16-LE, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Labels that mean a larger encoding in practice (WHATWG Encoding Standard).
_LABELS: Final = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "l1": "cp1252",
    "windows-1252": "cp1252",
    "iso-8859-9": "cp1254",
    "latin5": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "utf8": "utf-8",
    "unicode": "utf-16-le",
    "utf-16": "utf-16-le",
}
# The only codecs that a label may name: Python's registry also holds UTF-7,
# punycode, unicode_escape and transforms that are no character sets.
_ALLOWED: Final = re.compile(
    r"utf-?8|utf-?(?:16|32)-?(?:le|be)|cp(?:125[0-8]|437|737|775|85\d|86\d|874|932|949|950|866)|windows-125[0-8]"
    r"|iso-?8859-?\d{1,2}|koi8-?[rut]|gb18030|big5(?:-?hkscs)?|euc-?jp|iso-2022-(?:jp|kr)(?:-\d)?|mac-?\w{5,10}|hz"
)
_INVALID_WARNING: Final = "some bytes are not {name}; each was replaced by \ufffd"
_SAMPLE_BYTES: Final = 64_000
_ASCII: Final = bytes(range(0x80))
_NOT_ASCII_LETTERS: Final = bytes(byte for byte in range(256) if byte > 0x7F or not chr(byte).isalpha())
# Bytes that are an accented letter in at least one of the code pages below.
_NOT_ACCENTED: Final = bytes([*range(0x8A), 0x8B, *range(0x91, 0x9A), 0x9B, 0xA0, 0xAB, 0xBB])
_TRUSTED_NAMES: Final = """
cp932 shift-jis euc-jp gb18030 big5 big5hkscs cp949 cp950 euc-kr cp1251 koi8-r koi8-u cp866 iso8859-5
mac-cyrillic cp1253 iso8859-7 cp1255 iso8859-8 cp1256 iso8859-6 cp874
"""
_TRUSTED_GUESSES: Final = frozenset(_TRUSTED_NAMES.split())
# Overlong forms and encoded surrogates: they look like UTF-8 and must not be read as it.
_FORBIDDEN: Final = re.compile(
    rb"[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]|\xf0[\x80-\x8f][\x80-\xbf]{2}|\xed[\xa0-\xbf][\x80-\xbf]"
)
_CP1252_HIGH: Final = {
    byte: bytes([byte]).decode("cp1252") for byte in range(0x80, 0xA0) if byte not in b"\x81\x8d\x8f\x90\x9d"
}
# In order of preference where they fit equally; each alphabet is one language's letters beyond a to z.
_ALPHABETS: Final = {
    "cp1252": (
        "éèàùâêîôûçëïüœæ",
        "äöüß",
        "áéíóúñü¿¡",
        "åäöæøé",
        "ãõáéíóúâêôçà",
        "àèéìòù",
        "ëéïöü",
        "áðéíóúýþæö",
    ),
    "cp1250": ("ěščřžýáíéůúňťďó", "ąćęłńóśźż", "áéíóöőúüű", "čšžćđ", "ľščťžýáíéúäôňďĺŕó", "ăâîșțşţ"),
    "iso8859-2": ("ěščřžýáíéůúňťďó", "ąćęłńóśźż", "áéíóöőúüű"),
    "cp1254": ("çğıöşüİâ",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äöõüšž"),
}
# Letters of everyday Cyrillic, Greek, Hebrew, Arabic, Thai and East Asian text, and their punctuation.
_COMMON: Final = re.compile(
    "[\u0410-\u044f\u0401\u0451\u0404\u0454\u0406\u0456\u0457\u0490\u0491\u0386-\u03ce\u05d0-\u05ea\u0621-\u06af"
    "\u0e01-\u0e5b\u2010-\u2026\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff00-\uffef\xa0\xab\xbb\u2116\xb7]"
)
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


def codec_of(label: str) -> str:
    """Return the Python codec that an encoding label stands for, or ``""`` if it is none to use."""
    name = label.strip().strip("\"'").lower().replace("_", "-")
    name = _LABELS.get(name.replace("-", "_"), _LABELS.get(name, name))
    if not _ALLOWED.fullmatch(name):
        return ""
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""


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
    name = _guess_name(data)
    text = _cp1252(data) if name == "cp1252" else data.decode(name, errors="replace")
    warning = f"no encoding declared, and not UTF-8; read as {name}"
    return Decoded(text=text, encoding=name, warnings=(warning,))


def _guess_name(data: bytes) -> str:
    """The encoding that the letters suggest."""
    sample = data[:_SAMPLE_BYTES]
    latin, share = _latin_by_alphabet(sample)
    high = len(sample.translate(None, _ASCII))
    letters = len(sample.translate(None, _NOT_ASCII_LETTERS))
    if share > 0.8 or high * 5 < letters:
        return latin
    match = charset_normalizer.from_bytes(sample, steps=5, chunk_size=512, preemptive_behaviour=False).best()
    name = codec_of(match.encoding) if match is not None else ""
    # Between the Latin code pages its guess is worse than the alphabets.
    return name if name in _TRUSTED_GUESSES and _is_fluent(sample.decode(name, errors="replace")) else latin


def _is_fluent(text: str) -> bool:
    """Say whether letters beyond ASCII are mostly common ones, as in words rather than in noise."""
    beyond = [char for char in text if char > "\x7f"]
    return sum(bool(_COMMON.match(char)) for char in beyond) >= 0.8 * len(beyond)


def _latin_by_alphabet(sample: bytes) -> tuple[str, float]:
    """The code page under which most letters beyond ASCII belong to one language, and their share."""
    best, best_share = "cp1252", 0.0
    accented = len(sample.translate(None, _NOT_ACCENTED))
    for name, alphabets in _ALPHABETS.items():
        lowered = sample.decode(name, errors="ignore").lower()
        strange = len(sample) - len(sample.translate(None, _undefined(name)))
        for alphabet in alphabets:
            share = sum(map(lowered.count, alphabet)) / max(accented + strange, 1)
            if share > best_share + 0.02:
                best, best_share = name, share
    return best, best_share


@functools.cache
def _undefined(name: str) -> bytes:
    """The bytes from 0x80 that are no character, or only a control, in a single-byte encoding."""
    decoded = {byte: bytes([byte]).decode(name, errors="replace") for byte in range(0x80, 0x100)}
    return bytes(byte for byte, char in decoded.items() if char == "\ufffd" or char < "\xa0")


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
