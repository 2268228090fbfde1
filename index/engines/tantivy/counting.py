"""Facets, histograms and extents.

Counting every value of a facet costs little; handing thousands of them from
segment to segment does not.  So of many matches each segment hands on its most
frequent values only, and what that may have left out is counted again: the
answer is exact, whatever is cut.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, takewhile
from typing import Any

import tantivy
from tantivy import Occur, Query

from index.engine import Bucket, FacetRequest, HistogramRequest
from index.engines.tantivy.expansion import any_of
from index.engines.tantivy.fields import total_of
from index.engines.tantivy.labels import Labels
from index.engines.tantivy.numbering import NONE, number_column

#: More buckets than this and Tantivy refuses the aggregation.
MAX_BUCKETS = 65_000

#: Of more matches than this, segments hand on their most frequent values only:
#: one segment, and several.  Below, counting again what they cut costs more
#: than it spares.
MANY_MATCHES, MANY_MATCHES_SPLIT = 500, 300_000

#: Of fewer matches, all values are fetched: ties would have to be asked for.
FEW_MATCHES = 400

#: Values that are told apart from the rest without asking again: the number
#: asked for, three times, and some.
_FACTOR, _SOME = 3, 40

#: So many times as many values are kept of what several segments handed on.
_MERGED = 3

_ALL = 2**31

#: So many values are looked for one by one.
_ONE_BY_ONE = 100

#: Counts by number.
Counts = dict[int, int]


@dataclass(frozen=True, slots=True)
class Counted:
    """Facets by field, how many matches have no value of it, and what else was asked for."""

    facets: dict[str, tuple[Bucket, ...]]
    lacking: dict[str, int]
    extent: tuple[int, int] | None = None
    histogram: tuple[int, ...] = ()


class Counting:
    """Counts the matches of queries in one state of the index.

    Args:
        known: for each facet its values by their numbers, as far as other states told.
    """

    def __init__(
        self, schema: tantivy.Schema, searcher: tantivy.Searcher, known: dict[str, dict[int, str]]
    ) -> None:
        self._schema = schema
        self._searcher = searcher
        self._labels = Labels(searcher, known)
        self._is_split = searcher.num_segments > 1
        self._has_values: dict[str, bool] = {}

    def counted(
        self,
        query: Query,
        requests: Sequence[FacetRequest],
        total: int,
        *,
        extent: str = "",
        histogram: HistogramRequest | None = None,
    ) -> Counted:
        """Count the values of each field among the ``total`` matches of ``query``.

        Args:
            extent: a number field whose least and greatest value are wanted.
            histogram: stretches whose matches are counted besides.
        """
        wanted: dict[str, Any] = {}
        is_cut = total > (MANY_MATCHES_SPLIT if self._is_split else MANY_MATCHES)
        asked = [request for request in requests if self._is_used(request.field)]
        for request in asked:
            size, of_segment = _fetched(request), _ALL
            if is_cut:
                size, of_segment = size * _MERGED if self._is_split else size, size
            elif total <= FEW_MATCHES:
                size = MAX_BUCKETS
            wanted[request.field] = _terms(request.field, size, of_segment)
        if extent:
            wanted[_EXTENT] = {"stats": {"field": extent}}
        if histogram:
            stretches = [{"from": low, "to": high} for low, high in pairwise(histogram.bounds)]
            wanted[_HISTOGRAM] = {"range": {"field": histogram.field, "ranges": stretches}}
        facets: dict[str, tuple[Bucket, ...]] = {request.field: () for request in requests}
        lacking = {request.field: total for request in requests}
        found = self._searcher.aggregate(query, wanted) if wanted else {}
        for request in asked:
            name = request.field
            facets[name], lacking[name] = self._facet(query, request, found[name], is_cut=is_cut)
        return Counted(
            facets,
            lacking,
            _extent(found[_EXTENT]) if extent else None,
            _histogram(found[_HISTOGRAM], histogram) if histogram else (),
        )

    def _is_used(self, name: str) -> bool:
        """Whether any document has a value; looked up once."""
        known = self._has_values.get(name)
        if known is None:
            wanted = {"highest": {"max": {"field": number_column(name)}}}
            highest = self._searcher.aggregate(Query.all_query(), wanted)["highest"]["value"]
            known = self._has_values[name] = (highest or NONE) > NONE
        return known

    def _facet(
        self, query: Query, request: FacetRequest, found: Mapping[str, Any], *, is_cut: bool
    ) -> tuple[tuple[Bucket, ...], int]:
        """Return the first ``size`` by count, then value, and how many have none."""
        counts = _counts(found)
        is_whole = not found["sum_other_doc_count"]
        lacking = counts.pop(NONE, None)
        if lacking is None or (is_cut and self._is_split and not is_whole):
            # One segment may have told of some and another left them out.
            lacking = 0 if is_whole else self._lacking(query, request.field)
        if not request.size:
            return (), lacking
        if not is_whole:
            # Each match of a value was left out by a segment or at the end.
            error = int(found["doc_count_error_upper_bound"] or 0) if is_cut and self._is_split else 0
            unseen = found["buckets"][-1]["doc_count"] + error
            # Most frequent first: what stands there has so many matches or more.
            least = next(islice(counts.values(), request.size - 1, None), 0)
            if unseen >= least:
                counts = self._at_least(query, request, least)
            else:
                enough = least - error
                counts = dict(takewhile(lambda item: item[1] >= enough, counts.items()))
                if error:
                    counts = self._recounted(query, request, counts, least)
        return self._first(request, counts), lacking

    def _recounted(self, query: Query, request: FacetRequest, counts: Counts, least: int) -> Counts:
        """Return right counts for those in ``counts``, or of all values if that is too much."""
        names = [self._labels.value(request.field, number) for number in counts]
        these = Query.const_score_query(self._any_of(request.field, names), 0.0)
        narrowed = Query.boolean_query([(Occur.Must, query), (Occur.Must, these)])
        known, is_whole = self._everything(narrowed, request.field)
        if not is_whole:
            return self._at_least(query, request, least)
        return {number: known[number] for number in counts}

    def _any_of(self, name: str, values: Sequence[str]) -> Query:
        if len(values) > _ONE_BY_ONE:
            return Query.term_set_query(self._schema, name, values)
        return any_of(Query.term_query(self._schema, name, value) for value in values)

    def _at_least(self, query: Query, request: FacetRequest, least: int) -> Counts:
        """Return all values with ``least`` matches or more."""
        counts, is_whole = self._everything(query, request.field, least)
        if is_whole:
            return counts
        exact = self._searcher.terms_with_prefix(request.field, "", filter_query=query, limit=request.size)
        numbers = self._labels.numbers(request.field)
        return {numbers(value): count for value, count in exact}

    def _everything(self, query: Query, name: str, least: int = 1) -> tuple[Counts, bool]:
        """Return what has ``least`` matches or more, and whether that is all."""
        wanted = {"values": _terms(name, MAX_BUCKETS, _ALL)}
        wanted["values"]["terms"]["min_doc_count"] = max(least, 1)
        counts = _counts(self._searcher.aggregate(query, wanted)["values"])
        is_whole = len(counts) < MAX_BUCKETS
        counts.pop(NONE, None)
        return counts, is_whole

    def _first(self, request: FacetRequest, counts: Counts) -> tuple[Bucket, ...]:
        items = sorted(counts.items(), key=_by_count)
        if len(items) > request.size:
            least = items[request.size - 1][1]
            items = list(takewhile(lambda item: item[1] >= least, items))
        value = self._labels.value
        name = request.field
        kept = sorted([(-count, value(name, number)) for number, count in items])
        return tuple([Bucket(value, -count) for count, value in kept[: request.size]])

    def _lacking(self, query: Query, name: str) -> int:
        """Return how many matches have no value."""
        none = Query.const_score_query(Query.term_query(self._schema, number_column(name), NONE), 0.0)
        both = Query.boolean_query([(Occur.Must, query), (Occur.Must, none)])
        return total_of(self._searcher.search(both, 1))


_EXTENT, _HISTOGRAM = "extent", "histogram"


def _extent(found: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return the least and the greatest value, None without any."""
    low, high = found["min"], found["max"]
    return None if low is None or high is None else (int(low), int(high))


def _histogram(found: Mapping[str, Any], request: HistogramRequest) -> tuple[int, ...]:
    # Beyond both ends stand two stretches more, without a beginning or an end.
    counts = {bucket.get("from"): bucket["doc_count"] for bucket in found["buckets"]}
    return tuple(counts.get(low, 0) for low in request.bounds[:-1])


def _fetched(request: FacetRequest) -> int:
    return min(request.size * _FACTOR + _SOME, MAX_BUCKETS)


def _terms(name: str, size: int, of_segment: int) -> dict[str, Any]:
    return {"terms": {"field": number_column(name), "size": size, "segment_size": of_segment}}


def _counts(found: Mapping[str, Any]) -> Counts:
    return {bucket["key"]: bucket["doc_count"] for bucket in found["buckets"]}


def _by_count(item: tuple[int, int]) -> int:
    return -item[1]
