"""Services that answer from a few records, so that a test sees only the web."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from flask.testing import FlaskClient

from archive.document import Document, Origin, PartialDate, Provenance
from archive.errors import ArticleNotFoundError
from index.query.ast import QueryWarning
from index.snippets import Snippet
from webapp import create_app
from webapp.articlepages import ArticlePage, AuthorPage, HistoryPage
from webapp.models import Completion, FacetValue, Hit, Matches, SearchPage, SearchParams
from webapp.settings import Settings
from webapp.status import Status

XSS_TITLE = "<script>alert(1)</script> & \"quoted\" 'title'"

HIT = Hit(
    id=7,
    slug="harbour-strike",
    title="Harbour strike enters third day",
    authors=("Ada Lovelace", "Jo Smith"),
    author_slugs=("ada-lovelace", "jo-smith"),
    published=PartialDate(2024, 9),
    source="Harbour Post",
    language="en",
    url="https://example.org/strike",
    score=3.25,
    title_spans=((8, 14),),
    snippets=(Snippet("The strike went on <b>all</b> night.", ((4, 10),)),),
)

XSS_HIT = Hit(
    id=8,
    slug="script",
    title=XSS_TITLE,
    authors=("<img src=x onerror=alert(2)>",),
    author_slugs=("img",),
    source='"><script>alert(3)</script>',
    language="de",
    url="javascript:alert(4)",
    snippets=(Snippet("<svg onload=alert(5)> text", ((5, 11),)),),
)

DOCUMENT = Document(
    id=7,
    slug="harbour-strike",
    identity="url:https://example.org/strike",
    title="Harbour strike enters third day",
    text="The strike went on.\n\nNo strike & no talks, <em>they</em> said.",
    lead="The strike went on.",
    origin=Origin(path="/secret/folder/strike.html", media_type="text/html"),
    content_hash="ab" * 16,
    words=11,
    authors=("Ada Lovelace", "Jo Smith"),
    published=PartialDate(2024, 9, 10),
    published_at=dt.datetime(2024, 9, 10, 8, 30, tzinfo=dt.UTC),
    language="en",
    source="Harbour Post",
    url="https://example.org/strike",
    tags=("port",),
    added=dt.datetime(2025, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
    updated=dt.datetime(2025, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
    provenance={
        "title": Provenance(method="json-ld", detail="headline", confidence=0.9, raw="Harbour <strike>")
    },
)

FACETS = {
    "author": tuple(FacetValue(value=f"Author {n}", label=f"Author {n}", count=30 - n) for n in range(12)),
    "source": (FacetValue(value="Harbour Post", label="Harbour Post", count=9, selected=True),),
    "language": (FacetValue(value="en", label="en", count=9),),
    "year": (
        FacetValue(value="2023", label="2023", count=20),
        FacetValue(value="2024", label="2024", count=9),
        FacetValue(value="none", label="Undated", count=3),
    ),
}


@dataclass
class FakeServices:
    """Answers with what it is given, and notes what it was asked."""

    hits: tuple[Hit, ...] = (HIT, XSS_HIT)
    total: int = 2
    partial: tuple[Hit, ...] = ()
    warnings: tuple[QueryWarning, ...] = ()
    facets: dict[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    document: Document = DOCUMENT
    title_spans: tuple[tuple[int, int], ...] = ((8, 14),)
    body_spans: tuple[tuple[int, int], ...] = ((4, 10), (24, 30))
    state: Status = field(default_factory=lambda: Status(articles=2, engine="memory", indexed=2))
    completions: tuple[Completion, ...] = ()
    alike: tuple[Hit, ...] = ()
    understood: str = ""
    match: str = "exact"
    error: Exception | None = None
    asked: list[SearchParams] = field(default_factory=list)

    def search(self, request: SearchParams) -> SearchPage:
        self.asked.append(request)
        if self.error is not None:
            raise self.error
        return SearchPage(
            query=request.q,
            understood=self.understood or " ".join(request.q.split()),
            match=self.match,
            warnings=self.warnings,
            total=self.total,
            hits=self.hits,
            partial=self.partial,
            partial_total=len(self.partial),
            took_ms=1.5,
            facets=self.facets if request.facets else {},
            page=request.page,
            limit=request.limit,
            next="abc" if self.total > request.page * request.limit else None,
        )

    def article(self, slug: str, query: str = "") -> ArticlePage:
        if slug != self.document.slug:
            raise ArticleNotFoundError(f"no article {slug} in /secret/folder")
        return ArticlePage(
            document=self.document,
            author_slugs=("ada-lovelace", ""),
            query=query,
            title_spans=self.title_spans if query else (),
            body_spans=self.body_spans if query else (),
        )

    def history(self, slug: str, before: int | None = None, after: int | None = None) -> HistoryPage:
        raise NotImplementedError

    def complete(self, text, *, engine=None):
        return self.completions

    def similar(self, slug, *, limit=5, engine=None):
        if slug != self.document.slug:
            raise ArticleNotFoundError(slug)
        return self.alike[:limit]

    def author(self, slug: str, page: int = 1, cursor: str = "") -> AuthorPage:
        if slug != "ada-lovelace":
            raise ArticleNotFoundError(slug)
        return AuthorPage(
            slug=slug, name="Ada Lovelace", total=23, hits=(HIT,), first=page * 10 - 9, page=page
        )

    def matches(self, request: SearchParams, *, most: int | None = None) -> Matches:
        self.asked.append(request)
        if self.error is not None:
            raise self.error
        found = [self.document][:most]
        return Matches(understood=request.q, total=len(found), documents=iter(found), warnings=self.warnings)

    def store_id(self) -> str:
        return "0123456789abcdef" * 2

    def status(self) -> Status:
        return self.state


def make_client(services: FakeServices | None = None, **settings: object):
    """Return a test client over ``services``."""
    given = {"home": Path("/nowhere"), **settings}
    app = create_app(Settings(**given), services=services or FakeServices())
    app.test_client_class = BufferedClient
    return app.test_client()


class BufferedClient(FlaskClient):
    """Reads every answer to its end, so that no static file stays open."""

    def open(self, *args, **kwargs):
        return super().open(*args, **{"buffered": True, **kwargs})
