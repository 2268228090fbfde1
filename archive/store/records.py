"""What the store answers with, besides documents."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from archive.document import Document, Origin


class PutOutcome(StrEnum):
    """What became of one document that was put."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"


class ChangeKind(StrEnum):
    """What happened to an article last."""

    PUT = "put"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class PutResult:
    """Attributes:
    id, slug: of the stored article; for a duplicate, of the article that it repeats.
    note: for a person, such as ``same text as <slug>``; may be empty.
    is_current: the article says now what the document says; not so for a shorter form
        of it, or what became a former version.
    """

    outcome: PutOutcome
    id: int
    slug: str
    note: str = ""
    is_current: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The latest change of one article; sequences only ever grow."""

    sequence: int
    id: int
    kind: ChangeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAuthor:
    """An author: ``key`` is for matching, ``name`` the first printed form that was seen."""

    key: str
    slug: str
    name: str
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """A search that somebody wants to come back to.

    Attributes:
        query: query string with every parameter of the search, as in an address.
        visited: when its results were last looked at, or None for never since it was saved.
        seen: articles up to this id were there then.
    """

    slug: str
    name: str
    query: str
    created: dt.datetime
    visited: dt.datetime | None
    seen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Another place where the same article was found."""

    origin: Origin
    identity: str
    added: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A former state of an article; ``number`` counts from 1, the oldest."""

    number: int
    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class DamagedRow:
    """An article whose stored form is not what was written."""

    id: int
    slug: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreStats:
    """Attributes:
    bytes_on_disk: database with its write-ahead log; 0 for a database server.
    by_language: language -> articles; the empty language is "cannot be told".
    """

    articles: int
    undated: int
    without_author: int
    by_language: dict[str, int]
    versions: int
    copies: int
    bytes_on_disk: int
