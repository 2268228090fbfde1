"""What a page of results shows, read as fast as can be.

Every search reads ten articles and some forty names.  Most of the columns of a
whole `Document` have to be parsed, which nothing here needs, and SQLAlchemy's
connection costs more than the lookup: both together were half a search.  The
columns are read all the same, for the hash that proves the article whole.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Engine

from archive.document import PartialDate
from archive.store.bodies import decompress
from archive.store.bulk import Lookup
from archive.store.failures import store_errors
from archive.store.rows import (
    HASHED_COLUMNS,
    parsed_date,
    parsed_strings,
    require_whole,
)
from archive.store.tables import articles, authors, sources, texts

log = logging.getLogger(__name__)

_SHOWN = Lookup(
    select(
        *(articles.c[name] for name in HASHED_COLUMNS),
        articles.c.row_hash,
        texts.c.body,
    ).outerjoin(texts, texts.c.article_id == articles.c.id),
    articles.c.id,
)
_ID_AT = HASHED_COLUMNS.index("id")
_parts = itemgetter(
    *map(
        HASHED_COLUMNS.index,
        ("id", "slug", "title", "authors", "published", "source", "language", "url"),
    )
)
_AUTHORS = Lookup(select(authors.c.key, authors.c.slug, authors.c.name), authors.c.key)
_SOURCES = Lookup(select(sources.c.key, sources.c.name), sources.c.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What results show of an article; names as in `archive.document.Document`.

    Attributes:
        damaged: whether it is not what was written; nothing but its id and its
            slug is told then, and the slug may be wrong.
    """

    id: int
    slug: str
    title: str
    text: str
    authors: tuple[str, ...]
    published: PartialDate | None
    source: str
    language: str
    url: str
    damaged: bool = False


class ShowingMethods:
    """What `Store` reads for a page of results."""

    _engine: Engine
    _where: str

    def shown(self, ids: Sequence[int]) -> list[Shown]:
        """What results show of articles, in the order of ``ids``; those that are not there are left out.

        One that is not what was written keeps its place, as ``damaged``: the others are not affected.
        """
        found = {row[_ID_AT]: _shown(row) for row in self._looked_up(_SHOWN, ids)}
        return [found[id_] for id_ in ids if id_ in found]

    def author_entries(self, keys: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Slug and printed name of authors by folded key; unknown keys are left out."""
        return {key: (slug, name) for key, slug, name in self._looked_up(_AUTHORS, keys)}

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
    id_, slug, title, names, published, source, language, url = _parts(row)
    body = row[-1] or b""
    try:
        require_whole(row, body, row[-2])
        return Shown(
            id=id_,
            slug=slug,
            title=title,
            text=decompress(body),
            authors=parsed_strings(names),
            published=None if published is None else parsed_date(published),
            source=source,
            language=language,
            url=url,
        )
    except (ValueError, TypeError):
        log.warning("article %s is damaged: archive verify names all that are", id_)
        return Shown(
            id=id_,
            slug=str(slug),
            title="",
            text="",
            authors=(),
            published=None,
            source="",
            language="",
            url="",
            damaged=True,
        )
