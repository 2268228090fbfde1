"""What the leaves of a plan mean on tokens, for engines that must do it by hand."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias, TypeVar

Stretch: TypeAlias = tuple[int, int]
Pair: TypeAlias = tuple[Stretch, Stretch]

#: A token, or what stands for several.
_Key = TypeVar("_Key")


def wildcard_matcher(pattern: str) -> Callable[[str], bool]:
    """Return whether a token matches ``pattern`` whole, as `TermWildcard` says.

    Greedy with one point of return: at most the product of the two lengths in
    steps, where a regular expression with many stars could be exponential.
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


def positions_of(tokens: Sequence[str], terms: Iterable[str]) -> dict[str, list[int]]:
    """Return where each of ``terms`` stands in ``tokens``, ascending."""
    found: dict[str, list[int]] = {term: [] for term in terms}
    for position, token in enumerate(tokens):
        if token in found:
            found[token].append(position)
    return found


def phrase_count(positions: Mapping[_Key, Sequence[int]], terms: Sequence[_Key]) -> int:
    """Return how many times ``terms`` stand side by side in this order."""
    return len(_phrase_starts(positions, terms))


def _phrase_starts(positions: Mapping[_Key, Sequence[int]], terms: Sequence[_Key]) -> set[int]:
    starts = set(positions[terms[0]])
    for offset, term in enumerate(terms[1:], start=1):
        starts &= {position - offset for position in positions[term]}
    return starts


def within_pairs(lefts: Iterable[Stretch], rights: Iterable[Stretch], slop: int, ordered: bool) -> set[Pair]:
    """Return the pairs that `TermWithin` allows, of stretches ``(start, end)`` half open.

    All of ``lefts`` are of one length, and so are all of ``rights``.  Of the many
    partners that a stretch may have, the nearest stand for all.
    """
    before, after = sorted(lefts), sorted(rights)
    pairs = set(_followed(before, after, slop))
    if not ordered:
        pairs.update((left, right) for right, left in _followed(after, before, slop))
    return pairs


def _followed(first: Sequence[Stretch], second: Sequence[Stretch], slop: int) -> Iterator[Pair]:
    """Yield each of ``first`` with what follows it next, and each of ``second`` with what it follows."""
    starts = [start for start, _ in second]
    ends = [end for _, end in first]
    for stretch, end in zip(first, ends, strict=True):
        at = bisect_left(starts, end)
        if at < len(starts) and starts[at] <= end + slop:
            yield stretch, second[at]
    for stretch, start in zip(second, starts, strict=True):
        at = bisect_right(ends, start) - 1
        if at >= 0 and start <= ends[at] + slop:
            yield first[at], stretch


def within_count(
    positions: Mapping[_Key, Sequence[int]],
    left: Sequence[_Key],
    right: Sequence[_Key],
    slop: int,
    ordered: bool,
) -> int:
    """Return in how many pairs ``left`` and ``right`` stand as `TermWithin` says."""
    lefts = [(start, start + len(left)) for start in _phrase_starts(positions, left)]
    rights = [(start, start + len(right)) for start in _phrase_starts(positions, right)]
    return len(within_pairs(lefts, rights, slop, ordered))


def near_count(positions: Mapping[str, Sequence[int]], terms: Sequence[str], slop: int) -> int:
    """Return at how many positions a stretch begins that satisfies `TermNear`."""
    need = Counter(terms)
    events = sorted((position, term) for term in need for position in positions[term])
    have: Counter[str] = Counter()
    found = end = 0
    for start, first in events:
        while end < len(events) and events[end][0] < start + len(terms) + slop:
            have[events[end][1]] += 1
            end += 1
        found += all(have[term] >= times for term, times in need.items())
        have[first] -= 1
    return found
