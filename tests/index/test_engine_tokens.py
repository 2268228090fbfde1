"""What fuzzy, wildcard, phrase and near mean on tokens, against plainer definitions."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.engines.distance import fuzzy_tokens, is_fuzzy_match, one_edit_within, within_edits
from index.engines.patterns import literal_prefix, near_count, phrase_count, positions_of, wildcard_matcher

short = st.text(alphabet="abc", max_size=7)


def edit_distance(left: str, right: str) -> int:
    """Optimal string alignment by its definition."""

    @cache
    def distance(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        best = min(
            distance(i - 1, j) + 1,
            distance(i, j - 1) + 1,
            distance(i - 1, j - 1) + (left[i - 1] != right[j - 1]),
        )
        if i > 1 and j > 1 and left[i - 1] == right[j - 2] and left[i - 2] == right[j - 1]:
            best = min(best, distance(i - 2, j - 2) + 1)
        return best

    return distance(len(left), len(right))


@given(short, short, st.integers(0, 3))
def test_within_edits_is_optimal_string_alignment(left: str, right: str, edits: int) -> None:
    assert within_edits(left, right, edits) == (edit_distance(left, right) <= edits)


@pytest.mark.parametrize(
    ("left", "right", "edits"),
    [("missile", "missiel", 1), ("missile", "mssile", 1), ("missile", "missilex", 1), ("ca", "abc", 3)],
    ids=["swap", "drop", "insert", "no stretch is edited twice"],
)
def test_within_edits_and_no_fewer(left: str, right: str, edits: int) -> None:
    assert within_edits(left, right, edits)
    assert not within_edits(left, right, edits - 1)


@given(st.lists(short, max_size=20), short, st.integers(1, 2))
def test_fuzzy_tokens_are_those_that_match(tokens: list[str], text: str, edits: int) -> None:
    expected = [token for token in tokens if is_fuzzy_match(token, text, edits)]

    assert fuzzy_tokens(tokens, text, edits) == expected


@given(st.text(alphabet="abc", min_size=1, max_size=7))
def test_one_edit_anywhere_but_at_the_first_letter(text: str) -> None:
    made = one_edit_within(text, range(1, len(text)), "abc")

    near = {"".join(word) for size in (-1, 0, 1) for word in product("abc", repeat=len(text) + size)}
    longer = {text + letter for letter in "abc"}  # put in behind the last place
    assert made | longer == {word for word in near if is_fuzzy_match(word, text, 1)}


@given(st.text(alphabet="ab?*", max_size=8), st.text(alphabet="ab", max_size=10))
def test_wildcards_match_as_the_shell_does(pattern: str, token: str) -> None:
    assert wildcard_matcher(pattern)(token) == fnmatchcase(token, pattern)


def test_wildcards_of_many_stars_end() -> None:
    matches = wildcard_matcher("*a" * 50 + "b")

    assert not matches("a" * 2_000)


@pytest.mark.parametrize(
    ("pattern", "prefix"), [("mis?ile", "mis"), ("a*b?", "a"), ("*a", ""), ("plain", "plain")]
)
def test_literal_prefix(pattern: str, prefix: str) -> None:
    assert literal_prefix(pattern) == prefix


words = st.sampled_from("abcz")


def stands_near(tokens: list[str], terms: list[str], slop: int) -> bool:
    """`TermNear` by its definition: some placement of the terms at distinct positions."""
    places = permutations(range(len(tokens)), len(terms))
    return any(
        max(place) - min(place) + 1 - len(terms) <= slop
        and all(tokens[at] == term for at, term in zip(place, terms, strict=True))
        for place in places
    )


@given(st.lists(words, max_size=7), st.lists(words, min_size=2, max_size=3), st.integers(0, 4))
def test_near_count_finds_what_stands_near(tokens: list[str], terms: list[str], slop: int) -> None:
    found = near_count(positions_of(tokens, terms), terms, slop)

    assert bool(found) == stands_near(tokens, terms, slop)


@given(st.lists(words, max_size=10), st.lists(words, min_size=2, max_size=3))
def test_phrase_count_counts_places(tokens: list[str], terms: list[str]) -> None:
    starts = [start for start in range(len(tokens)) if tokens[start : start + len(terms)] == terms]

    assert phrase_count(positions_of(tokens, terms), terms) == len(starts)
