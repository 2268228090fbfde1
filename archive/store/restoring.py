"""Putting a backup in the place of a store, or where there is none yet."""

from __future__ import annotations

import os
import shutil
import sqlite3
import uuid
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from archive.errors import StoreDamagedError, StoreError
from archive.store.failures import store_errors
from archive.store.maintenance import copy_database, sync
from archive.store.store import Store

_LOGS = ("-wal", "-shm", "-journal")
_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored.

    Attributes:
        articles: how many there are now.
        replaced: where the store that was there before is kept, or None.
    """

    articles: int
    replaced: Path | None


def restore(backup: Path, target: Path, *, force: bool = False) -> Restored:
    """Make the store ``target`` from ``backup``: complete and checked, or not at all.

    The restored store gets a name of its own, so that no index of the one before
    can be taken for its own.  The caller holds the writer's lock.

    Args:
        force: replace a store that is there; it is kept beside, under another name.

    Raises:
        StoreError: there is a store and ``force`` was not given, or somebody uses
            it; or the backup cannot be read.
        StoreDamagedError: the backup is not what was written.
    """
    if not backup.is_file():
        raise StoreError(f"there is no backup {backup}")
    if target.exists() and not force:
        raise StoreError(f"there is an archive in {target.parent} already: give another --home, or --force")
    if target.exists() and backup.samefile(target):
        raise StoreError(f"{backup} is the archive itself: it cannot be restored from itself")
    new = target.with_name(target.name + ".restoring")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove(new)
        _read_backup(backup, new)
        articles = _check(new, backup)
        sync(new)
        replaced = _keep(target) if target.exists() else None
        for suffix in _LOGS:  # a log of another database must never meet the new one
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        sync(target.parent)
        new.replace(target)
        sync(target.parent)
    except OSError as error:
        raise StoreError(f"cannot restore {backup}: {error.strerror or error}") from error
    finally:
        _remove(new)
    return Restored(articles=articles, replaced=replaced)


def _read_backup(backup: Path, new: Path) -> None:
    with (
        store_errors(str(backup)),
        closing(sqlite3.connect(f"{backup.absolute().as_uri()}?mode=ro", uri=True)) as source,
    ):
        copy_database(source, new)


def _check(new: Path, backup: Path) -> int:
    """Bring the copy's schema up to date and check every row; return how many articles there are."""
    with Store.open(new) as store:
        damaged = list(store.verify_rows())
        if damaged:
            some = ", ".join(f"{row.id} ({row.slug})" for row in damaged[:_NAMED])
            raise StoreDamagedError(
                f"{backup} has {len(damaged):,} damaged articles or versions ({some}): "
                "restore an earlier backup"
            )
        store.mend_bookkeeping()
        articles = store.count()
    with store_errors(str(new)), closing(sqlite3.connect(new)) as connection, connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'store_id'", (uuid.uuid4().hex,))
        connection.execute("DELETE FROM marks")
    with store_errors(str(new)), closing(sqlite3.connect(new, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    return articles


def _keep(target: Path) -> Path:
    """Give the store that is there a second name; its log is merged into it first."""
    with store_errors(str(target)), closing(sqlite3.connect(target, isolation_level=None, timeout=5)) as old:
        try:
            mode = old.execute("PRAGMA journal_mode = DELETE").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                mode = ("wal",)
            else:
                raise
        except sqlite3.DatabaseError:
            mode = None  # damaged: kept as it is, log included
    if mode == ("wal",):
        raise StoreError(f"{target} is in use: stop `archive serve` and whatever else has it open")
    kept = _free_name(target)
    for suffix in ("", *_LOGS):
        there = target.with_name(target.name + suffix)
        if there.exists():
            _second_name(there, kept.with_name(kept.name + suffix))
    return kept


def _free_name(target: Path) -> Path:
    number = 1
    while (name := target.with_name(f"{target.name}.replaced-{number}")).exists():
        number += 1
    return name


def _second_name(path: Path, name: Path) -> None:
    try:
        os.link(path, name)
    except OSError:  # a file system without links
        shutil.copy2(path, name)
        sync(name)


def _remove(new: Path) -> None:
    for suffix in ("", *_LOGS):
        new.with_name(new.name + suffix).unlink(missing_ok=True)
