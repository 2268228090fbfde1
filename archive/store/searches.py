"""Saved searches: a name for a query string, and what was there at the last visit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from archive.errors import SearchNotFoundError, StoreError
from archive.store.records import SavedSearch
from archive.store.slugs import first_free, slug_base
from archive.store.tables import searches

MAX_NAME_CHARS = 100
MAX_QUERY_CHARS = 8_000

#: Each costs a count when they are listed.
MAX_SEARCHES = 200

_COLUMNS = (searches.c.slug, searches.c.name, searches.c.query, searches.c.created, searches.c.visited)


def save(connection: Connection, name: str, query: str, *, seen: int, now: dt.datetime) -> SavedSearch:
    """Store ``query`` under ``name``; a search of this name is replaced and keeps its address."""
    if not 1 <= len(name) <= MAX_NAME_CHARS:
        raise StoreError(f"the name of a search has 1 to {MAX_NAME_CHARS} characters")
    if len(query) > MAX_QUERY_CHARS:
        raise StoreError(f"a saved search has at most {MAX_QUERY_CHARS:,} characters")
    values: dict[str, Any] = {"name": name, "query": query, "seen": seen, "visited": None}
    known = connection.execute(select(searches.c.slug).where(searches.c.name == name)).scalar()
    if known is not None:
        connection.execute(update(searches).where(searches.c.slug == known).values(**values))
        return by_slug(connection, known)
    taken = set(connection.execute(select(searches.c.slug)).scalars())
    if len(taken) >= MAX_SEARCHES:
        raise StoreError(f"there are {MAX_SEARCHES} saved searches already: remove one first")
    base = slug_base(name, "search")
    slug = first_free(base, taken)
    connection.execute(insert(searches).values(slug=slug, created=now.isoformat(), **values))
    return by_slug(connection, slug)


def everything(connection: Connection) -> Sequence[SavedSearch]:
    """All saved searches by name."""
    rows = connection.execute(select(*_COLUMNS, searches.c.seen).order_by(searches.c.name, searches.c.slug))
    return [_saved(row) for row in rows]


def by_slug(connection: Connection, slug: str) -> SavedSearch:
    """The saved search with this address."""
    row = connection.execute(select(*_COLUMNS, searches.c.seen).where(searches.c.slug == slug)).first()
    if row is None:
        raise SearchNotFoundError(f"no saved search has the address {slug!r}")
    return _saved(row)


def visit(connection: Connection, slug: str, *, seen: int, now: dt.datetime) -> None:
    """Note that articles up to the id ``seen`` were seen; what was seen stays so."""
    found = by_slug(connection, slug)
    values = {"visited": now.isoformat(), "seen": max(seen, found.seen)}
    connection.execute(update(searches).where(searches.c.slug == slug).values(**values))


def remove(connection: Connection, slug: str) -> None:
    """Forget the search with this address."""
    by_slug(connection, slug)
    connection.execute(delete(searches).where(searches.c.slug == slug))


def _saved(row: Any) -> SavedSearch:
    return SavedSearch(
        slug=row.slug,
        name=row.name,
        query=row.query,
        created=dt.datetime.fromisoformat(row.created),
        visited=dt.datetime.fromisoformat(row.visited) if row.visited else None,
        seen=row.seen,
    )
