"""The store's schema, step by step.

Each module ``mNNNN_*.py`` holds one ``upgrade(connection)`` and is never edited
after a release: the shape of today is `archive.store.tables`, and a test holds
the sum of the steps equal to it.  Steps are Python over SQLAlchemy Core rather
than ``.sql`` files, so that the same step serves SQLite and PostgreSQL.

`migrate` runs the missing steps in order, each in its own transaction together
with the new version number: a kill leaves the schema at a whole step.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from archive.errors import StoreDamagedError, StoreError, StoreVersionError
from archive.migrations import m0001_initial, m0002_groups, m0003_searches, m0004_web

Step = Callable[[Connection], None]

MIGRATIONS: tuple[Step, ...] = (
    m0001_initial.upgrade,
    m0002_groups.upgrade,
    m0003_searches.upgrade,
    m0004_web.upgrade,
)

_META = sa.table("meta", sa.column("key"), sa.column("value"))
_log = logging.getLogger(__name__)


def schema_version(connection: Connection) -> int:
    """The version of the schema in the database, 0 when it is empty.

    Raises:
        StoreError: the database holds the tables of something else.
        StoreDamagedError: it does not say which version it is.
    """
    names = set(sa.inspect(connection).get_table_names())
    if not names:
        return 0
    if "meta" not in names or "articles" not in names:
        raise StoreError(
            "the database holds tables of another program (" + ", ".join(sorted(names)[:5]) + "); "
            "choose another --home, or move that file away"
        )
    value = connection.execute(sa.select(_META.c.value).where(_META.c.key == "schema_version")).scalar()
    if value is None or not value.isdecimal() or int(value) == 0:
        raise StoreDamagedError(
            "the database does not say which version wrote it: the file is damaged; restore a backup"
        )
    return int(value)


def check_version(version: int, *, known: int, where: str) -> None:
    """Raise StoreVersionError unless this program can read the schema as it is."""
    if version > known:
        raise StoreVersionError(
            f"{where} was written by a newer version of the program (schema {version}; "
            f"this one knows {known}): upgrade article-archive, or open a copy made by this version"
        )
    if version < known:
        raise StoreVersionError(
            f"{where} has the older schema {version} and was opened for reading only: "
            "run any command that writes, such as `archive ingest`, to bring it up to date"
        )


def migrate(writer: Engine, *, where: str, steps: Sequence[Step] = MIGRATIONS) -> int:
    """Bring the database up to ``len(steps)`` and return how many steps ran.

    Args:
        writer: engine whose transactions take the write lock at their beginning, so
            that of two processes one migrates and the other finds it done.

    Raises:
        StoreVersionError: the schema is newer than this program.
    """
    done = 0
    while True:
        with writer.begin() as connection:
            version = schema_version(connection)
            if version >= len(steps):
                check_version(version, known=len(steps), where=where)
                return done
            steps[version](connection)
            if version:
                connection.execute(
                    sa.update(_META).where(_META.c.key == "schema_version").values(value=str(version + 1))
                )
            else:
                connection.execute(sa.insert(_META).values(key="schema_version", value="1"))
        done += 1
        _log.info("store schema is now version %d", version + 1)
