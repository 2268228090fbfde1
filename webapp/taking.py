"""Taking results away: every article of a search, one after another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from archive.document import Document
from index.engine import Engine, EngineHit, SearchRequest
from index.reader import LiveReader

if TYPE_CHECKING:
    from archive.store import Store

#: Articles read from the store at a time.
BATCH = 200

#: Up to so many hits are one page of the engine, not the beginning of a stream.
_FEW = 1_000


def documents_of(
    reader: LiveReader, store: Store, request: SearchRequest, most: int | None
) -> Iterator[Document]:
    """Yield the articles that ``request`` matches, in its order, ``most`` of them.

    They are read as they are asked for, in bounded memory; those deleted
    meanwhile are left out.  The index is borrowed from the first article on,
    until the last or until the generator is closed.
    """
    with reader.lease() as lease:
        hits = _hits(lease.engine, request, most)
        while batch := [hit.id for hit in islice(hits, BATCH)]:
            yield from store.get_many(batch)


def _hits(engine: Engine, request: SearchRequest, most: int | None) -> Iterator[EngineHit]:
    if most is not None and most <= _FEW:
        page = SearchRequest(plan=request.plan, sort=request.sort, limit=most)
        return iter(engine.search(page).hits)
    return islice(engine.iterate(request), most)
