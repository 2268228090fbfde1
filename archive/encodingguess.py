"""Which single-byte or East Asian encoding bytes are in that say nothing: told by their letters."""

from __future__ import annotations

import functools
import re
from typing import Final

import charset_normalizer

from archive.encodinglabels import codec_of

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


def guess_encoding(data: bytes) -> str:
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
