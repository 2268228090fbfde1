"""The store's tables as they are today; `archive.migrations` holds how they came to be.

JSON, dates and instants are TEXT, so that a row reads the same in any SQL shell
and on either database.  Bodies live in their own table: a read of metadata
never touches them.

What the less obvious columns hold:

* ``articles.digest``: hash of everything that the article says; equal digests
  mean that nothing changed.
* ``articles.row_hash``: hash of the row and the compressed body as written.
* ``articles.lead_chars``: the lead is that many first characters of the text;
  ``lead`` is NULL unless it is not a beginning of the text.
* ``articles.provenance``: object of field name -> [method, detail, confidence, raw].
* ``articles.hand``: 1 when some value was set by hand and wins over files.
* ``articles.group_id``: id of the first article with the same text, or its own.
* ``group_members``: articles that are alike, the same text included; ``group_id`` is
  the smallest id of the group when it last grew, ``nearest_id`` what an article was
  found to be like (NULL for the one that began it), ``similarity`` how much.
* ``signatures.first_day``, ``last_day``: the days that the publication date can mean,
  as ordinals; NULL when undated.
* ``originals``: the bytes that articles were read from, compressed, by their hash;
  ``article_originals.context`` is what the reader was told besides them, as JSON.
* ``searches``: ``query`` is a query string; articles up to the id ``seen`` were there at the last visit.
* ``fetches``: pages that gave an article, by the address that answered, and what the server gave
  to ask again.
* ``feed_entries``: what a feed had before; ``is_own`` is 1 when the article came from the entry.
* ``slug_claims``: slugs that may not be given out plainly: the next free suffix
  of a contested one, or the identity of the deleted article that had it.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

METADATA = MetaData()

# The order of these three tuples is the order of the row hash: append only, with a migration.
VALUE_COLUMNS = (
    "content_hash",
    "title",
    "authors",
    "published",
    "published_at",
    "language",
    "source",
    "url",
    "section",
    "tags",
    "words",
    "lead_chars",
    "lead",
)
KEY_COLUMNS = ("id", "slug", "identity")
STATE_COLUMNS = (
    "digest",
    "added",
    "updated",
    "origin_path",
    "origin_member",
    "media_type",
    "hand",
    "warnings",
    "provenance",
)

_NULLABLE = {"published", "published_at", "lead"}
_INTEGERS = {"words", "lead_chars", "hand"}


def _columns(names: tuple[str, ...]) -> list[Column[object]]:
    return [
        Column(name, Integer if name in _INTEGERS else Text, nullable=name in _NULLABLE) for name in names
    ]


meta = Table("meta", METADATA, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))
counters = Table(
    "counters", METADATA, Column("name", Text, primary_key=True), Column("value", Integer, nullable=False)
)
marks = Table(
    "marks", METADATA, Column("name", Text, primary_key=True), Column("sequence", Integer, nullable=False)
)

articles = Table(
    "articles",
    METADATA,
    *_columns(VALUE_COLUMNS),
    Column("id", Integer, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("identity", Text, nullable=False, unique=True),
    *_columns(STATE_COLUMNS),
    Column("row_hash", Text, nullable=False),
    Column("group_id", Integer, nullable=False),
    sqlite_autoincrement=True,
)
Index("articles_content_hash", articles.c.content_hash)
Index("articles_language", articles.c.language)
Index("articles_source", articles.c.source)
_grouped = articles.c.group_id != articles.c.id
Index("articles_group", articles.c.group_id, sqlite_where=_grouped, postgresql_where=_grouped)

texts = Table(
    "texts",
    METADATA,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

versions = Table(
    "versions",
    METADATA,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    *_columns(VALUE_COLUMNS),
    *_columns(STATE_COLUMNS),
    Column("row_hash", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

authors = Table(
    "authors",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
)

article_authors = Table(
    "article_authors",
    METADATA,
    Column("author_id", ForeignKey("authors.id"), primary_key=True),
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
)
Index("article_authors_article", article_authors.c.article_id)

sources = Table(
    "sources", METADATA, Column("key", Text, primary_key=True), Column("name", Text, nullable=False)
)

copies = Table(
    "copies",
    METADATA,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("member", Text, primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("identity", Text, nullable=False),
    Column("added", Text, nullable=False),
)
Index("copies_identity", copies.c.identity)

changes = Table(
    "changes",
    METADATA,
    Column("article_id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", Integer, nullable=False),
    Column("kind", Text, nullable=False),
)
Index("changes_sequence", changes.c.sequence, unique=True)

slug_claims = Table(
    "slug_claims",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("slug", Text, primary_key=True),
    Column("next_suffix", Integer, nullable=False),
    Column("identity", Text),
)
_retired = slug_claims.c.identity.is_not(None)
Index("slug_claims_identity", slug_claims.c.identity, sqlite_where=_retired, postgresql_where=_retired)

signatures = Table(
    "signatures",
    METADATA,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("content_hash", Text, nullable=False),
    Column("first_day", Integer),
    Column("last_day", Integer),
    Column("signature", LargeBinary, nullable=False),
)

group_members = Table(
    "group_members",
    METADATA,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("group_id", Integer, nullable=False),
    Column("nearest_id", Integer),
    Column("similarity", Float, nullable=False),
)
Index("group_members_group", group_members.c.group_id)

originals = Table(
    "originals",
    METADATA,
    Column("hash", Text, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

article_originals = Table(
    "article_originals",
    METADATA,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("hash", ForeignKey("originals.hash"), nullable=False),
    Column("context", Text, nullable=False),
)
Index("article_originals_hash", article_originals.c.hash)

searches = Table(
    "searches",
    METADATA,
    Column("slug", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("created", Text, nullable=False),
    Column("visited", Text),
    Column("seen", Integer, nullable=False),
)

fetches = Table(
    "fetches",
    METADATA,
    Column("url", Text, primary_key=True),
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("fetched", Text, nullable=False),
)
Index("fetches_article", fetches.c.article_id)

feeds = Table(
    "feeds",
    METADATA,
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

feed_entries = Table(
    "feed_entries",
    METADATA,
    Column("feed", ForeignKey("feeds.name", ondelete="CASCADE"), primary_key=True),
    Column("entry", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("is_own", Integer, nullable=False),
)
