"""The histogram as it is drawn: bars that are links, and the same as a table."""

from __future__ import annotations

from dataclasses import dataclass

from archive.document import PartialDate
from webapp.models import Histogram, HistogramBucket, SearchParams
from webapp.presenters import date_words
from webapp.urls import search_url

#: Height of the tallest bar, and least height of one that is not empty, in units of the drawing.
HEIGHT = 100
_LEAST = 3

#: Width of a stretch and of its bar in units of the drawing.
STEP = 10
_BAR = 8

_UNITS = {
    "day": "Articles by day",
    "week": "Articles by week",
    "month": "Articles by month",
    "year": "Articles by year",
    "decade": "Articles by decade",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A stretch of time as a bar.

    Attributes:
        url: narrows the search to it; empty where there is nothing.
        share: how much of the archive matches there, in words.
        x, y, width, height: of the bar, from the top left of the drawing.
    """

    label: str
    count: int
    share: str
    url: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The bars from the earliest on; the drawing is ``width`` by `HEIGHT`.

    Attributes:
        first, last: what stands under its ends.
        most: articles of the highest bar.
    """

    title: str
    bars: tuple[Bar, ...]
    width: int
    coarse: int
    unit: str
    first: str
    last: str
    most: int


def timeline_from(params: SearchParams, histogram: Histogram | None) -> Timeline | None:
    """Return the drawing; None where there is nothing to compare."""
    if histogram is None or len(histogram.buckets) < 2:
        return None
    highest = max(bucket.count for bucket in histogram.buckets)
    if not highest:
        return None
    return Timeline(
        title=_UNITS[histogram.unit],
        bars=tuple(
            _bar(params, histogram.unit, bucket, number, highest)
            for number, bucket in enumerate(histogram.buckets)
        ),
        width=len(histogram.buckets) * STEP,
        coarse=histogram.coarse,
        unit=histogram.unit,
        first=date_words(PartialDate.from_iso(histogram.buckets[0].start)),
        last=date_words(PartialDate.from_iso(histogram.buckets[-1].end)),
        most=highest,
    )


def _bar(params: SearchParams, unit: str, bucket: HistogramBucket, number: int, highest: int) -> Bar:
    height = max(round(bucket.count / highest * HEIGHT), _LEAST) if bucket.count else 0
    first, last = _within(params, bucket)
    return Bar(
        label=_label(unit, bucket),
        count=bucket.count,
        share=_percent(bucket),
        url=search_url(params, date_from=first, date_to=last) if bucket.count else "",
        x=number * STEP + (STEP - _BAR) // 2,
        y=HEIGHT - height,
        width=_BAR,
        height=height,
    )


def _within(params: SearchParams, bucket: HistogramBucket) -> tuple[str, str]:
    """Return the ends of ``bucket``, never beyond those that are asked for already."""
    first, last = bucket.start, bucket.end
    if params.date_from and PartialDate.from_iso(params.date_from).start > PartialDate.from_iso(first).start:
        first = params.date_from
    if params.date_to and PartialDate.from_iso(params.date_to).end < PartialDate.from_iso(last).end:
        last = params.date_to
    return first, last


def _label(unit: str, bucket: HistogramBucket) -> str:
    if unit == "decade":
        return f"{bucket.start}–{bucket.end}"
    if unit == "week":
        return f"Week of {date_words(PartialDate.from_iso(bucket.start))}"
    return date_words(PartialDate.from_iso(bucket.start))


def _percent(bucket: HistogramBucket) -> str:
    """Return the share in per cent, never 0 or 100 when it is only nearly so."""
    if not bucket.articles:
        return "0 %"
    percent = 100 * bucket.share
    if 0 < percent < 0.1:
        return "under 0.1 %"
    if bucket.count < bucket.articles and percent > 99.9:
        return "over 99.9 %"
    return f"{percent:.1f} %" if percent < 10 and bucket.count else f"{percent:.0f} %"
