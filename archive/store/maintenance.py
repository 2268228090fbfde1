"""Looking after the store: a backup, some counts."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from archive.errors import StoreDamagedError, StoreError
from archive.store.failures import store_errors
from archive.store.records import StoreStats
from archive.store.tables import articles, copies, versions


def statistics(connection: Connection, path: Path | None) -> StoreStats:
    """Counts over the whole store."""

    def count(statement: object) -> int:
        return int(connection.execute(statement).scalar_one())  # type: ignore[call-overload]

    everything = select(func.count()).select_from(articles)
    return StoreStats(
        articles=count(everything),
        undated=count(everything.where(articles.c.published.is_(None))),
        without_author=count(everything.where(articles.c.authors == "[]")),
        by_language=languages(connection),
        versions=count(select(func.count()).select_from(versions)),
        copies=count(select(func.count()).select_from(copies)),
        bytes_on_disk=0 if path is None else _bytes_on_disk(path),
    )


def languages(connection: Connection) -> dict[str, int]:
    """Language -> articles, the most frequent first."""
    return _counted(connection, articles.c.language)


def sources(connection: Connection) -> dict[str, int]:
    """Source as printed -> articles, the most frequent first; articles without one are left out."""
    counted = _counted(connection, articles.c.source)
    counted.pop("", None)
    return counted


def _counted(connection: Connection, column: object) -> dict[str, int]:
    number = func.count().label("number")
    rows = connection.execute(
        select(column, number).group_by(column).order_by(number.desc(), column)  # type: ignore[call-overload]
    )
    return {row[0]: row[1] for row in rows}


def _bytes_on_disk(path: Path) -> int:
    total = 0
    for suffix in ("", "-wal"):
        try:
            total += path.with_name(path.name + suffix).stat().st_size
        except FileNotFoundError:
            continue
    return total


def backup(source: sqlite3.Connection, target: Path) -> None:
    """Copy a live database to the new file ``target``: complete, checked and on the disk, or not at all.

    Raises:
        StoreError: the file is there already, or cannot be written.
        StoreDamagedError: the copy does not pass the check, so neither would the store.
    """
    if target.exists():
        raise StoreError(f"{target} exists already: a backup never replaces a file, give another name")
    unfinished = target.with_name(target.name + ".unfinished")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        with store_errors(str(target)):
            copy_database(source, unfinished)
        sync(unfinished)
        unfinished.rename(target)
        sync(target.parent)
    except OSError as error:
        raise StoreError(f"cannot write the backup {target}: {error.strerror or error}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def copy_database(source: sqlite3.Connection, target: Path) -> None:
    """Copy a database to the one file ``target``, as it was when the copying began.

    Raises:
        StoreDamagedError: the copy does not pass the database's own check.
    """
    copy = sqlite3.connect(target, isolation_level=None)
    try:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        found = [str(row[0]) for row in copy.execute("PRAGMA quick_check(10)")]
    finally:
        copy.close()
    if found != ["ok"]:
        raise StoreDamagedError(
            "the copy does not pass the database's own check: " + "; ".join(found) + "; run `archive verify`"
        )


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
