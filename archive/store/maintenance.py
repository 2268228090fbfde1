"""Looking after the store: are the rows whole, a backup, some counts."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from archive.errors import StoreDamagedError, StoreError
from archive.store.failures import store_errors
from archive.store.records import DamagedRow, StoreStats
from archive.store.rows import HASHED_COLUMNS, hash_of_stored
from archive.store.tables import articles, copies, texts, versions

_BATCH = 500


def damaged_rows(connection: Connection, *, after_id: int) -> tuple[list[DamagedRow], int | None]:
    """The damaged ones of the next articles after ``after_id``, and the last id looked at (None: the end)."""
    rows = connection.execute(
        select(*(articles.c[name] for name in HASHED_COLUMNS), articles.c.row_hash, texts.c.body)
        .outerjoin(texts, texts.c.article_id == articles.c.id)
        .where(articles.c.id > after_id)
        .order_by(articles.c.id)
        .limit(_BATCH)
    ).all()
    id_at, slug_at = HASHED_COLUMNS.index("id"), HASHED_COLUMNS.index("slug")
    damaged = []
    for row in rows:
        *values, expected, body = row
        reason = _damage(values, expected, body)
        if reason:
            damaged.append(DamagedRow(id=values[id_at], slug=str(values[slug_at]), reason=reason))
    return damaged, (rows[-1][id_at] if rows else None)


def _damage(values: list[object], expected: str, body: object) -> str:
    if body is None:
        return "its text is missing"
    if not isinstance(body, bytes):
        return "its text is not what was written"
    try:
        return "" if hash_of_stored(values, body) == expected else "it is not what was written"
    except ValueError as error:
        return f"it is not what was written: {error}"


def file_problems(connection: Connection) -> tuple[str, ...]:
    """What SQLite's own check of the file finds, empty when all is well or there is no file."""
    if connection.dialect.name != "sqlite":
        return ()
    found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA quick_check(100)")]
    return () if found == ["ok"] else tuple(found)


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
            _copy(source, unfinished)
        _sync(unfinished)
        unfinished.rename(target)
        _sync(target.parent)
    except OSError as error:
        raise StoreError(f"cannot write the backup {target}: {error.strerror or error}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _copy(source: sqlite3.Connection, target: Path) -> None:
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


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
