"""Dates as people and programs write them, read without guessing.

A date is what the source says: the day as printed in its own zone, a month or a
year where it says no more.  The instant is known only where time and zone are
given.  Nothing is completed from today's date.

The rule for numbers such as 01/02/2003, where both could be the month: with dots
the day stands first; else what the caller says, else the month first for English
(or unknown) and the day first for any other language.  The result is marked as
ambiguous, as is a year of two digits (69 to 99 are 1900s, 00 to 68 are 2000s).
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from archive.document import PartialDate
from archive.months import FILLERS, MONTHS

MAX_CHARS: Final = 200

_ZONE: Final = r"(?P<zone>z|utc|gmt|ut|[+-]\d{2}(?::?\d{2})?|[ecmp][sd]t|cest|cet|msk|jst)"
_CLOCK: Final = (
    r"(?P<hour>\d{1,2})(?:[:h.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?(?:[.,]\d+)?"
    r"|(?=\s?[ap]\.?m))\s*(?P<half>[ap]\.?\s?m\b\.?)?"
)
_TIME: Final = re.compile(rf"(?<![\d.]){_CLOCK}(?![\d.])(?:\s*\(?{_ZONE}\b\)?)?", re.ASCII)
_BASIC_TIME: Final = r"(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?"
_ISO: Final = re.compile(
    r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})"
    rf"(?:(?:t|\s*[,|-]?\s+)(?:at\s+)?{_CLOCK}\s*{_ZONE}?"
    r"(?:\s*(?:utc|gmt|\[[\w/+-]+\]|\(\w+\)))?)?",
    re.ASCII,
)
_MONTH: Final = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})", re.ASCII)
_BASIC: Final = re.compile(
    rf"(?P<year>\d{{4}})(?P<month>\d{{2}})(?P<day>\d{{2}})(?:t{_BASIC_TIME}\s*{_ZONE}?)?", re.ASCII
)
_WEEK: Final = re.compile(r"(\d{4})-?w(\d{2})-?([1-7])", re.ASCII)
_ORDINAL: Final = re.compile(r"(\d{4})-(\d{3})", re.ASCII)
_NUMERIC: Final = re.compile(r"(\d{1,2})\s?([/.-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})\.?", re.ASCII)
_EAST_ASIAN: Final = re.compile(
    r"(?P<year>\d{4})\s*[年년]\s*(?:(?P<month>\d{1,2})\s*[月월]\s*(?:(?P<day>\d{1,2})\s*[日号號일])?)?",
    re.ASCII,
)
_PIECE: Final = re.compile(r"\d+|[^\W\d_]+")
_LEADING_WORDS: Final = re.compile(r"(?:[^\W\d_]+\s*[.:,]?\s+){0,3}?(?=\d)")
_ZONE_MINUTES: Final = {
    "z": 0, "utc": 0, "gmt": 0, "ut": 0, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420,
    "mdt": -360, "pst": -480, "pdt": -420, "cet": 60, "cest": 120, "msk": 180, "jst": 540,
}  # fmt: skip
_LETTERS: Final = str.maketrans({"ø": "o", "ł": "l", "ı": "i", "đ": "d", "−": "-", "‐": "-", "‑": "-"})
_MAX_OFFSET_MINUTES: Final = 14 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedDate:
    """What a date says.

    Attributes:
        at: the instant in UTC, only where time and zone are stated.
        ambiguous: the order of day and month, or the century, was decided by rule.
    """

    date: PartialDate
    at: dt.datetime | None = None
    ambiguous: bool = False


@functools.lru_cache(maxsize=8192)
def parse_date(text: str, *, day_first: bool | None = None, languages: tuple[str, ...] = ()) -> ParsedDate:
    """Read one date.

    Args:
        text: a date with or without a time, and little else.
        day_first: the order in 01/02/2003 where the caller knows it.
        languages: ISO 639-1 codes of the source, for the same question.

    Raises:
        ValueError: it is no date, an impossible one, or a relative one.
    """
    if len(text) > MAX_CHARS:
        raise ValueError(f"too long for a date: {text[:40]!r}…")
    plain = _plain(text)
    match = _ISO.fullmatch(plain) or _BASIC.fullmatch(plain)
    if match is not None:
        return _from_match(match, text)
    if plain.startswith("-"):
        raise ValueError(f"a year before 1: {text!r}")
    if plain.isdigit():
        return _from_digits(plain, text)
    month = _MONTH.fullmatch(plain)
    if month is not None:
        return ParsedDate(date=_partial(int(month["year"]), int(month["month"]), None, text))
    return _from_words(plain, text, day_first, languages)


def _plain(text: str) -> str:
    """Lower case, without marks, digits as ASCII."""
    if text.isascii():
        return text.strip().lower()
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    digits = "".join(str(unicodedata.decimal(char, char)) for char in bare)
    # Hangul was taken apart with the marks; put it together again.
    return unicodedata.normalize("NFC", digits).lower().translate(_LETTERS).strip()


def _partial(year: int, month: int | None, day: int | None, text: str) -> PartialDate:
    try:
        return PartialDate(year, month, day)
    except ValueError as error:
        raise ValueError(f"no such date: {text!r}") from error


def _from_match(match: re.Match[str], text: str) -> ParsedDate:
    date = _partial(int(match["year"]), int(match["month"]), int(match["day"]), text)
    return ParsedDate(date=date, at=_instant(date, match, text))


def _instant(date: PartialDate, match: re.Match[str], text: str) -> dt.datetime | None:
    """The instant of a matched time with a zone on a day; None without a zone.

    Raises:
        ValueError: there is no such time.
    """
    parts = match.groupdict()
    if parts["hour"] is None:
        return None
    hour, minute, second = int(parts["hour"]), int(parts["minute"] or 0), int(parts["second"] or 0)
    half = parts.get("half")
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(f"no such time: {text!r}")
        hour = hour % 12 + (12 if half[0] == "p" else 0)
    midnight_after = hour == 24 and minute == second == 0
    if not (hour < 24 or midnight_after) or minute > 59 or second > 60:
        raise ValueError(f"no such time: {text!r}")
    offset = _offset_minutes(parts["zone"])
    if offset is None or date.day is None:
        return None
    # A leap second is the last second of its minute.
    since_midnight = dt.timedelta(hours=hour, minutes=minute - offset, seconds=min(second, 59))
    try:
        return dt.datetime.combine(date.first, dt.time(), dt.UTC) + since_midnight
    except OverflowError:
        return None


def _offset_minutes(zone: str | None) -> int | None:
    if zone is None or zone in _ZONE_MINUTES:
        return None if zone is None else _ZONE_MINUTES[zone]
    digits = zone[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    if minutes > _MAX_OFFSET_MINUTES:
        return None
    return -minutes if zone[0] == "-" else minutes


def _from_digits(plain: str, text: str) -> ParsedDate:
    """A year, or seconds or milliseconds since 1970."""
    if len(plain) == 4:
        return ParsedDate(date=_partial(int(plain), None, None, text))
    if len(plain) in {10, 13}:
        at = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=int(plain.ljust(13, "0")))
        return ParsedDate(date=PartialDate(at.year, at.month, at.day), at=at)
    raise ValueError(f"not a date: {text!r}")


def _from_words(plain: str, text: str, day_first: bool | None, languages: tuple[str, ...]) -> ParsedDate:
    for pattern, read in ((_WEEK, _from_week), (_ORDINAL, _from_ordinal)):
        match = pattern.fullmatch(plain)
        if match is not None:
            return ParsedDate(date=read(match, text))
    rest, time = _without_time(plain)
    date, ambiguous = _date_of(rest.strip(" ,;|()-–—"), text, day_first, languages)
    at = _instant(date, time, text) if time is not None else None
    return ParsedDate(date=date, at=at, ambiguous=ambiguous)


def _without_time(plain: str) -> tuple[str, re.Match[str] | None]:
    for match in _TIME.finditer(plain):
        before, after = plain[: match.start()], plain[match.end() :]
        # A clock with a dot could be a day and a month: it is one at the end, after a name.
        dotted = "." in match[0] and ":" not in match[0] and not match["half"]
        if dotted and not (re.search(r"[a-z]", before) and re.fullmatch(r"\W*[a-z]{0,5}", after)):
            continue
        # What else stands there is a zone that is not known, or one that was read.
        after = re.sub(r"^\s*\(?[a-z]{2,5}\)?$|\(?\b(?:utc|gmt|uhr)\b\)?|\s\([a-z]{2,5}\)", " ", after)
        return f"{before} {after}", match
    return plain, None


def _date_of(
    rest: str, text: str, day_first: bool | None, languages: tuple[str, ...]
) -> tuple[PartialDate, bool]:
    match = _EAST_ASIAN.match(rest)
    if match is not None:
        year, month, day = (int(part) if part else None for part in match.group("year", "month", "day"))
        return _partial(year or 0, month, day, text), False
    words = _LEADING_WORDS.match(rest)
    bare = rest[words.end() :] if words and _only_fillers(words[0]) else rest
    numeric = _NUMERIC.fullmatch(bare)
    if numeric is not None:
        return _from_numbers(numeric, text, day_first, languages)
    iso = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\.?t?", bare)
    if iso is not None:
        return _partial(int(iso[1]), int(iso[2]), int(iso[3]), text), False
    return _from_month_name(bare, text)


def _only_fillers(words: str) -> bool:
    return all(word in FILLERS for word in _PIECE.findall(words))


def _from_numbers(
    match: re.Match[str], text: str, day_first: bool | None, languages: tuple[str, ...]
) -> tuple[PartialDate, bool]:
    first, second = int(match[1]), int(match[3])
    year, two_digits = _year(match[4])
    if day_first is None:
        day_first = match[2] == "." or bool(languages and "en" not in languages)
        undecided = match[2] != "." and first <= 12 and second <= 12 and first != second
    else:
        undecided = False
    if first > 12 or second > 12:
        day_first = first > 12
    day, month = (first, second) if day_first else (second, first)
    return _partial(year, month, day, text), undecided or two_digits


def _year(digits: str) -> tuple[int, bool]:
    year = int(digits)
    if len(digits) == 4:
        return year, False
    return year + (1900 if year >= 69 else 2000), True


def _from_month_name(rest: str, text: str) -> tuple[PartialDate, bool]:
    month: int | None = None
    numbers: list[str] = []
    for piece in _PIECE.findall(rest):
        if piece.isdigit():
            numbers.append(piece)
        elif piece in MONTHS and (month is None or piece not in FILLERS):
            if month is not None:
                raise ValueError(f"more than one month: {text!r}")
            month = MONTHS[piece]
        elif piece not in FILLERS:
            raise ValueError(f"not a date: {text!r}")
    if month is None or not 1 <= len(numbers) <= 2:
        raise ValueError(f"not a date: {text!r}")
    years = [number for number in numbers if len(number) == 4]
    if len(numbers) == 1:
        if not years:
            raise ValueError(f"a date without a year: {text!r}")
        return _partial(int(years[0]), month, None, text), False
    if len(years) > 1 or any(len(number) not in {1, 2, 4} for number in numbers):
        raise ValueError(f"not a date: {text!r}")
    year, two_digits = _year(years[0] if years else numbers[1].zfill(2))
    day = int(numbers[1] if years and numbers[0] == years[0] else numbers[0])
    return _partial(year, month, day, text), two_digits


def _from_week(match: re.Match[str], text: str) -> PartialDate:
    try:
        day = dt.date.fromisocalendar(int(match[1]), int(match[2]), int(match[3]))
    except ValueError as error:
        raise ValueError(f"no such week: {text!r}") from error
    return PartialDate(day.year, day.month, day.day)


def _from_ordinal(match: re.Match[str], text: str) -> PartialDate:
    year, ordinal = int(match[1]), int(match[2])
    first = _partial(year, 1, 1, text)
    if not 1 <= ordinal <= PartialDate(year).end - first.start:
        raise ValueError(f"no such day: {text!r}")
    day = dt.date.fromordinal(first.start + ordinal - 1)
    return PartialDate(day.year, day.month, day.day)
