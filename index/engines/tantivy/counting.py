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
from index.engines.tantivy.labels import Labels
from index.engines.tantivy.numbering import NONE, first_column, rest_column

#: More buckets than this and Tantivy refuses the aggregation.
MAX_BUCKETS = 65_000

#: Of more matches than this, segments hand on their most frequent values only:
#: one segment, and several.  Below, counting again what they cut costs more
#: than it spares.
MANY_MATCHES = 500
MANY_MATCHES_SPLIT = 200_000

#: Of fewer matches, all values are fetched: ties would have to be asked for.
FEW_MATCHES = 400

#: Of fewer matches, so many times as many values are fetched where some stand
#: beside others: each of these that is not seen as a first value too must be
#: counted again.
SOME_MATCHES, _FURTHER = 3_000, 3

#: So many of those that stand beside another are fetched.
MOST_SHARED = 1_000

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
    """Facets by field, how many matches have no value of it, and the extent if it was asked for."""

    facets: dict[str, tuple[Bucket, ...]]
    lacking: dict[str, int]
    extent: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class _Column:
    """What was seen of a column among the matches.

    Attributes:
        counts: by number; the least frequent may be left out.
        unseen: how many matches what is left out has at most.
        error: how many more than in ``counts`` what is there has at most.
    """

    counts: Counts
    unseen: int = 0
    error: int = 0


_EMPTY = _Column({})


@dataclass(frozen=True, slots=True)
class _Whole:
    """What the columns of a field hold in all documents.

    Attributes:
        has_values: whether any document has a value.
        shared: what stands beside another value anywhere; None if that is much.
    """

    has_values: bool
    shared: frozenset[int] | None

    @property
    def has_rest(self) -> bool:
        return self.shared is None or bool(self.shared)

    def may_be_rest(self, number: int) -> bool:
        return self.shared is None or number in self.shared


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
        self._wholes: dict[str, _Whole] = {}

    def counted(
        self, query: Query, requests: Sequence[FacetRequest], total: int, *, extent: str = ""
    ) -> Counted:
        """Count the values of each field among the ``total`` matches of ``query``.

        Args:
            extent: a number field whose least and greatest value are wanted.
        """
        wanted: dict[str, Any] = {}
        is_cut = total > (MANY_MATCHES_SPLIT if self._is_split else MANY_MATCHES)
        asked = [(request, self._whole(request.field)) for request in requests]
        for request, whole in asked:
            if not whole.has_values:
                continue
            first, rest = first_column(request.field), rest_column(request.field)
            size = _fetched(request)
            if whole.has_rest and total <= SOME_MATCHES:
                size = min(size * _FURTHER, MAX_BUCKETS)
            if is_cut:
                size, of_segment = size * _MERGED if self._is_split else size, size
            else:
                size, of_segment = MAX_BUCKETS if total <= FEW_MATCHES else size, _ALL
            wanted[first] = _terms(first, size, of_segment)
            if whole.has_rest:
                # What of it is not seen makes every count unsure that it may belong to.
                wanted[rest] = _terms(rest, max(size, MOST_SHARED), of_segment if is_cut else _ALL)
        if extent:
            wanted[_EXTENT] = {"stats": {"field": extent}}
        if not wanted:
            return Counted(
                {it.field: () for it in requests}, dict.fromkeys((it.field for it in requests), total)
            )
        found = self._searcher.aggregate(query, wanted)
        facets, lacking = {}, {}
        for request, whole in asked:
            name = request.field
            facets[name], lacking[name] = (
                self._facet(query, request, found, is_cut=is_cut) if whole.has_values else ((), total)
            )
        return Counted(facets, lacking, _extent(found[_EXTENT]) if extent else None)

    def _whole(self, name: str) -> _Whole:
        """Look at a field, once."""
        known = self._wholes.get(name)
        if known is None:
            first, rest = first_column(name), rest_column(name)
            wanted = {first: {"max": {"field": first}}, rest: _terms(rest, MAX_BUCKETS, _ALL)}
            found = self._searcher.aggregate(Query.all_query(), wanted)
            shared = None if found[rest]["sum_other_doc_count"] else frozenset(_counts(found[rest]))
            has_values = (found[first]["value"] or NONE) > NONE
            known = self._wholes[name] = _Whole(has_values=has_values, shared=shared)
        return known

    def _facet(
        self, query: Query, request: FacetRequest, found: Mapping[str, Any], *, is_cut: bool
    ) -> tuple[tuple[Bucket, ...], int]:
        """Return the first ``size`` by count, then value, and how many have none."""
        name = request.field
        first = self._seen(found[first_column(name)], is_cut=is_cut)
        rest = _EMPTY
        if rest_column(name) in found:
            rest = self._seen(found[rest_column(name)], is_cut=is_cut)
        lacking = first.counts.pop(NONE, None)
        if lacking is None:
            lacking = self._lacking(query, name) if first.unseen else 0
        if not request.size:
            return (), lacking
        # Most frequent first: what stands there has so many matches or more.
        least = next(islice(first.counts.values(), request.size - 1, None), 0)
        unseen = first.unseen + rest.unseen
        if unseen and unseen >= least:
            return self._first(request, self._all(query, request, least)), lacking
        counts, unsure = self._near(name, first, rest, least)
        if unsure:
            counts |= self._recounted(query, request, unsure, least)
        return self._first(request, counts), lacking

    def _seen(self, found: Mapping[str, Any], *, is_cut: bool) -> _Column:
        counts = _counts(found)
        if not found["sum_other_doc_count"]:
            return _Column(counts)
        # Each match of a value was left out by a segment or at the end.
        error = int(found["doc_count_error_upper_bound"] or 0) if is_cut and self._is_split else 0
        return _Column(counts, unseen=found["buckets"][-1]["doc_count"] + error, error=error)

    def _near(self, name: str, first: _Column, rest: _Column, least: int) -> tuple[Counts, list[int]]:
        """Return the values that may have ``least`` matches with their counts, and which of
        them may have more."""
        enough = least - first.error - rest.unseen
        counts = dict(takewhile(lambda item: item[1] >= enough, first.counts.items()))
        unsure = set(counts) if first.error else set()
        for number, count in rest.counts.items():
            known = first.counts.get(number)
            if known is not None:
                count += known
                more = first.error + rest.error
            else:
                more = first.unseen + rest.error
            if count + more >= least:
                counts[number] = count
                if more:
                    unsure.add(number)
        if rest.unseen:
            shared = self._whole(name).may_be_rest
            unsure.update(number for number in counts if number not in rest.counts and shared(number))
        return counts, sorted(unsure)

    def _recounted(self, query: Query, request: FacetRequest, unsure: Sequence[int], least: int) -> Counts:
        """Return the counts of ``unsure``, or of all values if these are too many."""
        names = [self._labels.value(request.field, number) for number in unsure]
        these = Query.const_score_query(self._any_of(request.field, names), 0.0)
        narrowed = Query.boolean_query([(Occur.Must, query), (Occur.Must, these)])
        known, is_whole = self._everything(narrowed, request.field)
        if not is_whole:
            return self._all(query, request, least)
        return {number: known[number] for number in unsure}

    def _any_of(self, name: str, values: Sequence[str]) -> Query:
        if len(values) > _ONE_BY_ONE:
            return Query.term_set_query(self._schema, name, values)
        return any_of(Query.term_query(self._schema, name, value) for value in values)

    def _all(self, query: Query, request: FacetRequest, least: int) -> Counts:
        """Return all values with ``least`` matches or more, and perhaps others."""
        counts, is_whole = self._everything(query, request.field, least)
        if is_whole:
            return counts
        exact = self._searcher.terms_with_prefix(request.field, "", filter_query=query, limit=request.size)
        return {self._labels.number(request.field, value): count for value, count in exact}

    def _everything(self, query: Query, name: str, least: int = 0) -> tuple[Counts, bool]:
        """Return what has ``least`` matches or more, perhaps others too, and whether that is all."""
        first, rest = first_column(name), rest_column(name)
        wanted = {first: _terms(first, MAX_BUCKETS, _ALL)}
        if self._whole(name).has_rest:
            wanted[rest] = _terms(rest, MAX_BUCKETS, _ALL)
        elif least:
            wanted[first]["terms"]["min_doc_count"] = least
        found = self._searcher.aggregate(query, wanted)
        each = [_counts(found[column]) for column in wanted]
        is_whole = all(len(counts) < MAX_BUCKETS for counts in each)
        each[0].pop(NONE, None)
        return _sum(each[0], each[-1]) if len(each) > 1 else each[0], is_whole

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
        wanted = {"none": {"range": {"field": first_column(name), "ranges": [{"to": NONE + 1}]}}}
        buckets = self._searcher.aggregate(query, wanted)["none"]["buckets"]
        return sum(bucket["doc_count"] for bucket in buckets if bucket.get("to") == NONE + 1)

    def histogram(self, query: Query, request: HistogramRequest) -> tuple[int, ...]:
        """Count the matches in each stretch."""
        stretches = [{"from": low, "to": high} for low, high in pairwise(request.bounds)]
        wanted = {"histogram": {"range": {"field": request.field, "ranges": stretches}}}
        found = self._searcher.aggregate(query, wanted)["histogram"]["buckets"]
        # Beyond both ends stand two stretches more, without a beginning or an end.
        counts = {bucket.get("from"): bucket["doc_count"] for bucket in found}
        return tuple(counts.get(low, 0) for low in request.bounds[:-1])


_EXTENT = "extent"


def _extent(found: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return the least and the greatest value, None without any."""
    low, high = found["min"], found["max"]
    return None if low is None or high is None else (int(low), int(high))


def _fetched(request: FacetRequest) -> int:
    return min(request.size * _FACTOR + _SOME, MAX_BUCKETS)


def _terms(column: str, size: int, of_segment: int) -> dict[str, Any]:
    return {"terms": {"field": column, "size": size, "segment_size": of_segment}}


def _counts(found: Mapping[str, Any]) -> Counts:
    return {bucket["key"]: bucket["doc_count"] for bucket in found["buckets"]}


def _by_count(item: tuple[int, int]) -> int:
    return -item[1]


def _sum(counts: Counts, more: Counts) -> Counts:
    if not more:
        return counts
    both = more | counts
    for number in counts.keys() & more.keys():
        both[number] += more[number]
    return both
