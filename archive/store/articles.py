"""Articles as they are read from the store: one, many, all, and what they said before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select

from archive.document import Document, Origin
from archive.errors import ArticleNotFoundError, StoreDamagedError
from archive.store.bulk import chunks
from archive.store.failures import store_errors
from archive.store.opened import Opened
from archive.store.records import Copy, Version
from archive.store.rows import HASHED_COLUMNS, document_from_row
from archive.store.tables import (
    KEY_COLUMNS,
    STATE_COLUMNS,
    VALUE_COLUMNS,
    articles,
    copies,
    group_members,
    texts,
    versions,
)

_ROW = tuple(articles.c[name] for name in HASHED_COLUMNS)
_ID_AT = HASHED_COLUMNS.index("id")
_GROUP_AT = len(_ROW)
_WITHOUT_TEXT = select(*_ROW, group_members.c.group_id).outerjoin(
    group_members, group_members.c.article_id == articles.c.id
)
_WITH_TEXT = _WITHOUT_TEXT.add_columns(articles.c.row_hash, texts.c.body).outerjoin(
    texts, texts.c.article_id == articles.c.id
)
_GET_MANY_CHUNK = 200


class ArticleMethods(Opened):
    """What `archive.store.Store` can do about articles that are there."""

    def get(self, id: int) -> Document:
        """The article with this id.

        Raises:
            ArticleNotFoundError: there is none.
        """
        found = self.get_many((id,))
        if not found:
            raise ArticleNotFoundError(f"no article has the id {id}")
        return found[0]

    def by_slug(self, slug: str) -> Document:
        """The article with this slug.

        Raises:
            ArticleNotFoundError: there is none.
        """
        with self._reading() as connection:
            row = connection.execute(_WITH_TEXT.where(articles.c.slug == slug)).first()
        if row is None:
            raise ArticleNotFoundError(f"no article has the address {slug!r}")
        return document_from_row(row, row[-1] or b"", row[_GROUP_AT], expected=row[-2])

    def get_many(
        self, ids: Sequence[int], *, with_text: bool = True, damaged: list[int] | None = None
    ) -> list[Document]:
        """The articles in the order of ``ids``; those that are not there are left out.

        Without text, ``text`` and ``lead`` are empty and nothing is decompressed.
        If a list ``damaged`` is given, ids of damaged articles go there, instead of an error.
        """
        found: dict[int, Document] = {}
        with store_errors(self._where):
            # The search page calls this on each query: the driver's cursor saves a third.
            raw = self._engine.raw_connection()
            try:
                cursor = raw.cursor()
                for chunk in chunks(ids, _GET_MANY_CHUNK):
                    cursor.execute(self._get_many_sql(len(chunk), with_text), chunk)
                    for row in cursor.fetchall():
                        document = _document(row, damaged, with_text=with_text)
                        if document is not None:
                            found[row[_ID_AT]] = document
                cursor.close()
            finally:
                raw.close()
        return [found[id_] for id_ in ids if id_ in found]

    def _get_many_sql(self, number: int, with_text: bool) -> str:
        sql = self._compiled.get((number, with_text))
        if sql is None:
            statement = _WITH_TEXT if with_text else _WITHOUT_TEXT
            places: list[Any] = [bindparam(f"id{place}") for place in range(number)]
            compiled = statement.where(articles.c.id.in_(places)).compile(dialect=self._engine.dialect)
            sql = self._compiled[number, with_text] = str(compiled)
        return sql

    def iterate(
        self, *, after_id: int = 0, batch: int = 1000, damaged: list[int] | None = None
    ) -> Iterator[list[Document]]:
        """All articles by ascending id, in lists of at most ``batch``, holding one list at a time.

        If a list ``damaged`` is given, ids of damaged articles go there, instead of an error.
        """
        while True:
            with self._reading() as connection:
                rows = connection.execute(
                    _WITH_TEXT.where(articles.c.id > after_id).order_by(articles.c.id).limit(batch)
                ).all()
            if not rows:
                return
            after_id = rows[-1][_ID_AT]
            documents = [document for row in rows if (document := _document(row, damaged)) is not None]
            if documents:
                yield documents

    def ids(self, *, updated_since: dt.datetime | None = None) -> list[int]:
        """Every article's id, ascending; or of those that were added or changed at or after an instant."""
        statement = select(articles.c.id).order_by(articles.c.id)
        if updated_since is not None:
            statement = statement.where(articles.c.updated >= updated_since.astimezone(dt.UTC).isoformat())
        with self._reading() as connection:
            return list(connection.execute(statement).scalars())

    def count(self) -> int:
        """How many articles there are."""
        with self._reading() as connection:
            return connection.execute(select(func.count()).select_from(articles)).scalar_one()

    def versions(self, id: int) -> list[Version]:
        """The former states of an article, the oldest first; the current one is not among them."""
        columns = [*(versions.c[name] for name in VALUE_COLUMNS), *(articles.c[name] for name in KEY_COLUMNS)]
        columns += [versions.c[name] for name in STATE_COLUMNS]
        with self._reading() as connection:
            rows = connection.execute(
                select(*columns, versions.c.row_hash, versions.c.body, versions.c.number)
                .join(articles, articles.c.id == versions.c.article_id)
                .where(versions.c.article_id == id)
                .order_by(versions.c.number)
            ).all()
        return [
            Version(number=row[-1], document=document_from_row(row, row[-2], expected=row[-3]))
            for row in rows
        ]

    def copies(self, id: int) -> list[Copy]:
        """The other places where an article was found, by path."""
        with self._reading() as connection:
            rows = connection.execute(
                select(copies).where(copies.c.article_id == id).order_by(copies.c.path, copies.c.member)
            ).all()
        return [
            Copy(
                origin=Origin(path=row.path, member=row.member, media_type=row.media_type),
                identity=row.identity,
                added=dt.datetime.fromisoformat(row.added),
            )
            for row in rows
        ]


def _document(row: Any, damaged: list[int] | None, *, with_text: bool = True) -> Document | None:
    """The document of a row, or None for a damaged one that was noted."""
    try:
        if not with_text:
            return document_from_row(row, None, row[_GROUP_AT])
        return document_from_row(row, row[-1] or b"", row[_GROUP_AT], expected=row[-2])
    except StoreDamagedError:
        if damaged is None:
            raise
        damaged.append(row[_ID_AT])
        return None
