"""The order by title."""

from __future__ import annotations

from array import array
from bisect import bisect_right

import tantivy
from tantivy import Occur, Order, Query

from index.engine import After, EngineHit, SearchRequest
from index.engines.tantivy.columns import in_order
from index.engines.tantivy.compiler import Compiler
from index.engines.tantivy.remembering import remembering
from index.plan import Plan

#: Beyond so many hits, an order by title is read from the terms: Tantivy's own
#: turns each ordinal up to the page into a string, 23 µs each.
TITLES = 2_000


class Titles:
    """The order by title, deep, in one state of the index."""

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher, compiler: Compiler) -> None:
        self._schema = schema
        self._searcher = searcher
        self._compiler = compiler
        self._order = remembering(self._order_by_title, 2)

    def page(self, query: Query, request: SearchRequest, offset: int | None) -> tuple[int, list[EngineHit]]:
        """By title, deep: from ``offset``, or what follows ``request.after``; only
        the last hit has its key."""
        ids, titled = self._order(request.plan)
        after = request.after
        if offset is None and after is not None:
            offset = after.position
            if not 0 < offset <= len(ids) or ids[offset - 1] != after.id:
                offset = self._place_by_title(query, after, ids, titled)
        found = ids[offset : (offset or 0) + min(request.limit, len(ids))]
        hits = [EngineHit(id_, 0.0) for id_ in found]
        if found:
            last = Query.term_query(self._schema, "id", found[-1])
            key = in_order(self._searcher, last, "title_sort", Order.Asc, 0, 1)[1][0][1]
            hits[-1] = EngineHit(found[-1], 0.0, key)
        return len(ids), hits

    def _order_by_title(self, plan: Plan) -> tuple[array[int], int]:
        """Return all matches by title, and how many of them have one."""
        compiled = self._compiler.compile(plan)
        if compiled is None:
            return array("q"), 0
        query = compiled.matching
        ids = array("q", (int(title.rpartition("\x00")[2]) for title, _ in self._in_order(query)))
        titled = len(ids)
        without = Query.boolean_query(
            [(Occur.Must, query), (Occur.MustNot, Query.exists_query("title_sort"))]
        )
        most = self._searcher.num_docs
        ids.extend(id_ for id_, _ in in_order(self._searcher, without, "id", Order.Asc, 0, most)[1])
        return ids, titled

    def _place_by_title(self, query: Query, after: After, ids: array[int], titled: int) -> int:
        if after.key is None:
            return bisect_right(ids, after.id, titled)
        return sum(1 for title, _ in self._in_order(query) if title <= str(after.key))

    def _in_order(self, query: Query) -> list[tuple[str, int]]:
        """The values of ``title_sort`` in order: each stands once, so all tie."""
        most = max(self._searcher.num_docs, 1)
        return self._searcher.terms_with_prefix("title_sort", "", filter_query=query, limit=most)
