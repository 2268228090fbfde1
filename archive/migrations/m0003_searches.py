"""Version 3: saved searches."""

from __future__ import annotations

from sqlalchemy import Column, Integer, MetaData, Table, Text
from sqlalchemy.engine import Connection

_SCHEMA = MetaData()

_searches = Table(
    "searches",
    _SCHEMA,
    Column("slug", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("created", Text, nullable=False),
    Column("visited", Text),
    Column("seen", Integer, nullable=False),
)


def upgrade(connection: Connection) -> None:
    """Create the table."""
    _SCHEMA.create_all(connection, tables=[_searches], checkfirst=False)
