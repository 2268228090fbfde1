"""Periods by name, ranges, and their canonical text."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.query.calendar import parse_period
from index.query.dates import parse_bounds, print_bounds

TODAY = dt.date(2024, 9, 18)  # a Wednesday
DAY = dt.timedelta(days=1)


def days(first: str, last: str) -> tuple[dt.date, dt.date]:
    """Half-open bounds of the days from ``first`` through ``last``."""
    return dt.date.fromisoformat(first), dt.date.fromisoformat(last) + DAY


PERIODS = [
    ("2024", "2024-01-01", "2024-12-31"),
    ("2024-02", "2024-02-01", "2024-02-29"),
    ("2023-02", "2023-02-01", "2023-02-28"),
    ("2024-12", "2024-12-01", "2024-12-31"),
    ("2024-09-10", "2024-09-10", "2024-09-10"),
    ("2024-9-5", "2024-09-05", "2024-09-05"),
    ("2024/09/10", "2024-09-10", "2024-09-10"),
    ("2024.09.10", "2024-09-10", "2024-09-10"),
    ("20240910", "2024-09-10", "2024-09-10"),
    ("２０２４-09", "2024-09-01", "2024-09-30"),
    ("2024-Q3", "2024-07-01", "2024-09-30"),
    ("2024q4", "2024-10-01", "2024-12-31"),
    ("Q1 2024", "2024-01-01", "2024-03-31"),
    ("1990s", "1990-01-01", "1999-12-31"),
    ("today", "2024-09-18", "2024-09-18"),
    ("Yesterday", "2024-09-17", "2024-09-17"),
    ("tomorrow", "2024-09-19", "2024-09-19"),
    ("monday", "2024-09-16", "2024-09-16"),
    ("wednesday", "2024-09-18", "2024-09-18"),
    ("thursday", "2024-09-12", "2024-09-12"),
    ("last wednesday", "2024-09-11", "2024-09-11"),
    ("last monday", "2024-09-16", "2024-09-16"),
    ("this friday", "2024-09-20", "2024-09-20"),
    ("this week", "2024-09-16", "2024-09-22"),
    ("last week", "2024-09-09", "2024-09-15"),
    ("this month", "2024-09-01", "2024-09-30"),
    ("last month", "2024-08-01", "2024-08-31"),
    ("last-month", "2024-08-01", "2024-08-31"),
    ("last_month", "2024-08-01", "2024-08-31"),
    ("previous month", "2024-08-01", "2024-08-31"),
    ("last quarter", "2024-04-01", "2024-06-30"),
    ("this quarter", "2024-07-01", "2024-09-30"),
    ("last year", "2023-01-01", "2023-12-31"),
    ("past week", "2024-09-12", "2024-09-18"),
    ("past month", "2024-08-19", "2024-09-18"),
    ("past year", "2023-09-19", "2024-09-18"),
    ("past 7 days", "2024-09-12", "2024-09-18"),
    ("past-7-days", "2024-09-12", "2024-09-18"),
    ("last 2 weeks", "2024-09-05", "2024-09-18"),
    ("past three months", "2024-06-19", "2024-09-18"),
    ("1d", "2024-09-18", "2024-09-18"),
    ("30d", "2024-08-20", "2024-09-18"),
    ("3 days ago", "2024-09-15", "2024-09-15"),
    ("2 months ago", "2024-07-01", "2024-07-31"),
    ("september", "2024-09-01", "2024-09-30"),
    ("october", "2023-10-01", "2023-10-31"),
    ("September 2024", "2024-09-01", "2024-09-30"),
    ("sept. 2023", "2023-09-01", "2023-09-30"),
    ("10 september 2024", "2024-09-10", "2024-09-10"),
    ("September 10th, 2024", "2024-09-10", "2024-09-10"),
    ("19 september", "2023-09-19", "2023-09-19"),
    ("2024 september 10", "2024-09-10", "2024-09-10"),
    ("2024-Sep-10", "2024-09-10", "2024-09-10"),
    ("10th of September 2024", "2024-09-10", "2024-09-10"),
    ("Tuesday, September 10, 2024", "2024-09-10", "2024-09-10"),
    ("10.09.2024", "2024-09-10", "2024-09-10"),
    ("25/12/2023", "2023-12-25", "2023-12-25"),
    ("12/25/2023", "2023-12-25", "2023-12-25"),
    ("2024-W37", "2024-09-09", "2024-09-15"),
    ("the 1990s", "1990-01-01", "1999-12-31"),
    ("a week ago", "2024-09-09", "2024-09-15"),
    ("3m", "2024-06-19", "2024-09-18"),
    ("1mo", "2024-08-19", "2024-09-18"),
]


@pytest.mark.parametrize(("text", "first", "last"), PERIODS, ids=[text for text, *_ in PERIODS])
def test_periods(text: str, first: str, last: str) -> None:
    assert tuple(parse_period(text, TODAY)) == days(first, last)


NO_DATES = [
    *("", " ", "2024-13", "2024-00", "2020-02-30", "2023-02-29", "0000", "99", "12345", "99999-99-99"),
    *("2024-W54", "31.02.2024", "monday 10 september 2024", "monday september 2024"),
    *("2024-Q5", "09/10/2024", "2024-09/10", "last", "last tuesdayish", "may day 2024", "30 february"),
    *(
        "past 0 days",
        "past 999999 years",
        "999999d",
        "ten",
        "september 2024 2023",
        "x" * 500,
    ),
]


@pytest.mark.parametrize("text", NO_DATES)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_period(text, TODAY)


def test_the_last_month_of_a_long_one_is_kept_in_the_calendar() -> None:
    assert tuple(parse_period("past month", dt.date(2024, 3, 31))) == days("2024-03-01", "2024-03-31")


def test_the_calendar_ends_open() -> None:
    assert parse_period("9999", TODAY).end is None
    assert parse_period("9999-12-31", TODAY).end is None
    assert parse_period("9999-q4", TODAY).end is None


OPEN = "open"
BOUNDS = [
    ("date", "2024-01..2024-03", "2024-01-01", "2024-04-01"),
    ("date", "2024..", "2024-01-01", OPEN),
    ("date", "..2024", OPEN, "2025-01-01"),
    ("date", "2024…2025", "2024-01-01", "2026-01-01"),
    ("date", "..", OPEN, OPEN),
    ("date", "2024-09-10..2024", "2024-09-10", "2025-01-01"),
    ("date", ">=2024-09", "2024-09-01", OPEN),
    ("date", ">2024-09", "2024-10-01", OPEN),
    ("date", "<2024-09", OPEN, "2024-09-01"),
    ("date", "<=2024-09", OPEN, "2024-10-01"),
    ("date", "=2024-09", "2024-09-01", "2024-10-01"),
    ("date", "[2023 TO 2024-03]", "2023-01-01", "2024-04-01"),
    ("date", "[2023 TO *]", "2023-01-01", OPEN),
    ("date", "[* TO yesterday]", OPEN, "2024-09-18"),
    ("date", "{2022 TO 2024}", "2023-01-01", "2024-01-01"),
    ("date", "[last month TO today]", "2024-08-01", "2024-09-19"),
    ("date", "[2023 to 2024-03]", "2023-01-01", "2024-04-01"),
    ("date", "2023-2024", "2023-01-01", "2025-01-01"),
    ("date", "2023 to march 2024", "2023-01-01", "2024-04-01"),
    ("date", "from 10 september 2024 until today", "2024-09-10", "2024-09-19"),
    ("date", "between 2022 and 2023", "2022-01-01", "2024-01-01"),
    ("date", "since monday", "2024-09-16", OPEN),
    ("date", "after 2023", "2024-01-01", OPEN),
    ("date", "before 2023", OPEN, "2023-01-01"),
    ("added", "up to yesterday", OPEN, "2024-09-18"),
    ("after", "2024-09-10", "2024-09-11", OPEN),
    ("after", "2024", "2025-01-01", OPEN),
    ("before", "2024-09-10", OPEN, "2024-09-10"),
    ("before", "2024", OPEN, "2024-01-01"),
    ("since", "2024-09-10", "2024-09-10", OPEN),
    ("since", "monday", "2024-09-16", OPEN),
    ("until", "2024-09-10", OPEN, "2024-09-11"),
    ("until", "2024", OPEN, "2025-01-01"),
]


@pytest.mark.parametrize(
    ("field", "text", "start", "end"), BOUNDS, ids=[f"{row[0]}:{row[1]}" for row in BOUNDS]
)
def test_bounds(field: str, text: str, start: str, end: str) -> None:
    bounds = parse_bounds(field, text, TODAY)

    assert bounds.start == (None if start == OPEN else dt.date.fromisoformat(start))
    assert bounds.end == (None if end == OPEN else dt.date.fromisoformat(end))
    assert not bounds.swapped


@pytest.mark.parametrize("text", ["2024..2023", "[2024 TO 2023]", "2024-01-01..2023"])
def test_a_backward_range_is_turned_round(text: str) -> None:
    bounds = parse_bounds("date", text, TODAY)

    assert bounds.swapped
    assert bounds.start == dt.date(2023, 1, 1)
    assert bounds.end is not None
    assert bounds.end > dt.date(2024, 1, 1)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("after", "9999"),
        ("date", "{9999 TO *]"),
        ("date", "{2023 TO 2024}"),
        ("since", "2023..2024"),
        ("date", ">"),
    ],
)
def test_a_range_without_a_day_is_refused(field: str, text: str) -> None:
    with pytest.raises(ValueError):
        parse_bounds(field, text, TODAY)


@given(first=st.dates(), last=st.dates())
def test_printed_bounds_read_back(first: dt.date, last: dt.date) -> None:
    start, end = min(first, last), max(first, last) + DAY if max(first, last) < dt.date.max else None

    field, _, text = print_bounds(start, end).partition(":")
    bounds = parse_bounds(field, text, TODAY)

    assert (bounds.start, bounds.end) == (start, end)
