"""What the leaves of a plan mean on tokens, for engines that must do it by hand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence


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


def positions_of(tokens: Sequence[str], terms: Sequence[str]) -> dict[str, list[int]]:
    """Return where each of ``terms`` stands in ``tokens``, ascending."""
    found: dict[str, list[int]] = {term: [] for term in terms}
    for position, token in enumerate(tokens):
        if token in found:
            found[token].append(position)
    return found


def phrase_count(positions: Mapping[str, Sequence[int]], terms: Sequence[str]) -> int:
    """Return how many times ``terms`` stand side by side in this order."""
    starts = set(positions[terms[0]])
    for offset, term in enumerate(terms[1:], start=1):
        starts &= {position - offset for position in positions[term]}
    return len(starts)


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
