"""Ranges of numbers, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.query.ast import Everything, Length, Word
from index.query.numbers import NumberBounds, parse_numbers, print_numbers
from index.query.parser import parse

RANGES = [
    ("500", 500, 501),
    ("=500", 500, 501),
    (">500", 501, None),
    (">=500", 500, None),
    ("≥ 500", 500, None),
    ("<200", None, 200),
    ("<=200", None, 201),
    ("≤200", None, 201),
    ("100..500", 100, 501),
    ("100...500", 100, 501),
    ("100…500", 100, 501),
    ("100..", 100, None),
    ("..500", None, 501),
    ("..", None, None),
    ("[100 TO 500]", 100, 501),
    ("{100 TO 500}", 101, 500),
    ("[100 TO 500}", 100, 500),
    ("[100 TO *]", 100, None),
    ("[* TO 500]", None, 501),
    ("1,000", 1000, 1001),
    ("１００", 100, 101),
    ("0", 0, 1),
]


@pytest.mark.parametrize(("text", "low", "high"), RANGES, ids=[text for text, *_ in RANGES])
def test_ranges(text: str, low: int | None, high: int | None) -> None:
    assert parse_numbers(text) == NumberBounds(low=low, high=high)
    assert parse(f"words:{text}").tree == Length(low=low, high=high)


@pytest.mark.parametrize("text", ["500..100", "[500 TO 100]"])
def test_a_range_that_runs_backwards_is_turned_round(text: str) -> None:
    parsed = parse(f"words:{text}")

    assert parsed.tree == Length(low=100, high=501)
    assert [warning.code for warning in parsed.warnings] == ["reversed_range"]


@pytest.mark.parametrize(
    "text",
    ["", " ", "many", "-5", "5.5", "1,00", "<0", "{5 TO 6}", "[5 TO", "9" * 16, "1e3", "٣x", ">", "5..x"],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_numbers(text)


@pytest.mark.parametrize("text", ["words:many", "words:9999999999999999", "words:<0", "words:ma*"])
def test_a_query_takes_what_is_no_number_as_text(text: str) -> None:
    parsed = parse(text)

    assert parsed.tree == Word(text=text)
    assert [warning.code for warning in parsed.warnings] == ["bad_number"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("date:> 2023", "date:>2023"), ("words: >= 5", "words:>=5"), ("added:<= 2024", "added:<=2024")],
)
def test_a_space_after_a_comparison_does_not_matter(text: str, expected: str) -> None:
    assert parse(text).tree == parse(expected).tree


def test_a_star_takes_any_number() -> None:
    assert parse("words:*").tree == Everything()


@given(low=st.none() | st.integers(0, 10**15 - 2), high=st.none() | st.integers(1, 10**15 - 1))
def test_a_printed_range_reads_back(low: int | None, high: int | None) -> None:
    if low is None or high is None or low < high:
        text = print_numbers(low, high).removeprefix("words:")

        assert parse_numbers(text) == NumberBounds(low=low, high=high)
