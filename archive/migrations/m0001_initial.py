"""Version 1: articles with their history, authors, copies, changes and marks."""

from __future__ import annotations

import uuid

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    insert,
    text,
)
from sqlalchemy.engine import Connection

_SCHEMA = MetaData()


def _article_columns() -> list[Column[object]]:
    return [
        Column("content_hash", Text, nullable=False),
        Column("title", Text, nullable=False),
        Column("authors", Text, nullable=False),
        Column("published", Text),
        Column("published_at", Text),
        Column("language", Text, nullable=False),
        Column("source", Text, nullable=False),
        Column("url", Text, nullable=False),
        Column("section", Text, nullable=False),
        Column("tags", Text, nullable=False),
        Column("words", Integer, nullable=False),
        Column("lead_chars", Integer, nullable=False),
        Column("lead", Text),
    ]


def _state_columns() -> list[Column[object]]:
    return [
        Column("digest", Text, nullable=False),
        Column("added", Text, nullable=False),
        Column("updated", Text, nullable=False),
        Column("origin_path", Text, nullable=False),
        Column("origin_member", Text, nullable=False),
        Column("media_type", Text, nullable=False),
        Column("hand", Integer, nullable=False),
        Column("warnings", Text, nullable=False),
        Column("provenance", Text, nullable=False),
    ]


Table("meta", _SCHEMA, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))
_counters = Table(
    "counters", _SCHEMA, Column("name", Text, primary_key=True), Column("value", Integer, nullable=False)
)
Table("marks", _SCHEMA, Column("name", Text, primary_key=True), Column("sequence", Integer, nullable=False))

_articles = Table(
    "articles",
    _SCHEMA,
    *_article_columns(),
    Column("id", Integer, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("identity", Text, nullable=False, unique=True),
    *_state_columns(),
    Column("row_hash", Text, nullable=False),
    Column("group_id", Integer, nullable=False),
    sqlite_autoincrement=True,
)
Index("articles_content_hash", _articles.c.content_hash)
Index("articles_language", _articles.c.language)
Index("articles_source", _articles.c.source)
_grouped = _articles.c.group_id != _articles.c.id
Index("articles_group", _articles.c.group_id, sqlite_where=_grouped, postgresql_where=_grouped)

Table(
    "texts",
    _SCHEMA,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

Table(
    "versions",
    _SCHEMA,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    *_article_columns(),
    *_state_columns(),
    Column("row_hash", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

Table(
    "authors",
    _SCHEMA,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
)

_article_authors = Table(
    "article_authors",
    _SCHEMA,
    Column("author_id", Integer, primary_key=True),
    Column("article_id", Integer, primary_key=True),
    ForeignKeyConstraint(["author_id"], ["authors.id"]),
    ForeignKeyConstraint(["article_id"], ["articles.id"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)
Index("article_authors_article", _article_authors.c.article_id)

Table("sources", _SCHEMA, Column("key", Text, primary_key=True), Column("name", Text, nullable=False))

_copies = Table(
    "copies",
    _SCHEMA,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("member", Text, primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("identity", Text, nullable=False),
    Column("added", Text, nullable=False),
)
Index("copies_identity", _copies.c.identity)

_changes = Table(
    "changes",
    _SCHEMA,
    Column("article_id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", Integer, nullable=False),
    Column("kind", Text, nullable=False),
)
Index("changes_sequence", _changes.c.sequence, unique=True)

_slug_claims = Table(
    "slug_claims",
    _SCHEMA,
    Column("kind", Text, primary_key=True),
    Column("slug", Text, primary_key=True),
    Column("next_suffix", Integer, nullable=False),
    Column("identity", Text),
)
_retired = _slug_claims.c.identity.is_not(None)
Index("slug_claims_identity", _slug_claims.c.identity, sqlite_where=_retired, postgresql_where=_retired)


def upgrade(connection: Connection) -> None:
    """Create every table of version 1 in an empty database."""
    _SCHEMA.create_all(connection, checkfirst=False)
    connection.execute(insert(_SCHEMA.tables["meta"]).values(key="store_id", value=uuid.uuid4().hex))
    connection.execute(
        insert(_counters), [{"name": name, "value": 0} for name in ("article", "author", "sequence")]
    )
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA application_id = 1098015592"))  # "Arch": `file` and people can tell
