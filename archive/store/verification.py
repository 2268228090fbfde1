"""Checking that the store is what was written, and mending what can be.

Articles and their former versions carry a hash of the row as it was written; the
rest of the tables can be checked against them.  A damaged row cannot be mended
from here: it is named, and its source or a backup brings it back.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.engine import Connection

from archive.store import statements
from archive.store.bookkeeping import counter
from archive.store.records import ChangeKind, DamagedRow
from archive.store.rows import HASHED_COLUMNS, hash_of_stored
from archive.store.tables import (
    KEY_COLUMNS,
    STATE_COLUMNS,
    VALUE_COLUMNS,
    article_authors,
    articles,
    changes,
    copies,
    texts,
    versions,
)

_BATCH = 500
#: A file of which more than this part is unused is worth writing anew, unless it is small.
_FREE_PART, _FREE_BYTES = 0.25, 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeSpace:
    """How much of the database's file is not used.

    Attributes:
        bytes, total_bytes: unused, and the file as a whole.
        is_large: so much that giving it back is worth the while.
    """

    bytes: int
    total_bytes: int

    @property
    def is_large(self) -> bool:
        return self.bytes > max(_FREE_BYTES, self.total_bytes * _FREE_PART)


def damaged_articles(connection: Connection, *, after_id: int) -> tuple[list[DamagedRow], int | None]:
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


def damaged_versions(
    connection: Connection, *, after: tuple[int, int]
) -> tuple[list[DamagedRow], tuple[int, int] | None]:
    """The same for former versions, by article id and number."""
    columns = [*(versions.c[name] for name in VALUE_COLUMNS), *(articles.c[name] for name in KEY_COLUMNS)]
    columns += [versions.c[name] for name in STATE_COLUMNS]
    rows = connection.execute(
        select(*columns, versions.c.row_hash, versions.c.body, versions.c.article_id, versions.c.number)
        .outerjoin(articles, articles.c.id == versions.c.article_id)
        .where(
            (versions.c.article_id > after[0])
            | ((versions.c.article_id == after[0]) & (versions.c.number > after[1]))
        )
        .order_by(versions.c.article_id, versions.c.number)
        .limit(_BATCH)
    ).all()
    slug_at = HASHED_COLUMNS.index("slug")
    damaged = []
    for row in rows:
        *values, expected, body, id_, number = row
        reason = _damage(values, expected, body)
        if reason:
            slug = str(values[slug_at] or "")
            damaged.append(DamagedRow(id=id_, slug=slug, reason=f"its former version {number}: {reason}"))
    return damaged, ((rows[-1][-2], rows[-1][-1]) if rows else None)


def _damage(values: list[object], expected: str, body: object) -> str:
    if body is None:
        return "its text is missing"
    if not isinstance(body, bytes):
        return "its text is not what was written"
    try:
        return "" if hash_of_stored(values, body) == expected else "it is not what was written"
    except ValueError as error:
        return f"it is not what was written: {error}"


def file_problems(connection: Connection, *, deep: bool) -> tuple[str, ...]:
    """What SQLite's own check of the file finds, empty when all is well or there is no file."""
    if connection.dialect.name != "sqlite":
        return ()
    check = "integrity_check" if deep else "quick_check"
    found = [str(row[0]) for row in connection.exec_driver_sql(f"PRAGMA {check}(100)")]
    problems = [] if found == ["ok"] else found
    if deep:
        lost = {(row[0], row[2]) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")}
        problems += [f"rows of {table} belong to no row of {parent}" for table, parent in sorted(lost)]
    return tuple(problems)


def mend_file(connection: Connection) -> None:
    """Make SQLite's indexes anew from the rows, and drop links of articles that are gone.

    Texts and former versions without their article are left: they may be all that remains of it.
    """
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql("REINDEX")
    for table in (article_authors, copies):
        connection.execute(delete(table).where(table.c.article_id.not_in(select(articles.c.id))))


def unnoted(connection: Connection) -> list[int]:
    """Ids of articles that the log of changes does not know: no index would ever catch up with them."""
    rows = connection.execute(
        select(articles.c.id)
        .outerjoin(
            changes, (changes.c.article_id == articles.c.id) & (changes.c.kind == ChangeKind.PUT.value)
        )
        .where(changes.c.article_id.is_(None))
        .order_by(articles.c.id)
    )
    return list(rows.scalars())


def note(connection: Connection, ids: list[int]) -> None:
    """Enter ``ids`` in the log of changes, as put now."""
    sequence = counter(connection, "sequence")
    noted = [(id_, sequence + place, ChangeKind.PUT.value) for place, id_ in enumerate(ids, start=1)]
    statements.NOTE_CHANGE.run(connection, noted)
    statements.SET_COUNTER.run(connection, [(sequence + len(ids), "sequence")])


def free_space(connection: Connection) -> FreeSpace:
    """How much of the file is not used; nothing on a database server."""
    if connection.dialect.name != "sqlite":
        return FreeSpace(bytes=0, total_bytes=0)

    def pragma(name: str) -> int:
        return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())

    size = pragma("page_size")
    return FreeSpace(bytes=pragma("freelist_count") * size, total_bytes=pragma("page_count") * size)
