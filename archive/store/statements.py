"""The statements that a put runs for many rows at once."""

from __future__ import annotations

from sqlalchemy import (
    BindParameter,
    ColumnClause,
    Insert,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.engine import Dialect

from archive.store.bulk import Bulk, upsert
from archive.store.rows import HASHED_COLUMNS
from archive.store.tables import (
    STATE_COLUMNS,
    VALUE_COLUMNS,
    article_authors,
    articles,
    authors,
    changes,
    copies,
    counters,
    texts,
    versions,
)

_ROW = (*HASHED_COLUMNS, "row_hash", "group_id")
# Constants, which would otherwise be parameters of each row.
_ZERO: ColumnClause[int] = literal_column("0")
_ONE: ColumnClause[int] = literal_column("1")
_this: BindParameter[int] = bindparam("this_id")

ADD_ARTICLE = Bulk(insert(articles), _ROW)
ADD_TEXT = Bulk(insert(texts), ("article_id", "body"))
UPDATE_ARTICLE = Bulk(
    update(articles).where(articles.c.id == _this), (*HASHED_COLUMNS, "row_hash", "this_id")
)
UPDATE_TEXT = Bulk(update(texts).where(texts.c.article_id == _this), ("body", "this_id"))

_HISTORY = (*VALUE_COLUMNS, *STATE_COLUMNS, "row_hash")
_next_number = (
    select(func.coalesce(func.max(versions.c.number), _ZERO) + _ONE)
    .where(versions.c.article_id == articles.c.id)
    .scalar_subquery()
)
KEEP_VERSION = Bulk(
    insert(versions).from_select(
        ["article_id", "number", *_HISTORY, "body"],
        select(articles.c.id, _next_number, *(articles.c[name] for name in _HISTORY), texts.c.body)
        .join(texts, texts.c.article_id == articles.c.id)
        .where(articles.c.id == _this),
    ),
    ("this_id",),
)

# For a text that an article got or left: those that have it are one group, named by the first.
_hash: BindParameter[str] = bindparam("this_hash")
_twin = articles.alias()
_first = select(func.min(_twin.c.id)).where(_twin.c.content_hash == _hash).scalar_subquery()
REGROUP = Bulk(
    update(articles)
    .where(articles.c.content_hash == _hash, articles.c.group_id != _first)
    .values(group_id=_first),
    ("this_hash",),
)

ADD_AUTHOR = Bulk(insert(authors), ("id", "key", "slug", "name"))
LINK_AUTHOR = Bulk(insert(article_authors), ("author_id", "article_id"))
UNLINK_AUTHORS = Bulk(delete(article_authors).where(article_authors.c.article_id == _this), ("this_id",))


def _note_change(dialect: Dialect) -> Insert:
    statement = upsert(dialect, changes)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["article_id"], set_={"sequence": new.sequence, "kind": new.kind}
    )


def _add_copy(dialect: Dialect) -> Insert:
    return upsert(dialect, copies).on_conflict_do_nothing()


NOTE_CHANGE = Bulk(_note_change, ("article_id", "sequence", "kind"))
ADD_COPY = Bulk(_add_copy, ("article_id", "path", "member", "media_type", "identity", "added"))
DROP_COPY = Bulk(delete(copies).where(copies.c.identity == bindparam("this_identity")), ("this_identity",))
SET_COUNTER = Bulk(
    update(counters).where(counters.c.name == bindparam("this_name")).values(value=bindparam("new_value")),
    ("new_value", "this_name"),
)
