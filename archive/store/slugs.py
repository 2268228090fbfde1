"""Permanent addresses: short, ASCII, unique, never given out twice."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from slugify import slugify
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from archive.store.bulk import select_in
from archive.store.tables import articles, authors, slug_claims

MAX_SLUG_CHARS = 120

# Words that are routes of the web application, now or likely to be.
RESERVED_SLUGS = frozenset(
    ("about", "admin", "all", "api", "article", "articles", "author", "authors", "edit", "feed", "feeds")
) | {"healthz", "help", "login", "logout", "new", "search", "source", "sources", "static", "status"}

Kind = Literal["article", "author"]

_COLUMNS = {"article": articles.c.slug, "author": authors.c.slug}
_RUN = re.compile(r"[^a-z0-9]+")
_NEEDS_SLUGIFY = re.compile(r"[&',]")
_LOOK_AHEAD = 256


def slug_base(text: str, fallback: str) -> str:
    """The slug of ``text`` before it is made unique; ``fallback`` when nothing is left of it."""
    if len(text) <= MAX_SLUG_CHARS and text.isascii() and _NEEDS_SLUGIFY.search(text) is None:
        # What python-slugify does with such a title, at a fifth of its time: most titles are such.
        slug = _RUN.sub("-", text.lower()).strip("-")
    else:
        slug = slugify(text[: MAX_SLUG_CHARS * 10], max_length=MAX_SLUG_CHARS, word_boundary=True)
        slug = slug[:MAX_SLUG_CHARS].strip("-")
    return slug or fallback


def with_suffix(base: str, number: int) -> str:
    """``base-number``, shortened to fit."""
    suffix = f"-{number}"
    return base[: MAX_SLUG_CHARS - len(suffix)].rstrip("-") + suffix


class SlugAllocator:
    """Gives out slugs inside one transaction; `save` writes down where it stopped.

    The next suffix of a contested slug is kept in the database, so that the
    hundred-thousandth article of one title costs what the second did.
    """

    def __init__(self, connection: Connection, kind: Kind) -> None:
        self._connection = connection
        self._kind = kind
        self._column = _COLUMNS[kind]
        self._taken: set[str] = set(RESERVED_SLUGS)
        self._known: set[str] = set()
        self._next: dict[str, int] = {}
        self._looked_up: dict[str, int] = {}
        self._moved: set[str] = set()
        self._retired: dict[str, str] = {}
        self._given_back: list[str] = []

    def look_up(self, bases: Iterable[str]) -> None:
        """Learn in one query a chunk which of ``bases`` are taken."""
        new = set(bases) - self._known
        self._known |= new
        self._taken.update(self._stored(new))
        claims = select(slug_claims.c.slug, slug_claims.c.next_suffix).where(slug_claims.c.kind == self._kind)
        for slug, next_suffix in select_in(self._connection, claims, slug_claims.c.slug, new):
            self._taken.add(slug)
            self._next[slug] = next_suffix

    def look_up_retired(self, identities: Iterable[str]) -> None:
        """Learn which of ``identities`` had a slug before they were deleted."""
        retired = select(slug_claims.c.identity, slug_claims.c.slug).where(
            slug_claims.c.kind == self._kind, slug_claims.c.identity.is_not(None)
        )
        if self._connection.execute(retired.limit(1)).first() is None:
            return
        for identity, slug in select_in(self._connection, retired, slug_claims.c.identity, identities):
            self._retired[identity] = slug

    def _stored(self, slugs: Iterable[str]) -> set[str]:
        return {row[0] for row in select_in(self._connection, select(self._column), self._column, slugs)}

    def allocate(self, base: str, identity: str = "") -> str:
        """A free slug for ``base``; the former one of a deleted article that came back."""
        former = self._retired.pop(identity, None)
        if former is not None:
            self._given_back.append(former)
            return former
        if base not in self._known:
            self.look_up((base,))
        if base not in self._taken:
            self._taken.add(base)
            return base
        number = self._next.get(base, 2)
        while True:
            if number >= self._looked_up.get(base, 0):
                self._look_ahead(base, number)
            slug = with_suffix(base, number)
            number += 1
            if slug not in self._taken:
                break
        self._next[base] = number
        self._moved.add(base)
        self._taken.add(slug)
        return slug

    def _look_ahead(self, base: str, number: int) -> None:
        until = number + _LOOK_AHEAD
        candidates = [with_suffix(base, each) for each in range(number, until)]
        self._taken.update(self._stored(candidates))
        claims = select(slug_claims.c.slug).where(slug_claims.c.kind == self._kind)
        claimed = select_in(self._connection, claims, slug_claims.c.slug, candidates)
        self._taken.update(row[0] for row in claimed)
        self._looked_up[base] = until

    def save(self) -> None:
        """Write down the next suffixes, and which retired slugs are in use again."""
        for slug in self._given_back:
            self._connection.execute(
                slug_claims.update()
                .where(slug_claims.c.kind == self._kind, slug_claims.c.slug == slug)
                .values(identity=None)
            )
        claim(self._connection, self._kind, [(base, self._next[base], None) for base in sorted(self._moved)])


def claim(connection: Connection, kind: Kind, rows: Iterable[tuple[str, int, str | None]]) -> None:
    """Record (slug, next suffix, identity of the deleted article that had it) for each row."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(slug_claims)
    for slug, next_suffix, identity in rows:
        # A claim that is there keeps the further suffix; SQL decides, whatever the order of writers.
        set_ = {"identity": identity} if identity is not None else {"next_suffix": next_suffix}
        connection.execute(
            statement.values(
                kind=kind, slug=slug, next_suffix=next_suffix, identity=identity
            ).on_conflict_do_update(index_elements=["kind", "slug"], set_=set_)
        )
