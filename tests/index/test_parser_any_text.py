"""Any text is a query: no word is lost in silence, and every node knows its place."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given

from index.errors import QueryLimitError
from index.query.ast import (
    And,
    Fuzzy,
    Near,
    Node,
    Not,
    Or,
    ParsedQuery,
    Phrase,
    Prefix,
    Wildcard,
    Word,
)
from index.query.cleaning import clean
from index.query.parser import parse
from tests.index.query_trees import WIDE, texts
from tests.index.short_nodes import TODAY


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
