"""What is no operator is text, and the note about it: one for each slip."""

from __future__ import annotations

import pytest

from index.query.ast import (
    Fuzzy,
    Has,
    Near,
    Phrase,
    Query,
)
from index.query.parser import parse
from tests.index.short_nodes import NO_AUTHOR, TODAY, UNDATED, A, B, a, d, n, o, w

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
    pytest.param("date:09/10/2024", w("date:09/10/2024"), "bad_date", (0, 15), id="day-or-month"),
    pytest.param("date:2024-13", w("date:2024-13"), "bad_date", (0, 12), id="month-13"),
    pytest.param("date:2020-02-30", w("date:2020-02-30"), "bad_date", (0, 15), id="30-february"),
    pytest.param("date:99999-99-99", w("date:99999-99-99"), "bad_date", (0, 16), id="five-digits"),
    pytest.param('date:"a b"', Phrase(text="a b"), "bad_date", (0, 10), id="no-date-quoted"),
    pytest.param("date:202*", w("date:202*"), "bad_date", (0, 9), id="date-with-star"),
    pytest.param("after:9999", w("after:9999"), "bad_date", (0, 10), id="after-all-time"),
    pytest.param("date:2024..2023", d("2023-01-01", "2025-01-01"), "reversed_range", (0, 15), id="backwards"),
    pytest.param("is:undatd", w("is:undatd"), "unknown_value", (0, 9), id="unknown-state"),
    pytest.param("lang:germn", w("germn", "lang"), "unknown_value", (0, 10), id="unknown-language"),
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


def test_warnings_come_in_the_order_of_the_text() -> None:
    parsed = parse('a~0 ) title: "x')

    assert [warning.span for warning in parsed.warnings] == sorted(
        warning.span for warning in parsed.warnings
    )
    assert len(parsed.warnings) == 4


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
