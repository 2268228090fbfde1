"""Opening the database: pragmas, pools and read-only connections."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import QueuePool

from archive.errors import StoreError

_BUSY_TIMEOUT_S = 15
#: Pages that a writer's connection keeps: hot ones, and many.  Those that only read keep SQLite's
#: 2 MB: more is no faster, as the system keeps pages too, and every thread of a server has its own.
_WRITER_CACHE_KIB = 32 * 1024
_LOG_LIMIT_BYTES = 64 * 1024 * 1024
_WEB_THREADS = 32

_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    # An ordinary read must not believe what a damaged page says about itself.
    "PRAGMA cell_size_check = ON",
)
_WRITER_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # WAL's usual NORMAL loses the last transactions in a power cut; FULL syncs each commit.
    "PRAGMA synchronous = FULL",
    # macOS: fsync alone leaves the data in the drive's cache.
    "PRAGMA fullfsync = ON",
    f"PRAGMA journal_size_limit = {_LOG_LIMIT_BYTES}",
    # Index pages are hot while many articles come in: copy them back less often (16 MB of log).
    "PRAGMA wal_autocheckpoint = 4000",
)


def sqlite_path(location: str | Path) -> Path | None:
    """The file that ``location`` names, or None when it is the URL of a server."""
    if isinstance(location, Path) or "://" not in location:
        return Path(location).absolute()
    url = sa.make_url(location)
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        raise StoreError("a store in memory would be lost on exit: give the path of a file")
    return Path(url.database).absolute()


def open_engine(location: str | Path, *, read_only: bool) -> Engine:
    """An engine for ``location`` whose connections are configured; nothing is opened yet."""
    path = sqlite_path(location)
    if path is None:
        engine = sa.create_engine(str(location), pool_size=_WEB_THREADS, pool_pre_ping=True)
        return engine.execution_options(postgresql_readonly=True) if read_only else engine
    if read_only and not path.exists():
        raise StoreError(f"no archive at {path}: run `archive ingest PATH` first, or give the right --home")
    if not read_only:
        _make_folder(path.parent)
    uri = f"{path.as_uri()}?mode={'ro' if read_only else 'rwc'}"
    if read_only and not os.access(path.parent, os.W_OK) and not _has_log(path):
        # SQLite reads a log's index in shared memory beside the file, which it cannot make here;
        # nobody else can write either, so that the file may be read as it lies.
        uri += "&immutable=1"

    def connect() -> sqlite3.Connection:
        # Autocommit: transactions are begun by us, so that schema changes are inside them.
        connection = sqlite3.connect(
            uri,
            uri=True,
            timeout=_BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        try:
            for pragma in _PRAGMAS if read_only else _PRAGMAS + _WRITER_PRAGMAS:
                connection.execute(pragma)
        except BaseException:
            connection.close()
            raise
        return connection

    engine = sa.create_engine(
        "sqlite://", creator=connect, poolclass=QueuePool, pool_size=_WEB_THREADS, max_overflow=_WEB_THREADS
    )
    event.listen(engine, "begin", _begin)
    return engine


def writer_of(engine: Engine) -> Engine:
    """The same engine and pool, whose transactions take the write lock when they begin."""
    return engine.execution_options(writes=True)


def _begin(connection: Connection) -> None:
    # Reads are single statements, each its own snapshot; only writers need a transaction.
    options: dict[str, Any] = dict(connection.get_execution_options())
    if options.get("writes"):
        connection.exec_driver_sql(f"PRAGMA cache_size = -{_WRITER_CACHE_KIB}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _has_log(path: Path) -> bool:
    log = path.with_name(path.name + "-wal")
    return log.exists() and log.stat().st_size > 0


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot make the folder {folder}: {error.strerror or error}") from error
