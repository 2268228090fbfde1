"""What the leaves of a plan mean on tokens, for engines that must do it by hand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import permutations
from math import comb, factorial, prod

from index.errors import QueryLimitError

#: Most positions-by-positions patterns that one `TermNear` may need.
MAX_NEAR_PATTERNS = 512


def wildcard_matcher(pattern: str) -> Callable[[str], bool]:
    """Return whether a token matches ``pattern`` whole, as `TermWildcard` says.

    Greedy with one point of return, hence linear in practice and never
    exponential, as a regular expression with many stars would be.
    """

    def matches(token: str) -> bool:
        at = mark = index = 0
        star = -1
        while index < len(token):
            if at < len(pattern) and pattern[at] == "*":
                star, mark = at, index
                at += 1
            elif at < len(pattern) and pattern[at] in ("?", token[index]):
                at += 1
                index += 1
            elif star >= 0:
                at = star + 1
                mark += 1
                index = mark
            else:
                return False
        return all(char == "*" for char in pattern[at:])

    return matches


def literal_prefix(pattern: str) -> str:
    """Return the part of a wildcard ``pattern`` before its first ``*`` or ``?``."""
    return re.split(r"[*?]", pattern, maxsplit=1)[0]


def phrase_count(tokens: Sequence[str], terms: Sequence[str]) -> int:
    """Return how many times ``terms`` stand side by side in ``tokens``."""
    wanted = list(terms)
    width = len(wanted)
    return sum(tokens[start : start + width] == wanted for start in range(len(tokens) - width + 1))


def near_count(tokens: Sequence[str], terms: Sequence[str], slop: int) -> int:
    """Return at how many positions a stretch begins that satisfies `TermNear`."""
    need = Counter(terms)
    width = len(terms) + max(slop, 0)
    found = 0
    for start, token in enumerate(tokens):
        if token in need:
            have = Counter(token for token in tokens[start : start + width] if token in need)
            found += all(have[term] >= times for term, times in need.items())
    return found


def near_orders(terms: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the distinct orders of ``terms``, sorted."""
    return sorted(set(permutations(terms)))


def near_patterns(terms: Sequence[str], slop: int) -> int:
    """Return how many exact patterns (order and gaps) `TermNear` stands for."""
    orders = factorial(len(terms)) // prod(map(factorial, Counter(terms).values()))
    return orders * comb(max(slop, 0) + len(terms) - 1, len(terms) - 1)


def check_near(terms: Sequence[str], slop: int) -> None:
    """Refuse a `TermNear` that some engine cannot answer exactly in bounded time.

    Only one with a repeated word can be: all engines must refuse the same ones.

    Raises:
        QueryLimitError: too many patterns.
    """
    if len(set(terms)) < len(terms) and near_patterns(terms, slop) > MAX_NEAR_PATTERNS:
        raise QueryLimitError(
            "A word stands twice among words that may be far apart: "
            "use a smaller distance, fewer words, or the word once."
        )


def gap_offsets(words: int, slop: int) -> list[tuple[int, ...]]:
    """Return every way to place ``words`` in order with at most ``slop`` others
    between them, as offsets from the first."""
    placed: list[tuple[int, ...]] = [(0,)]
    for done in range(1, words):
        placed = [
            (*offsets, offsets[-1] + 1 + gap)
            for offsets in placed
            for gap in range(max(slop, 0) + done - offsets[-1])
        ]
    return placed
