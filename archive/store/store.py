"""The store: every article and every version of it, in one database.

The store is the truth; indexes are made from it.  A `Store` may be used by many
threads; writes of one process follow each other, and `archive.lock.WriterLock`
keeps other processes away for the length of a job.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import delete, select, update

from archive.document import Document
from archive.migrations import MIGRATIONS, check_version, migrate, schema_version
from archive.store import statements
from archive.store.bulk import Lookup, chunks
from archive.store.changes import ChangeMethods
from archive.store.connection import open_engine, sqlite_path, writer_of
from archive.store.failures import store_errors
from archive.store.groups import GroupMethods
from archive.store.listing import ListingMethods
from archive.store.originals import OriginalMethods, drop_unused, hashes_of
from archive.store.putting import Batch
from archive.store.records import ChangeKind, PutResult
from archive.store.showing import ShowingMethods
from archive.store.slugs import claim
from archive.store.tables import articles, counters
from archive.store.upkeep import UpkeepMethods
from archive.store.web import WebMethods

_KEYS_BY_ID = Lookup(select(articles.c.id, articles.c.slug, articles.c.identity), articles.c.id)


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Store(
    ShowingMethods, ListingMethods, ChangeMethods, UpkeepMethods, OriginalMethods, GroupMethods, WebMethods
):
    """An open store.  Use `open`; close it, or use it as a context manager.

    Every method raises StoreError when the database cannot do its part, and
    StoreDamagedError when what it holds is not what was written.
    """

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
