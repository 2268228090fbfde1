"""Looking after the store: counts, checks, repairs, backups."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

from sqlalchemy import select

from archive.errors import StoreDamagedError, StoreError
from archive.store import bookkeeping, maintenance, verification
from archive.store.failures import store_errors
from archive.store.links import WrongLinks, mend_links, wrong_links
from archive.store.opened import Opened
from archive.store.records import DamagedRow, StoreStats
from archive.store.tables import meta
from archive.store.verification import FreeSpace


class UpkeepMethods(Opened):
    """What `archive.store.Store` can do for its own health."""

    def store_id(self) -> str:
        """A random name that this store was given when it was made, kept in backups."""
        with self._reading() as connection:
            value = connection.execute(
                select(meta.c.value).where(meta.c.key == bookkeeping.STORE_ID)
            ).scalar()
        if not value:
            raise StoreDamagedError(
                f"{self._where}: the store has lost its name; run `archive verify --repair`"
            )
        return str(value)

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

    def bookkeeping_problems(self) -> tuple[str, ...]:
        """What is wrong with the numbers that the store counts with, and with its own name."""
        with self._reading() as connection:
            wrong = sorted(bookkeeping.wrong_counters(connection))
            lost = () if bookkeeping.has_name(connection) else ("the store has lost its name",)
        return (*(f"the counter {name!r} is not what it was" for name in wrong), *lost)

    def mend_bookkeeping(self) -> None:
        """Put right what `bookkeeping_problems` finds."""
        with self._writing() as connection:
            bookkeeping.mend(connection)

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
