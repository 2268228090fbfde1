"""The store: every article and every version of it, in one database.

The store is the truth; indexes are made from it.  A `Store` may be used by many
threads; writes of one process follow each other, and `archive.lock.WriterLock`
keeps other processes away for the length of a job.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.engine import Connection, Engine

from archive.document import Document, Origin
from archive.errors import ArticleNotFoundError, StoreDamagedError, StoreError
from archive.migrations import MIGRATIONS, check_version, migrate, schema_version
from archive.store import maintenance, people, searches, statements, verification
from archive.store.bulk import Lookup, chunks, upsert
from archive.store.connection import open_engine, sqlite_path, writer_of
from archive.store.failures import store_errors
from archive.store.groups import GroupMethods
from archive.store.links import WrongLinks, mend_links, wrong_links
from archive.store.originals import OriginalMethods, drop_unused, hashes_of
from archive.store.putting import Batch
from archive.store.records import (
    Change,
    ChangeKind,
    Copy,
    DamagedRow,
    PutResult,
    SavedSearch,
    StoredAuthor,
    StoreStats,
    Version,
)
from archive.store.rows import HASHED_COLUMNS, document_from_row
from archive.store.slugs import claim
from archive.store.tables import (
    KEY_COLUMNS,
    STATE_COLUMNS,
    VALUE_COLUMNS,
    article_authors,
    articles,
    authors,
    changes,
    copies,
    counters,
    group_members,
    marks,
    meta,
    texts,
    versions,
)
from archive.store.verification import FreeSpace
from archive.store.web import WebMethods

_ROW = tuple(articles.c[name] for name in HASHED_COLUMNS)
_ID_AT = HASHED_COLUMNS.index("id")
_GROUP_AT = len(_ROW)
_WITHOUT_TEXT = select(*_ROW, group_members.c.group_id).outerjoin(
    group_members, group_members.c.article_id == articles.c.id
)
_WITH_TEXT = _WITHOUT_TEXT.add_columns(texts.c.body).outerjoin(texts, texts.c.article_id == articles.c.id)
_KEYS_BY_ID = Lookup(select(articles.c.id, articles.c.slug, articles.c.identity), articles.c.id)
_GET_MANY_CHUNK = 200


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Store(OriginalMethods, GroupMethods, WebMethods):
    """An open store.  Use `open`; close it, or use it as a context manager.

    Every method raises StoreError when the database cannot do its part, and
    StoreDamagedError when what it holds is not what was written.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        where: str,
        path: Path | None,
        read_only: bool,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._engine = engine
        self._writer = writer_of(engine)
        self._where = where
        self._path = path
        self._read_only = read_only
        self._clock = clock
        self._write_lock = threading.Lock()
        self._get_many_sql = lru_cache(maxsize=None)(self._compile_get_many)

    @classmethod
    def open(
        cls,
        location: str | Path,
        *,
        read_only: bool = False,
        clock: Callable[[], dt.datetime] = _utc_now,
    ) -> Store:
        """Open the SQLite file, or the database of a SQLAlchemy URL, at ``location``.

        For writing, the file is created if need be and its schema brought up to date.

        Raises:
            StoreVersionError: the schema is newer than this program, or older and
                ``read_only``.
            StoreError: it is not there, not an archive, or may not be opened.
        """
        path = sqlite_path(location)
        where = str(path) if path is not None else str(location).rpartition("@")[2]
        engine = open_engine(location, read_only=read_only)
        try:
            with store_errors(where):
                if read_only:
                    with engine.connect() as connection:
                        check_version(schema_version(connection), known=len(MIGRATIONS), where=where)
                else:
                    migrate(writer_of(engine), where=where)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, where=where, path=path, read_only=read_only, clock=clock)

    def close(self) -> None:
        """Close every connection; the store cannot be used any more."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with store_errors(self._where), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        if self._read_only:
            raise StoreError(f"{self._where} was opened for reading only")
        with self._write_lock, store_errors(self._where), self._writer.begin() as connection:
            yield connection

    # Articles

    def put(self, documents: Sequence[Document]) -> list[PutResult]:
        """Store ``documents`` in one transaction, durable on return, all or nothing.

        The identity decides: the same again is unchanged; with other content it is
        the next version of the article, which keeps id, slug and added, and whose
        values set by hand win.  A new identity with a text that is there already is a
        duplicate when URL and source agree or are missing on one side (only its
        origin is noted), else a wire copy, which is an article of its own.

        Returns:
            One result for each document, in their order.
        """
        with self._writing() as connection:
            return Batch(connection, documents, now=self._clock()).run()

    def delete(self, ids: Sequence[int]) -> int:
        """Delete the articles with their history; their slugs are not given to others.

        Returns:
            How many of them were there.
        """
        with self._writing() as connection:
            gone = sorted(tuple(row) for row in _KEYS_BY_ID.rows(connection, ids))
            if not gone:
                return 0
            claim(connection, "article", [(slug, 2, identity) for _, slug, identity in gone])
            sequence = connection.execute(
                update(counters)
                .where(counters.c.name == "sequence")
                .values(value=counters.c.value + len(gone))
                .returning(counters.c.value)
            ).scalar_one()
            first = sequence - len(gone) + 1
            noted = [(row[0], first + place, ChangeKind.DELETE.value) for place, row in enumerate(gone)]
            unread = hashes_of(connection, [row[0] for row in gone])
            statements.NOTE_CHANGE.run(connection, noted)
            for chunk in chunks(row[0] for row in gone):
                connection.execute(delete(articles).where(articles.c.id.in_(chunk)))
            drop_unused(connection, unread)
            return len(gone)

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
        return document_from_row(row, row[-1] or b"", row[_GROUP_AT])

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

    def _compile_get_many(self, number: int, with_text: bool) -> str:
        statement = _WITH_TEXT if with_text else _WITHOUT_TEXT
        places = [f"id{place}" for place in range(number)]
        compiled = statement.where(articles.c.id.in_([bindparam(place) for place in places])).compile(
            dialect=self._engine.dialect
        )
        return str(compiled)

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
                select(*columns, versions.c.body, versions.c.number)
                .join(articles, articles.c.id == versions.c.article_id)
                .where(versions.c.article_id == id)
                .order_by(versions.c.number)
            ).all()
        return [Version(number=row[-1], document=document_from_row(row, row[-2])) for row in rows]

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

    def same_text(self, id: int) -> list[int]:
        """Ids of the other articles with the same text (wire copies), ascending."""
        group = select(articles.c.group_id).where(articles.c.id == id).scalar_subquery()
        with self._reading() as connection:
            found = connection.execute(
                select(articles.c.id)
                .where((articles.c.group_id == group) & (articles.c.group_id != articles.c.id))
                .union(select(group))
            )
            return sorted(row[0] for row in found if row[0] not in (None, id))

    # Changes and marks

    def changes_since(self, sequence: int, *, limit: int = 1000) -> list[Change]:
        """The latest change of each article that changed after ``sequence``, ascending, at most ``limit``."""
        with self._reading() as connection:
            rows = connection.execute(
                select(changes.c.sequence, changes.c.article_id, changes.c.kind)
                .where(changes.c.sequence > sequence)
                .order_by(changes.c.sequence)
                .limit(limit)
            ).all()
        return [Change(sequence=row[0], id=row[1], kind=ChangeKind(row[2])) for row in rows]

    def last_sequence(self) -> int:
        """The sequence of the last change, 0 when there was none."""
        with self._reading() as connection:
            value = select(counters.c.value).where(counters.c.name == "sequence")
            return int(connection.execute(value).scalar_one())

    def mark(self, name: str) -> int | None:
        """The sequence recorded under ``name``, or None when there is no such mark."""
        with self._reading() as connection:
            return connection.execute(select(marks.c.sequence).where(marks.c.name == name)).scalar()

    def marks(self) -> dict[str, int]:
        """All marks by name."""
        with self._reading() as connection:
            return {row[0]: row[1] for row in connection.execute(select(marks).order_by(marks.c.name))}

    def set_mark(self, name: str, sequence: int) -> None:
        """Record durably that ``name`` has everything up to ``sequence``."""
        with self._writing() as connection:
            connection.execute(
                upsert(connection.dialect, marks)
                .values(name=name, sequence=sequence)
                .on_conflict_do_update(index_elements=["name"], set_={"sequence": sequence})
            )

    def remove_mark(self, name: str) -> None:
        """Forget a mark; one that is not there is no error."""
        with self._writing() as connection:
            connection.execute(delete(marks).where(marks.c.name == name))

    # Authors, languages, sources

    def author_by_slug(self, slug: str) -> StoredAuthor:
        """The author with this slug.

        Raises:
            ArticleNotFoundError: there is none.
        """
        with self._reading() as connection:
            return people.author_by_slug(connection, slug)

    def author_names(self, keys: Sequence[str]) -> dict[str, str]:
        """Printed names by key; unknown keys are left out."""
        with self._reading() as connection:
            return people.values_by_key(connection, people.AUTHOR_NAMES, keys)

    def author_slugs(self, keys: Sequence[str]) -> dict[str, str]:
        """Slugs by key; unknown keys are left out."""
        with self._reading() as connection:
            return people.values_by_key(connection, people.AUTHOR_SLUGS, keys)

    def source_names(self, keys: Sequence[str]) -> dict[str, str]:
        """Printed names of sources by key; unknown keys are left out."""
        with self._reading() as connection:
            return people.values_by_key(connection, people.SOURCE_NAMES, keys)

    def articles_by_author(
        self, author_key: str, *, offset: int = 0, limit: int = 50, with_text: bool = False
    ) -> list[Document]:
        """The author's articles, newest first and undated last."""
        with self._reading() as connection:
            ids = connection.execute(
                select(articles.c.id)
                .join(article_authors, article_authors.c.article_id == articles.c.id)
                .join(authors, authors.c.id == article_authors.c.author_id)
                .where(authors.c.key == author_key)
                .order_by(func.coalesce(articles.c.published, "").desc(), articles.c.id.desc())
                .limit(limit)
                .offset(offset)
            ).scalars()
            found = list(ids)
        return self.get_many(found, with_text=with_text)

    def languages(self) -> dict[str, int]:
        """Language -> articles, the most frequent first; "" stands for those that could not be told."""
        with self._reading() as connection:
            return maintenance.languages(connection)

    def sources(self) -> dict[str, int]:
        """Source as printed -> articles, the most frequent first."""
        with self._reading() as connection:
            return maintenance.sources(connection)

    # Saved searches

    def save_search(self, name: str, query: str, *, seen: int = 0) -> SavedSearch:
        """Store the query string ``query`` under ``name``; one of this name is replaced.

        Raises:
            StoreError: the name or the query is too long, or there are too many.
        """
        with self._writing() as connection:
            return searches.save(connection, name, query, seen=seen, now=self._clock())

    def searches(self) -> list[SavedSearch]:
        """All saved searches by name."""
        with self._reading() as connection:
            return list(searches.everything(connection))

    def search_by_slug(self, slug: str) -> SavedSearch:
        """The saved search with this slug.

        Raises:
            SearchNotFoundError: there is none.
        """
        with self._reading() as connection:
            return searches.by_slug(connection, slug)

    def visit_search(self, slug: str, *, seen: int) -> None:
        """Note that a saved search was looked at when articles up to the id ``seen`` were there.

        Raises:
            SearchNotFoundError: there is none.
        """
        with self._writing() as connection:
            searches.visit(connection, slug, seen=seen, now=self._clock())

    def remove_search(self, slug: str) -> None:
        """Forget a saved search.

        Raises:
            SearchNotFoundError: there is none.
        """
        with self._writing() as connection:
            searches.remove(connection, slug)

    # Looking after it

    def store_id(self) -> str:
        """A random name that this store was given when it was made, kept in backups."""
        with self._reading() as connection:
            return str(connection.execute(select(meta.c.value).where(meta.c.key == "store_id")).scalar_one())

    def stats(self) -> StoreStats:
        """Counts over the whole store; reads every row of metadata."""
        with self._reading() as connection:
            return maintenance.statistics(connection, self._path)

    def verify_rows(self) -> Iterator[DamagedRow]:
        """Read every article and every former version; yield those that are not what was written."""
        last: int | None = 0
        while last is not None:
            with self._reading() as connection:
                damaged, last = verification.damaged_articles(connection, after_id=last)
            yield from damaged
        place: tuple[int, int] | None = (0, 0)
        while place is not None:
            with self._reading() as connection:
                damaged, place = verification.damaged_versions(connection, after=place)
            yield from damaged

    def file_problems(self, *, deep: bool = False) -> tuple[str, ...]:
        """What the database's own check finds wrong with its file; empty when all is well.

        A deep check also compares the database's indexes with the rows, and rows with those they belong to.
        """
        with self._reading() as connection:
            return verification.file_problems(connection, deep=deep)

    def mend_file(self) -> None:
        """Make the database's indexes anew from the rows, and drop links of articles that are gone."""
        with self._writing() as connection:
            verification.mend_file(connection)

    def unnoted(self) -> list[int]:
        """Ids of articles that are missing in the log of changes."""
        with self._reading() as connection:
            return verification.unnoted(connection)

    def note_changes(self, ids: Sequence[int]) -> None:
        """Enter articles in the log of changes, so that every index takes them up again."""
        with self._writing() as connection:
            verification.note(connection, list(ids))

    def wrong_links(self) -> WrongLinks:
        """What of authors, links to them and names of sources does not follow from the articles."""
        with self._reading() as connection:
            return wrong_links(connection)

    def mend_links(self) -> None:
        """Put right what `wrong_links` finds."""
        with self._writing() as connection:
            mend_links(connection, wrong_links(connection))

    def free_space(self) -> FreeSpace:
        """How much of the file is not used."""
        with self._reading() as connection:
            return verification.free_space(connection)

    def give_back_free_space(self) -> None:
        """Write the file anew without what is not used; needs as much free disk as it has articles."""
        with store_errors(self._where), self._engine.connect() as connection:
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def backup_to(self, path: str | Path) -> None:
        """Copy the store to a new file while it is in use; the copy is checked and synced.

        Raises:
            StoreError: the file exists, cannot be written, or the store is on a server.
            StoreDamagedError: the copy does not pass the database's own check.
        """
        if self._path is None:
            raise StoreError("this store is on a database server: back it up with the server's own tools")
        with store_errors(self._where):
            raw = self._engine.raw_connection()
            try:
                maintenance.backup(cast(sqlite3.Connection, raw.driver_connection), Path(path).absolute())
            finally:
                raw.close()


def _document(row: Any, damaged: list[int] | None, *, with_text: bool = True) -> Document | None:
    """The document of a row, or None for a damaged one that was noted."""
    try:
        return document_from_row(row, (row[-1] or b"") if with_text else None, row[_GROUP_AT])
    except StoreDamagedError:
        if damaged is None:
            raise
        damaged.append(row[_ID_AT])
        return None
