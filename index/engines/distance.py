"""Edit distance between two words, bounded: what `TermFuzzy` means, in one place."""

from __future__ import annotations

from collections.abc import Iterable


def within_edits(left: str, right: str, edits: int) -> bool:
    """Whether ``left`` becomes ``right`` by at most ``edits`` edits.

    An edit inserts, deletes or replaces one character, or swaps two
    neighbours; no stretch is edited twice (optimal string alignment).
    """
    if left == right:
        return True
    if abs(len(left) - len(right)) > edits:
        return False
    left, right = _differing(left, right)
    if not left or not right:
        return True  # the difference of their lengths
    # Only places within ``edits`` of each other can be reached by so few edits.
    width, far = len(right), edits + 1
    before_last: list[int] = []
    last = [min(column, far) for column in range(width + 1)]
    for row, char in enumerate(left, start=1):
        current = [far] * (width + 1)
        current[0] = min(row, far)
        for column in range(max(1, row - edits), min(width, row + edits) + 1):
            other = right[column - 1]
            cost = last[column - 1] + (char != other)
            if last[column] < cost:
                cost = last[column] + 1
            if current[column - 1] < cost:
                cost = current[column - 1] + 1
            if row > 1 and column > 1 and char == right[column - 2] and left[row - 2] == other:
                cost = min(cost, before_last[column - 2] + 1)
            current[column] = cost
        if min(current) > edits and min(last) > edits:
            return False
        before_last, last = last, current
    return last[-1] <= edits


def _differing(left: str, right: str) -> tuple[str, str]:
    """Return what lies between the same beginning and the same end: edits need be made nowhere else."""
    most = min(len(left), len(right))
    start = 0
    while start < most and left[start] == right[start]:
        start += 1
    end = 0
    while end < most - start and left[-1 - end] == right[-1 - end]:
        end += 1
    return left[start : len(left) - end], right[start : len(right) - end]


def fuzzy_tokens(tokens: Iterable[str], text: str, edits: int) -> list[str]:
    """Return those of ``tokens`` that `is_fuzzy_match`, fast.

    Most fall to two cheap tests: their length, and how many of the letters of
    ``text`` they lack, each of which costs an edit.
    """
    shortest, longest, letters = len(text) - edits, len(text) + edits, set(text)
    return [
        token
        for token in tokens
        if shortest <= len(token) <= longest
        and len(letters.difference(token)) <= edits
        and is_fuzzy_match(token, text, edits)
    ]


def one_edit_within(text: str, places: range, letters: Iterable[str]) -> set[str]:
    """Return every word that one edit at one of ``places`` of ``text`` makes, and ``text``.

    Args:
        text: a word.
        places: indices into it; nothing before the first of them changes.
        letters: what may be put in.
    """
    found = {text}
    for place in places:
        head, rest, after = text[:place], text[place:], text[place + 1 :]
        found.add(head + after)
        if after:
            found.add(head + after[0] + rest[0] + after[1:])
        for letter in letters:
            found.add(head + letter + after)
            found.add(head + letter + rest)
    return found


def is_fuzzy_match(token: str, text: str, edits: int) -> bool:
    """Whether ``token`` is one that `index.plan.TermFuzzy` of ``text`` finds."""
    return token[:1] == text[:1] and within_edits(token, text, edits)
