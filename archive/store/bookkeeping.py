"""The few rows that the store counts with: the highest numbers given out, and its own name.

Everything in them can be told again from the rest, so that damage to them costs no
article: `wrong_counters` and `mend` do so.
"""

from __future__ import annotations

import uuid

from sqlalchemy import Column, Integer, cast, delete, func, insert, select
from sqlalchemy.engine import Connection

from archive.errors import StoreDamagedError
from archive.store.tables import articles, authors, changes, counters, meta

STORE_ID = "store_id"


def counter(connection: Connection, name: str) -> int:
    """The highest number given out as ``name``: ``article``, ``author`` or ``sequence``.

    Raises:
        StoreDamagedError: there is no such number.
    """
    value = connection.execute(select(counters.c.value).where(counters.c.name == name)).scalar()
    if not isinstance(value, int):
        raise StoreDamagedError(f"the store's counter {name!r} is damaged; run `archive verify --repair`")
    return value


def wrong_counters(connection: Connection) -> dict[str, int]:
    """Name of each counter below a number that is in use -> the highest of those."""
    wrong = {}
    for name, used in _used(connection).items():
        # A cast makes 0 of what is no number.
        value = select(cast(counters.c.value, Integer)).where(counters.c.name == name)
        given = connection.execute(value).scalar()
        if given is None or given < used:
            wrong[name] = used
    return wrong


def has_name(connection: Connection) -> bool:
    """Whether the store has the name that indexes know it by."""
    return bool(connection.execute(select(meta.c.value).where(meta.c.key == STORE_ID)).scalar())


def mend(connection: Connection) -> None:
    """Put right what is wrong; a store that lost its name gets another, so that indexes are built anew."""
    for name, used in wrong_counters(connection).items():
        connection.execute(delete(counters).where(counters.c.name == name))
        connection.execute(insert(counters).values(name=name, value=used))
    if not has_name(connection):
        connection.execute(delete(meta).where(meta.c.key == STORE_ID))
        connection.execute(insert(meta).values(key=STORE_ID, value=uuid.uuid4().hex))


def _used(connection: Connection) -> dict[str, int]:
    def highest(*columns: Column[int]) -> int:
        found = (connection.execute(select(func.max(column))).scalar() for column in columns)
        return max(int(value or 0) for value in found)

    return {
        "article": highest(articles.c.id, changes.c.article_id),
        "author": highest(authors.c.id),
        "sequence": highest(changes.c.sequence),
    }
