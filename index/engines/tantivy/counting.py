"""Facets, histograms and extents.

Counting every value of a facet costs little; handing thousands of them from
segment to segment does not.  So of many matches each segment hands on its most
frequent values only, and what that may have left out is counted again: the
answer is exact, whatever is cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import tantivy
from tantivy import Occur, Query

from index.engine import Bucket, FacetRequest, HistogramRequest
from index.engines.tantivy.fields import hash_field, hash_of
from index.errors import IndexDamagedError

#: More buckets than this and Tantivy refuses the aggregation.
MAX_BUCKETS = 65_000

#: Of more matches than this, segments hand on their most frequent values only.
#: Below, counting again what they cut costs more than it spares.
MANY_MATCHES = 15_000

#: Values that are told apart from the rest without asking again: the number
#: asked for, three times, and some.
_FACTOR, _SOME = 3, 40

#: Stands for no value in a facet; hashes are not negative.
_NONE = -1

_ALL = 2**31

Counts = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Counted:
    """Facets by field, and how many matches have no value of it."""

    facets: dict[str, tuple[Bucket, ...]]
    lacking: dict[str, int]


class Counting:
    """Counts the matches of queries in one state of the index.

    Args:
        labels: for each keyword field its values by their hashes, as far as known.
    """

    def __init__(
        self, schema: tantivy.Schema, searcher: tantivy.Searcher, labels: dict[str, dict[int, str]]
    ) -> None:
        self._schema = schema
        self._searcher = searcher
        self._labels = labels
        self._is_split = searcher.num_segments > 1
        self._wide: set[str] = set()  # fields of too many values to see at once, as far as known

    def facets(self, query: Query, requests: Sequence[FacetRequest], total: int) -> Counted:
        """Count the values of each field among the ``total`` matches of ``query``."""
        if not requests:
            return Counted({}, {})
        is_cut = total > MANY_MATCHES
        wanted: dict[str, Any] = {}
        for request in requests:
            size = _fetched(request)
            wanted[request.field] = _terms(request.field, size, size if is_cut else _ALL, missing=_NONE)
            if is_cut and request.field in self._wide:
                wanted |= _presence(request.field)
        found = self._searcher.aggregate(query, wanted)
        facets, lacking = {}, {}
        for request in requests:
            name = request.field
            buckets, none = self._facet(query, request, found[name], is_cut=is_cut)
            facets[name] = buckets
            lacking[name] = self._lacking(query, name, found) if none is None else none
        return Counted(facets, lacking)

    def _facet(
        self, query: Query, request: FacetRequest, found: dict[str, Any], *, is_cut: bool
    ) -> tuple[tuple[Bucket, ...], int | None]:
        """Return the first ``size`` by count, then value, and how many have none, None if that is unsure."""
        counts = _counts(found)
        none = next((count for key, count in counts if key == _NONE), None)
        if none is not None:
            counts = [(key, count) for key, count in counts if key != _NONE]
        unseen = int(found["doc_count_error_upper_bound"] or 0)  # a value left out has so many at most
        is_whole = not unseen and not found["sum_other_doc_count"]
        if not is_whole:
            self._wide.add(request.field)
        if not counts or not request.size:
            return (), (none or 0) if is_whole else none
        if is_whole:
            return self._first(request, counts), none or 0
        if not is_cut:
            unseen = counts[-1][1]
        least = counts[min(request.size, len(counts)) - 1][1]
        if is_cut and self._is_split:
            counts = self._recounted(query, request, counts, least, unseen)
            return self._first(request, counts), None
        if unseen >= least:
            counts = self._at_least(query, request, least)
        return self._first(request, counts), None if is_cut else none

    def _recounted(
        self, query: Query, request: FacetRequest, counts: Counts, least: int, unseen: int
    ) -> Counts:
        """Count again what may be among the first: a segment that cut a value may have had ``unseen``."""
        if unseen < least:
            near = [key for key, count in counts if count + unseen >= least]
            if len(near) < len(counts):
                names = [self._label(request.field, key) for key in near]
                these = Query.const_score_query(Query.term_set_query(self._schema, request.field, names), 0.0)
                both = Query.boolean_query([(Occur.Must, query), (Occur.Must, these)])
                wanted = {"values": _terms(request.field, MAX_BUCKETS, _ALL)}
                known = dict(_counts(self._searcher.aggregate(both, wanted)["values"]))
                return sorted(((key, known[key]) for key in near), key=lambda item: -item[1])
        return self._at_least(query, request, least)

    def _at_least(self, query: Query, request: FacetRequest, least: int) -> Counts:
        """Return all values with ``least`` matches or more, most frequent first."""
        wanted = {"values": _terms(request.field, MAX_BUCKETS, _ALL)}
        wanted["values"]["terms"]["min_doc_count"] = least
        counts = _counts(self._searcher.aggregate(query, wanted)["values"])
        if len(counts) < MAX_BUCKETS:
            return counts
        exact = self._searcher.terms_with_prefix(request.field, "", filter_query=query, limit=request.size)
        return [(hash_of(value), count) for value, count in exact]

    def _first(self, request: FacetRequest, counts: Counts) -> tuple[Bucket, ...]:
        least = counts[min(request.size, len(counts)) - 1][1]
        name = request.field
        known = self._labels.get(name, {})
        kept = [(-count, known.get(key) or self._label(name, key)) for key, count in counts if count >= least]
        kept.sort()
        return tuple(Bucket(value, -count) for count, value in kept[: request.size])

    def _lacking(self, query: Query, name: str, found: dict[str, Any]) -> int:
        """Return how many matches have no value: values counted with one for none, less values."""
        wanted = _presence(name)
        if not wanted.keys() <= found.keys():
            found = self._searcher.aggregate(query, wanted)
        with_none, without = (int(found[key]["value"] or 0) for key in wanted)
        return with_none - without

    def histogram(self, query: Query, request: HistogramRequest) -> tuple[int, ...]:
        """Count the matches in each stretch."""
        stretches = [{"from": low, "to": high} for low, high in pairwise(request.bounds)]
        wanted = {"histogram": {"range": {"field": request.field, "ranges": stretches}}}
        found = self._searcher.aggregate(query, wanted)["histogram"]["buckets"]
        # Beyond both ends stand two stretches more, without a beginning or an end.
        counts = {bucket.get("from"): bucket["doc_count"] for bucket in found}
        return tuple(counts.get(low, 0) for low in request.bounds[:-1])

    def extent(self, query: Query, name: str) -> tuple[int, int] | None:
        """Return the least and the greatest value of ``name``, None without any."""
        found = self._searcher.aggregate(query, {"values": {"stats": {"field": name}}})["values"]
        low, high = found["min"], found["max"]
        return None if low is None or high is None else (int(low), int(high))

    def _label(self, name: str, key: int) -> str:
        """Return the value that hashes to ``key``; a value once known stays true."""
        label = self._labels.get(name, {}).get(key)
        if label is None:
            values = self._searcher.terms_with_prefix(name, "")
            self._labels[name] = {hash_of(value): value for value, _ in values}
            label = self._labels[name].get(key)
        if label is None:
            raise IndexDamagedError(f"The index has lost a value of {name!r}; run: archive reindex")
        return label


def _fetched(request: FacetRequest) -> int:
    return min(request.size * _FACTOR + _SOME, MAX_BUCKETS)


def _terms(name: str, size: int, of_segment: int, *, missing: int | None = None) -> dict[str, Any]:
    terms: dict[str, Any] = {"field": hash_field(name), "size": size, "segment_size": of_segment}
    if missing is not None:
        terms["missing"] = missing
    return {"terms": terms}


def _presence(name: str) -> dict[str, Any]:
    field = hash_field(name)
    return {
        f"{name} or none": {"value_count": {"field": field, "missing": _NONE}},
        f"{name} values": {"value_count": {"field": field}},
    }


def _counts(found: dict[str, Iterable[dict[str, Any]]]) -> Counts:
    return [(bucket["key"], bucket["doc_count"]) for bucket in found["buckets"]]
