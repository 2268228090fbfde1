"""Folding: the one place that says which characters are the same to a reader.

Case never matters; accents do not in Latin and Greek; compatibility forms
(fullwidth letters, ligatures, other digits) are their plain selves.  Marks
that make another letter or a vowel stay: Cyrillic ``й``, Indic and Thai vowel
signs.  What is folded keeps only letters, digits, kept marks and the signs
that `index.analysis` looks at: ``' & . , -``; everything else is a space.
"""

from __future__ import annotations

import re
import unicodedata

#: Letters without a decomposition that readers take for plain ones.
_LOOKALIKES = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "ħ": "h",
        "ŧ": "t",
        "þ": "th",
        "ı": "i",
        "ȷ": "j",
        "ŋ": "n",
        "ё": "е",
    }
)

#: Apostrophes, hyphens that join, and signs whose compatibility form would
#: stick to the word before them.
_SIGNS = {
    "‘": "'",
    "’": "'",
    "ʼ": "'",
    "＇": "'",
    "‐": "-",
    "‑": "-",
    "－": "-",
    "…": " ",
    "™": " ",
    "℠": " ",
}

_SPECIAL = frozenset("'&.,-")

#: A character that belongs to the one before it: marks, invisible characters,
#: vowel and final jamo, halfwidth voicing marks.  Found by `_continues`.
_LATIN_OR_GREEK = re.compile("[\x00-\u036f\u0370-\u03ff\u1d00-\u1eff\u1f00-\u1fff\u2c60-\u2c7f\ua720-\ua7ff]")

#: Scripts that write no spaces between words, and Hangul, whose particles stick
#: to the word: searched by bigrams.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff"
    "\u3100-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\ua9e0-\ua9ff\uaa60-\uaa7f"
    "\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]"
)

#: More marks than this on one letter are noise (Unicode's stream-safe limit is
#: 30), and sorting them is quadratic.
_MAX_MARKS = 30


def continues(char: str) -> bool:
    """Whether ``char`` belongs to the character before it."""
    category = unicodedata.category(char)
    return (
        category[0] == "M"
        or category == "Cf"
        or "\u1160" <= char <= "\u11ff"
        or char in "\uff9e\uff9f"
        or "\ud7b0" <= char <= "\ud7fb"
    )


def fold(cluster: str) -> str:
    """Fold one character with the marks that follow it.

    Returns:
        Folded text, possibly empty, one space, or several characters.  Folding
        it again changes nothing.
    """
    visible = "".join(char for char in cluster[: _MAX_MARKS + 1] if unicodedata.category(char) != "Cf")
    if not visible:
        return ""
    sign = _SIGNS.get(visible[0])
    return "".join(map(_fold_one, _letters(visible))) if sign is None else sign


def shape(folded: str) -> str:
    """Say of each character of a folded text what it is.

    Returns:
        As many characters: ``d`` digit, ``a`` letter or kept mark, ``c`` the
        same in an unspaced script, a sign or space itself.
    """
    return "".join(map(_shape_of, folded))


def fold_key(text: str) -> str:
    """Fold a whole value (an author, a source, a title) for comparing and sorting."""
    if text.isascii():
        return " ".join(text.lower().split())
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(bare.casefold().split())


def _letters(visible: str) -> str:
    text = unicodedata.normalize("NFKC", visible).casefold()
    if _LATIN_OR_GREEK.match(text):
        text = unicodedata.normalize("NFD", text)
        text = "".join(char for char in text if unicodedata.category(char)[0] != "M")
    else:
        text = unicodedata.normalize("NFC", text)
        text = "".join(char for char in text if not _is_accent(char))
    return text.translate(_LOOKALIKES)


def _is_accent(char: str) -> bool:
    """Whether a mark that composed with nothing can go: accents and vowel points.

    By combining class: 1 overlays, 10-36 Hebrew, Arabic and Syriac points, 200
    and above accents.  The rest are vowel signs, viramas, tones: letters.
    """
    category = unicodedata.category(char)
    if category[0] != "M":
        return False
    combining = unicodedata.combining(char)
    is_selector = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return is_selector or category == "Me" or combining == 1 or 10 <= combining <= 36 or combining >= 200


def _fold_one(char: str) -> str:
    if char in _SIGNS:
        return _SIGNS[char]
    if char in _SPECIAL:
        return char
    if unicodedata.category(char) == "Nd":
        return str(unicodedata.decimal(char))
    if char.isalnum() or unicodedata.category(char)[0] == "M":
        return char
    return " "


def _shape_of(char: str) -> str:
    if char == " " or char in _SPECIAL:
        return char
    if "0" <= char <= "9":
        return "d"
    return "c" if _UNSPACED.match(char) else "a"
