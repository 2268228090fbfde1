"""Every tree reads back from its canonical text."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import example, given

from index.query.ast import (
    And,
    DateRange,
    Everything,
    Has,
    Length,
    Not,
    Or,
    Phrase,
    Query,
    Wildcard,
    Word,
)
from index.query.parser import parse
from index.query.printer import print_query, print_understood
from tests.index.query_trees import WIDE, texts, trees

TODAY = dt.date(2024, 9, 18)
A, B, C = Word(text="a"), Word(text="b"), Word(text="c")


@given(tree=trees)
def test_every_tree_reads_back_from_its_text(tree: Query) -> None:
    assert parse(print_query(tree), limits=WIDE).tree == tree


@given(text=texts)
@example(text='a OR "" -( ) "x')
@example(text="-in:title (OR) AND")
def test_every_text_reads_back_from_its_canonical_form(text: str) -> None:
    parsed = parse(text, limits=WIDE, today=TODAY)

    again = parse(print_understood(parsed), limits=WIDE, today=TODAY)

    assert again.tree == parsed.tree
    assert print_understood(again) == print_understood(parsed)


@given(text=texts)
def test_the_canonical_form_keeps_whether_it_is_plain(text: str) -> None:
    parsed = parse(text, limits=WIDE, today=TODAY)

    if parsed.tree != Everything():
        assert parse(print_understood(parsed), limits=WIDE, today=TODAY).plain == parsed.plain


PRINTED = [
    pytest.param(Everything(), "", id="everything"),
    pytest.param(And(children=(A, Everything())), "a *", id="everything-inside"),
    pytest.param(And(children=(A, B, C)), "a b c", id="and"),
    pytest.param(Or(children=(And(children=(A, B)), C)), "(a b) OR c", id="brackets-show-precedence"),
    pytest.param(And(children=(And(children=(A, B)), C)), "+(a b) c", id="nested-words"),
    pytest.param(Not(child=Not(child=A)), "NOT -a", id="not-not"),
    pytest.param(Not(child=Or(children=(A, B))), "-(a OR b)", id="not-group"),
    pytest.param(Not(child=Has(name="date")), "is:undated", id="undated"),
    pytest.param(Not(child=Has(name="author")), "-has:author", id="no-author"),
    pytest.param(Has(name="duplicate"), "is:duplicate", id="duplicate"),
    pytest.param(Not(child=Has(name="duplicate")), "-is:duplicate", id="no-duplicate"),
    pytest.param(
        Or(children=(Word(text="a", field="title"), Word(text="b", field="title"))),
        "title:(a OR b)",
        id="field-group",
    ),
    pytest.param(And(children=(A, Word(text="b", field="title"))), "a title:b", id="field-of-one"),
    pytest.param(Word(text="-a"), "\\-a", id="escaped-sign"),
    pytest.param(Word(text="OR"), "\\OR", id="escaped-operator"),
    pytest.param(And(children=(Word(text="THE"), Word(text="OR"))), "THE OR", id="sentence-in-capitals"),
    pytest.param(Or(children=(Word(text="THE"), Word(text="OR"))), "THE || OR", id="or-in-capitals"),
    pytest.param(
        And(children=(Word(text="THE"), Not(child=Not(child=Word(text="X"))))),
        "THE -(-X)",
        id="not-in-capitals",
    ),
    pytest.param(Word(text="https://x.org/a?b=c"), "https://x.org/a?b=c", id="address-stays-readable"),
    pytest.param(Phrase(text='say "no"'), '"say \\"no\\""', id="quote-in-phrase"),
    pytest.param(Wildcard(pattern="wom?n"), "wom?n", id="wildcard"),
    pytest.param(Wildcard(pattern="cat?"), "+cat?", id="wildcard-at-the-end-is-signed"),
    pytest.param(Not(child=Wildcard(pattern="cat?")), "-cat?", id="wildcard-at-the-end-excluded"),
    pytest.param(DateRange(start=dt.date(2024, 1, 1), end=dt.date(2025, 1, 1)), "date:2024", id="year"),
    pytest.param(DateRange(start=dt.date(2024, 2, 1), end=dt.date(2024, 3, 1)), "date:2024-02", id="month"),
    pytest.param(
        DateRange(start=dt.date(2024, 2, 28), end=dt.date(2024, 2, 29)), "date:2024-02-28", id="day"
    ),
    pytest.param(
        DateRange(start=dt.date(2023, 1, 1), end=dt.date(2025, 1, 1)), "date:2023..2024", id="years"
    ),
    pytest.param(DateRange(start=dt.date(2023, 1, 1)), "date:2023..", id="open-end"),
    pytest.param(DateRange(end=dt.date(2023, 1, 1)), "date:..2022", id="open-start"),
    pytest.param(DateRange(), "date:..", id="open-both"),
    pytest.param(DateRange(end=dt.date.min), "date:<0001", id="before-all-time"),
    pytest.param(DateRange(start=dt.date(2024, 9, 1), of="added"), "added:2024-09..", id="added"),
    pytest.param(DateRange(end=dt.date.min, of="added"), "added:<0001", id="added-before-all-time"),
    pytest.param(Length(low=501), "words:501..", id="words-at-least"),
    pytest.param(Length(high=201), "words:..200", id="words-at-most"),
    pytest.param(Length(low=100, high=501), "words:100..500", id="words-between"),
    pytest.param(Length(low=0, high=1), "words:0", id="no-words"),
    pytest.param(Length(), "words:..", id="any-number-of-words"),
    pytest.param(
        Or(children=(Length(high=100), Length(low=1001))), "words:..99 OR words:1001..", id="words-either"
    ),
]


@pytest.mark.parametrize(("tree", "text"), PRINTED)
def test_prints(tree: Query, text: str) -> None:
    assert print_query(tree) == text
    assert parse(text).tree == tree


def test_words_joined_by_and_print_as_exactly_those() -> None:
    exact, plain = parse("a AND b"), parse("a b")

    assert print_understood(exact) == "+a b"
    assert print_understood(plain) == "a b"
    assert exact.tree == plain.tree
