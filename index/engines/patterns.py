"""What the leaves of a plan mean on tokens, for engines that must do it by hand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence


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
