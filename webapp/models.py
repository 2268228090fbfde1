"""What the services give to every door: pages, API and command line alike.

Plain records, without HTML and without JSON: `webapp.presenters` and the
templates make those.  Spans are half-open code-point offsets into the text
beside them, sorted and disjoint.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from archive.document import Document, PartialDate
from index.query.ast import QueryWarning

if TYPE_CHECKING:
    from index.snippets import Snippet

Spans: TypeAlias = tuple[tuple[int, int], ...]

#: Most hits that one page may hold, and how many it holds unless told.
MAX_LIMIT = 100
DEFAULT_LIMIT = 10

#: Facets of a search, in the order in which they are shown.
FACETS = ("author", "source", "tag", "language", "year", "month", "duplicate")

#: Facet value of the articles that have no date, author, source or language, or no near-duplicate.
MISSING = "none"

#: Facet value of the articles that have near-duplicates.
HAS = "yes"

#: The order by relevance that wanes with age; the other orders are `index.engine.Sort`.
RECENT = "recent"


class WholeName(str):
    """A value of an ``author`` filter that is the whole name of an author of the archive, and means
    nobody else."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchParams:
    """A search as it was asked, checked in form but not yet in meaning.

    Attributes:
        q: query text, as typed.
        author, source, tag, language, year, month, duplicate: filters.  One name in
            ``author`` is matched like ``author:"…"``, unless it is a `WholeName`; several values of one
            filter widen it, different filters narrow.  ``none`` asks for
            articles without the value; ``tag`` covers tags and section.
        excluded: filters the other way round, as (name, value): no article
            that such a filter would find.
        date_from, date_to: ``YYYY[-MM[-DD]]`` or empty for open; both ends
            inclusive, so that ``2024`` to ``2024`` is that year.
        sort: a value of `index.engine.Sort`, or `RECENT`.
        match: ``auto``, ``all`` or ``any``.
        page: from 1; ``cursor`` wins over it.
        cursor: opaque continuation, the ``next`` of an earlier answer.
        histogram: give the matches over time.
        explain: tell why each hit matched.
        collapse: one article of each group of near-duplicates.
        engine: name of the engine to ask, or None for the configured one.
    """

    q: str = ""
    author: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    month: tuple[str, ...] = ()
    duplicate: tuple[str, ...] = ()
    excluded: tuple[tuple[str, str], ...] = ()
    date_from: str = ""
    date_to: str = ""
    sort: str = "relevance"
    match: str = "auto"
    page: int = 1
    limit: int = DEFAULT_LIMIT
    cursor: str = ""
    facets: bool = True
    histogram: bool = False
    explain: bool = False
    collapse: bool = False
    engine: str | None = None


@dataclass(slots=True, kw_only=True)  # made by the hundred: a frozen one takes three times as long
class FacetValue:
    """One value of a facet: what the filter takes, what people read, how many.

    Attributes:
        count: articles with it among those that match all but the filters of
            its own facet.
        excluded: the search leaves out articles with it.
    """

    value: str
    label: str
    count: int
    selected: bool = False
    excluded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetPage:
    """A page of all values of one facet.

    Attributes:
        find: only values with words that begin so.
        total: how many values there are.
        is_cut: there are more than are looked through.
    """

    name: str
    values: tuple[FacetValue, ...]
    total: int
    find: str = ""
    is_cut: bool = False
    page: int = 1
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherCopy:
    """Another article that says nearly the same."""

    slug: str
    source: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Part of the search that an article matched.

    Attributes:
        clause: in terms of the index, such as ``stem:missil``.
        score: what it added to the article's score.
        share: how much of that score it is, 0 to 1.
    """

    clause: str
    score: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One article of a page of results.

    Attributes:
        missing: words of the query that the article lacks (partial matches).
        reasons: why it matched, weightiest first, if that was asked.
        also: the others of its group, in a collapsed search; the first twenty.
        also_total: how many others there are.
        damaged: whether what is stored of it is not what was written; it is not
            shown, its snippet says what to do.
    """

    id: int
    slug: str
    title: str
    authors: tuple[str, ...] = ()
    author_slugs: tuple[str, ...] = ()
    published: PartialDate | None = None
    source: str = ""
    language: str = ""
    url: str = ""
    score: float = 0.0
    title_spans: Spans = ()
    snippets: tuple[Snippet, ...] = ()
    missing: tuple[str, ...] = ()
    also: tuple[OtherCopy, ...] = ()
    also_total: int = 0
    reasons: tuple[Reason, ...] = ()
    damaged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HistogramBucket:
    """A stretch of time.

    Attributes:
        start, end: its first and last day, month or year, both included, as
            ``from`` and ``to`` take them.
        count: matches that are dated within it.
        articles: articles of the archive that are.
    """

    start: str
    end: str
    count: int
    articles: int

    @property
    def share(self) -> float:
        """How much of the archive matches in this time: 0 to 1."""
        return self.count / self.articles if self.articles else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """Matches over time, from the first to the last, empty stretches included.

    Attributes:
        unit: ``day``, ``week`` (from Monday), ``month``, ``year`` or ``decade``.
        coarse: matches whose dates are too coarse for the unit: they are in no bucket.
    """

    unit: str
    buckets: tuple[HistogramBucket, ...]
    coarse: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One thing that a query asks for, and the query text that is left without it."""

    text: str
    rest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a query may become.

    Attributes:
        kind: ``word``, ``author``, ``source``, ``tag``, ``title`` or ``operator``.
        text: what people read.
        query: the whole query, completed.
        slug: of the article, if it is a title.
    """

    kind: str
    text: str
    query: str
    slug: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Another search, in words, and how many articles match it."""

    text: str
    params: SearchParams
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What may help where few articles match, or none.

    Attributes:
        corrected: with words of the archive for those that it does not have.
        without: without one clause or filter each (its text), most matches first.
        widened: with any of the words.
    """

    corrected: Alternative | None = None
    without: tuple[Alternative, ...] = ()
    widened: Alternative | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """One page of answers.

    Attributes:
        query: the query text as typed.
        understood: canonical text of what was searched, filters included.
        match: how bare words were taken: ``all`` must match, ``any`` may, ``best`` is any with
            complete and close matches first, ``exact`` is as the query was written.
        warnings: what in ``query`` was not taken as it may have been meant.
        total: exact number of articles that match; partial ones not counted.
        partial: articles with most of the words, when too few have them all.
        partial_total: how many of those there are.
        clauses: what the query asks for, one by one.
        repair: what may help, where little matches.
        histogram: matches over time, if it was asked for and any has a date.
        page, limit: which stretch of the hits this is.
        next: opaque cursor of the next page, or None at the end.
    """

    query: str
    understood: str
    total: int
    hits: tuple[Hit, ...]
    match: Literal["exact", "all", "any", "best"] = "exact"
    warnings: tuple[QueryWarning, ...] = ()
    partial: tuple[Hit, ...] = ()
    partial_total: int = 0
    took_ms: float = 0.0
    facets: dict[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    histogram: Histogram | None = None
    clauses: tuple[Clause, ...] = ()
    repair: Repair | None = None
    page: int = 1
    limit: int = DEFAULT_LIMIT
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """Every article of a search.

    Attributes:
        understood: canonical text of what was searched, filters included.
        total: exact number of articles that match.
        documents: those articles in order, read as they are asked for, once.
    """

    understood: str
    total: int
    documents: Iterator[Document]
    warnings: tuple[QueryWarning, ...] = ()
