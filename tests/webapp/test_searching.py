"""From parameters to what is asked: how it is understood, and what is warned of."""

from __future__ import annotations

import datetime as dt

import pytest

from index.engine import Sort
from index.query.parser import parse
from index.recency import with_recency
from webapp.models import SearchParams
from webapp.searching import Asked, asked_from_params


def asked(q: str, **params: object) -> Asked:
    return asked_from_params(SearchParams(q=q, **params), parse(q), ("en",))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("q", "filters", "understood"),
    [
        pytest.param("harbour strike", {}, "harbour strike", id="plain"),
        pytest.param("harbour AND strike", {}, "+harbour strike", id="exact"),
        pytest.param("harbour", {"source": ("BBC",)}, 'harbour source:="BBC"', id="filter"),
        pytest.param(
            "harbour AND strike", {"source": ("BBC",)}, '+harbour strike source:="BBC"', id="exact-filter"
        ),
        pytest.param("a OR b", {"source": ("BBC",)}, '(a OR b) source:="BBC"', id="or-filter"),
        pytest.param("", {"source": ("BBC",)}, 'source:="BBC"', id="filter-alone"),
        pytest.param("", {}, "", id="nothing"),
        pytest.param("OR harbour", {}, "\\OR harbour", id="stray-operator"),
        pytest.param("harbour AND", {}, "harbour \\AND", id="operator-at-the-end"),
    ],
)
def test_what_was_understood(q: str, filters: dict[str, object], understood: str) -> None:
    assert asked(q, **filters).understood == understood


@pytest.mark.parametrize(
    ("q", "match", "taken"),
    [
        ("harbour strike", "auto", "all"),
        ("one two three four five", "auto", "best"),
        ("one two three four five", "all", "all"),
        ("harbour strike", "any", "any"),
        ("harbour -strike", "auto", "exact"),
        ('"harbour strike"', "auto", "exact"),
        ("", "auto", "exact"),
    ],
)
def test_how_plain_words_were_taken_is_told(q: str, match: str, taken: str) -> None:
    assert asked(q, match=match).match == taken


def test_what_is_exact_and_what_is_plain_have_different_cursors() -> None:
    assert asked("harbour AND strike").identity != asked("harbour strike").identity


@pytest.mark.parametrize(
    ("q", "codes"),
    [
        pytest.param("harbour", [], id="none"),
        pytest.param("harbour ++", ["stray_sign"], id="no-word"),
        pytest.param("OR harbour", ["stray_operator"], id="stray-operator"),
        pytest.param("x" * 101, ["long_word"], id="long-word"),
        pytest.param("harbour " + "x" * 101, ["long_word"], id="long-word-beside-another"),
    ],
)
def test_warnings_of_parser_and_plan_are_passed_on(q: str, codes: list[str]) -> None:
    assert [warning.code for warning in asked(q).warnings] == codes


def test_recent_is_relevance_with_less_left_of_the_older() -> None:
    by_relevance, recent = asked("harbour"), asked("harbour", sort="recent")

    assert recent.sort is Sort.RELEVANCE
    assert recent.plan == with_recency(by_relevance.plan, dt.date.today())
    assert recent.matchers == by_relevance.matchers
    assert recent.identity != by_relevance.identity


def test_recent_without_words_is_newest() -> None:
    assert asked("", sort="recent").sort is Sort.NEWEST
