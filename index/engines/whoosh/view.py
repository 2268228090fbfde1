"""One commit of an index, searched."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from index.engine import EngineHit, SearchRequest, SearchResponse, Sort
from index.engines.evaluation import Evaluator
from index.engines.paging import Ranked, page
from index.engines.scoring import (
    DECIMALS,
    buckets,
    by_added,
    by_key,
    by_relevance,
    extent,
    histogram,
    inverse_frequency,
    most_frequent,
)
from index.engines.whoosh.segment import Columns, Segment

with warnings.catch_warnings():  # 2.7.4 is older than Python's warnings about its escapes
    warnings.simplefilter("ignore")
    from whoosh.reading import EmptyReader


class View:
    """One commit.  Whoosh's files have one read position: one thread at a time."""

    def __init__(self, index: Any, known: Mapping[Any, Columns]) -> None:
        self.generation = index.latest_generation()
        self._reader = index.reader()
        leaves = self._reader.leaf_readers() if self._reader.doc_count_all() else []
        self.columns = {
            leaf.segment().segment_id(): known.get(leaf.segment().segment_id()) or Columns(leaf)
            for leaf, _ in leaves
        }
        self.segments = [Segment(leaf, self.columns[leaf.segment().segment_id()]) for leaf, _ in leaves]
        self.starts = [start for _, start in leaves]
        self.count = sum(len(segment.documents()) for segment in self.segments)

    def search(self, request: SearchRequest) -> SearchResponse:
        found = []
        for segment in self.segments:
            found.append((segment, Evaluator(segment, self._idf, self._average).scores(request.plan)))
        scores = {}
        for segment, matches in found:
            ids = segment.numbers("id")
            scores.update({ids[document] or 0: score for document, score in matches.items()})
        ranked = self._ranked(request.sort, scores, found)
        relevance = request.sort is Sort.RELEVANCE
        return SearchResponse(
            total=len(scores),
            hits=tuple(
                EngineHit(id_, scores[id_] if relevance else 0.0, ranked.keys.get(id_))
                for id_ in page(ranked, request)
            ),
            facets={
                facet.field: buckets(self._counts(facet.field, found), facet.size) for facet in request.facets
            },
            lacking={facet.field: _lacking(facet.field, found) for facet in request.facets},
            histogram=histogram(_numbers(request.histogram.field, found), request.histogram.bounds)
            if request.histogram
            else (),
            extent=extent(_numbers(request.extent, found)) if request.extent else None,
        )

    def ids(self) -> list[int]:
        numbers = ((segment.numbers("id"), segment.documents()) for segment in self.segments)
        return sorted(ids[document] or 0 for ids, documents in numbers for document in documents)

    def places(self) -> dict[int, int]:
        """Return the document number in the whole index of each id."""
        return {
            segment.numbers("id")[document] or 0: start + document
            for segment, start in zip(self.segments, self.starts, strict=True)
            for document in segment.documents()
        }

    def terms(self, field: str, prefix: str, limit: int) -> list[tuple[str, int]]:
        counts: Counter[str] = Counter()
        for segment in self.segments:
            for token in segment.tokens(field, prefix):
                counts[token] += segment.live(field, token)
        return most_frequent(+counts, limit)

    def close(self) -> None:
        reader, self._reader = self._reader, EmptyReader(None)  # closing twice is an error in Whoosh
        reader.close()

    def _ranked(
        self, sort: Sort, scores: dict[int, float], found: Sequence[tuple[Segment, Mapping[int, float]]]
    ) -> Ranked:
        if sort is Sort.RELEVANCE:
            rounded = {id_: round(score, DECIMALS) for id_, score in scores.items()}
            return Ranked(by_relevance(scores), rounded)
        if sort is Sort.ADDED:
            return Ranked(by_added(scores), {})
        if sort is Sort.TITLE:
            titles = {}
            for segment, matches in found:
                ids, values = segment.numbers("id"), segment.keywords("title_sort")
                titles.update({ids[doc] or 0: values[doc][0] for doc in matches if values[doc]})
            return Ranked(by_key(scores.keys(), titles, descending=False), titles)
        field = "words_sort" if sort is Sort.LONGEST else "published_sort"
        keys = {}
        for segment, matches in found:
            ids, numbers = segment.numbers("id"), segment.numbers(field)
            keys.update({ids[doc] or 0: number for doc in matches if (number := numbers[doc]) is not None})
        return Ranked(by_key(scores.keys(), keys, descending=sort is not Sort.OLDEST), keys)

    def _counts(self, field: str, found: Sequence[tuple[Segment, Mapping[int, float]]]) -> Counter[str]:
        rows = ((segment.keywords(field), matches) for segment, matches in found)
        return Counter(chain.from_iterable(values[doc] for values, matches in rows for doc in matches))

    def _idf(self, field: str, term: str) -> float:
        having = sum(segment.having(field, term) for segment in self.segments)
        return inverse_frequency(max(self._reader.doc_count_all(), having), having)

    def _average(self, field: str) -> float:
        return float(self._reader.field_length(field) / max(self._reader.doc_count_all(), 1))


def _lacking(field: str, found: Sequence[tuple[Segment, Mapping[int, float]]]) -> int:
    rows = ((segment.keywords(field), matches) for segment, matches in found)
    return sum(not values[doc] for values, matches in rows for doc in matches)


def _numbers(field: str, found: Sequence[tuple[Segment, Mapping[int, float]]]) -> list[int]:
    rows = ((segment.numbers(field), matches) for segment, matches in found)
    return [value for numbers, matches in rows for doc in matches if (value := numbers[doc]) is not None]
