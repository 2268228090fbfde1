"""Did you mean: the likeliest word of the index for one that it does not have.

A noisy channel (Kernighan, Church and Gale, COLING 1990): how often the
archive has a word, times how likely a slip turns it into what was typed.
``benchmarks/spelling.py`` measures it.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import nsmallest

from index.engine import Engine
from index.engines.distance import within_edits

#: Most words of a field that are looked at; the rarest are left out beyond it.
MOST_WORDS = 400_000

#: Shorter words have too many neighbours to guess among.
_SHORTEST = 3
#: From so many letters on, two slips are considered.
_TWO_SLIPS = 4

#: What slips cost, in natural logarithms of how often a word occurs: about the
#: number of ways to make one.  A letter can be lost, or swapped with the next,
#: in as many ways as there are letters; wrong and added ones are any of the alphabet.
_LOST, _SWAPPED, _ADDED, _WRONG = 3.2, 3.2, 6.0, 6.0
_CHEAPEST = 3.2
_FIRST_LETTER = 0.3


@dataclass(frozen=True, slots=True)
class Correction:
    """A word of the index that may have been meant, and in how many articles it is."""

    word: str
    articles: int


class Vocabulary:
    """The words of some fields, ready to be guessed among."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
        self._by_length: dict[int, list[tuple[str, int]]] = {}
        self._sorted: list[str] | None = None
        for word in self._counts:
            self._by_length.setdefault(len(word), []).append((word, _letters(word)))

    def __len__(self) -> int:
        return len(self._counts)

    def __contains__(self, word: str) -> bool:
        return word in self._counts

    def items(self) -> Iterable[tuple[str, int]]:
        """Return every word with the number of articles that have it."""
        return self._counts.items()

    def beginning(self, prefix: str, limit: int) -> list[str]:
        """Return the most frequent words that are longer than ``prefix`` and begin with it."""
        if self._sorted is None:
            self._sorted = sorted(self._counts)
        first = bisect_right(self._sorted, prefix)
        last = bisect_right(self._sorted, prefix + chr(0x10FFFF))
        return nsmallest(limit, self._sorted[first:last], key=lambda word: (-self._counts[word], word))

    def corrections(self, word: str, limit: int = 3) -> list[Correction]:
        """Return the likeliest words for ``word``, best first; none if it is there itself.

        Args:
            word: one token, folded as the index has it.
        """
        if len(word) < _SHORTEST or word in self._counts or any(char.isdigit() for char in word):
            return []
        edits = 2 if len(word) >= _TWO_SLIPS else 1
        found: list[tuple[float, str]] = []
        for candidate in sorted(self._near(word, edits), key=lambda near: (-self._counts[near], near)):
            frequency = math.log(self._counts[candidate])
            if len(found) >= limit and frequency - _CHEAPEST < found[limit - 1][0]:
                break  # nor does any rarer word come before those
            slips = 1 if within_edits(candidate, word, 1) else 2
            if slips == 2 and not (edits == 2 and within_edits(candidate, word, 2)):
                continue
            found.append((frequency - _cost(word, candidate, slips), candidate))
            found.sort(key=lambda entry: (-entry[0], entry[1]))
        return [Correction(candidate, self._counts[candidate]) for _, candidate in found[:limit]]

    def _near(self, word: str, edits: int) -> Iterator[str]:
        """The words that may be within ``edits``: a letter that one has and the other lacks takes an edit."""
        wanted = _letters(word)
        for length in range(len(word) - edits, len(word) + edits + 1):
            for candidate, letters in self._by_length.get(length, ()):
                if (wanted & ~letters).bit_count() <= edits and (letters & ~wanted).bit_count() <= edits:
                    yield candidate


def _cost(word: str, meant: str, slips: int) -> float:
    """Return what it costs that ``slips`` made ``word`` of ``meant``."""
    longer = len(meant) - len(word)
    cost = longer * _LOST if longer > 0 else -longer * _ADDED
    rest = slips - abs(longer)
    if rest:
        wrong = min(rest, (Counter(word) - Counter(meant)).total() - max(-longer, 0))
        cost += wrong * _WRONG + (rest - wrong) * _SWAPPED
    return cost + (_FIRST_LETTER if meant[0] != word[0] else 0.0)


def vocabulary_from(engine: Engine, fields: Iterable[str]) -> Vocabulary:
    """Read the words of ``fields`` from the index, without numbers.

    Raises:
        EngineError: the index cannot be read.
    """
    counts: dict[str, int] = {}
    for field in fields:
        for word, articles in engine.terms(field, "", MOST_WORDS):
            if articles > counts.get(word, 0) and len(word) >= _SHORTEST - 1 and word.isalpha():
                counts[word] = articles
    return Vocabulary(counts)


def _letters(word: str) -> int:
    """Return the set of the letters of ``word``, as bits."""
    bits = 0
    for char in word:
        code = ord(char) - 97
        bits |= 1 << code if 0 <= code < 26 else 1 << (26 + ord(char) % 10)
    return bits
