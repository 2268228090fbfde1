"""Limits of a query: at the edge, configurable, and before anything is parsed."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import pytest

from index.errors import QueryLimitError
from index.query.ast import Fuzzy, Near, Prefix, Wildcard, Word
from index.query.guard import Limits
from index.query.parser import parse
from index.query.printer import print_query

WORDS = " ".join(f"w{number}" for number in range(128))
RAISING = [
    pytest.param(Limits(), "a" * 1_000, "a" * 1_001, 1_000, id="chars-default"),
    pytest.param(Limits(chars=5), "ab cd", "ab cde", 5, id="chars"),
    pytest.param(Limits(), WORDS, WORDS + " more", 530, id="terms-default"),
    pytest.param(Limits(terms=2), "a b", "a b c", 4, id="terms"),
    pytest.param(Limits(terms=2), '"a b"', '"a b c"', 0, id="terms-in-quotes"),
    pytest.param(Limits(terms=2), "a date:2024", "a date:2024 has:url", 16, id="terms-are-fields-too"),
    pytest.param(Limits(terms=1), "author:", "author: source:", 8, id="terms-are-empty-fields-too"),
    pytest.param(Limits(), "(" * 20 + "a", "(" * 21 + "a", 20, id="nesting-default"),
    pytest.param(Limits(nesting=2), "((a)) ((b))", "((a)) (((b", 8, id="nesting"),
    pytest.param(Limits(nesting=1), "title:(a)", "title:(a (b", 9, id="nesting-in-fields"),
    pytest.param(Limits(), "NOT " * 20 + "a", "NOT " * 21 + "a", 80, id="nots-default"),
    pytest.param(Limits(nots=1), "NOT a NOT -b", "NOT a NOT NOT b", 10, id="nots"),
]


@pytest.mark.parametrize(("limits", "within", "beyond", "position"), RAISING)
def test_what_is_too_much_as_a_whole_is_refused(
    limits: Limits, within: str, beyond: str, position: int
) -> None:
    parse(within, limits=limits)

    with pytest.raises(QueryLimitError) as caught:
        parse(beyond, limits=limits)

    assert caught.value.position == position


DEGRADING = [
    pytest.param(Limits(wildcard_lead=3), "abc*", Prefix(text="abc"), "ab*", "wildcard_as_text", id="lead"),
    pytest.param(
        Limits(wildcard_lead=3), "abc?d", Wildcard(pattern="abc?d"), "ab?cd", "wildcard_as_text", id="lead-inside"
    ),
    pytest.param(
        Limits(wildcards=1), "ab*c", Wildcard(pattern="ab*c"), "ab*c?d", "wildcard_as_text", id="wildcards"
    ),
    pytest.param(Limits(term_chars=4), "abc*", Prefix(text="abc"), "abcd*", "wildcard_as_text", id="long-prefix"),
    pytest.param(
        Limits(term_chars=4), "abcd~", Fuzzy(text="abcd", edits=1), "abcde~", "fuzzy_as_text", id="long-fuzzy"
    ),
    pytest.param(Limits(fuzzy_chars=3), "abc~", Fuzzy(text="abc", edits=1), "ab~", "fuzzy_as_text", id="short-fuzzy"),
]  # fmt: skip


@pytest.mark.parametrize(("limits", "within", "tree", "beyond", "code"), DEGRADING)
def test_what_is_too_much_in_one_word_is_text(
    limits: Limits, within: str, tree: object, beyond: str, code: str
) -> None:
    assert parse(within, limits=limits).tree == tree

    parsed = parse(beyond, limits=limits)

    assert parsed.tree == Word(text=beyond)
    assert code in [warning.code for warning in parsed.warnings]


def test_patterns_past_their_number_are_text() -> None:
    parsed = parse("ab* cd~ ef?g", limits=Limits(broad_terms=2))

    assert print_query(parsed.tree) == "ab* cd~ ef\\?g"
    assert [warning.span for warning in parsed.warnings] == [(8, 12)]


def test_eight_patterns_are_a_query_s_share_unless_told_otherwise() -> None:
    eight = " ".join(f"{letter}{letter}*" for letter in "abcdefgh")

    assert parse(eight).warnings == ()
    assert len(parse(f"{eight} ii*").warnings) == 1


def test_boosts_and_mentions_stay_within_their_bounds() -> None:
    assert parse("word^0.1").warnings == parse("word^10").warnings == ()
    assert print_query(parse("word^0.05 other").tree) == "word^0.1 other"
    assert print_query(parse("word^11 other").tree) == "word^10 other"
    assert print_query(parse("atleast100:word").tree) == "atleast100:word"
    assert print_query(parse("atleast101:word").tree) == "atleast100:word"


def test_numbers_past_their_limit_are_lowered() -> None:
    limits = Limits(edits=1, slop=3)

    assert parse("word~1", limits=limits).warnings == ()
    assert parse("word~2", limits=limits).tree == Fuzzy(text="word", edits=1)
    assert parse('"a b"~3', limits=limits).warnings == ()
    assert parse('"a b"~4', limits=limits).tree == Near(text="a b", slop=3)


@pytest.mark.parametrize(("length", "warned"), [(9, False), (10, False), (11, True)])
def test_a_long_word_is_warned_of(length: int, warned: bool) -> None:
    parsed = parse("x" * length, limits=Limits(term_chars=10))

    assert parsed.tree == Word(text="x" * length)
    assert [warning.code for warning in parsed.warnings] == ["long_word"] * warned


def test_long_text_of_short_words_is_no_long_word() -> None:
    assert parse("https://example.com/a/b/c/d/e", limits=Limits(term_chars=10)).warnings == ()


_LEAST = {"wildcard_lead": 1, "fuzzy_chars": 1, "edits": 2}
UNLIMITED = Limits(**{field.name: 1 << 40 for field in dataclasses.fields(Limits)} | _LEAST)
FLOODS = [
    "(",
    ")",
    '"',
    "-",
    "+",
    "\\",
    "^",
    "{",
    "[",
    "*",
    "?",
    "~",
    ":",
    "a:",
    "NOT ",
    "a OR ",
    "(a AND ",
    '"a" ',
]


@pytest.mark.parametrize("unit", FLOODS)
def test_a_flood_is_answered_whatever_the_limits(unit: str) -> None:
    """Nothing in the parser recurses, so no limit keeps it from falling over."""
    text = unit * 20_000

    parsed = parse(text, limits=UNLIMITED)

    assert parsed.text == text
    with pytest.raises(QueryLimitError):
        parse(text)


def hostile_queries() -> list[tuple[str, str]]:
    """Named queries of the file that HOSTILE_QUERIES points to, if it does."""
    path = os.environ.get("HOSTILE_QUERIES")
    if not path or not Path(path).exists():
        return []
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return [(case["case"], _text(case)) for case in map(json.loads, lines)]


def _text(case: dict[str, object]) -> str:
    shape = case.get("gen")
    if not isinstance(shape, dict):
        return str(case["q"])
    if "join" in shape:
        return str(shape["join"]).join(shape["fmt"] % number for number in range(shape["n"]))
    return str(shape["prefix_unit"] * shape["n"] + shape["middle"] + shape["suffix_unit"] * shape["n"])


@pytest.mark.parametrize(
    ("name", "text"), [pytest.param(name, text, id=name) for name, text in hostile_queries()]
)
def test_hostile_queries_are_read_or_refused(name: str, text: str) -> None:
    refused = len(text) > Limits().chars or name.startswith(("nest-", "not-chain", "terms-500"))
    try:
        parsed = parse(text)
    except QueryLimitError:
        assert refused
    else:
        assert not refused
        assert parse(print_query(parsed.tree), limits=UNLIMITED).tree == parsed.tree
