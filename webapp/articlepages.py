"""What the services give of one article, of its history, and of one author."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.document import Document
from webapp.models import DEFAULT_LIMIT, Hit, Spans

if TYPE_CHECKING:
    from archive.differences import Difference
    from archive.store import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePage:
    """An article with the query's marks.

    Attributes:
        body_spans: offsets into ``document.text``.
        author_slugs: addresses of ``document.authors``, in their order.
    """

    document: Document
    author_slugs: tuple[str, ...] = ()
    query: str = ""
    title_spans: Spans = ()
    body_spans: Spans = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """An article's versions, the oldest first, and what changed between two of them."""

    document: Document
    versions: tuple[Version, ...]
    before: Version
    after: Version
    difference: Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorPage:
    """One page of an author's articles, newest first, undated last.

    Attributes:
        first: number of the first hit, from 1.
        next: opaque cursor of the next page, or None at the end.
    """

    slug: str
    name: str
    total: int
    hits: tuple[Hit, ...]
    first: int = 1
    page: int = 1
    limit: int = DEFAULT_LIMIT
    next: str | None = None
