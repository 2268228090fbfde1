"""Statements run many rows at a time, without SQLAlchemy's cost for each row.

The statement is written in Core and compiled once a dialect; the rows then go to
the driver as they are.  Through `Connection.execute` each row of 27 columns costs
some 10 µs more than the insert itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Delete, Insert, Select, Table, Update, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.sql.elements import ColumnElement

Statement = Insert | Update | Delete
Upsert = sqlite.Insert | postgresql.Insert
_LENGTHS = (1, 10, 20, 50, 200, 500)
_CHUNK = _LENGTHS[-1]  # below the 999 variables that an old SQLite allows


def upsert(dialect: Dialect, table: Table) -> Upsert:
    """An insert that can say ON CONFLICT: the same words in both databases, but not one class."""
    return postgresql.insert(table) if dialect.name == "postgresql" else sqlite.insert(table)


class Bulk:
    """One statement for many rows; each row holds its parameters in the order of ``names``.

    A statement with ON CONFLICT is given as a function of the dialect.
    """

    def __init__(self, statement: Statement | Callable[[Dialect], Statement], names: Sequence[str]) -> None:
        self._statement = statement
        self._names = tuple(names)
        self._compiled = lru_cache(maxsize=4)(self._compile)

    def _compile(self, dialect: Dialect) -> tuple[str, tuple[int, ...] | None]:
        statement = self._statement(dialect) if callable(self._statement) else self._statement
        compiled: Any = statement.compile(dialect=dialect, column_keys=list(self._names))
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
            pick = itemgetter(*order) if len(order) > 1 else lambda row: (row[order[0]],)
            parameters = [pick(row) for row in rows]
        connection.exec_driver_sql(sql, parameters)


def chunks(keys: Iterable[Any], size: int = _CHUNK) -> Iterator[list[Any]]:
    """``keys`` in lists of at most ``size``."""
    ordered = list(keys)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


class Lookup:
    """A select of the rows whose ``column`` is one of many keys, in no particular order.

    Core renders an expanding IN anew for each call, which costs as much as the lookup:
    this compiles a few lengths once and fills the rest by repeating the last key.
    """

    def __init__(self, statement: Select[Any], column: ColumnElement[Any]) -> None:
        self._statement = statement
        self._column = column
        self._compiled = lru_cache(maxsize=16)(self._compile)

    def _compile(self, dialect: Dialect, length: int) -> tuple[str, bool]:
        if dialect.positional:  # one key, then its place as often as needed: rendering 500 takes 10 ms
            one = str(self._render(dialect, 1))
            return one.replace("IN (?)", f"IN ({', '.join('?' * length)})"), True
        return str(self._render(dialect, length)), False

    def _render(self, dialect: Dialect, length: int) -> Any:
        places: list[Any] = [bindparam(f"key{place}") for place in range(length)]
        compiled = self._statement.where(self._column.in_(places)).compile(dialect=dialect)
        if len(compiled.params) != length:
            raise ValueError("a lookup takes no parameters but its keys")
        return compiled

    def rows(self, connection: Connection, keys: Iterable[Any]) -> Iterator[Sequence[Any]]:
        """The rows for ``keys``, which need not be unique."""
        for sql, parameters in self._statements(connection.dialect, keys):
            yield from connection.exec_driver_sql(sql, parameters)

    def fetched(self, cursor: Any, dialect: Dialect, keys: Iterable[Any]) -> list[Sequence[Any]]:
        """`rows` by a cursor of the driver, which costs a third for a few keys."""
        found: list[Sequence[Any]] = []
        for sql, parameters in self._statements(dialect, keys):
            cursor.execute(sql, parameters)
            found.extend(cursor.fetchall())
        return found

    def _statements(self, dialect: Dialect, keys: Iterable[Any]) -> Iterator[tuple[str, Any]]:
        for chunk in chunks(dict.fromkeys(keys)):
            length = next(each for each in _LENGTHS if each >= len(chunk))
            chunk += [chunk[-1]] * (length - len(chunk))
            sql, positional = self._compiled(dialect, length)
            yield sql, tuple(chunk) if positional else {f"key{at}": key for at, key in enumerate(chunk)}
