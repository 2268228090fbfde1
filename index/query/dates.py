"""What stands after ``date:``, ``after:`` and the like, and how it is printed.

A range is half-open: from ``start`` up to, not including, ``end``.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from index.query.calendar import Period, parse_period


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """A range as read; ``swapped`` when its ends stood the wrong way round."""

    start: dt.date | None = None
    end: dt.date | None = None
    swapped: bool = False


_BRACKETED = re.compile(r"([\[{])\s*(\S.*?)\s+TO\s+(\S.*?)\s*([\]}])", re.DOTALL | re.IGNORECASE)
_COMPARED = re.compile(r"(>=|<=|≥|≤|>|<|=)\s*(.+)", re.DOTALL)
_DOTS = re.compile(r"\.{2,3}|…")
_YEARS = re.compile(r"([0-9]{4}) ?[-–/] ?([0-9]{4})")
_BETWEEN = re.compile(r"between (.+?) and (.+)|(?:from )?(.+?) (?:to|until|till|through) (.+)", re.IGNORECASE)
_SIDE = re.compile(r"(since|from|after|before|until|till|up to) (.+)", re.IGNORECASE)
_OPERATOR_BY_WORD = {"after": ">", "before": "<", "since": ">=", "from": ">="}  # the others: "<="

#: Longest text that may be a range in words.
_MOST_CHARS = 100

_OPERATOR_BY_FIELD = {"after": ">", "before": "<", "since": ">=", "until": "<=", "from": ">="}


def parse_bounds(field: str, text: str, today: dt.date) -> Bounds:
    """Return the range that ``field:text`` asks for; ``field`` is ``date``, ``added``,
    ``after``, ``before``, ``since``, ``until`` or ``from`` (as ``since``).

    Raises:
        ValueError: ``text`` is no date, or leaves no day.
    """
    value = text.strip()
    if operator := _OPERATOR_BY_FIELD.get(field):
        return _compared(operator, parse_period(value, today))
    if match := _COMPARED.fullmatch(value):
        return _compared(match[1], parse_period(match[2], today))
    if match := _BRACKETED.fullmatch(value):
        return _bracketed(*match.groups(), today=today)
    if match := _DOTS.search(value):
        low, high = value[: match.start()].strip(), value[match.end() :].strip()
        return _between(
            parse_period(low, today) if low else None, parse_period(high, today) if high else None
        )
    return _in_words(" ".join(value.split()), today)


def _in_words(value: str, today: dt.date) -> Bounds:
    """Return the range that ``since monday``, ``2023 to 2024``, ``2023-2024`` or a period is."""
    if len(value) > _MOST_CHARS:
        raise ValueError("too long for a date")
    if match := _YEARS.fullmatch(value):
        return _between(parse_period(match[1], today), parse_period(match[2], today))
    if match := _SIDE.fullmatch(value):
        try:
            operator = _OPERATOR_BY_WORD.get(match[1].lower(), "<=")
            return _compared(operator, parse_period(match[2], today))
        except ValueError:
            pass  # from 2023 to 2024
    if match := _BETWEEN.fullmatch(value):
        low, high = (match[1], match[2]) if match[1] else (match[3], match[4])
        return _between(parse_period(low, today), parse_period(high, today))
    period = parse_period(value, today)
    return Bounds(start=period.first, end=period.end)


def print_bounds(start: dt.date | None, end: dt.date | None, of: str = "date") -> str:
    """Return the query text of a range, at the coarsest precision that says it."""
    if start is None and end is not None and end == dt.date.min:
        return f"{of}:<{_printed(end, 1)}"
    last = None if end is None else end - dt.timedelta(days=1)
    parts = max(_precision(start), _precision(end))
    low = "" if start is None else _printed(start, parts)
    high = "" if last is None else _printed(last, parts)
    return f"{of}:{low}" if low == high and low else f"{of}:{low}..{high}"


def _precision(boundary: dt.date | None) -> int:
    """How many parts of a date are needed to say this boundary: 1 to 3."""
    if boundary is None or (boundary.month, boundary.day) == (1, 1):
        return 1
    return 2 if boundary.day == 1 else 3


def _printed(day: dt.date, parts: int) -> str:
    return day.isoformat()[: (0, 4, 7, 10)[parts]]


def _compared(operator: str, period: Period) -> Bounds:
    if operator == ">":
        if period.end is None:
            raise ValueError("nothing comes after that")
        return Bounds(start=period.end)
    if operator == "<":
        return Bounds(end=period.first)
    if operator in (">=", "≥"):
        return Bounds(start=period.first)
    if operator in ("<=", "≤"):
        return Bounds(end=period.end)
    return Bounds(start=period.first, end=period.end)


def _bracketed(opening: str, low: str, high: str, closing: str, *, today: dt.date) -> Bounds:
    first = None if low == "*" else parse_period(low, today)
    last = None if high == "*" else parse_period(high, today)
    if opening == "[" and closing == "]":
        return _between(first, last)
    start = first and (first.first if opening == "[" else first.end)
    end = last and (last.end if closing == "]" else last.first)
    if (first and start is None) or (start and end and start >= end):
        raise ValueError("no day lies between")
    return Bounds(start=start, end=end)


def _between(low: Period | None, high: Period | None) -> Bounds:
    if low and high and high.end is not None and low.first >= high.end:
        return Bounds(start=high.first, end=low.end, swapped=True)
    return Bounds(start=low.first if low else None, end=high.end if high else None)
