"""Authors and sources: one row for each folded name, and the way to find them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from archive.errors import ArticleNotFoundError
from archive.normalise import fold_key
from archive.store import statements
from archive.store.bulk import Lookup, upsert
from archive.store.records import StoredAuthor
from archive.store.slugs import SlugAllocator, slug_base
from archive.store.tables import article_authors, authors, sources

_IDS_BY_KEY = Lookup(select(authors.c.key, authors.c.id), authors.c.key)

key_of = lru_cache(maxsize=65536)(fold_key)


class AuthorTable:
    """The authors, as one transaction sees and extends them; ``last_id`` is the last id given."""

    def __init__(self, connection: Connection) -> None:
        self.last_id = 0
        self._connection = connection
        self._ids: dict[str, int] = {}
        self._slugs = SlugAllocator(connection, "author")

    def links(self, bylines: Sequence[tuple[int, tuple[str, ...]]]) -> list[tuple[int, int]]:
        """Pairs of author id and article id for (article id, printed names), adding new authors."""
        names: dict[str, str] = {}
        for _, printed in bylines:
            for name in printed:
                names.setdefault(key_of(name), name)
        names.pop("", None)
        self._learn(names)
        return [
            (self._ids[key], id_)
            for id_, printed in bylines
            for key in dict.fromkeys(map(key_of, printed))
            if key
        ]

    def _learn(self, names: dict[str, str]) -> None:
        unknown = [key for key in names if key not in self._ids]
        if not unknown:
            return
        self._ids.update((row[0], row[1]) for row in _IDS_BY_KEY.rows(self._connection, unknown))
        new = [key for key in unknown if key not in self._ids]
        if not new:
            return
        bases = {key: slug_base(names[key], "author") for key in new}
        self._slugs.look_up(bases.values())
        added = []
        for key in new:
            self.last_id += 1
            self._ids[key] = self.last_id
            added.append((self.last_id, key, self._slugs.allocate(bases[key]), names[key]))
        statements.ADD_AUTHOR.run(self._connection, added)
        self._slugs.save()


def save_sources(connection: Connection, names: Iterable[str]) -> None:
    """Add the sources that are new; the first printed form of each stays."""
    by_key: dict[str, str] = {}
    for name in sorted(names):
        by_key.setdefault(key_of(name), name)
    by_key.pop("", None)
    if by_key:
        values = [{"key": key, "name": name} for key, name in by_key.items()]
        connection.execute(upsert(connection.dialect, sources).on_conflict_do_nothing(), values)


def author_by_slug(connection: Connection, slug: str) -> StoredAuthor:
    """The author with this slug.

    Raises:
        ArticleNotFoundError: there is none.
    """
    row = connection.execute(
        select(authors.c.key, authors.c.slug, authors.c.name, func.count(article_authors.c.article_id))
        .outerjoin(article_authors, article_authors.c.author_id == authors.c.id)
        .where(authors.c.slug == slug)
        .group_by(authors.c.id)
    ).first()
    if row is None:
        raise ArticleNotFoundError(f"no author has the address {slug!r}")
    key, slug, name, count = row
    return StoredAuthor(key=key, slug=slug, name=name, articles=count)
