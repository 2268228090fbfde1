"""Matches over time: how many articles of a search each day, week, month, year or decade has.

A stretch counts the articles whose date lies in it whole, which is what its
link finds: one dated ``2024`` is in the year 2024 and in no month of it.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from archive.document import PartialDate
from index.engine import Engine, HistogramRequest, SearchRequest
from index.plan import All, Any, Constant, Every, NumberRange, Plan
from webapp.models import Histogram, HistogramBucket, SearchParams

#: Longest time, in days, that is shown in stretches of each unit; beyond, decades.
UNITS = (("day", 45), ("week", 400), ("month", 6 * 366), ("year", 120 * 366))

#: Whole-archive counts remembered, by the stretches that they are for.
_KEPT = 64

_Answer = TypeVar("_Answer", bool, tuple[int, ...])

_FIRST_YEAR, _LAST_YEAR = dt.MINYEAR, dt.MAXYEAR


@dataclass(frozen=True, slots=True)
class _Stretches:
    """A stretch of time cut into pieces: ``bounds`` are ordinals, one more than pieces."""

    unit: str
    bounds: tuple[int, ...]


class Histograms:
    """Counts matches over time; remembers of the whole archive what it can while the index stands."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stamp: Hashable = None
        self._all: dict[_Stretches, tuple[int, ...]] = {}
        self._has_coarse: dict[_Stretches, bool] = {}

    def histogram(
        self,
        engine: Engine,
        stamp: Hashable,
        plan: Plan,
        extent: tuple[int, int] | None,
        params: SearchParams,
        years: Mapping[int, int] | None = None,
    ) -> Histogram | None:
        """Return the histogram of ``plan``; None where no match has a date.

        Args:
            stamp: changes with every commit.
            extent: first and last ``published_start`` of the matches.
            params: the search; if it has both a first and a last day, all of
                the time between is shown.
            years: how many matches each year has, if that is known.
        """
        if extent is None:
            return None
        stretches = stretches_between(*_shown(extent, params))
        if years is not None and stretches.unit in ("year", "decade"):
            counts, coarse = _sums(years, stretches), 0
        else:
            counts, coarse = self._counts(engine, stamp, plan, stretches)
        everything = counts if isinstance(plan, Every) else self._everything(engine, stamp, stretches)
        return Histogram(
            unit=stretches.unit,
            buckets=tuple(
                HistogramBucket(
                    start=_name(stretches.unit, low),
                    end=_name(stretches.unit, high - 1),
                    count=count,
                    articles=articles,
                )
                for (low, high), count, articles in zip(
                    pairwise(stretches.bounds), counts, everything, strict=True
                )
            ),
            coarse=coarse,
        )

    def months(
        self,
        engine: Engine,
        stamp: Hashable,
        plan: Plan,
        years: tuple[int, int],
        known: Sequence[int] = (),
    ) -> dict[str, int]:
        """Return how many matches each month (``2024-09``) from the first to the last of ``years`` has.

        Months without any are left out.

        Args:
            known: the answer to `months_request`, if that was asked with another search.
        """
        stretches = _months_of(years)
        counts, _ = self._counts(engine, stamp, plan, stretches, tuple(known))
        return {
            _name("month", low): count
            for low, count in zip(stretches.bounds[:-1], counts, strict=True)
            if count
        }

    def _everything(self, engine: Engine, stamp: Hashable, stretches: _Stretches) -> tuple[int, ...]:
        return self._remembered(
            stamp, self._all, stretches, lambda: self._counts(engine, stamp, Every(), stretches)[0]
        )

    def _counts(
        self,
        engine: Engine,
        stamp: Hashable,
        plan: Plan,
        stretches: _Stretches,
        known: tuple[int, ...] = (),
    ) -> tuple[tuple[int, ...], int]:
        """Return the count of each stretch, and of the articles whose dates are too coarse for any."""
        wanted = _request(stretches)
        counts = known or engine.search(SearchRequest(plan=plan, limit=0, histogram=wanted)).histogram
        beyond = _beyond(stretches)
        if beyond is None or not any(counts):
            return counts, 0
        beyond = Constant(beyond, 0.0)
        if not self._remembered(stamp, self._has_coarse, stretches, lambda: _is_there(engine, beyond)):
            return counts, 0
        minus = engine.search(SearchRequest(plan=All((plan, beyond)), limit=0, histogram=wanted)).histogram
        return tuple(count - less for count, less in zip(counts, minus, strict=True)), sum(minus)

    def _remembered(
        self,
        stamp: Hashable,
        kept: dict[_Stretches, _Answer],
        stretches: _Stretches,
        ask: Callable[[], _Answer],
    ) -> _Answer:
        with self._lock:
            if stamp != self._stamp:
                self._stamp = stamp
                self._all.clear()
                self._has_coarse.clear()
            elif len(kept) > _KEPT:
                kept.clear()
            known = kept.get(stretches)
        if known is None:
            known = ask()
            with self._lock:
                if stamp == self._stamp:
                    kept[stretches] = known
        return known


def months_request(years: tuple[int, int]) -> HistogramRequest:
    """Return what to ask along with a search whose matches lie in ``years``, for `Histograms.months`."""
    return _request(_months_of(years))


def _months_of(years: tuple[int, int]) -> _Stretches:
    first, last = dt.date(years[0], 1, 1), dt.date(years[1], 12, 31)
    return _Stretches("month", tuple(_bounds("month", first, last)))


def _request(stretches: _Stretches) -> HistogramRequest:
    return HistogramRequest(field="published_start", bounds=stretches.bounds)


def _sums(years: Mapping[int, int], stretches: _Stretches) -> tuple[int, ...]:
    """Return the count of each stretch, which is made of whole years."""
    firsts = [dt.date.fromordinal(day).year for day in stretches.bounds[:-1]]
    lasts = [dt.date.fromordinal(day - 1).year for day in stretches.bounds[1:]]
    return tuple(
        sum(years.get(year, 0) for year in range(first, last + 1))
        for first, last in zip(firsts, lasts, strict=True)
    )


def _is_there(engine: Engine, plan: Plan) -> bool:
    return engine.search(SearchRequest(plan=plan, limit=0)).total > 0


def stretches_between(low: int, high: int) -> _Stretches:
    """Cut the days from ``low`` to ``high``, both included, into stretches of a fitting unit."""
    days = high - low + 1
    unit = next((name for name, most in UNITS if days <= most), "decade")
    first, last = dt.date.fromordinal(low), dt.date.fromordinal(high)
    bounds = tuple(_bounds(unit, first, last))
    return _Stretches(unit, bounds)


def _shown(extent: tuple[int, int], params: SearchParams) -> tuple[int, int]:
    if not (params.date_from and params.date_to):
        return extent
    first, last = PartialDate.from_iso(params.date_from), PartialDate.from_iso(params.date_to)
    return min(extent[0], first.start), max(extent[1], last.end - 1)


def _bounds(unit: str, first: dt.date, last: dt.date) -> Iterator[int]:
    """Yield where each stretch begins, and where the last one ends."""
    low, high = first.toordinal(), last.toordinal()
    if unit in ("day", "week"):
        step = 7 if unit == "week" else 1
        start = low - (first.weekday() if unit == "week" else 0)
        yield from range(max(start, 1), high + step + 1, step)
        return
    if unit == "month":
        months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month + 1)
        yield from (_ordinal(month // 12, month % 12 + 1) for month in months)
        return
    step = 10 if unit == "decade" else 1
    start_year = first.year - first.year % step
    yield from (_ordinal(year) for year in range(start_year, last.year + step + 1, step))


def _ordinal(year: int, month: int = 1) -> int:
    """Return the first day of a month; the day after the last of all beyond year 9999."""
    if year > _LAST_YEAR:
        return dt.date.max.toordinal() + 1
    return dt.date(max(year, _FIRST_YEAR), month, 1).toordinal()


def _beyond(stretches: _Stretches) -> Plan | None:
    """Return the plan for dates that begin in a stretch and end after it: of a year
    they begin on 1 January, of a month on the first."""
    if stretches.unit in ("year", "decade"):
        return None
    clauses = []
    for low, high in pairwise(stretches.bounds):
        for day in _possible_starts(stretches.unit, low, high):
            clauses.append(
                All(
                    (
                        NumberRange("published_start", day, day + 1),
                        NumberRange("published_end", low=high + 1),
                    )
                )
            )
    return Any(tuple(clauses)) if clauses else None


def _possible_starts(unit: str, low: int, high: int) -> Iterator[int]:
    if unit == "month":
        if dt.date.fromordinal(low).month == 1:
            yield low
        return
    yield from (day for day in range(low, high) if dt.date.fromordinal(min(day, _LAST_DAY)).day == 1)


_LAST_DAY = dt.date.max.toordinal()


def _name(unit: str, ordinal: int) -> str:
    """Return the date of ``ordinal`` as far as ``unit`` tells it; of a decade, its year."""
    day = dt.date.fromordinal(min(ordinal, _LAST_DAY)).isoformat()
    return {"month": day[:7], "year": day[:4], "decade": day[:4]}.get(unit, day)
