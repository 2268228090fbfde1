"""Small numbers for the values of facets: counted faster than 63-bit hashes.

Every document has a number in the column of each facet, `NONE` where it has no
value: a column without gaps, and with one value each, is read four times as
fast as another.

A number belongs to its value for as long as any document, perhaps deleted
since, has it: beside the column each document carries the pair as a term, so
that every commit says by itself what its numbers mean, whatever was merged,
deleted or lost in a crash.  Years and language codes need no pair: they are
their own numbers.
"""

from __future__ import annotations

import re

import tantivy
from tantivy import Query

#: No value.
NONE = 0

#: Numbers below it are given to years and codes by what they are.
_FIRST_FREE = 30_000

_YEAR = re.compile(r"[0-9]{4}")
_CODE = re.compile(r"[a-z]{2,3}")
_CODES_FROM = 10_001
_LONG_CODES_FROM = _CODES_FROM + 26**2
_A = ord("a")

_SEPARATOR = "\x00"


def number_column(name: str) -> str:
    """The values of each document, `NONE` where there is none."""
    return f"{name}_number"


def pairs_field(name: str) -> str:
    """Terms that say which number stands for which value."""
    return f"{name}_pairs"


def pair(value: str, number: int) -> str:
    """The term that says so."""
    return f"{value}{_SEPARATOR}{number}"


def own_number(value: str) -> int | None:
    """Return the number that a year or a code has by what it is, None for other values."""
    if len(value) == 4 and _YEAR.fullmatch(value) and value.isascii():
        return int(value) + 1
    if len(value) in (2, 3) and _CODE.fullmatch(value):
        number = 0
        for char in value:
            number = number * 26 + ord(char) - _A
        return number + (_CODES_FROM if len(value) == 2 else _LONG_CODES_FROM)
    return None


def own_value(number: int) -> str | None:
    """Return what has ``number`` by what it is, None for a number that was given."""
    if number < _CODES_FROM:
        return f"{number - 1:04d}"
    if number >= _FIRST_FREE:
        return None
    size = 2 if number < _LONG_CODES_FROM else 3
    rest = number - (_CODES_FROM if size == 2 else _LONG_CODES_FROM)
    letters = []
    for _ in range(size):
        rest, letter = divmod(rest, 26)
        letters.append(chr(_A + letter))
    return "".join(reversed(letters))


def values_by_number(searcher: tantivy.Searcher, name: str) -> dict[int, str]:
    """Return what the given numbers of the field ``name`` mean."""
    parted = (term.rpartition(_SEPARATOR) for term, _ in searcher.terms_with_prefix(pairs_field(name), ""))
    return {int(number): value for value, _, number in parted}


class Numbering:
    """Gives numbers to values from one commit to the next.

    It knows what it gave; what was there before is looked up in the index.

    Args:
        searcher: of the last commit.
    """

    def __init__(self, searcher: tantivy.Searcher | None) -> None:
        self._searcher = searcher if searcher is not None and searcher.num_segments else None
        self._known: dict[str, dict[str, int]] = {}
        self._next: dict[str, int] = {}

    def number(self, name: str, value: str) -> int:
        """Return the number of ``value`` in the field ``name``."""
        known = self._known.setdefault(name, {})
        number = known.get(value)
        if number is None:
            number = known[value] = self._found(name, value) or self._free(name)
        return number

    def _found(self, name: str, value: str) -> int | None:
        if self._searcher is None:
            return None
        for term, _ in self._searcher.terms_with_prefix(pairs_field(name), value + _SEPARATOR):
            there, _, number = term.rpartition(_SEPARATOR)
            if there == value:
                return int(number)
        return None

    def _free(self, name: str) -> int:
        number = self._next.get(name) or self._highest(name) + 1
        while self._is_taken(name, number):
            number += 1
        self._next[name] = number + 1
        return number

    def _highest(self, name: str) -> int:
        highest = _FIRST_FREE - 1
        if self._searcher is None:
            return highest
        column = number_column(name)
        found = self._searcher.aggregate(Query.all_query(), {"highest": {"max": {"field": column}}})
        return max(highest, int(found["highest"]["value"] or 0))

    def _is_taken(self, name: str, number: int) -> bool:
        """Whether a document has ``number``, if only one that is deleted and not yet merged away."""
        return self._searcher is not None and self._searcher.doc_freq(number_column(name), number) > 0
