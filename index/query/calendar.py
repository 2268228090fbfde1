"""Periods of the calendar by name: ``2024-Q3``, ``last month``, ``10 sept 2024``.

A period is a half-open pair of days.  Words such as ``today`` are resolved
against a day that the caller passes in; nothing here reads a clock.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import NamedTuple


class AmbiguousDateError(ValueError):
    """Day and month could be either way round."""


class Period(NamedTuple):
    """From ``first`` up to, not including, ``end``; None where the calendar of
    `datetime` ends, after 9999-12-31."""

    first: dt.date
    end: dt.date | None


_DAY = dt.timedelta(days=1)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon",
            "tuesday tue tues",
            "wednesday wed",
            "thursday thu thurs",
            "friday fri",
            "saturday sat",
            "sunday sun",
        )
    )
    for name in names.split()
}
_UNITS = {
    name: unit
    for unit, names in {
        "day": "day days d",
        "week": "week weeks w",
        "month": "month months mo m",
        "quarter": "quarter quarters",
        "year": "year years y",
    }.items()
    for name in names.split()
}
_NUMBERS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 1
    )
} | {"a": 1, "an": 1}
_ISO = re.compile(r"([0-9]{4})(?:([-/.])([0-9]{1,2})(?:\2([0-9]{1,2}))?)?")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_QUARTER = re.compile(r"([0-9]{4})[- ]?q([1-4])|q([1-4])[- ]([0-9]{4})")
_DECADE = re.compile(r"([0-9]{3}0)'?s")
_AGE = re.compile(r"([0-9]{1,6})(d|w|mo?|y)")
_WEEK = re.compile(r"([0-9]{4})[- ]?w([0-9]{1,2})")
#: A day with its year last. Dots stand after the day wherever they are used; slashes tell nothing.
_YEAR_LAST = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4})")
_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+")
_ORDINAL = re.compile(r"\b([0-9]{1,2})(?:st|nd|rd|th)\b")


def parse_period(text: str, today: dt.date) -> Period:
    """Return the period that ``text`` names.

    Raises:
        ValueError: it names none, or one that is not in the calendar.
    """
    value = " ".join(unicodedata.normalize("NFKC", text).casefold().replace("_", " ").split())
    value = value.removeprefix("the ")
    if len(value) > 40:
        raise ValueError("too long for a date")
    try:
        found = _numeric(value, today) or _in_words(_words(value), today)
    except OverflowError as error:
        raise ValueError(f"not in the calendar: {text}") from error
    if found is None:
        raise ValueError(f"not a date: {text}")
    return found


def year_period(year: int) -> Period:
    return Period(dt.date(year, 1, 1), None if year == dt.MAXYEAR else dt.date(year + 1, 1, 1))


def month_period(year: int, month: int) -> Period:
    return _months(dt.date(year, month, 1), 1)


def day_period(day: dt.date) -> Period:
    return Period(day, None if day == dt.date.max else day + _DAY)


def _months(first: dt.date, count: int) -> Period:
    """The ``count`` months from ``first``, the first of a month."""
    if first.year == dt.MAXYEAR and first.month + count > 12:
        return Period(first, None)
    return Period(first, _shift(first, count))


def _shift(day: dt.date, months: int) -> dt.date:
    """``day`` moved by whole months, kept inside the month it comes to."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise OverflowError
    last = 31
    while True:
        try:
            return dt.date(year, month + 1, min(day.day, last))
        except ValueError:
            last -= 1


def _numeric(value: str, today: dt.date) -> Period | None:
    if match := _ISO.fullmatch(value):
        year, _, month, day = match.groups()
        if day:
            return day_period(dt.date(int(year), int(month), int(day)))
        return month_period(int(year), int(month)) if month else year_period(int(year))
    if match := _COMPACT.fullmatch(value):
        return day_period(dt.date(*(int(part) for part in match.groups())))
    if match := _QUARTER.fullmatch(value):
        year, quarter = (match[1], match[2]) if match[1] else (match[4], match[3])
        return _months(dt.date(int(year), 3 * int(quarter) - 2, 1), 3)
    if match := _DECADE.fullmatch(value):
        return Period(year_period(int(match[1])).first, year_period(int(match[1]) + 9).end)
    if match := _WEEK.fullmatch(value):
        monday = dt.date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return Period(monday, monday + _DAY * 7)
    if match := _YEAR_LAST.fullmatch(value):
        return day_period(_year_last(int(match[1]), int(match[3]), int(match[4]), dotted=match[2] == "."))
    if match := _AGE.fullmatch(value):
        return _rolling(int(match[1]), _UNITS[match[2]], today)
    return None


def _year_last(first: int, second: int, year: int, *, dotted: bool) -> dt.date:
    """Return the day of ``10.09.2024``, ``25/12/2024`` or ``12/25/2024``."""
    if dotted or first > 12 or first == second:
        return dt.date(year, second, first)
    if second > 12:
        return dt.date(year, first, second)
    raise AmbiguousDateError(f"day or month first: {first}, {second}")


def _words(value: str) -> list[str]:
    """The numbers and words of ``value``, or nothing if it holds more."""
    value = _ORDINAL.sub(r"\1", value)
    if _TOKEN.sub("", value).strip(" -,./"):
        return []
    return [word for word in _TOKEN.findall(value) if word != "of"]


def _in_words(words: list[str], today: dt.date) -> Period | None:
    match words:
        case ["today" | "now"]:
            return day_period(today)
        case ["yesterday"]:
            return day_period(today - _DAY)
        case ["tomorrow"]:
            return day_period(today + _DAY)
        case [name] if name in _WEEKDAYS:
            return day_period(today - _DAY * ((today.weekday() - _WEEKDAYS[name]) % 7))
        case ["last" | "past" | "previous", name] if name in _WEEKDAYS:
            return day_period(today - _DAY * ((today.weekday() - _WEEKDAYS[name] - 1) % 7 + 1))
        case ["this", name] if name in _WEEKDAYS:
            return day_period(today + _DAY * (_WEEKDAYS[name] - today.weekday()))
        case ["this" | "current", name] if name in _UNITS:
            return _calendar(0, _UNITS[name], today)
        case ["last" | "previous", name] if name in _UNITS:
            return _calendar(1, _UNITS[name], today)
        case ["past", name] if name in _UNITS:
            return _rolling(1, _UNITS[name], today)
        case ["last" | "past" | "previous", count, name] if name in _UNITS and _number(count):
            return _rolling(_number(count), _UNITS[name], today)
        case [count, name, "ago"] if name in _UNITS and _number(count):
            return _calendar(_number(count), _UNITS[name], today)
        case [name, _, _, *_] if name in _WEEKDAYS:
            return _on(_WEEKDAYS[name], _by_month(words[1:], today))
        case _:
            return _by_month(words, today)


def _on(weekday: int, period: Period | None) -> Period | None:
    """``period`` if it is a day that falls on ``weekday``."""
    if period is None or period.end != period.first + _DAY or period.first.weekday() != weekday:
        return None
    return period


def _by_month(words: list[str], today: dt.date) -> Period | None:
    """``september``, ``september 2024``, ``10 september 2024``, ``2024 september 10`` and
    the like; without a year the latest one that has begun."""
    names = [word for word in words if word in _MONTHS]
    numbers = [word for word in words if word.isascii() and word.isdigit()]
    if len(names) != 1 or len(names) + len(numbers) != len(words) or len(numbers) > 2:
        return None
    month = _MONTHS[names[0]]
    years = [word for word in numbers if len(word) == 4]
    days = [word for word in numbers if len(word) <= 2]
    if len(years) > 1 or len(days) > 1 or len(years) + len(days) != len(numbers):
        return None
    if years and words[-1] != years[0] and words[:2] != [years[0], names[0]]:
        return None
    if days:
        day = int(days[0])
        year = int(years[0]) if years else _latest_year(month, day, today)
        return day_period(dt.date(year, month, day))
    year = int(years[0]) if years else _latest_year(month, 1, today)
    return month_period(year, month)


def _latest_year(month: int, day: int, today: dt.date) -> int:
    return today.year if (month, day) <= (today.month, today.day) else today.year - 1


def _number(word: str) -> int:
    """The positive number that ``word`` says, or 0."""
    if word.isascii() and word.isdigit() and len(word) <= 6:
        return int(word)
    return _NUMBERS.get(word, 0)


def _rolling(count: int, unit: str, today: dt.date) -> Period:
    """The ``count`` units that end with today."""
    if not count:
        raise ValueError("no days at all")
    if unit in ("day", "week"):
        first = today - _DAY * (count * (7 if unit == "week" else 1) - 1)
    else:
        months = {"month": 1, "quarter": 3, "year": 12}[unit]
        first = _shift(today, -count * months) + _DAY
    return Period(first, day_period(today).end)


def _calendar(back: int, unit: str, today: dt.date) -> Period:
    """The whole unit that lies ``back`` units before the one of today."""
    if unit == "day":
        return day_period(today - _DAY * back)
    if unit == "week":
        first = today - _DAY * (today.weekday() + 7 * back)
        return Period(first, first + _DAY * 7)
    if unit == "year":
        return year_period(today.year - back)
    if unit == "month":
        return _months(_shift(today.replace(day=1), -back), 1)
    start = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    return _months(_shift(start, -3 * back), 3)
