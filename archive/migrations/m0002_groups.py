"""Version 2: near-duplicates (signatures and groups) and the original bytes of articles."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy.engine import Connection

_SCHEMA = MetaData()
_articles = Table("articles", _SCHEMA, Column("id", Integer, primary_key=True))

_signatures = Table(
    "signatures",
    _SCHEMA,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("content_hash", Text, nullable=False),
    Column("first_day", Integer),
    Column("last_day", Integer),
    Column("signature", LargeBinary, nullable=False),
)

_members = Table(
    "group_members",
    _SCHEMA,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("group_id", Integer, nullable=False),
    Column("nearest_id", Integer),
    Column("similarity", Float, nullable=False),
)
Index("group_members_group", _members.c.group_id)

_originals = Table(
    "originals",
    _SCHEMA,
    Column("hash", Text, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

_article_originals = Table(
    "article_originals",
    _SCHEMA,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("hash", ForeignKey("originals.hash"), nullable=False),
    Column("context", Text, nullable=False),
)
Index("article_originals_hash", _article_originals.c.hash)


def upgrade(connection: Connection) -> None:
    """Create the tables."""
    tables = [_signatures, _members, _originals, _article_originals]
    _SCHEMA.create_all(connection, tables=tables, checkfirst=False)
