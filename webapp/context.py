"""What a request handler needs from the application around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from flask import current_app

from webapp.articlepages import ArticlePage, AuthorPage, HistoryPage
from webapp.models import Completion, FacetPage, Hit, Matches, SearchPage, SearchParams
from webapp.status import Status

if TYPE_CHECKING:
    from webapp.saved import SavedSearches

EXTENSION = "article-archive"


class Answers(Protocol):
    """The part of `webapp.services.Services` that the web needs."""

    @property
    def saved(self) -> SavedSearches:
        """The saved searches."""

    def search(self, request: SearchParams) -> SearchPage:
        """Answer one page of a search."""

    def matches(self, request: SearchParams, *, most: int | None = None) -> Matches:
        """Return every article of a search, or the first ``most``."""

    def facet(self, request: SearchParams, name: str, *, find: str = "", page: int = 1) -> FacetPage:
        """Return a page of all values of a facet of a search."""

    def store_id(self) -> str:
        """Return the random name that the archive was given when it was made."""

    def article(self, slug: str, query: str = "") -> ArticlePage:
        """Return an article with the marks of ``query``.

        Raises:
            ArticleNotFoundError: no article has this slug.
        """

    def history(self, slug: str, before: int | None = None, after: int | None = None) -> HistoryPage:
        """Return an article's versions and what changed between two of them.

        Raises:
            ArticleNotFoundError: no article has this slug, or no version this number.
        """

    def complete(self, text: str, *, engine: str | None = None) -> tuple[Completion, ...]:
        """Return what the query ``text``, typed so far, may become."""

    def similar(self, slug: str, *, limit: int = 5, engine: str | None = None) -> tuple[Hit, ...]:
        """Return the articles that are most like one, best first.

        Raises:
            ArticleNotFoundError: no article has this slug.
            EngineError: the index cannot be searched.
        """

    def author(self, slug: str, page: int = 1, cursor: str = "") -> AuthorPage:
        """Return one page of an author's articles.

        Raises:
            ArticleNotFoundError: no author has this slug.
        """

    def status(self) -> Status:
        """Tell what the archive holds and how the index stands; never raises
        for a missing or damaged index."""


def answers() -> Answers:
    """Return the services of the current application."""
    return cast(Answers, current_app.extensions[EXTENSION])


def page_size() -> int:
    """Return how many hits a page holds unless the request says otherwise."""
    return cast(int, current_app.config["PAGE_SIZE"])
