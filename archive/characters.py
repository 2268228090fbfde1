"""What every text goes through before it is stored: characters, lines, keys, counts.

Text is NFC with ``\\n`` line ends; what cannot be seen (soft hyphens, zero-width
and bidirectional controls, control characters) is gone, so that what is found is
what is read.  The common case, clean text, must cost next to nothing: each
function first asks whether there is anything to do.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

from archive.limits import LIMITS

_REPLACEMENT: Final = "\ufffd"
_ASCII_CONTROLS: Final = bytes(sorted(set(range(32)) - {9, 10} | {127}))

# Marks that stack on a letter, in the scripts where they are used to flood a line.
_MARKS: Final = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u06d6-\u06dc\u0e31\u0e34-\u0e3a"
    "\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
_MARK_FLOOD: Final = re.compile(f"([{_MARKS}]{{{LIMITS.marks}}})[{_MARKS}]+")
# First bytes in UTF-8 of every character of _MARKS: a memchr each, where the
# pattern would look at every character of a text that has no marks at all.
_MARK_LEADS: Final = (
    *(bytes([lead]) for lead in (0xCC, 0xCD, 0xD2, 0xD6, 0xD8, 0xD9, 0xDB, 0xE0, 0xE1)),
    b"\xe2\x83",
    b"\xef\xb8",
)

# Bytes of text that needs no closer look: ASCII without controls, letters up to U+017F, and
# what begins with E2 (punctuation) as far as `_ODD_E2` does not find something else there.
_PLAIN_BYTES: Final = bytes(
    byte for byte in range(256) if byte not in _ASCII_CONTROLS and (byte < 0xC6 or byte == 0xE2)
)
_ODD_C2: Final = re.compile(rb"\xc2[\x80-\xa0\xad]")
_ODD_E2: Final = re.compile(rb"\xe2(?:\x80[\x80-\x8f\xa8-\xaf]|[^\x80\x82])")
_BLANK_RUN: Final = re.compile(r"\n{3,}")
_ANSI: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)|[@-Z\\-_])")
_LINE_END: Final = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028]")
# The joiners are spelling in Persian, Indic scripts and emoji; between Latin
# letters they only hide a word from search.
_JOINERS: Final = re.compile("[\u200c\u200d]+")
_LATIN: Final = re.compile("[0-9A-Za-z\u00c0-\u024f]")
# No Latin letter is composed of more marks than three.
_MOST_COMPOSED: Final = 4


def _invisible_table() -> dict[int, str | None]:
    table: dict[int, str | None] = dict.fromkeys(set(range(32)) - {9, 10} | {127})
    for byte in range(0x80, 0xA0):  # C1 controls in text are cp1252 read as Latin-1
        try:
            table[byte] = bytes([byte]).decode("cp1252")
        except UnicodeDecodeError:
            table[byte] = None
    spaces = (0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)
    table.update(dict.fromkeys(spaces, " "))
    dropped = (0xAD, 0x61C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
    table.update(dict.fromkeys((*dropped, *range(0xFFF9, 0xFFFC))))
    table[0x2029] = "\n\n"
    return table


_INVISIBLE: Final = {chr(code): seen or "" for code, seen in _invisible_table().items()}
_ODD: Final = re.compile("[" + "".join(map(re.escape, _INVISIBLE)) + "]")
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
)
_WORD_MASK: Final = bytes(not (byte < 0x80 and chr(byte).isspace()) for byte in range(256))
# First bytes in UTF-8 of the scripts above: E0-E9 and EF, without E2, which is mostly punctuation.
_NOT_UNSPACED_LEADS: Final = bytes(
    byte for byte in range(256) if byte not in {0xE0, 0xE1, *range(0xE3, 0xEA), 0xEF}
)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_LOST: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f\x86-\x9f\ud800-\udfff]")


def normalise_text(text: str) -> str:
    """Return ``text`` as NFC paragraphs separated by one blank line.

    Line breaks inside a paragraph stay.  The result holds no control character
    but tab and line feed, no lone surrogate, and is the same when normalised again.
    """
    if "\xa0" in text:
        text = text.replace("\xa0", " ")  # by far the most frequent of what is to be cleaned
    # Looked through as bytes: searching is several times faster there than in text beyond Latin-1.
    encoded = _encoded_if_clean(text)
    if encoded is None:
        text = _clean(text)
        encoded = text.encode()
    if b" \n" in encoded or b"\t\n" in encoded:
        text = "\n".join([line.rstrip(" \t") for line in text.split("\n")])
        encoded = text.encode()
    if b"\n\n\n" in encoded:
        text = _BLANK_RUN.sub("\n\n", text)
    return text.strip()


def normalise_line(text: str, max_chars: int = LIMITS.title_chars) -> str:
    """Return ``text`` as one trimmed line of at most ``max_chars`` code points."""
    if not (text.isascii() and text.isprintable()):
        if len(text) > 40 * max_chars:
            text = text[: 40 * max_chars]
        text = normalise_text(text)
    line = " ".join(text.split())
    return line if len(line) <= max_chars else line[:max_chars].rstrip()


def loses_characters(text: str) -> bool:
    """Say whether `normalise_text` drops or replaces more than layout: controls or lone surrogates."""
    if text.isascii():
        encoded = text.encode()
        if len(encoded.translate(None, _ASCII_CONTROLS)) == len(encoded):
            return False
    elif _is_printable(text):
        return False
    return _LOST.search(text) is not None


def fold_key(text: str) -> str:
    """Return the form under which names are equal: NFKD, marks off, case folded, single spaces."""
    if text.isascii():
        return " ".join(text.lower().split())
    bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return " ".join(bare.casefold().split())


def content_hash(title: str, text: str) -> str:
    """Return the hex BLAKE2b-128 of a normalised title and text."""
    return hashlib.blake2b(f"{title}\0{text}".encode(), digest_size=16).hexdigest()


def count_words(text: str) -> int:
    """Count the words of ``text``; each character of a script without spaces is one."""
    # A word begins where a byte of the mask is 1 and the one before is 0: as one large number,
    # that is counted more than twice as fast as words are split.
    encoded = text.encode()
    mask = int.from_bytes(encoded.translate(_WORD_MASK), "little")
    words = (mask & ~(mask << 8)).bit_count()
    if text.isascii() or not encoded.translate(None, _NOT_UNSPACED_LEADS):
        return words
    return words + sum(len(run) - 1 for run in _UNSPACED.findall(text))


def _encoded_if_clean(text: str) -> bytes | None:
    """The text in UTF-8 if nothing in it is to be cleaned but layout."""
    if text.isascii():
        encoded = text.encode()
        return encoded if len(encoded.translate(None, _ASCII_CONTROLS)) == len(encoded) else None
    try:
        encoded = text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return None
    odd = encoded.translate(None, _PLAIN_BYTES) or _ODD_C2.search(encoded) or _ODD_E2.search(encoded)
    if not odd:
        return encoded  # Western letters and punctuation only: always NFC
    if not _is_printable(text):
        return None
    if any(lead in encoded for lead in _MARK_LEADS) and _MARK_FLOOD.search(text) is not None:
        return None
    return encoded if unicodedata.is_normalized("NFC", text) else None


def _is_printable(text: str) -> bool:
    return text.replace("\n", "").replace("\t", "").isprintable()


def _clean(text: str) -> str:
    if any(end in text for end in "\r\x0b\x0c\x85\u2028"):
        text = _LINE_END.sub("\n", text)
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    text = _ODD.sub(lambda match: _INVISIBLE[match.group()], text)
    text = _SURROGATE.sub(_REPLACEMENT, text)
    if "\u200c" in text or "\u200d" in text:
        text = _JOINERS.sub(_joiner, text)
    if not _may_have_marks(text):
        return unicodedata.normalize("NFC", text)
    # Before NFC, whose sorting of marks is quadratic in their number; and after, because it may join runs.
    text = _MARK_FLOOD.sub(r"\1", text)
    text = _MARK_FLOOD.sub(r"\1", unicodedata.normalize("NFC", text))
    for _ in range(_MOST_COMPOSED):  # a letter and its mark may have become the Latin letter beside a joiner
        if "\u200c" not in text and "\u200d" not in text:
            break
        bare = _JOINERS.sub(_joiner, text)
        if bare == text:
            break
        text = unicodedata.normalize("NFC", bare)
    return text


def _joiner(match: re.Match[str]) -> str:
    start, end = match.span()
    around = match.string[max(start - 1, 0) : start] + match.string[end : end + 1]
    return "" if _LATIN.search(around) else match[0]


def _may_have_marks(text: str) -> bool:
    encoded = text.encode()
    return any(lead in encoded for lead in _MARK_LEADS)
