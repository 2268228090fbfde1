"""Permanent addresses: short, ASCII, unique, never given out twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping
from functools import partial
from inspect import signature
from itertools import count
from typing import Literal
from unicodedata import normalize

from slugify import slugify
from sqlalchemy import literal_column, select
from sqlalchemy.engine import Connection

from archive.store.bulk import Lookup, upsert
from archive.store.tables import articles, authors, slug_claims

MAX_SLUG_CHARS = 120

# Words that are routes of the web application, now or likely to be.
RESERVED_SLUGS = frozenset(
    ("about", "admin", "all", "api", "article", "articles", "author", "authors", "edit", "feed", "feeds")
) | {"healthz", "help", "login", "logout", "new", "search", "source", "sources", "static", "status"}

Kind = Literal["article", "author"]

_COLUMNS = {"article": articles.c.slug, "author": authors.c.slug}
_STORED = {kind: Lookup(select(column), column) for kind, column in _COLUMNS.items()}
_CLAIMED = {
    kind: Lookup(
        select(slug_claims.c.slug, slug_claims.c.next_suffix).where(
            slug_claims.c.kind == literal_column(f"'{kind}'")
        ),
        slug_claims.c.slug,
    )
    for kind in _COLUMNS
}
_RETIRED = select(slug_claims.c.identity, slug_claims.c.slug).where(slug_claims.c.identity.is_not(None))
_RETIRED_BY_IDENTITY = Lookup(_RETIRED, slug_claims.c.identity)

_RUN = re.compile(r"[^a-z0-9]+")
_APOSTROPHES = re.compile("['’‘ʼ]")
_ENTITY_OR_NUMBER = re.compile(r"&|\d,\d")
_MARKS = re.compile("[\u0300-\u036f]+")
_PUNCTUATION = str.maketrans(dict.fromkeys("“”„«»–—…•", " "))
_LOOK_AHEAD = 256

# python-slugify 9 takes Unidecode where that happens to be installed; an address must not
# depend on that, and its search for the missing module takes longer than the slug.
_transliterated: Callable[..., str] = (
    partial(slugify, backend="text-unidecode") if "backend" in signature(slugify).parameters else slugify
)


def slug_base(text: str, fallback: str) -> str:
    """The slug of ``text`` before it is made unique; ``fallback`` when nothing is left of it."""
    text = _APOSTROPHES.sub("", text[: MAX_SLUG_CHARS * 10])
    plain = text if text.isascii() else _MARKS.sub("", normalize("NFKD", text)).translate(_PUNCTUATION)
    if plain.isascii() and _ENTITY_OR_NUMBER.search(plain) is None:
        # What python-slugify does with such a title, at a fifth of its time: most titles are such.
        slug = _RUN.sub("-", plain.lower()).strip("-")
        if len(slug) <= MAX_SLUG_CHARS:
            return slug or fallback
    slug = _transliterated(text, max_length=MAX_SLUG_CHARS, word_boundary=True)
    return slug[:MAX_SLUG_CHARS].strip("-") or fallback


def first_free(base: str, taken: Container[str]) -> str:
    """``base``, or with the lowest number from 2 on that makes it none of ``taken``."""
    numbered = (base if number == 1 else f"{base}-{number}" for number in count(1))
    return next(name for name in numbered if name not in taken)


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
        """Learn in few queries which of ``bases`` are taken; repeat one that will be asked for twice."""
        asked = Counter(bases)
        new = asked.keys() - self._known
        self._known |= new
        self._taken.update(row[0] for row in _STORED[self._kind].rows(self._connection, new))
        for slug, next_suffix in _CLAIMED[self._kind].rows(self._connection, new):
            self._taken.add(slug)
            self._next[slug] = next_suffix
        self._look_ahead({base: times for base, times in asked.items() if times > 1 or base in self._taken})

    def look_up_retired(self, identities: Iterable[str]) -> None:
        """Learn which of ``identities`` had a slug before their article was deleted."""
        if self._connection.execute(_RETIRED.limit(1)).first() is None:
            return
        for identity, slug in _RETIRED_BY_IDENTITY.rows(self._connection, identities):
            self._retired[identity] = slug

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
                self._look_ahead({base: _LOOK_AHEAD})
            slug = with_suffix(base, number)
            number += 1
            if slug not in self._taken:
                break
        self._next[base] = number
        self._moved.add(base)
        self._taken.add(slug)
        return slug

    def _look_ahead(self, times: Mapping[str, int]) -> None:
        """Learn which of the next ``times`` suffixes of each slug are taken."""
        candidates = []
        for base, number in times.items():
            start = max(self._next.get(base, 2), self._looked_up.get(base, 0))
            self._looked_up[base] = start + number
            candidates += [with_suffix(base, each) for each in range(start, start + number)]
        for lookup in (_STORED[self._kind], _CLAIMED[self._kind]):
            self._taken.update(row[0] for row in lookup.rows(self._connection, candidates))

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
    statement = upsert(connection.dialect, slug_claims)
    for slug, next_suffix, identity in rows:
        # A claim that is there keeps the further suffix; SQL decides, whatever the order of writers.
        set_ = {"identity": identity} if identity is not None else {"next_suffix": next_suffix}
        connection.execute(
            statement.values(
                kind=kind, slug=slug, next_suffix=next_suffix, identity=identity
            ).on_conflict_do_update(index_elements=["kind", "slug"], set_=set_)
        )
