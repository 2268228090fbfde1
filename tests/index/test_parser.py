"""Every item of the query language, and what becomes of everything else."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from hypothesis import given

from index.errors import QueryLimitError
from index.query.ast import (
    And,
    DateRange,
    Everything,
    Fuzzy,
    Has,
    Near,
    Node,
    Not,
    Or,
    ParsedQuery,
    Phrase,
    Prefix,
    Query,
    Wildcard,
    Word,
)
from index.query.cleaning import clean
from index.query.parser import parse
from tests.index.query_trees import WIDE, texts

TODAY = dt.date(2024, 9, 18)  # a Wednesday


def w(text: str, field: str | None = None) -> Word:
    return Word(text=text, field=field)


def a(*children: Query) -> And:
    return And(children=children)


def o(*children: Query) -> Or:
    return Or(children=children)


def n(child: Query) -> Not:
    return Not(child=child)


def d(first: str | None, end: str | None) -> DateRange:
    """Half-open: published on or after ``first`` and before ``end``."""
    return DateRange(
        start=dt.date.fromisoformat(first) if first else None, end=dt.date.fromisoformat(end) if end else None
    )


A, B, C, D = w("a"), w("b"), w("c"), w("d")
NO_AUTHOR, UNDATED = n(Has(name="author")), n(Has(name="date"))

READ = [
    pytest.param("", Everything(), id="empty"),
    pytest.param(" \t\xa0\u3000", Everything(), id="spaces"),
    pytest.param("a", A, id="one-word"),
    pytest.param("a b c", a(A, B, C), id="words-are-anded"),
    pytest.param("a AND b", a(A, B), id="and"),
    pytest.param("a OR b OR c", o(A, B, C), id="or"),
    pytest.param("a && b || c", o(a(A, B), C), id="and-or-as-signs"),
    pytest.param("a b OR c d", o(a(A, B), a(C, D)), id="and-binds-tighter"),
    pytest.param("a (b OR c) d", a(A, o(B, C), D), id="brackets"),
    pytest.param("(a OR b) OR c", o(o(A, B), C), id="brackets-keep-their-shape"),
    pytest.param("((a))", A, id="brackets-around-one"),
    pytest.param("a (b c) d", a(A, B, C, D), id="brackets-around-bare-words-are-punctuation"),
    pytest.param("a or b and not c", a(A, w("or"), B, w("and"), w("not"), C), id="lower-case-are-words"),
    pytest.param("NATO OR EU", o(w("NATO"), w("EU")), id="or-of-capitals"),
    pytest.param('"BANK OF X" OR EU', o(Phrase(text="BANK OF X"), w("EU")), id="or-of-capitals-in-quotes"),
    pytest.param("THE EU || UN", o(a(w("THE"), w("EU")), w("UN")), id="signs-in-a-sentence-in-capitals"),
    pytest.param("NOT a", n(A), id="not"),
    pytest.param("-a", n(A), id="only-excluded"),
    pytest.param("a -b", a(A, n(B)), id="minus"),
    pytest.param("a NOT b", a(A, n(B)), id="a-not-b"),
    pytest.param("a AND NOT b", a(A, n(B)), id="and-not"),
    pytest.param("a OR NOT b", o(A, n(B)), id="or-not"),
    pytest.param("NOT NOT a", n(n(A)), id="not-not"),
    pytest.param("-(a OR b)", n(o(A, B)), id="minus-group"),
    pytest.param('-"a b"', n(Phrase(text="a b")), id="minus-phrase"),
    pytest.param("-title:a", n(w("a", "title")), id="minus-field"),
    pytest.param("+a b", a(A, B), id="plus"),
    pytest.param("long-range", w("long-range"), id="hyphen-inside"),
    pytest.param('"a b"', Phrase(text="a b"), id="phrase"),
    pytest.param('"a"', Phrase(text="a"), id="phrase-of-one"),
    pytest.param("“a b” „c d“ «a»", a(Phrase(text="a b"), Phrase(text="c d"), Phrase(text="a")), id="quotes"),
    pytest.param('a"b" c', a(w('a"b"'), C), id="quote-inside-a-word"),
    pytest.param('"a b"~5', Near(text="a b", slop=5), id="near"),
    pytest.param('title:"a b"~0', Near(text="a b", slop=0, field="title"), id="near-in-field"),
    pytest.param("miss*", Prefix(text="miss"), id="prefix"),
    pytest.param("wom?n", Wildcard(pattern="wom?n"), id="wildcard"),
    pytest.param("mi*le", Wildcard(pattern="mi*le"), id="wildcard-star"),
    pytest.param("word~", Fuzzy(text="word", edits=1), id="fuzzy"),
    pytest.param("word~2", Fuzzy(text="word", edits=2), id="fuzzy-two"),
    pytest.param("title:miss*", Prefix(text="miss", field="title"), id="prefix-in-field"),
    pytest.param("author:smth~", Fuzzy(text="smth", field="author"), id="fuzzy-in-field"),
    pytest.param("*", Everything(), id="star"),
    pytest.param("title:a b", a(w("a", "title"), B), id="field-takes-one-word"),
    pytest.param("TITLE:a", w("a", "title"), id="field-in-capitals"),
    pytest.param("title:(a OR b)", o(w("a", "title"), w("b", "title")), id="field-group"),
    pytest.param("title:(a author:b)", a(w("a", "title"), w("b", "author")), id="field-in-field-group"),
    pytest.param("title:(a (b OR c))", a(w("a", "title"), o(w("b", "title"), w("c", "title"))), id="nested-group"),
    pytest.param("url:https://x.org/a", w("https://x.org/a", "url"), id="colon-in-value"),
    pytest.param("headline:a", w("a", "title"), id="alias-headline"),
    pytest.param("intitle:a", w("a", "title"), id="alias-intitle"),
    pytest.param("by:a", w("a", "author"), id="alias-by"),
    pytest.param("byline:a", w("a", "author"), id="alias-byline"),
    pytest.param("publication:a", w("a", "source"), id="alias-publication"),
    pytest.param("language:en", w("en", "lang"), id="alias-language"),
    pytest.param("lang:German lang:pt-BR", a(w("de", "lang"), w("pt", "lang")), id="language-by-name"),
    pytest.param("section:a", w("a", "tag"), id="alias-section"),
    pytest.param("site:bbc", w("bbc", "source"), id="site-is-the-source"),
    pytest.param("site:bbc.com", o(w("bbc.com", "source"), w("bbc.com", "url")), id="site-may-be-the-address"),
    pytest.param("from:a", o(w("a", "author"), w("a", "source")), id="from-author-or-source"),
    pytest.param("-from:a", n(o(w("a", "author"), w("a", "source"))), id="not-from"),
    pytest.param("from:2024-05", d("2024-05-01", None), id="from-a-date"),
    pytest.param("from:u2 to:2024", a(o(w("u2", "author"), w("u2", "source")), d(None, "2025-01-01")), id="from-to"),
    pytest.param("a in:title b", a(w("a", "title"), w("b", "title")), id="in-title"),
    pytest.param("a (b OR c in:title)", a(A, o(w("b", "title"), w("c", "title"))), id="in-title-of-a-group"),
    pytest.param("a -b author:c in:lead", a(w("a", "lead"), n(w("b", "lead")), w("c", "author")), id="in-lead"),
    pytest.param("date:2024", d("2024-01-01", "2025-01-01"), id="year"),
    pytest.param("date:2024-09", d("2024-09-01", "2024-10-01"), id="month"),
    pytest.param("date:2024-09-10", d("2024-09-10", "2024-09-11"), id="day"),
    pytest.param("date:2024-01..2024-03", d("2024-01-01", "2024-04-01"), id="range"),
    pytest.param("date:2024..", d("2024-01-01", None), id="open-end"),
    pytest.param("date:..2024", d(None, "2025-01-01"), id="open-start"),
    pytest.param("date:[2023 TO 2024-03]", d("2023-01-01", "2024-04-01"), id="range-in-brackets"),
    pytest.param("date:>=2024-03", d("2024-03-01", None), id="at-least"),
    pytest.param("after:2024-09-10", d("2024-09-11", None), id="after-excludes"),
    pytest.param("before:2024-09-10", d(None, "2024-09-10"), id="before-excludes"),
    pytest.param("since:2024-09-10", d("2024-09-10", None), id="since-includes"),
    pytest.param("until:2024-09-10", d(None, "2024-09-11"), id="until-includes"),
    pytest.param("date:today", d("2024-09-18", "2024-09-19"), id="today"),
    pytest.param("date:yesterday", d("2024-09-17", "2024-09-18"), id="yesterday"),
    pytest.param('date:"last month"', d("2024-08-01", "2024-09-01"), id="last-month"),
    pytest.param("date:last-month", d("2024-08-01", "2024-09-01"), id="last-month-hyphenated"),
    pytest.param("date:last month a", a(d("2024-08-01", "2024-09-01"), A), id="last-month-unquoted"),
    pytest.param('date:"past 7 days"', d("2024-09-12", "2024-09-19"), id="past-days"),
    pytest.param("date:past 7 days", d("2024-09-12", "2024-09-19"), id="past-days-unquoted"),
    pytest.param("since:monday", d("2024-09-16", None), id="since-monday"),
    pytest.param("since:last monday a", a(d("2024-09-16", None), A), id="since-last-monday"),
    pytest.param("date:10 september, 2024 a", a(d("2024-09-10", "2024-09-11"), A), id="day-in-words"),
    pytest.param("date:2024 10 a", a(d("2024-01-01", "2025-01-01"), w("10"), A), id="a-number-after-a-year"),
    pytest.param('date:"september 2024"', d("2024-09-01", "2024-10-01"), id="month-in-words"),
    pytest.param("date:2024-Q3", d("2024-07-01", "2024-10-01"), id="quarter"),
    pytest.param("date:(2023 OR today)", o(d("2023-01-01", "2024-01-01"), d("2024-09-18", "2024-09-19")), id="dates"),
    pytest.param("-date:2024", n(d("2024-01-01", "2025-01-01")), id="not-a-year"),
    pytest.param("is:undated", UNDATED, id="undated"),
    pytest.param("is:dated", Has(name="date"), id="dated"),
    pytest.param("has:author", Has(name="author"), id="has-author"),
    pytest.param("is:duplicate", Has(name="duplicate"), id="duplicate"),
    pytest.param("-is:duplicate", Not(child=Has(name="duplicate")), id="no-duplicate"),
    pytest.param("has:date", Has(name="date"), id="has-date"),
    pytest.param("has:section", Has(name="tag"), id="has-an-alias"),
    pytest.param("no:author", NO_AUTHOR, id="no-author"),
    pytest.param("-has:author", NO_AUTHOR, id="not-has-author"),
    pytest.param("author:*", Has(name="author"), id="any-author"),
    pytest.param('author:""', NO_AUTHOR, id="author-of-nothing"),
    pytest.param("\\-a \\OR \\(b", a(w("-a"), w("OR"), w("(b")), id="backslash"),
    pytest.param("\\", w("\\"), id="backslash-alone"),
    pytest.param("https://example.com/a?b=1&c", w("https://example.com/a?b=1&c"), id="address"),
    pytest.param("10:30 3:2", a(w("10:30"), w("3:2")), id="times"),
    pytest.param("who shot kennedy?", a(w("who"), w("shot"), w("kennedy?")), id="question"),
    pytest.param("al\x00pha\u200b", w("alpha"), id="invisible-characters"),
    pytest.param("（a　OR　b） title：c", a(o(A, B), w("c", "title")), id="fullwidth"),
    pytest.param("日本語検索", w("日本語検索"), id="cjk"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "tree"), READ)
def test_reads(text: str, tree: Query) -> None:
    parsed = parse(text, today=TODAY)

    assert parsed.tree == tree
    # stray quotes inside words are the one thing here worth a word
    assert {warning.code for warning in parsed.warnings} <= {"stray_quote"}


WARNED = [
    pytest.param("autor:a", w("autor:a"), "unknown_field", (0, 6), id="unknown-field"),
    pytest.param("a slug:x", a(A, w("slug:x")), "unknown_field", (2, 7), id="internal-name"),
    pytest.param("__class__:x", w("__class__:x"), "unknown_field", (0, 10), id="python-name"),
    pytest.param("body.keyword:x", w("body.keyword:x"), "unknown_field", (0, 13), id="dotted-name"),
    pytest.param('foo:"a b"', a(w("foo:"), Phrase(text="a b")), "unknown_field", (0, 4), id="unknown-and-phrase"),
    pytest.param("author:", NO_AUTHOR, "empty_field", (0, 7), id="author-of-nobody"),
    pytest.param("by: OR a", o(NO_AUTHOR, A), "empty_field", (0, 3), id="nobody-or"),
    pytest.param("(source:) a", a(n(Has(name="source")), A), "empty_field", (1, 8), id="no-source"),
    pytest.param("date:", UNDATED, "empty_field", (0, 5), id="no-date"),
    pytest.param("title:", w("title:"), "empty_field", (0, 6), id="title-of-nothing"),
    pytest.param("author: a", w("a", "author"), "space_after_colon", (0, 9), id="space-after-colon"),
    pytest.param('"a b', Phrase(text="a b"), "unbalanced_quote", (0, 4), id="unbalanced-quote"),
    pytest.param('a b"', a(A, w('b"')), "stray_quote", (3, 4), id="closing-quote-alone"),
    pytest.param('"" a', A, "empty_phrase", (0, 2), id="empty-quotes"),
    pytest.param('-"" a', A, "empty_phrase", (1, 3), id="empty-quotes-excluded"),
    pytest.param("(a OR b", o(A, B), "unbalanced_bracket", (0, 7), id="unclosed-bracket"),
    pytest.param("a) b", a(A, B), "unbalanced_bracket", (1, 2), id="unopened-bracket"),
    pytest.param("() a", A, "empty_group", (0, 2), id="empty-brackets"),
    pytest.param("NOT", w("NOT"), "stray_operator", (0, 3), id="not-alone"),
    pytest.param("AND a", a(w("AND"), A), "stray_operator", (0, 3), id="and-first"),
    pytest.param("a OR", a(A, w("OR")), "stray_operator", (2, 4), id="or-last"),
    pytest.param("a AND OR b", a(A, w("OR"), B), "stray_operator", (6, 8), id="and-or"),
    pytest.param("(a OR) b", a(A, w("OR"), B), "stray_operator", (3, 5), id="or-last-in-brackets"),
    pytest.param(
        "THE UN AND IRAN", a(w("THE"), w("UN"), w("AND"), w("IRAN")), "operator_in_capitals", (7, 10),
        id="sentence-in-capitals",
    ),
    pytest.param("a - b", a(A, w("-"), B), "stray_sign", (2, 3), id="dash"),
    pytest.param("--json", w("--json"), "stray_sign", (0, 1), id="two-dashes"),
    pytest.param("!a", w("!a"), "stray_sign", (0, 1), id="exclamation-mark"),
    pytest.param(":", w(":"), "stray_colon", (0, 1), id="colon"),
    pytest.param("[a TO z]", a(w("[a"), w("TO"), w("z]")), "stray_bracket", (0, 1), id="range-without-field"),
    pytest.param("*a", w("*a"), "wildcard_as_text", (0, 2), id="leading-star"),
    pytest.param("a*", w("a*"), "wildcard_as_text", (0, 2), id="one-letter-prefix"),
    pytest.param("long-* a", a(w("long-*"), A), "wildcard_as_text", (0, 6), id="star-after-a-hyphen"),
    pytest.param("ab*c*d*", w("ab*c*d*"), "wildcard_as_text", (0, 7), id="three-stars"),
    pytest.param("missile? a", a(w("missile?"), A), "question_mark", (7, 8), id="question-mark-at-the-end"),
    pytest.param("alpha~99", Fuzzy(text="alpha", edits=2), "edits_lowered", (0, 8), id="too-many-edits"),
    pytest.param("alpha~0.8", Fuzzy(text="alpha", edits=1), "edits_lowered", (0, 9), id="similarity"),
    pytest.param("alpha~0", w("alpha~0"), "fuzzy_as_text", (0, 7), id="no-edits"),
    pytest.param("a~2", w("a~2"), "fuzzy_as_text", (0, 3), id="fuzzy-letter"),
    pytest.param("wo?d~", w("wo?d~"), "fuzzy_as_text", (0, 5), id="fuzzy-wildcard"),
    pytest.param('"a b"~999999999999', Near(text="a b", slop=100), "distance_lowered", (5, 18), id="far"),
    pytest.param('"a b"~', Phrase(text="a b"), "no_distance", (5, 6), id="near-without-number"),
    pytest.param('"miss* b"', Phrase(text="miss* b"), "star_in_quotes", (0, 9), id="star-in-quotes"),
    pytest.param("date:2024-13", w("date:2024-13"), "bad_date", (0, 12), id="month-13"),
    pytest.param("date:2020-02-30", w("date:2020-02-30"), "bad_date", (0, 15), id="30-february"),
    pytest.param("date:99999-99-99", w("date:99999-99-99"), "bad_date", (0, 16), id="five-digits"),
    pytest.param('date:"a b"', Phrase(text="a b"), "bad_date", (0, 10), id="no-date-quoted"),
    pytest.param("date:202*", w("date:202*"), "bad_date", (0, 9), id="date-with-star"),
    pytest.param("after:9999", w("after:9999"), "bad_date", (0, 10), id="after-all-time"),
    pytest.param("date:2024..2023", d("2023-01-01", "2025-01-01"), "reversed_range", (0, 15), id="backwards"),
    pytest.param("is:undatd", w("is:undatd"), "unknown_value", (0, 9), id="unknown-state"),
    pytest.param("has:x", w("has:x"), "unknown_value", (0, 5), id="unknown-presence"),
    pytest.param("-in:title a", a(n(w("in:title")), A), "unknown_value", (1, 9), id="not-in-title"),
    pytest.param("in:title", w("in:title"), "unknown_value", (0, 8), id="in-title-alone"),
    pytest.param("x" * 101, w("x" * 101), "long_word", (0, 101), id="long-word"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "tree", "code", "span"), WARNED)
def test_what_is_no_operator_is_text_with_a_warning(
    text: str, tree: Query, code: str, span: tuple[int, int]
) -> None:
    parsed = parse(text, today=TODAY)

    assert parsed.tree == tree
    assert [(warning.code, warning.span) for warning in parsed.warnings] == [(code, span)]
    assert all(warning.message.endswith((".", "?", "'")) for warning in parsed.warnings)


def test_an_unknown_field_is_suggested() -> None:
    [warning] = parse("autor:smith").warnings

    assert "Unknown field 'autor'. Did you mean 'author:'?" in warning.message


@pytest.mark.parametrize(
    "text",
    [
        "https://x.org",
        "10:30",
        "Ukraine: the war",
        "C:\\temp",
        "中国：经济",
        "U.S. AT&T don't C++ a/b e-mail",
    ],
)
def test_ordinary_writing_is_not_warned_of(text: str) -> None:
    parsed = parse(text)

    assert parsed.warnings == ()
    assert parsed.plain


PLAIN = [
    "",
    "a",
    "a b",
    "long-range U.S.",
    "a (b c)",
    "who shot kennedy?",
    "autor:smith",
    "a - b",
    "*a",
    "???",
    "date:2024-13",
]
NOT_PLAIN = [
    *("a AND b", "a OR b", "-a", "NOT a", "+a", '"a"', "title:a", "ab*", "wo?d", "word~", "*", "date:2024"),
    *("is:undated", "author:", "a in:title", "title:(a b)"),
]


@pytest.mark.parametrize("text", PLAIN)
def test_bare_words_are_plain(text: str) -> None:
    parsed = parse(text)

    assert parsed.plain or parsed.tree == Everything()


@pytest.mark.parametrize("text", NOT_PLAIN)
def test_any_operator_makes_a_query_exact(text: str) -> None:
    assert not parse(text).plain


def test_the_date_of_today_is_the_systems_unless_given() -> None:
    before = dt.date.today()
    tree = parse("date:today").tree
    after = dt.date.today()

    assert isinstance(tree, DateRange)
    assert tree.start in (before, after)


def test_warnings_come_in_the_order_of_the_text() -> None:
    parsed = parse('a~0 ) title: "x')

    assert [warning.span for warning in parsed.warnings] == sorted(
        warning.span for warning in parsed.warnings
    )
    assert len(parsed.warnings) == 4


def nodes(tree: Node) -> list[Node]:
    if isinstance(tree, And | Or):
        return [tree, *(found for child in tree.children for found in nodes(child))]
    return [tree, *nodes(tree.child)] if isinstance(tree, Not) else [tree]


SPANS = [
    pytest.param(" a  bc ", "a  bc", ["a", "bc"], id="words"),
    pytest.param(
        'x -title:"a b"~3', 'x -title:"a b"~3', ["x", '-title:"a b"~3', 'title:"a b"~3'], id="sign-and-field"
    ),
    pytest.param("x (a OR bc) y", "x (a OR bc) y", ["x", "(a OR bc)", "a", "bc", "y"], id="group"),
    pytest.param("NOT  lead:(a b)", "NOT  lead:(a b)", ["lead:(a b)", "a", "b"], id="field-group"),
    pytest.param("a\u200bb “c”", "a\u200bb “c”", ["a\u200bb", "“c”"], id="offsets-of-the-typed-text"),
    pytest.param("date:last month z", "date:last month z", ["date:last month", "z"], id="date-of-two-words"),
]


@pytest.mark.parametrize(("text", "whole", "parts"), SPANS)
def test_every_node_knows_its_place(text: str, whole: str, parts: list[str]) -> None:
    first, *rest = nodes(parse(text, today=TODAY).tree)

    assert text[slice(*first.span)] == whole
    assert [text[slice(*node.span)] for node in rest] == parts


def words_of(tree: Node) -> str:
    found = []
    for node in nodes(tree):
        match node:
            case Word(text=text) | Phrase(text=text) | Near(text=text) | Prefix(text=text) | Fuzzy(text=text):
                found.append(text)
            case Wildcard(pattern=pattern):
                found.append(pattern)
            case _:
                pass
    return " ".join(found)


@given(text=texts)
def test_any_text_is_a_query(text: str) -> None:
    parsed = parse(text, limits=WIDE, today=TODAY)

    assert isinstance(parsed, ParsedQuery)
    assert parsed.text == text
    for place in (*nodes(parsed.tree), *parsed.warnings):
        assert 0 <= place.span[0] <= place.span[1] <= len(text)


@given(text=texts)
def test_no_word_is_lost_in_silence(text: str) -> None:
    """Each word stands in the tree, was an operator that took effect, or is under a warning."""
    parsed = parse(text, limits=WIDE, today=TODAY)
    kept = words_of(parsed.tree)
    covered = [node.span for node in nodes(parsed.tree)] + [warning.span for warning in parsed.warnings]

    for word in clean(text).text.split():
        if word.isalnum() and word not in ("AND", "OR", "NOT"):
            assert word in kept or any(clean(text[start:end]).text.count(word) for start, end in covered)


@given(text=texts)
def test_no_text_raises_but_for_the_limits(text: str) -> None:
    with contextlib.suppress(QueryLimitError):
        assert parse(text).text == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("(((", [("unbalanced_bracket", (0, 3))], id="brackets-opened-only"),
        pytest.param(")))", [("unbalanced_bracket", (0, 3))], id="brackets-closed-only"),
        pytest.param("((a", [("unbalanced_bracket", (0, 3))], id="two-not-closed"),
        pytest.param(
            "(a (b", [("unbalanced_bracket", (0, 5)), ("unbalanced_bracket", (3, 5))], id="two-apart"
        ),
        pytest.param("((()))", [("empty_group", (0, 6))], id="empty-inside-empty"),
        pytest.param("(() a)", [("empty_group", (1, 3))], id="empty-beside-a-word"),
        pytest.param("(()", [("unbalanced_bracket", (0, 3))], id="empty-and-not-closed"),
        pytest.param("title:((", [("unbalanced_bracket", (0, 8))], id="field-of-an-open-bracket"),
        pytest.param('"', [("unbalanced_quote", (0, 1))], id="a-quote-alone"),
        pytest.param('a "  ', [("unbalanced_quote", (2, 5))], id="a-quote-at-the-end"),
        pytest.param("a AND (", [("unbalanced_bracket", (6, 7))], id="operator-before-an-open-bracket"),
        pytest.param("a NEAR/5 ()", [("empty_group", (9, 11))], id="near-nothing"),
        pytest.param("a ^", [("stray_sign", (2, 3))], id="caret"),
        pytest.param("title:[a TO m]", [("no_range", (6, 7))], id="range-in-a-field-of-text"),
        pytest.param("author:>=m", [("no_range", (7, 8))], id="comparison-in-a-field-of-text"),
        pytest.param('har"bour', [("stray_quote", (3, 4))], id="quote-inside-a-word"),
        pytest.param('צה"ל', [], id="quote-of-a-hebrew-acronym"),
        pytest.param("5'10\"x", [], id="inches"),
        pytest.param('title:""', [("empty_field", (0, 6))], id="a-field-of-empty-quotes"),
        pytest.param('author:""', [], id="empty-quotes-ask-for-none"),
        pytest.param("~2 a", [("stray_sign", (0, 1))], id="tilde"),
    ],
)
def test_one_slip_gives_one_note(text: str, expected: list[tuple[str, tuple[int, int]]]) -> None:
    assert [(warning.code, warning.span) for warning in parse(text).warnings] == expected


@pytest.mark.parametrize("text", ["a AND ()", "a NEAR/5 (", 'a OR "'])
def test_an_operator_is_left_out_with_what_it_would_have_joined(text: str) -> None:
    assert parse(text).tree == A


def test_an_operator_behind_what_was_left_out_is_text() -> None:
    assert parse("a () OR").tree == a(A, w("OR"))


def test_a_note_says_whether_the_sign_was_searched_for() -> None:
    assert parse("a - b").warnings[0].message.endswith("it was left out.")
    assert parse("a --b").warnings[0].message.endswith("it was taken as text.")
