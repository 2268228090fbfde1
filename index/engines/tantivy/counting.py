"""Facets, histograms and extents."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import tantivy
from tantivy import Query

from index.engine import Bucket, FacetRequest, HistogramRequest
from index.engines.tantivy.fields import hash_field, hash_of
from index.errors import IndexDamagedError

#: More buckets than this and Tantivy refuses the aggregation.
MAX_BUCKETS = 65_000


class Counting:
    """Counts the matches of queries in one state of the index.

    Args:
        labels: for each keyword field its values by their hashes, as far as known.
    """

    def __init__(self, searcher: tantivy.Searcher, labels: dict[str, dict[int, str]]) -> None:
        self._searcher = searcher
        self._labels = labels

    def facets(self, query: Query, requests: Sequence[FacetRequest]) -> dict[str, tuple[Bucket, ...]]:
        if not requests:
            return {}
        sizes = {request.field: min(request.size * 3 + 40, MAX_BUCKETS) for request in requests}
        counts = self._count(query, sizes)
        return {
            name: self._buckets(query, request, counts[name], sizes[name])
            for request in requests
            if (name := request.field)
        }

    def _count(self, query: Query, sizes: dict[str, int]) -> dict[str, list[tuple[int, int]]]:
        """Return hashes and exact counts, most frequent first, for each field."""
        wanted = {
            name: {"terms": {"field": hash_field(name), "size": size, "segment_size": 2**31}}
            for name, size in sizes.items()
        }
        found = self._searcher.aggregate(query, wanted)
        return {
            name: [(bucket["key"], bucket["doc_count"]) for bucket in found[name]["buckets"]]
            for name in sizes
        }

    def histogram(self, query: Query, request: HistogramRequest, total: int) -> tuple[int, ...]:
        if not total:
            return (0,) * (len(request.bounds) - 1)
        stretches = [{"from": low, "to": high} for low, high in pairwise(request.bounds)]
        wanted = {"histogram": {"range": {"field": request.field, "ranges": stretches}}}
        found = self._searcher.aggregate(query, wanted)["histogram"]["buckets"]
        # Beyond both ends stand two stretches more, without a beginning or an end.
        counts = {bucket.get("from"): bucket["doc_count"] for bucket in found}
        return tuple(counts.get(low, 0) for low in request.bounds[:-1])

    def extent(self, query: Query, name: str) -> tuple[int, int] | None:
        wanted = {end: {end: {"field": name}} for end in ("min", "max")}
        found = self._searcher.aggregate(query, wanted)
        low, high = found["min"]["value"], found["max"]["value"]
        return None if low is None or high is None else (int(low), int(high))

    def _buckets(
        self, query: Query, request: FacetRequest, counts: list[tuple[int, int]], fetched: int
    ) -> tuple[Bucket, ...]:
        """The first ``size`` by count, then value; all are fetched if a tie goes on past what is there."""
        name, size = request.field, request.size
        if not counts or not size:
            return ()
        if len(counts) == fetched and counts[-1][1] == counts[min(size, fetched) - 1][1]:
            counts = self._count(query, {name: MAX_BUCKETS})[name]
            if len(counts) == MAX_BUCKETS:
                exact = self._searcher.terms_with_prefix(name, "", filter_query=query, limit=size)
                return tuple(Bucket(value, count) for value, count in exact)
        least = counts[min(size, len(counts)) - 1][1]
        kept = [(self._label(name, key), count) for key, count in counts if count >= least]
        kept.sort(key=lambda item: (-item[1], item[0]))
        return tuple(Bucket(value, count) for value, count in kept[:size])

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
