"""Which tokens a prefix, wildcard or fuzzy term stands for: one definition.

The memory engine, the Whoosh engine's expansion and the marks all use it, so
they cannot disagree on what ``wom?n`` or ``ukrane~`` means.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from index.plan import TermFuzzy, TermPrefix, TermWildcard


def expands(leaf: object) -> bool:
    """Does ``leaf`` stand for several tokens?"""
    return isinstance(leaf, TermPrefix | TermWildcard | TermFuzzy)


def token_filter(leaf: object) -> Callable[[str], bool]:
    """Return a test for the tokens that ``leaf`` stands for.

    Raises:
        TypeError: ``leaf`` is not a `TermPrefix`, `TermWildcard` or `TermFuzzy`.
    """
    if isinstance(leaf, TermPrefix):
        prefix = leaf.text
        return lambda token: token.startswith(prefix)
    if isinstance(leaf, TermWildcard):
        whole = wildcard_pattern(leaf.pattern)
        return lambda token: whole.fullmatch(token) is not None
    if isinstance(leaf, TermFuzzy):
        text, edits = leaf.text, leaf.edits
        return lambda token: token[:1] == text[:1] and within_edits(text, token, edits)
    raise TypeError(f"not a leaf that stands for several tokens: {leaf!r}")


@lru_cache(maxsize=256)
def wildcard_pattern(pattern: str) -> re.Pattern[str]:
    """Return a regular expression for a token that matches ``pattern`` whole."""
    pieces = {"*": ".*", "?": "."}
    collapsed = re.sub(r"\*+", "*", pattern)
    return re.compile("".join(pieces.get(c) or re.escape(c) for c in collapsed), re.DOTALL)


def within_edits(a: str, b: str, limit: int) -> bool:
    """Are ``a`` and ``b`` at most ``limit`` edits apart?

    An edit inserts, deletes or replaces a character or swaps two neighbours,
    and no stretch is edited twice (optimal string alignment distance).
    """
    if abs(len(a) - len(b)) > limit:
        return False
    previous: list[int] = []
    current = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, previous, current = previous, current, [i]
        for j, y in enumerate(b, 1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        if min(current) > limit:
            return False
    return current[-1] <= limit
