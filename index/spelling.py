"""Did you mean: the likeliest word of the index for one that it does not have.

A noisy channel (Kernighan, Church and Gale, COLING 1990): how often the
archive has a word, times how likely a slip turns it into what was typed.
``benchmarks/spelling.py`` measures it.
"""

from __future__ import annotations

import math
from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from heapq import nsmallest
from operator import itemgetter

from index.engine import Engine
from index.engines.distance import within_edits

#: Most words of a field that are looked at; the rarest are left out beyond it.
MOST_WORDS = 400_000

#: Shorter words have too many neighbours to guess among.
_SHORTEST = 3
#: Of so many letters two may be wrong, and a word that was meant then has one more:
#: of shorter ones too little is left, and in a small archive there is always some word.
_TWO_SLIPS = 4

#: So many words are sifted by their letters before the next are looked at.
_SLICE = 2_000

#: Letters that a slip may put in the place of another.
_ALPHABET = 26
#: What a wrong first letter costs: people look at it.
_FIRST_LETTER = 0.3
#: A word that is so much less likely than the best one (1 in 400) is not offered.
_MARGIN = 6.0
#: A word that others may have misspelt too is given up for one that is so many times as frequent.
COMMONER = 20
#: An article with a guess but without the other words of the query counts so much
#: of one that has them all.
_ALONE = 0.01
#: More slips of one sort than one place can have, such as a letter lost of ``ll``.
_SEVERAL_WAYS = math.log(2.0)


@dataclass(frozen=True, slots=True)
class Correction:
    """A word of the index that may have been meant.

    Attributes:
        word: it.
        articles: how many have it.
        slip: how likely it is that a slip made of it what was typed, as a
            natural logarithm; add that of a number of articles to compare.
    """

    word: str
    articles: int
    slip: float


class Vocabulary:
    """The words of some fields, ready to be guessed among."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        # By count, then by word, which a stable sort leaves in order.
        self._counts = dict(sorted(sorted(counts.items()), key=itemgetter(1), reverse=True))
        self._by_length: dict[int, list[str]] = {}
        self._sorted: list[str] | None = None
        for word in self._counts:
            self._by_length.setdefault(len(word), []).append(word)
        self._entries: dict[int, list[tuple[float, str, int]]] = {}

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

    def corrections(self, word: str, limit: int = 3, *, rare: bool = False) -> list[Correction]:
        """Return the likeliest words for ``word``, best first; none if it is there itself.

        Args:
            word: one token, folded as the index has it.
            rare: also for a word that is there, by those that are `COMMONER` times as frequent.
        """
        there = self._counts.get(word, 0)
        if len(word) < _SHORTEST or (there and not rare) or any(char.isdigit() for char in word):
            return []
        limit += bool(there)  # it is the likeliest itself
        best = _Best(limit)
        for longer in (0, 1, -1, 2, -2):
            edits = 2 if len(word) >= _TWO_SLIPS and len(word) + longer > _TWO_SLIPS else 1
            if abs(longer) <= edits:
                self._look(word, longer, edits, best)
        guesses = [Correction(found, self._counts[found], slip) for _, found, slip in best.found]
        return [guess for guess in guesses if guess.word != word and guess.articles >= COMMONER * there]

    def _entries_of(self, length: int) -> list[tuple[float, str, int]]:
        """Return the words of ``length`` letters with what is compared: made when a word is looked for."""
        entries = self._entries.get(length)
        if entries is None:
            words = self._by_length.get(length, ())
            entries = [(math.log(self._counts[word]), word, _letters(word)) for word in words]
            self._entries[length] = entries
        return entries

    def _look(self, word: str, longer: int, edits: int, best: _Best) -> None:
        """Offer to ``best`` the words that are ``longer`` than ``word`` and within
        ``edits`` of it: the most frequent first, until no other can come among them."""
        wanted = _letters(word)
        likeliest = _likeliest(len(word), longer)
        added = max(-longer, 0)
        wrong = math.log(_Slips.of(len(word) + longer).wrong)
        entries = self._entries_of(len(word) + longer)
        unwanted = ~wanted
        near = (
            entry
            for start in range(0, len(entries), _SLICE)
            # a letter that one has and the other lacks takes an edit
            for entry in [
                entry
                for entry in entries[start : start + _SLICE]
                if (entry[2] & unwanted).bit_count() <= edits
            ]
        )
        for frequency, candidate, letters in near:
            if frequency + likeliest < best.least:
                return
            strange = (wanted & ~letters).bit_count()
            if strange > edits:
                continue
            if strange > added and frequency + _SEVERAL_WAYS + wrong < best.least:
                continue
            if within_edits(candidate, word, edits):
                slip = math.log(slip_chance(candidate, word))
                if candidate[0] != word[0]:
                    slip -= _FIRST_LETTER
                best.offer(frequency + slip, candidate, slip)


def beside(guesses: Iterable[Correction], together: Callable[[str], int]) -> list[Correction]:
    """Return ``guesses`` in the order that the other words of the query give them.

    Args:
        together: in how many articles a guess stands with those words.
    """
    ranked = [
        (guess.slip + math.log(together(guess.word) + _ALONE * guess.articles), guess) for guess in guesses
    ]
    return [guess for _, guess in sorted(ranked, key=lambda entry: (-entry[0], entry[1].word))]


class _Best:
    """The likeliest words so far, best first, and what another has to reach."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._ranked: list[tuple[float, str, float]] = []
        self.least = -math.inf

    @property
    def found(self) -> list[tuple[float, str, float]]:
        return [(-cost, word, slip) for cost, word, slip in self._ranked if cost <= self._most]

    @property
    def _most(self) -> float:
        return self._ranked[0][0] + _MARGIN if self._ranked else math.inf

    def offer(self, score: float, word: str, slip: float) -> None:
        insort(self._ranked, (-score, word, slip))
        del self._ranked[self._limit :]
        self.least = -self._most
        if len(self._ranked) == self._limit:
            self.least = max(self.least, -self._ranked[-1][0])


@dataclass(frozen=True, slots=True)
class _Slips:
    """How likely each slip is at one place of a word, all four sorts alike.

    Twice that, since one slip and two are alike as well, and two come in either order.
    """

    lost: float
    swapped: float
    added: float
    wrong: float

    @classmethod
    def of(cls, length: int) -> _Slips:
        return cls(
            lost=0.5 / max(length, 1),
            swapped=0.5 / max(length - 1, 1),
            added=0.5 / ((length + 1) * _ALPHABET),
            wrong=0.5 / (max(length, 1) * _ALPHABET),
        )


def slip_chance(meant: str, typed: str) -> float:
    """Return how likely one or two slips turn ``meant``, which is within two edits, into ``typed``.

    It sums over all the ways to do so; for comparisons only, not a probability.
    """
    slips = _Slips.of(len(meant))
    width = len(typed)
    before_last = [0.0] * (width + 1)
    last = [1.0, *(slips.added**column if column <= 2 else 0.0 for column in range(1, width + 1))]
    for row, char in enumerate(meant, start=1):
        current = [0.0] * (width + 1)
        for column in range(max(0, row - 2), min(width, row + 2) + 1):
            ways = last[column] * slips.lost
            if column:
                other = typed[column - 1]
                ways += current[column - 1] * slips.added
                ways += last[column - 1] * (1.0 if char == other else slips.wrong)
                swaps = row > 1 and column > 1 and char == typed[column - 2] and meant[row - 2] == other
                if swaps and char != other:
                    ways += before_last[column - 2] * slips.swapped
            current[column] = ways
        before_last, last = last, current
    return last[width]


def _likeliest(length: int, longer: int) -> float:
    """Return the logarithm of the greatest `slip_chance` of a word that is so much
    longer than the one of ``length`` letters that was typed."""
    slips = _Slips.of(length + longer)
    if longer == 0:
        return math.log(slips.swapped) + _SEVERAL_WAYS
    one = slips.lost if longer > 0 else slips.added
    return abs(longer) * (math.log(one) + _SEVERAL_WAYS) + _SEVERAL_WAYS


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
