"""What a page of results shows, read as fast as can be.

Every search reads ten articles and some forty names.  A whole `Document` has
three times as many columns, most of which have to be parsed, and SQLAlchemy's
connection costs more than the lookup: both together were half a search.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Engine

from archive.document import PartialDate
from archive.errors import StoreDamagedError
from archive.store.bulk import Lookup
from archive.store.failures import store_errors
from archive.store.rows import decompress, parsed_date, parsed_strings
from archive.store.tables import articles, authors, sources, texts

_SHOWN = Lookup(
    select(
        *(articles.c[name] for name in ("id", "slug", "title", "authors", "published")),
        *(articles.c[name] for name in ("source", "language", "url")),
        texts.c.body,
    ).outerjoin(texts, texts.c.article_id == articles.c.id),
    articles.c.id,
)
_AUTHORS = Lookup(select(authors.c.key, authors.c.slug, authors.c.name), authors.c.key)
_SOURCES = Lookup(select(sources.c.key, sources.c.name), sources.c.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What results show of an article; names as in `archive.document.Document`."""

    id: int
    slug: str
    title: str
    text: str
    authors: tuple[str, ...]
    published: PartialDate | None
    source: str
    language: str
    url: str


class ShowingMethods:
    """What `Store` reads for a page of results."""

    _engine: Engine
    _where: str

    def shown(self, ids: Sequence[int]) -> list[Shown]:
        """What results show of articles, in the order of ``ids``; those that are not there are left out."""
        found = {row[0]: _shown(row) for row in self._looked_up(_SHOWN, ids)}
        return [found[id_] for id_ in ids if id_ in found]

    def author_entries(self, keys: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Slug and printed name of authors by folded key; unknown keys are left out."""
        return {key: (slug, name) for key, slug, name in self._looked_up(_AUTHORS, keys)}

    def author_names(self, keys: Iterable[str]) -> dict[str, str]:
        """Printed names by key; unknown keys are left out."""
        return {key: name for key, (_, name) in self.author_entries(keys).items()}

    def author_slugs(self, keys: Iterable[str]) -> dict[str, str]:
        """Slugs by key; unknown keys are left out."""
        return {key: slug for key, (slug, _) in self.author_entries(keys).items()}

    def source_names(self, keys: Iterable[str]) -> dict[str, str]:
        """Printed names of sources by folded key; unknown keys are left out."""
        return {row[0]: row[1] for row in self._looked_up(_SOURCES, keys)}

    def _looked_up(self, lookup: Lookup, keys: Iterable[Any]) -> list[Sequence[Any]]:
        with store_errors(self._where):
            raw = self._engine.raw_connection()
            try:
                cursor = raw.cursor()
                rows = lookup.fetched(cursor, self._engine.dialect, keys)
                cursor.close()
            finally:
                raw.close()
        return rows


def _shown(row: Sequence[Any]) -> Shown:
    id_, slug, title, names, published, source, language, url, body = row
    try:
        return Shown(
            id=id_,
            slug=slug,
            title=title,
            text=decompress(body or b""),
            authors=parsed_strings(names),
            published=None if published is None else parsed_date(published),
            source=source,
            language=language,
            url=url,
        )
    except (ValueError, TypeError) as error:
        raise StoreDamagedError(
            f"article {id_} ({slug}) is damaged: {error}; restore a backup, or ingest it again"
        ) from error
