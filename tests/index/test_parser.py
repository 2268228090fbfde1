"""From query text to tree: what each piece of syntax means."""

from __future__ import annotations

import datetime as dt

import pytest

from index.query.ast import (
    DateRange,
    Everything,
    Fuzzy,
    Has,
    Near,
    Not,
    Phrase,
    Prefix,
    Query,
    Wildcard,
)
from index.query.parser import parse
from tests.index.short_nodes import NO_AUTHOR, TODAY, UNDATED, A, B, C, D, a, d, n, o, w

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
    pytest.param("lang:Welsh", w("cy", "lang"), id="another-language"),
    pytest.param("lang:German lang:pt-BR", a(w("de", "lang"), w("pt", "lang")), id="language-by-name"),
    pytest.param("section:a", w("a", "tag"), id="alias-section"),
    pytest.param("site:bbc", w("bbc", "source"), id="site-is-the-source"),
    pytest.param("site:https://www.bbc.com/", o(w("bbc.com", "source"), w("bbc.com", "url")), id="site-as-an-address"),
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
    pytest.param("date:since monday", d("2024-09-16", None), id="since-in-words"),
    pytest.param("date:2022 to march 2023", d("2022-01-01", "2023-04-01"), id="range-unquoted"),
    pytest.param("date:>=september 2023", d("2023-09-01", None), id="compared-words"),
    pytest.param("date:> september 2023", d("2023-10-01", None), id="compared-after-a-space"),
    pytest.param('date:<"september 2023"', d(None, "2023-09-01"), id="compared-quoted"),
    pytest.param("since:september 2023", d("2023-09-01", None), id="since-words"),
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
