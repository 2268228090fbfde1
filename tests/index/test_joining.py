"""Operators that join by closeness, mentions and boosts: from text to tree."""

from __future__ import annotations

import pytest

from index.errors import QueryLimitError
from index.query.ast import (
    And,
    AtLeast,
    Boosted,
    DateRange,
    Everything,
    Fuzzy,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Within,
    Word,
)
from index.query.guard import Limits
from index.query.parser import parse
from index.query.printer import print_understood

A, B, C, D = (Word(text=text) for text in "abcd")


def near(left: Query, right: Query, distance: int = 5) -> Within:
    return Within(left=left, right=right, distance=distance)


def title(text: str) -> Word:
    return Word(text=text, field="title")


def both(*children: Query) -> And:
    return And(children=children)


TREES = [
    pytest.param("a NEAR/5 b", near(A, B), id="near"),
    pytest.param("a NEAR/0 b", near(A, B, 0), id="side-by-side"),
    pytest.param("a BEFORE/5 b", Within(left=A, right=B, distance=5, ordered=True), id="before"),
    pytest.param("a W/5 b", near(A, B), id="w"),
    pytest.param("a WITHIN/5 b", near(A, B), id="within"),
    pytest.param("a PRE/5 b", Within(left=A, right=B, distance=5, ordered=True), id="pre"),
    pytest.param("a SENT b", Within(left=A, right=B, unit="sentence"), id="sentence"),
    pytest.param("A NEAR/S B", Within(left=Word(text="A"), right=Word(text="B"), unit="sentence"), id="sentence-slash"),
    pytest.param("a PARA b", Within(left=A, right=B, unit="paragraph"), id="paragraph"),
    pytest.param("a NEAR/P b", Within(left=A, right=B, unit="paragraph"), id="paragraph-slash"),
    pytest.param('"a b" NEAR/5 c', near(Phrase(text="a b"), C), id="phrase"),
    pytest.param("(a OR b) NEAR/5 c", near(Or(children=(A, B)), C), id="group"),
    pytest.param("a NEAR/5 (b OR c)", near(A, Or(children=(B, C))), id="group-right"),
    pytest.param("(a) NEAR/5 (b)", near(A, B), id="brackets"),
    pytest.param("ab* SENT cd~", Within(left=Prefix(text="ab"), right=Fuzzy(text="cd"), unit="sentence"), id="patterns"),
    pytest.param("a b NEAR/5 c d", both(A, near(B, C), D), id="binds-tighter-than-and"),
    pytest.param("a OR b NEAR/5 c", Or(children=(A, near(B, C))), id="binds-tighter-than-or"),
    pytest.param("-a NEAR/5 b", Not(child=near(A, B)), id="binds-tighter-than-not"),
    pytest.param("a NOT b NEAR/5 c", both(A, Not(child=near(B, C))), id="binds-tighter-than-not-word"),
    pytest.param("a NEAR/5 b NEAR/3 c", both(near(A, B), near(B, C, 3)), id="chain"),
    pytest.param("-a NEAR/5 b NEAR/3 c", Not(child=both(near(A, B), near(B, C, 3))), id="chain-excluded"),
    pytest.param("a NEAR/5 b BEFORE/5 c SENT d",
                 both(near(A, B), Within(left=B, right=C, distance=5, ordered=True), Within(left=C, right=D, unit="sentence")),
                 id="chain-of-kinds"),
    pytest.param("title:a NEAR/5 b", near(title("a"), title("b")), id="field-of-the-left"),
    pytest.param("a NEAR/5 title:b", near(title("a"), title("b")), id="field-of-the-right"),
    pytest.param("title:(a NEAR/5 b)", near(title("a"), title("b")), id="field-of-both"),
    pytest.param("a NEAR/5 b in:title", near(title("a"), title("b")), id="in-title"),
    pytest.param("+a NEAR/5 +b", near(A, B), id="plus"),
    pytest.param("a \\NEAR/5 b", both(A, Word(text="NEAR/5"), B), id="escaped"),
    pytest.param("a \\SENT b", both(A, Word(text="SENT"), B), id="escaped-sentence"),
    pytest.param("a near/5 b", near(A, B), id="small-letters"),
    pytest.param("a before/5 b", Within(left=A, right=B, distance=5, ordered=True), id="small-letters-ordered"),
    pytest.param("a near/s b", Within(left=A, right=B, unit="sentence"), id="small-letters-sentence"),
    pytest.param("a \\near/5 b", both(A, Word(text="near/5"), B), id="small-letters-escaped"),
    pytest.param("A NEAR B", both(Word(text="A"), Word(text="NEAR"), Word(text="B")), id="near-in-capitals"),
    pytest.param("A SENT B", both(Word(text="A"), Word(text="SENT"), Word(text="B")), id="query-in-capitals"),
    pytest.param("atleast3:a", AtLeast(child=A, times=3), id="mentions"),
    pytest.param("ATLEAST3:a", AtLeast(child=A, times=3), id="mentions-in-capitals"),
    pytest.param("at_least3:a", AtLeast(child=A, times=3), id="mentions-spelt-out"),
    pytest.param("atleast1:a b", both(A, B), id="one-mention"),
    pytest.param('-atleast2:"a b"', Not(child=AtLeast(child=Phrase(text="a b"), times=2)), id="few-mentions"),
    pytest.param("title:(atleast2:ab*)", AtLeast(child=Prefix(text="ab", field="title"), times=2), id="mentions-of-a-prefix"),
    pytest.param("a^2", Boosted(child=A, weight=2.0), id="boost"),
    pytest.param("a^.5 b^0.25", both(Boosted(child=A, weight=0.5), Boosted(child=B, weight=0.25)), id="boost-below-one"),
    pytest.param('"a b"^2', Boosted(child=Phrase(text="a b"), weight=2.0), id="boosted-phrase"),
    pytest.param("(a OR b)^3 c", both(Boosted(child=Or(children=(A, B)), weight=3.0), C), id="boosted-group"),
    pytest.param("title:a^2", Boosted(child=title("a"), weight=2.0), id="boosted-field"),
    pytest.param("-a^2", Not(child=Boosted(child=A, weight=2.0)), id="boosted-and-excluded"),
    pytest.param("ab*^2 cd~2^3", both(Boosted(child=Prefix(text="ab"), weight=2.0), Boosted(child=Fuzzy(text="cd", edits=2), weight=3.0)),
                 id="boosted-patterns"),
    pytest.param("*^2", Boosted(child=Everything(), weight=2.0), id="boosted-star"),
    pytest.param("date:[* TO *]^2", Boosted(child=DateRange(), weight=2.0), id="boosted-range"),
    pytest.param("(a NEAR/5 b)^2", Boosted(child=near(A, B), weight=2.0), id="boosted-near"),
    pytest.param("a^1 b", both(A, B), id="boost-of-one"),
    pytest.param("10^6", Word(text="10^6"), id="power-of-ten"),
    pytest.param("a^b", Word(text="a^b"), id="caret"),
    pytest.param("a\\^2", Word(text="a^2"), id="escaped-caret"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "tree"), TREES)
def test_reads(text: str, tree: Query) -> None:
    parsed = parse(text)

    assert parsed.tree == tree
    assert parsed.warnings == ()
    assert parse(print_understood(parsed)).tree == tree


@pytest.mark.parametrize("text", ["a NEAR/5 b", "a SENT b", "atleast2:a", "a^2", "a^1 b", "a^2 b"])
def test_none_of_it_is_plain(text: str) -> None:
    assert not parse(text).plain


WARNED = [
    pytest.param("a NEAR/5", both(A, Word(text="NEAR/5")), "stray_operator", (2, 8), id="nothing-right"),
    pytest.param("NEAR/5 a", both(Word(text="NEAR/5"), A), "stray_operator", (0, 6), id="nothing-left"),
    pytest.param("a SENT", both(A, Word(text="SENT")), "stray_operator", (2, 6), id="no-sentence"),
    pytest.param("(a NEAR/5) b", both(A, Word(text="NEAR/5"), B), "stray_operator", (3, 9), id="group-ends"),
    pytest.param("a NEAR/5 -b", both(A, Not(child=B)), "not_joined", (2, 8), id="excluded"),
    pytest.param("a NEAR/5 ab*", both(A, Prefix(text="ab")), "not_joined", (2, 8), id="prefix"),
    pytest.param("a NEAR/5 (b c)", both(A, both(B, C)), "not_joined", (2, 8), id="group-of-and"),
    pytest.param("a NEAR/5 date:..", both(A, DateRange()), "not_joined", (2, 8), id="date"),
    pytest.param("title:a NEAR/5 body:b", both(title("a"), Word(text="b", field="body")), "not_joined", (8, 14), id="two-fields"),
    pytest.param("author:(a SENT b)", both(Word(text="a", field="author"), Word(text="b", field="author")), "not_joined", (10, 14),
                 id="no-sentences-in-names"),
    pytest.param("(a NEAR/5 b) NEAR/5 c", both(near(A, B), C), "not_joined", (13, 19), id="near-of-near"),
    pytest.param("a NEAR b", both(A, Word(text="NEAR"), B), "near_as_text", (2, 6), id="no-distance"),
    pytest.param("a w/5 b", both(A, Word(text="w/5"), B), "near_as_text", (2, 5), id="small-w"),
    pytest.param("a ADJ3 b", both(A, Word(text="ADJ3"), B), "near_as_text", (2, 6), id="of-another-program"),
    pytest.param("a NEAR/999 b", near(A, B, 100), "distance_lowered", (2, 10), id="far"),
    pytest.param("a^99", Boosted(child=A, weight=10.0), "boost_bounded", (1, 4), id="heavy"),
    pytest.param("a^0", Boosted(child=A, weight=0.1), "boost_bounded", (1, 3), id="weightless"),
    pytest.param("atleast3:", Word(text="atleast3:"), "empty_field", (0, 9), id="nothing-to-count"),
    pytest.param("atleast3:(a)", both(Word(text="atleast3:"), A), "empty_field", (0, 9), id="group-to-count"),
    pytest.param("atleast0:a", A, "not_counted", (0, 9), id="no-mention"),
    pytest.param("atleast999:a", AtLeast(child=A, times=100), "number_lowered", (0, 11), id="many-mentions"),
    pytest.param("author:(atleast2:a)", Word(text="a", field="author"), "not_counted", (8, 17), id="mentions-of-a-name"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "tree", "code", "span"), WARNED)
def test_what_cannot_be_is_said(text: str, tree: Query, code: str, span: tuple[int, int]) -> None:
    parsed = parse(text)

    assert parsed.tree == tree
    assert [(warning.code, warning.span) for warning in parsed.warnings] == [(code, span)]


def test_the_distance_has_the_limit_of_near_words() -> None:
    assert parse("a NEAR/4 b", limits=Limits(slop=4)).warnings == ()
    assert parse("a NEAR/5 b", limits=Limits(slop=4)).tree == near(A, B, 4)


@pytest.mark.parametrize(
    "unit", ["a NEAR/5 ", "NEAR/5 ", "SENT a ", "a^2 ", "(a)^2", "atleast2:a ", "atleast2:", "^2", "-a W/P "]
)
def test_a_flood_is_answered_whatever_the_limits(unit: str) -> None:
    limits = Limits(chars=1 << 30, terms=1 << 30, nesting=1 << 30, nots=1 << 30)

    assert parse(unit * 5_000, limits=limits).text == unit * 5_000
    with pytest.raises(QueryLimitError):
        parse(unit * 5_000)
