"""The line between search and an engine: one protocol and what crosses it.

An engine stores `Record`s, answers `SearchRequest`s and keeps nothing else.  It
is disposable: everything in it can be rebuilt from the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TypeAlias

from index.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A document as engines see it, already analysed.

    Attributes:
        id: the document's id; adding a record replaces one of the same id.
        text: field name to tokens joined by single spaces.
        keywords: field name to whole values.
        numbers: field name to value; a field without a value is left out.
    """

    id: int
    text: dict[str, str]
    keywords: dict[str, tuple[str, ...]]
    numbers: dict[str, int]


class Sort(StrEnum):
    """Order of hits.  Ties go to the smaller id; undated articles come last
    both ways.  ``added`` is the latest stored first, which ids tell;
    ``longest`` goes by the number of words."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"
    ADDED = "added"
    LONGEST = "longest"


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetRequest:
    """Count the values of ``field``, one of `index.schema.FACETS`, among the matches.

    Buckets come most frequent first, ties by value; at most ``size`` of them.
    """

    field: str
    size: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class HistogramRequest:
    """Count the matches whose value of the number field ``field`` lies in each
    of the stretches ``bounds[i] <= value < bounds[i + 1]``.

    ``bounds`` ascend; there are two or more.  Values are below 2**53, so that
    an engine may count them as floats: ``published_sort`` is none of these.
    """

    field: str
    bounds: tuple[int, ...]


#: What a hit is sorted by: score, date, title; None where it has no such value.
Key: TypeAlias = int | float | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """A hit to go on behind, whatever came and went since it was given.

    Attributes:
        key, id: of the hit, as it was in the same search and order.
        position: how many hits stood up to it, itself included: where to look
            first.
    """

    key: Key
    id: int
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """What an engine is asked; it matches ``plan`` and nothing else.

    ``after`` takes the place of ``offset``.  ``extent`` names a number field
    whose least and greatest value among the matches are wanted.
    """

    plan: Plan
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int = 10
    facets: tuple[FacetRequest, ...] = ()
    after: After | None = None
    histogram: HistogramRequest | None = None
    extent: str = ""


@dataclass(frozen=True, slots=True)
class EngineHit:
    """One match: the document's id, its score (0 unless by relevance), and what
    it is sorted by, for `After`."""

    id: int
    score: float
    key: Key = field(default=None, compare=False)


@dataclass(slots=True)  # made by the hundred: a frozen one takes three times as long
class Bucket:
    """A facet value, as the keyword field holds it, and its exact count."""

    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResponse:
    """What an engine answers.

    Attributes:
        total: exact number of matches, independent of ``limit``.
        hits: at most ``limit`` from ``offset`` on, in order.
        facets: buckets by field, for each one asked for.
        lacking: how many matches have no value, by field, for each facet.
        histogram: a count for each stretch asked for.
        extent: least and greatest value; None if not asked for, or if no
            match has a value.
    """

    total: int
    hits: tuple[EngineHit, ...]
    facets: dict[str, tuple[Bucket, ...]] = field(default_factory=dict)
    lacking: dict[str, int] = field(default_factory=dict)
    histogram: tuple[int, ...] = ()
    extent: tuple[int, int] | None = None


class Engine(Protocol):
    """One index, open for reading and, in one process at a time, writing.

    Reading and writing may happen in different threads; a search sees the last
    commit.  Every method raises `EngineError` or a subclass, never the
    library's own exceptions.
    """

    name: str

    def add(self, records: Iterable[Record]) -> int:
        """Insert or replace ``records`` by id; durable and visible only after
        `commit`.  Returns how many there were."""

    def delete(self, ids: Iterable[int]) -> None:
        """Remove documents by id, unknown ids included; takes effect at
        `commit`."""

    def commit(self) -> None:
        """Make what was added and deleted durable (synced to disk) and visible
        to `search` in this process, all or nothing."""

    def commit_size(self, total: int) -> int:
        """How many of ``total`` documents to add between two commits of a build,
        so that they are searched fast afterwards; 1 or more."""

    def rollback(self) -> None:
        """Forget what was added and deleted since the last commit."""

    def refresh(self) -> None:
        """See commits that another process has made."""

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer from the last commit seen."""

    def iterate(self, request: SearchRequest) -> Iterator[EngineHit]:
        """Every hit in the order asked for, from one commit, whatever is
        committed meanwhile; ``offset``, ``limit`` and ``facets`` do not count."""

    def count(self) -> int:
        """How many documents the last commit seen holds."""

    def ids(self) -> Iterable[int]:
        """Every document's id, ascending: for verifying against the store."""

    def terms(self, field: str, prefix: str = "", limit: int = 100) -> Sequence[tuple[str, int]]:
        """Tokens of ``field`` that begin with ``prefix`` and in how many
        documents each occurs, most frequent first, ties by token."""

    def close(self) -> None:
        """Release files, threads and locks; uncommitted changes are lost."""


class EngineFactory(Protocol):
    """How `index.engines` opens an engine without importing its library early."""

    def create(self, path: Path) -> Engine:
        """Build an empty index in the existing empty folder ``path``."""

    def open(self, path: Path, *, writable: bool = False) -> Engine:
        """Open the index in ``path``.

        Raises:
            IndexMissingError: there is none.
            IndexDamagedError: there is one that cannot be read.
        """
