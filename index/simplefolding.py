"""Folding whole texts fast: characters that fold by themselves, whatever stands beside them.

Nearly all texts hold a handful of distinct characters beyond ASCII (curly quotes,
dashes, a few accents): each is replaced throughout at once.
"""

from __future__ import annotations

import unicodedata

from index.folding import continues, fold, shape

_ASCII = bytes(range(128))

#: Up to so many distinct characters are replaced one by one, which is faster.
_MAX_REPLACED = 24


class _LoneFolds(dict[str, str | None]):
    """Character to its folded form, or None if it needs its neighbours."""

    def __missing__(self, char: str) -> str | None:
        folded: str | None = None
        if not continues(char) or unicodedata.category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f":
            folded = fold(char)
            if not all(piece.isalnum() or piece in "'&.,- " for piece in folded) or "c" in shape(folded):
                folded = None
        self[char] = folded
        return folded


lone_folds = _LoneFolds()


def distinct_beyond_ascii(text: str) -> set[str]:
    """The distinct characters of ``text`` that are not ASCII."""
    return set(text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass"))


def fold_lone(text: str) -> str | None:
    """Fold what is not ASCII; None if a character needs its neighbours."""
    if text.isascii():
        return text
    others = {char: lone_folds[char] for char in distinct_beyond_ascii(text)}
    if None in others.values():
        return None
    if len(others) > _MAX_REPLACED:
        return text.translate({ord(char): folded for char, folded in others.items()})
    for char, folded in others.items():
        if folded is not None and folded != char:
            text = text.replace(char, folded)
    return text


def fold_simple(text: str, others: set[str] | None = None) -> str:
    """Fold ``text`` character by character, for finding words of Latin letters in it.

    A character may fold to several or none: `folded_length` says.  Marks are
    dropped, and unspaced scripts become spaces: right next to Latin letters,
    and not what `tokens` makes of other scripts.

    Args:
        others: `distinct_beyond_ascii` of ``text``, if that is known.
    """
    if text.isascii():
        return text.lower()
    for char in distinct_beyond_ascii(text) if others is None else others:
        folded = _simple_fold(char)
        if folded != char:
            text = text.replace(char, folded)
    return text.lower()


def folded_length(char: str) -> int:
    """How many characters ``char`` is in the result of `fold_simple`."""
    return len(_simple_fold(char))


def _simple_fold(char: str) -> str:
    folded = lone_folds[char]
    if folded is None:
        return "" if continues(char) else " "
    return folded
