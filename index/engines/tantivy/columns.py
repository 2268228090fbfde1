"""What is read from columns: ids, and hits in the order of a column."""

from __future__ import annotations

import tantivy
from tantivy import Order, Query

from index.engine import Key
from index.engines.tantivy.fields import total_of


def in_order(
    searcher: tantivy.Searcher, query: Query, field: str, order: Order, offset: int, limit: int
) -> tuple[int, list[tuple[int, Key]]]:
    """Return the total, and ids in the order of ``field``, each with its value there, if any."""
    most = max(searcher.num_docs, 1)
    if limit <= 0 or offset >= most:
        return total_of(searcher.search(query, 1)), []
    result = searcher.search(
        query, min(limit, most - offset), order_by_field=field, order=order, offset=offset
    )
    ids = ids_at(searcher, [address for _, address in result.hits])
    return total_of(result), [(id_, hit[0]) for id_, hit in zip(ids, result.hits, strict=True)]


def ids_at(searcher: tantivy.Searcher, addresses: list[tantivy.DocAddress]) -> list[int]:
    """Return the ids of the documents at ``addresses``."""
    return [int(id_ or 0) for id_ in searcher.fast_field_values("id", addresses)]
