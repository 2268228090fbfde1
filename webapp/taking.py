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
    reader: LiveReader, store: Store, request: SearchRequest, most: int | None, *, collapse: bool = False
) -> Iterator[Document]:
    """Yield the articles that ``request`` matches, in its order, ``most`` of them.

    They are read as they are asked for, in bounded memory; those deleted
    meanwhile are left out.  The index is borrowed from the first article on,
    until the last or until the generator is closed.

    Args:
        collapse: of near-duplicates only the one that comes first.
    """
    with reader.lease() as lease:
        hits = _hits(lease.engine, request, most)
        if collapse:
            hits = islice(_folded(lease.engine.iterate(request), store), most)
        while batch := [hit.id for hit in islice(hits, BATCH)]:
            yield from store.get_many(batch)


def count_folded(engine: Engine, store: Store, request: SearchRequest) -> int:
    """Return how many articles are left of those that match when copies are folded."""
    return sum(1 for _ in _folded(engine.iterate(request), store))


def _hits(engine: Engine, request: SearchRequest, most: int | None) -> Iterator[EngineHit]:
    if most is not None and most <= _FEW:
        page = SearchRequest(plan=request.plan, sort=request.sort, limit=most)
        return iter(engine.search(page).hits)
    return islice(engine.iterate(request), most)


def _folded(hits: Iterator[EngineHit], store: Store) -> Iterator[EngineHit]:
    """Yield ``hits`` without those of whose group one came before.

    All that is remembered is the numbers of groups, of which there are fewer
    than articles with copies.
    """
    seen: set[int] = set()
    while batch := list(islice(hits, BATCH)):
        members = store.members_of([hit.id for hit in batch])
        for hit in batch:
            member = members.get(hit.id)
            if member is None:
                yield hit
            elif member.group_id not in seen:
                seen.add(member.group_id)
                yield hit
