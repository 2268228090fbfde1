"""Query text to tokens, and characters that nobody sees."""

from __future__ import annotations

import pytest

from index.query.cleaning import clean
from index.query.escapes import escape, unescape
from index.query.guard import Limits
from index.query.lexer import lex
from index.query.tokens import Kind, Warnings

CLEANED = [
    pytest.param("alpha", "alpha", id="plain"),
    pytest.param("al\x00pha", "alpha", id="nul"),
    pytest.param("al\u200bpha", "alpha", id="zero-width-space"),
    pytest.param("\ufeffalpha", "alpha", id="byte-order-mark"),
    pytest.param("al\u202epha", "alpha", id="bidi-override"),
    pytest.param("al\u2066pha\u2069", "alpha", id="bidi-isolate"),
    pytest.param("al\xadpha", "alpha", id="soft-hyphen"),
    pytest.param("al\ud800pha", "al\ufffdpha", id="lone-surrogate"),
    pytest.param("“a” „b“ «c»", '"a" "b" "c"', id="typographic-quotes"),
    pytest.param("（ａ：b）＊～＋－", "(ａ:b)*~+-", id="fullwidth-operators"),
    pytest.param("al\x85pha\u3000x", "al\x85pha\u3000x", id="unusual-spaces-stay"),
    pytest.param("e\u0301té", "e\u0301té", id="accents-stay"),
]


@pytest.mark.parametrize(("text", "expected"), CLEANED)
def test_cleaning(text: str, expected: str) -> None:
    assert clean(text).text == expected


def test_cleaned_text_knows_where_it_came_from() -> None:
    cleaned = clean("a\u200bb\x00 c")

    assert cleaned.text == "ab c"
    assert cleaned.span(0, 2) == (0, 3)
    assert cleaned.span(3, 4) == (5, 6)


@pytest.mark.parametrize("text", ["\x00", "\u200b\u200b", "a\x00"])
def test_an_empty_stretch_has_a_place(text: str) -> None:
    cleaned = clean(text)

    start, end = cleaned.span(len(cleaned.text), len(cleaned.text))

    assert 0 <= start == end <= len(text)


TOKENS = [
    pytest.param("a b", [(Kind.WORD, "a"), (Kind.WORD, "b")], id="words"),
    pytest.param("-a +b", [(Kind.MINUS, "-"), (Kind.WORD, "a"), (Kind.PLUS, "+"), (Kind.WORD, "b")], id="signs"),
    pytest.param("a-b c+ d", [(Kind.WORD, "a-b"), (Kind.WORD, "c+"), (Kind.WORD, "d")], id="signs-inside-words"),
    pytest.param('"a b"', [(Kind.PHRASE, "a b")], id="phrase"),
    pytest.param('"a \\"b\\" c"', [(Kind.PHRASE, 'a "b" c')], id="escaped-quotes"),
    pytest.param('"a b"~5', [(Kind.PHRASE, "a b")], id="near"),
    pytest.param("Title:x", [(Kind.FIELD, "Title"), (Kind.WORD, "x")], id="field-in-any-case"),
    pytest.param('title:"x"', [(Kind.FIELD, "title"), (Kind.PHRASE, "x")], id="field-phrase"),
    pytest.param("(a)", [(Kind.OPEN, "("), (Kind.WORD, "a"), (Kind.CLOSE, ")")], id="brackets"),
    pytest.param("AND OR NOT && ||", [(kind, text) for kind, text in zip(
        (Kind.AND, Kind.OR, Kind.NOT, Kind.AND, Kind.OR), ("AND", "OR", "NOT", "&&", "||"), strict=True)], id="operators"),
    pytest.param("and or not And", [(Kind.WORD, word) for word in ("and", "or", "not", "And")], id="no-operators"),
    pytest.param("\\AND \\(", [(Kind.WORD, "AND"), (Kind.WORD, "(")], id="escapes"),
    pytest.param("C:\\temp", [(Kind.WORD, "C:\\temp")], id="backslash-before-a-letter"),
    pytest.param("miss*", [(Kind.PREFIX, "miss")], id="prefix"),
    pytest.param("wom?n al*pha", [(Kind.WILDCARD, "wom?n"), (Kind.WILDCARD, "al*pha")], id="wildcards"),
    pytest.param("what? why??", [(Kind.WORD, "what?"), (Kind.WORD, "why??")], id="questions"),
    pytest.param("+cat? url:cat?", [(Kind.PLUS, "+"), (Kind.WILDCARD, "cat?"), (Kind.FIELD, "url"), (Kind.WILDCARD, "cat?")], id="wildcard-after-sign-or-field"),
    pytest.param("types?--i.e.", [(Kind.WORD, "types?--i.e.")], id="question-before-a-dash"),
    pytest.param("word~ word~2", [(Kind.FUZZY, "word"), (Kind.FUZZY, "word")], id="fuzzy"),
    pytest.param("* **", [(Kind.EVERY, "*"), (Kind.EVERY, "*")], id="stars"),
    pytest.param("date:[a TO b]", [(Kind.FIELD, "date"), (Kind.RANGE, "[a TO b]")], id="range"),
    pytest.param("[a b]", [(Kind.WORD, "[a"), (Kind.WORD, "b]")], id="square-brackets"),
    pytest.param("https://x.org/a?b=c 10:30", [(Kind.WORD, "https://x.org/a?b=c"), (Kind.WORD, "10:30")], id="address-and-time"),
    pytest.param("U.S. AT&T don't COVID-19", [(Kind.WORD, word) for word in ("U.S.", "AT&T", "don't", "COVID-19")], id="names"),
    pytest.param('5" צה"ל', [(Kind.WORD, '5"'), (Kind.WORD, 'צה"ל')], id="quote-as-a-letter"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TOKENS)
def test_tokens(text: str, expected: list[tuple[Kind, str]]) -> None:
    tokens = lex(text, Limits(), Warnings())

    assert [(token.kind, token.text) for token in tokens] == expected


def test_tokens_cover_all_but_spaces() -> None:
    text = '-title:(al*pha  OR "b c"~3) date:[2023 TO *] x~2'

    tokens = lex(text, Limits(), Warnings())

    covered = set().union(*(range(token.start, token.end) for token in tokens))
    assert {text[at] for at in set(range(len(text))) - covered} == {" "}
    assert all(before.end <= after.start for before, after in zip(tokens, tokens[1:], strict=False))


@pytest.mark.parametrize(
    "text", ["a", "OR", "&&", "-a", "+", "a b", 'a"b', "\\", "a\\", "\\OR", "x:y", "*~?", "é(日"]
)
def test_an_escaped_word_reads_back(text: str) -> None:
    [token] = lex(escape(text), Limits(), Warnings())

    assert (token.kind, token.text) == (Kind.WORD, text)


def test_a_backslash_before_a_letter_is_text() -> None:
    assert unescape("C:\\dir\\(x\\)") == "C:\\dir(x)"
