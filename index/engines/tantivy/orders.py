"""Hits in each order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

import tantivy
from tantivy import Occur, Order, Query

from index.engine import After, EngineHit, Key, SearchRequest, Sort
from index.engines import paging
from index.engines.paging import place
from index.engines.scoring import DECIMALS
from index.engines.tantivy.columns import ids_at, in_order
from index.engines.tantivy.compiler import MIN_I64, Compiled, Compiler
from index.engines.tantivy.failures import SEARCHING
from index.engines.tantivy.fields import total_of
from index.engines.tantivy.titles import TITLES, Titles

#: Beyond the page, so that a tie at its end is seen whole in the first go.
OVERSHOOT = 20

ORDERS = {
    Sort.NEWEST: ("published_sort", Order.Desc),
    Sort.OLDEST: ("published_sort", Order.Asc),
    Sort.TITLE: ("title_sort", Order.Asc),
    Sort.ADDED: ("id", Order.Desc),
    Sort.LONGEST: ("words_sort", Order.Desc),
}


class Orders:
    """Finds the hits of queries in one state of the index."""

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher, compiler: Compiler) -> None:
        self._schema = schema
        self._searcher = searcher
        self._compiler = compiler
        self._titles = Titles(schema, searcher, compiler)

    def hits(self, compiled: Compiled, request: SearchRequest) -> tuple[int, list[EngineHit]]:
        """Return the total and the page that ``request`` asks for; ``compiled`` is its plan."""
        if request.after is not None:
            return self._after(compiled, request, request.after)
        if request.sort is not Sort.RELEVANCE:
            return self._sorted(compiled.matching, request)
        score = compiled.score
        if score is None and request.limit:
            return self._ranked(compiled.scored, request.offset, request.limit)
        matching, offset, limit = compiled.matching, request.offset, request.limit
        total, found = in_order(self._searcher, matching, "id", Order.Asc, offset, limit)
        return total, [EngineHit(id_, score or 0.0, score) for id_, _ in found]

    def _ranked(self, query: Query, offset: int, limit: int) -> tuple[int, list[EngineHit]]:
        """By score, ties by id: Tantivy's are by place, so a tie is fetched whole."""
        most = max(self._searcher.num_docs, 1)
        end = min(offset + limit, most)
        fetch = min(end + OVERSHOOT, most)
        while True:
            result = self._searcher.search(query, fetch)
            total = total_of(result)
            end = min(end, total)
            if offset >= end or fetch >= total:
                break
            if round(result.hits[-1][0], DECIMALS) != round(result.hits[end - 1][0], DECIMALS):
                break
            fetch = min(fetch * 4, most)
        if offset >= end:
            return total, []
        scores = [round(score, DECIMALS) for score, _ in result.hits]
        first, last = offset, end
        while first > 0 and scores[first - 1] == scores[offset]:
            first -= 1
        while last < len(scores) and scores[last] == scores[end - 1]:
            last += 1
        ids = ids_at(self._searcher, [address for _, address in result.hits[first:last]])
        tied = sorted(zip(ids, scores[first:last], strict=True), key=lambda hit: (-hit[1], hit[0]))
        return total, [EngineHit(id_, score, score) for id_, score in tied[offset - first : end - first]]

    def _sorted(self, query: Query, request: SearchRequest) -> tuple[int, list[EngineHit]]:
        """By date or title; what has none comes after all that have, by id."""
        field, order = ORDERS[request.sort]
        if request.sort is Sort.TITLE and request.offset + request.limit > TITLES:
            return self._titles.page(query, request, request.offset)
        total, found = in_order(self._searcher, query, field, order, request.offset, request.limit)
        if any(key is None for _, key in found):
            has = Query.exists_query(field)
            both = Query.boolean_query([(Occur.Must, query), (Occur.Must, has)])
            without = Query.boolean_query([(Occur.Must, query), (Occur.MustNot, has)])
            having = total_of(self._searcher.search(both, 1))
            found = [hit for hit in found if hit[1] is not None]
            start = max(request.offset - having, 0)
            rest = in_order(self._searcher, without, "id", Order.Asc, start, request.limit - len(found))[1]
            found += [(id_, None) for id_, _ in rest]
        keyed = request.sort is not Sort.ADDED
        return total, [EngineHit(id_, 0.0, key if keyed else None) for id_, key in found]

    def _after(self, compiled: Compiled, request: SearchRequest, after: After) -> tuple[int, list[EngineHit]]:
        """What follows ``after``: as cheap at any depth, but for relevance and title."""
        query = compiled.matching
        total = total_of(self._searcher.search(query, 1))
        limit = min(request.limit, total)
        if limit <= 0:
            return total, []
        if request.sort is Sort.RELEVANCE:
            score = compiled.score
            if score is None:
                return total, self._ranked_after(compiled.scored, after, limit)
            rest = self._beyond(query, "id", Order.Asc, after.id, limit)
            return total, [EngineHit(id_, score, score) for id_, _ in rest]
        if request.sort is Sort.TITLE:
            return self._titles.page(query, request, None)
        field, order = ORDERS[request.sort]
        if request.sort is Sort.ADDED:
            return total, [
                EngineHit(id_, 0.0) for id_, _ in self._beyond(query, field, order, after.id, limit)
            ]
        found: list[tuple[int, Key]] = []
        last_id = after.id
        if isinstance(after.key, int):
            found, last_id = self._beyond(query, field, order, after.key, limit), MIN_I64
        if len(found) < limit:
            undated = [(Occur.Must, query), (Occur.MustNot, Query.exists_query(field))]
            without = Query.boolean_query(undated)
            rest = self._beyond(without, "id", Order.Asc, last_id, limit - len(found))
            found += [(id_, None) for id_, _ in rest]
        return total, [EngineHit(id_, 0.0, key) for id_, key in found]

    def _beyond(
        self, query: Query, field: str, order: Order, value: int, limit: int
    ) -> list[tuple[int, Key]]:
        """The first hits whose number in ``field`` comes after ``value`` in ``order``."""
        low, high = (value + 1, None) if order == Order.Asc else (None, value)
        narrowed = [(Occur.Must, query), (Occur.Must, self._compiler.range(field, low, high))]
        return in_order(self._searcher, Query.boolean_query(narrowed), field, order, 0, limit)[1]

    def _ranked_after(self, query: Query, after: After, limit: int) -> list[EngineHit]:
        """Look around the old position, and farther each way until both ends are sure."""
        most = max(self._searcher.num_docs, 1)
        score_now = self._score_now(query, after)
        step = OVERSHOOT
        first = max(min(after.position, most) - step, 0)
        end = min(after.position, most) + limit + step
        while True:
            size = max(end - first, 1)
            found = self._searcher.search(query, size, offset=first, count=False).hits
            scores = [round(score, DECIMALS) for score, _ in found]
            behind = bisect_right(scores, -score_now, key=lambda score: -score)
            sure = bool(scores) and scores[0] > score_now
            # Ties lie in no order of ours: the last score counts only if nothing can follow with it.
            enough = behind + limit < len(scores) and scores[behind + limit - 1] > scores[-1]
            if (first == 0 or sure) and (len(found) < size or enough):
                break
            step *= 4
            first = first if sure else max(first - step, 0)
            end = end if enough else end + step
        start = bisect_left(scores, -score_now, key=lambda score: -score)
        ids = ids_at(self._searcher, [address for _, address in found[start:]])
        here = place(Sort.RELEVANCE, score_now, after.id)
        places = sorted(
            at
            for id_, score in zip(ids, scores[start:], strict=True)
            if (at := place(Sort.RELEVANCE, score, id_)) > here
        )
        return [EngineHit(id_, -low, -low) for _, low, id_ in places[:limit]]

    def stream_ranked(self, query: Query) -> Iterator[EngineHit]:
        """All hits by relevance, a window at a time; what is kept is one tie."""
        tied: list[tuple[float, tantivy.DocAddress]] = []
        window, position = paging.WINDOW, 0
        while position < self._searcher.num_docs:
            with SEARCHING:
                found = self._searcher.search(query, window, offset=position, count=False).hits
            position += window
            for hit in found:
                if tied and round(hit[0], DECIMALS) != round(tied[0][0], DECIMALS):
                    yield from self._by_id(tied)
                    tied = []
                tied.append(hit)
            if len(found) < window:
                break
        yield from self._by_id(tied)

    def _by_id(self, tied: Sequence[tuple[float, tantivy.DocAddress]]) -> Iterator[EngineHit]:
        if tied:
            score = round(tied[0][0], DECIMALS)
            with SEARCHING:
                ids = sorted(ids_at(self._searcher, [address for _, address in tied]))
            yield from (EngineHit(id_, score, score) for id_ in ids)

    def _score_now(self, query: Query, after: After) -> float:
        """The score of the hit to go on after: every commit changes scores a little."""
        this = Query.const_score_query(Query.term_query(self._schema, "id", after.id), 0.0)
        both = Query.boolean_query([(Occur.Must, query), (Occur.Must, this)])
        found = self._searcher.search(both, 1, count=False).hits
        return round(found[0][0], DECIMALS) if found else float(after.key or 0)
