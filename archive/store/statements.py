"""The statements that a put runs for many rows at once."""

from __future__ import annotations

from sqlalchemy import BindParameter, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import sqlite

from archive.store.bulk import Bulk
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

_ROW = (*HASHED_COLUMNS, "group_id", "row_hash")
_this: BindParameter[int] = bindparam("this_id")

ADD_ARTICLE = Bulk(insert(articles), _ROW)
ADD_TEXT = Bulk(insert(texts), ("article_id", "body"))
UPDATE_ARTICLE = Bulk(
    update(articles).where(articles.c.id == _this), (*HASHED_COLUMNS, "row_hash", "this_id")
)
UPDATE_TEXT = Bulk(update(texts).where(texts.c.article_id == _this), ("body", "this_id"))

_HISTORY = (*VALUE_COLUMNS, *STATE_COLUMNS, "row_hash")
_next_number = (
    select(func.coalesce(func.max(versions.c.number), 0) + 1)
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

# An article whose text changed leaves its group, in three steps over all such articles:
# if it gave the group its name the next one does, it is alone, it joins those with its new text.
_other = articles.alias()
_heir = (
    select(func.min(_other.c.id)).where(_other.c.group_id == _this, _other.c.id != _this).scalar_subquery()
)
LEAVE_GROUP = Bulk(
    update(articles).where(articles.c.group_id == _this, articles.c.id != _this).values(group_id=_heir),
    ("this_id",),
)
RESET_GROUP = Bulk(
    update(articles).where(articles.c.id == _this).values(group_id=articles.c.id), ("this_id",)
)
_group = (
    select(func.min(_other.c.group_id))
    .where(_other.c.content_hash == articles.c.content_hash, _other.c.id != articles.c.id)
    .scalar_subquery()
)
JOIN_GROUP = Bulk(
    update(articles).where(articles.c.id == _this).values(group_id=func.coalesce(_group, articles.c.id)),
    ("this_id",),
)

ADD_AUTHOR = Bulk(insert(authors), ("id", "key", "slug", "name"))
LINK_AUTHOR = Bulk(insert(article_authors), ("author_id", "article_id"))
UNLINK_AUTHORS = Bulk(delete(article_authors).where(article_authors.c.article_id == _this), ("this_id",))

# SQLite's dialect of ON CONFLICT is PostgreSQL's, and compiles for both.
_change = sqlite.insert(changes)
NOTE_CHANGE = Bulk(
    _change.on_conflict_do_update(
        index_elements=["article_id"],
        set_={"sequence": _change.excluded.sequence, "kind": _change.excluded.kind},
    ),
    ("article_id", "sequence", "kind"),
)
ADD_COPY = Bulk(
    sqlite.insert(copies).on_conflict_do_nothing(),
    ("article_id", "path", "member", "media_type", "identity", "added"),
)
DROP_COPY = Bulk(delete(copies).where(copies.c.identity == bindparam("this_identity")), ("this_identity",))
SET_COUNTER = Bulk(
    update(counters).where(counters.c.name == bindparam("this_name")).values(value=bindparam("new_value")),
    ("new_value", "this_name"),
)
