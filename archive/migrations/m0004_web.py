"""Version 4: pages that were fetched, and feeds that are followed."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, Table, Text
from sqlalchemy.engine import Connection

_SCHEMA = MetaData()
_articles = Table("articles", _SCHEMA, Column("id", Integer, primary_key=True))

_fetches = Table(
    "fetches",
    _SCHEMA,
    Column("url", Text, primary_key=True),
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("fetched", Text, nullable=False),
)
Index("fetches_article", _fetches.c.article_id)

_feeds = Table(
    "feeds",
    _SCHEMA,
    Column("name", Text, primary_key=True),
    Column("url", Text, nullable=False, unique=True),
    Column("added", Text, nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("polled", Text),
    Column("status", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("next_poll", Text),
    Column("is_whole", Integer, nullable=False),
)

_feed_entries = Table(
    "feed_entries",
    _SCHEMA,
    Column("feed", ForeignKey("feeds.name", ondelete="CASCADE"), primary_key=True),
    Column("entry", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("is_own", Integer, nullable=False),
)


def upgrade(connection: Connection) -> None:
    """Create the tables."""
    _SCHEMA.create_all(connection, tables=[_fetches, _feeds, _feed_entries], checkfirst=False)
