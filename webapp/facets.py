"""Facets of a search: what to ask the engine for, and what people read.

Values of one facet widen each other, so each facet is counted as if nothing
were chosen in it: the counts say what choosing one more would find.
"""

from __future__ import annotations

import datetime as dt
import typing
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

from index.analysis import fold_key, tokens
from index.engine import Bucket, Engine, FacetRequest, SearchRequest, SearchResponse
from index.plan import All, Any, Constant, Plan, Reward, Term, TermPrefix
from webapp.filters import filters_from_params
from webapp.histogram import Histograms
from webapp.labels import Labels
from webapp.models import FACETS, HAS, MISSING, FacetPage, FacetValue, SearchParams
from webapp.searching import Asked

#: Most values that a facet is searched through for one page of them.
MOST_VALUES = 10_000

#: Years are shown in time order, so all of them are asked for.
_SIZES = {"author": 20, "source": 20, "tag": 20, "language": 100, "year": 300}
_FIELDS = {
    "author": "author_key",
    "source": "source_key",
    "tag": "tag_key",
    "language": "lang",
    "year": "year",
}

#: Words of these are indexed, so that a long facet is searched by the engine.
_WORDS = {"author": "author", "source": "source", "tag": "tag"}

#: Matches within so many years are told apart by month.
_MONTHS_OF = 2

#: Years whose months are all listed at once.
_MOST_YEARS = 300

#: The articles that have near-duplicates.
_DUPLICATE = Constant(Term("has", "duplicate"), 0.0)

_MISSING_LABELS = {
    "author": "No author",
    "source": "No source",
    "tag": "No tag",
    "language": "Unknown",
    "year": "Undated",
}


def requests_for(params: SearchParams) -> tuple[FacetRequest, ...]:
    """Return the facets that the search itself counts: those that nothing is chosen in."""
    return tuple(_request(name) for name in _FIELDS if not _is_chosen(params, name))


def counts_of_years(params: SearchParams, response: SearchResponse) -> dict[int, int] | None:
    """Return how many matches each year has, None if ``response`` does not say."""
    buckets = response.facets.get(_FIELDS["year"])
    if buckets is None or len(buckets) >= _SIZES["year"] or _is_chosen(params, "year"):
        return None
    return {int(bucket.value): bucket.count for bucket in buckets}


def years_expected(params: SearchParams, asked: Asked) -> tuple[int, int] | None:
    """Return the first and last year whose months are wanted for sure, None if that
    hangs on what matches: their counts can be asked for with the search itself."""
    if not params.facets or _is_chosen(params, "year"):
        return None
    years = sorted(_years(asked.plan))
    return (years[0], years[-1]) if years and years[-1] - years[0] < _MONTHS_OF else None


def _years(plan: Plan) -> set[int]:
    """Return the years of which every match of ``plan`` is, none if it does not say."""
    if isinstance(plan, Reward):
        return _years(plan.match)
    if isinstance(plan, Constant):
        return _years(plan.child)
    if isinstance(plan, All):
        return next((years for child in plan.children if (years := _years(child))), set())
    terms = plan.children if isinstance(plan, Any) else (plan,)
    years = {int(term.text) for term in terms if isinstance(term, Term) and term.field == "year"}
    return years if len(years) == len(terms) else set()


@dataclass(frozen=True, slots=True)
class Facets:
    """Makes the facets of one search.

    Attributes:
        stamp: of the index, for what ``histograms`` remember of it.
    """

    engine: Engine
    asked: Asked
    params: SearchParams
    labels: Labels
    histograms: Histograms
    stamp: Hashable

    def all(self, response: SearchResponse) -> dict[str, tuple[FacetValue, ...]]:
        """Return the facets by name: most frequent first, years and months in time
        order, those without a value last, as ``none``.

        Args:
            response: the engine's answer to a search with `requests_for`.
        """
        found = {name: self._facet(name, response) for name in _FIELDS}
        found["month"] = self._months(found["year"], response)
        found["duplicate"] = self._duplicates(response.total)
        return {name: found[name] for name in FACETS}

    def page(self, name: str, *, find: str = "", page: int = 1, limit: int = 100) -> FacetPage:
        """Return all values of a facet, ``limit`` at a time.

        Args:
            find: only those with words that begin so.
        """
        if name == "month":
            values = self._all_months()
        elif name == "duplicate":
            values = list(self._duplicates())
        else:
            values = self._all_values(name, find)
        wanted = tokens(find)
        kept = [value for value in values if _has_words(value, wanted)]
        shown = kept[(page - 1) * limit : page * limit]
        keys = [value.value for value in shown if value.value != MISSING]
        names = self._names(name, keys)
        return FacetPage(
            name=name,
            find=find,
            total=len(kept),
            is_cut=len(values) >= MOST_VALUES,
            page=page,
            limit=limit,
            values=tuple(_named(value, names) for value in shown),
        )

    def _facet(self, name: str, response: SearchResponse) -> tuple[FacetValue, ...]:
        plan = self.asked.plan
        if _is_chosen(self.params, name):
            plan = self._plan_without(name)
            response = self.engine.search(SearchRequest(plan=plan, limit=0, facets=(_request(name),)))
        buckets = response.facets.get(_FIELDS[name], ())
        names = self._names(name, [bucket.value for bucket in buckets])
        values = self._values(name, buckets, names)
        values.extend(self._beyond(name, values, plan))
        if name == "year":
            values.sort(key=lambda value: value.value)
        return (*values, *self._missing(name, response))

    def _values(self, name: str, buckets: Sequence[Bucket], names: dict[str, str]) -> list[FacetValue]:
        selected, excluded = getattr(self.params, name), self._excluded(name)
        labelled = [(names.get(bucket.value, bucket.value), bucket) for bucket in buckets]
        if not selected and not excluded:
            return [FacetValue(value=label, label=label, count=bucket.count) for label, bucket in labelled]
        return [
            FacetValue(
                value=label,
                label=label,
                count=bucket.count,
                selected=_chosen(selected, bucket.value),
                excluded=_chosen(excluded, bucket.value),
            )
            for label, bucket in labelled
        ]

    def _beyond(self, name: str, values: Sequence[FacetValue], plan: Plan) -> list[FacetValue]:
        """What is chosen but not among the first values: it must be there to be taken back."""
        chosen = [*getattr(self.params, name), *self._excluded(name)]
        if not chosen:
            return []
        known = {fold_key(value.value) for value in values} | {MISSING}
        return [
            FacetValue(
                value=value,
                label=value,
                count=self._count(plan, name, value),
                selected=value in getattr(self.params, name),
                excluded=value in self._excluded(name),
            )
            for value in dict.fromkeys(chosen)
            if fold_key(value) not in known
        ]

    def _missing(self, name: str, response: SearchResponse) -> tuple[FacetValue, ...]:
        """The bucket of the articles that have no value."""
        buckets = response.facets.get(_FIELDS[name], ())
        if not response.total or (name == "tag" and not buckets):
            return ()
        count = response.lacking[_FIELDS[name]]
        selected = MISSING in getattr(self.params, name)
        excluded = MISSING in self._excluded(name)
        if not count and not selected and not excluded:
            return ()
        return (
            FacetValue(
                value=MISSING,
                label=_MISSING_LABELS[name],
                count=count,
                selected=selected,
                excluded=excluded,
            ),
        )

    def _duplicates(self, total: int | None = None) -> tuple[FacetValue, ...]:
        """The articles that have near-duplicates, and the others; nothing where none has any.

        Args:
            total: of the search, if that is known.
        """
        is_chosen = _is_chosen(self.params, "duplicate")
        if not is_chosen and not self.labels.has_duplicates(self.engine):
            return ()
        plan = self._plan_without("duplicate") if is_chosen else self.asked.plan
        if total is None or is_chosen:
            total = self.engine.search(SearchRequest(plan=plan, limit=0)).total
        both = Constant(All((plan, _DUPLICATE)), 0.0)
        having = self.engine.search(SearchRequest(plan=both, limit=0)).total if total else 0
        if not having and not is_chosen:
            return ()
        return tuple(
            FacetValue(
                value=value,
                label=label,
                count=count,
                selected=value in self.params.duplicate,
                excluded=value in self._excluded("duplicate"),
            )
            for value, label, count in ((HAS, "Has copies", having), (MISSING, "No copies", total - having))
        )

    def _months(self, years: Sequence[FacetValue], response: SearchResponse) -> tuple[FacetValue, ...]:
        """The months of the years chosen, or of those that match, while they are few."""
        dated = [value for value in years if value.value != MISSING and value.count]
        wanted = [int(value.value) for value in dated if value.selected or value.excluded] or [
            int(value.value) for value in dated
        ]
        if not 1 <= len(wanted) <= _MONTHS_OF or max(wanted) - min(wanted) >= _MONTHS_OF:
            return self._month_values({})
        span = (min(wanted), max(wanted))
        known = response.histogram if span == years_expected(self.params, self.asked) else ()
        return self._month_values(self._counts_of_months(self.asked.plan_without("month"), span, known))

    def _all_months(self) -> list[FacetValue]:
        plan = self.asked.plan_without("month")
        extent = self.engine.search(SearchRequest(plan=plan, limit=0, extent="published_start")).extent
        if extent is None:
            return []
        first, last = (dt.date.fromordinal(day).year for day in extent)
        counts = self._counts_of_months(plan, (max(first, last - _MOST_YEARS), last))
        return list(self._month_values(counts))

    def _counts_of_months(
        self, plan: Plan, years: tuple[int, int], known: Sequence[int] = ()
    ) -> dict[str, int]:
        return self.histograms.months(self.engine, self.stamp, plan, years, known)

    def _month_values(self, counts: dict[str, int]) -> tuple[FacetValue, ...]:
        chosen = (*self.params.month, *self._excluded("month"))
        months = {**dict.fromkeys((value for value in chosen if value != MISSING), 0), **counts}
        return tuple(
            FacetValue(
                value=month,
                label=month,
                count=months[month],
                selected=month in self.params.month,
                excluded=month in self._excluded("month"),
            )
            for month in sorted(months)
        )

    def _all_values(self, name: str, find: str) -> list[FacetValue]:
        plan = self._plan_without(name)
        words = tokens(find)
        if words and name in _WORDS:
            having = (Constant(TermPrefix(_WORDS[name], word), 0.0) for word in words)
            plan = All((plan, *having))
        wanted = FacetRequest(field=_FIELDS[name], size=MOST_VALUES)
        response = self.engine.search(SearchRequest(plan=plan, limit=0, facets=(wanted,)))
        values = self._values(name, response.facets[_FIELDS[name]], {})
        if name == "year":
            values.sort(key=lambda value: value.value, reverse=True)
        return values if words else [*values, *self._missing(name, response)]

    def _plan_without(self, name: str) -> Plan:
        return self.asked.plan_without(name, *(("month",) if name == "year" else ()))

    def _count(self, plan: Plan, name: str, value: str) -> int:
        wanted = filters_from_params(params_with(name, value), self.labels.languages())
        both = Constant(All((plan, *(entry.plan for entry in wanted))), 0.0)
        return self.engine.search(SearchRequest(plan=both, limit=0)).total

    def _excluded(self, name: str) -> tuple[str, ...]:
        return tuple(value for other, value in self.params.excluded if other == name)

    def _names(self, name: str, keys: Sequence[str]) -> dict[str, str]:
        """Return the printed names of keys."""
        if name == "author":
            return self.labels.authors(keys)
        if name == "source":
            return self.labels.sources(keys)
        return self.labels.tags(keys, self.engine) if name == "tag" else {}


def params_with(name: str, value: str) -> SearchParams:
    """Return a search for ``value`` of the filter ``name`` alone."""
    wanted: typing.Any = {name: (value,)}
    return SearchParams(**wanted)


def _request(name: str) -> FacetRequest:
    return FacetRequest(field=_FIELDS[name], size=_SIZES[name])


def _is_chosen(params: SearchParams, name: str) -> bool:
    names = (name, "month") if name == "year" else (name,)
    return any(getattr(params, other) for other in names) or any(
        other in names for other, _ in params.excluded
    )


def _chosen(values: Sequence[str], key: str) -> bool:
    return any(fold_key(value) == key for value in values)


def _named(value: FacetValue, names: dict[str, str]) -> FacetValue:
    name = names.get(value.value)
    return value if name is None else replace(value, value=name, label=name)


def _has_words(value: FacetValue, wanted: Sequence[str]) -> bool:
    """Whether each of ``wanted`` begins a word of the value."""
    words = tokens(value.label)
    return all(any(word.startswith(part) for word in words) for part in wanted)
