"""Statements run many rows at a time, without SQLAlchemy's cost for each row.

The statement is written in Core and compiled once a dialect; the rows then go to
the driver as they are.  Through `Connection.execute` each row of 27 columns costs
some 10 µs more than the insert itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Delete, Insert, Select, Update, bindparam
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.sql.elements import ColumnElement

Statement = Insert | Update | Delete
_CHUNK = 500  # below the 999 variables that an old SQLite allows


class Bulk:
    """One statement for many rows; each row holds its parameters in the order of ``names``."""

    def __init__(self, statement: Statement, names: Sequence[str]) -> None:
        self._statement = statement
        self._names = tuple(names)
        self._compiled = lru_cache(maxsize=4)(self._compile)

    def _compile(self, dialect: Dialect) -> tuple[str, tuple[int, ...] | None]:
        compiled: Any = self._statement.compile(dialect=dialect, column_keys=list(self._names))
        if not compiled.positional:
            return str(compiled), None
        order = tuple(self._names.index(name) for name in compiled.positiontup)
        return str(compiled), order

    def run(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
        """Run the statement for each row, in order."""
        if not rows:
            return
        sql, order = self._compiled(connection.dialect)
        parameters: list[Any]
        if order is None:
            parameters = [dict(zip(self._names, row, strict=True)) for row in rows]
        elif order == tuple(range(len(self._names))):
            parameters = list(rows)
        else:
            parameters = [tuple(row[place] for place in order) for row in rows]
        connection.exec_driver_sql(sql, parameters)


def chunks(keys: Iterable[Any], size: int = _CHUNK) -> Iterator[list[Any]]:
    """``keys`` in lists of at most ``size``."""
    ordered = list(keys)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


def select_in(
    connection: Connection, statement: Select[Any], column: ColumnElement[Any], keys: Iterable[Any]
) -> Iterator[Any]:
    """The rows of ``statement`` whose ``column`` is one of ``keys``, in no particular order."""
    narrowed = statement.where(column.in_(bindparam("keys", expanding=True)))
    for chunk in chunks(keys):
        yield from connection.execute(narrowed, {"keys": chunk})
