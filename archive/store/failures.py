"""Database exceptions become store errors here, each saying what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy.exc

from archive.errors import StoreDamagedError, StoreError

# SQLite's name of the error (a prefix of it), what kind it is for a caller, what a person can do.
_ADVICE: tuple[tuple[str, type[StoreError], str], ...] = (
    ("SQLITE_FULL", StoreError, "the disk is full; free some space and try again, nothing was half written"),
    ("SQLITE_READONLY", StoreError, "it cannot be written; check the rights of the file and of its folder"),
    ("SQLITE_BUSY", StoreError, "another process kept it locked; wait until that is done and try again"),
    ("SQLITE_LOCKED", StoreError, "another connection kept it locked; try again"),
    (
        "SQLITE_NOTADB",
        StoreDamagedError,
        "this is no archive database, or its beginning is damaged; restore a backup, or give another --home",
    ),
    ("SQLITE_CORRUPT", StoreDamagedError, "the file is damaged; run `archive verify`, then restore a backup"),
    (
        "SQLITE_CONSTRAINT",
        StoreDamagedError,
        "what it holds contradicts itself; run `archive verify --repair`",
    ),
    ("SQLITE_CANTOPEN", StoreError, "it cannot be opened; check that its folder may be read and written"),
    ("SQLITE_IOERR", StoreError, "the disk failed to read or write; check the disk and its free space"),
    ("SQLITE_PERM", StoreError, "access was refused; check the rights of the file"),
    ("SQLITE_TOOBIG", StoreError, "one article is too large for the database (about 1 GB)"),
)


def store_error(error: Exception, where: str) -> StoreError:
    """The store error for a database exception; the caller raises it ``from error``."""
    if isinstance(error, sqlalchemy.exc.TimeoutError):
        return StoreError(f"{where}: too many requests use the store at once; try again")
    cause = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) else error
    name = getattr(cause, "sqlite_errorname", "")
    if "Could not decode to UTF-8" in str(cause):
        return StoreDamagedError(f"{where}: the file is damaged; run `archive verify --repair` ({cause})")
    for prefix, kind, advice in _ADVICE:
        if name.startswith(prefix):
            return kind(f"{where}: {advice} ({cause})")
    return StoreError(f"{where}: the database refused the request: {cause}")


@contextmanager
def store_errors(where: str) -> Iterator[None]:
    """Raise StoreError or StoreDamagedError for what the database raises inside."""
    try:
        yield
    except (sqlite3.Error, sqlalchemy.exc.SQLAlchemyError) as error:
        raise store_error(error, where) from error
