"""Saved searches: names for query strings, and what is new in them since the last visit.

A visit is always said, never guessed from a page that was fetched: browsers and
feed readers fetch on their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl

from werkzeug.datastructures import MultiDict

from index.errors import DeadlineExceededError, QueryError
from webapp.marking import visible_text
from webapp.models import SearchParams
from webapp.parameters import default_sort
from webapp.params import ParameterError, search_params
from webapp.urls import query_string

if TYPE_CHECKING:
    from archive.store import SavedSearch, Store


class Counts(Protocol):
    """The part of `webapp.services.Services` that counts."""

    def count(self, request: SearchParams, *, after_id: int = 0) -> int:
        """Return how many articles match, of those with an id above ``after_id``."""

    def last_id(self) -> int:
        """Return the id of the article that was stored last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A saved search and how it stands.

    Attributes:
        params: the search; an empty one when it cannot be read any more.
        total, new: articles that match, and those of them stored since the
            last visit; 0 where ``problem`` says why they cannot be counted.
        problem: for people, or empty.
    """

    search: SavedSearch
    params: SearchParams
    total: int = 0
    new: int = 0
    problem: str = ""


class SavedSearches:
    """The saved searches of an archive."""

    def __init__(self, store: Store, counts: Counts) -> None:
        self._store = store
        self._counts = counts

    def counted_by(self, counts: Counts) -> SavedSearches:
        """Return the same searches, counted by another."""
        return SavedSearches(self._store, counts)

    def all(self) -> tuple[Counted, ...]:
        """Return every saved search by name, with its counts.

        Raises:
            EngineError: the index cannot count.
        """
        return tuple(map(self._counted, self._store.searches()))

    def one(self, slug: str) -> Counted:
        """Return the saved search with this address.

        Raises:
            SearchNotFoundError: there is none.
            EngineError: the index cannot count.
        """
        return self._counted(self._store.search_by_slug(slug))

    def save(self, name: str, params: SearchParams) -> SavedSearch:
        """Save a search under ``name``; what it finds now is not new.  One of this name is replaced.

        Raises:
            QueryError: the search cannot be answered.
            StoreError: the name is empty or too long, or there are too many searches.
        """
        if params.sort == "relevance" and not params.q.strip():
            params = replace(params, sort=default_sort(params.q))
        self._counts.count(params)  # what cannot be answered is not kept
        name = " ".join(visible_text(name).split())
        return self._store.save_search(name, query_string(params), seen=self._counts.last_id())

    def visit(self, slug: str, *, seen: int | None = None) -> None:
        """Note that what a saved search finds was looked at.

        Args:
            seen: the last article id that was there then; the present one
                unless told.

        Raises:
            SearchNotFoundError: there is none.
        """
        latest = self._counts.last_id()
        self._store.visit_search(slug, seen=latest if seen is None else min(seen, latest))

    def remove(self, slug: str) -> None:
        """Forget a saved search.

        Raises:
            SearchNotFoundError: there is none.
        """
        self._store.remove_search(slug)

    def _counted(self, search: SavedSearch) -> Counted:
        try:
            params = params_from_query(search.query)
            total = self._counts.count(params)
            new = self._counts.count(params, after_id=search.seen) if search.seen else total
        except (ParameterError, QueryError) as error:
            return Counted(search=search, params=SearchParams(), problem=str(error))
        except DeadlineExceededError:  # the others are no slower for it, and this one can be removed
            return Counted(search=search, params=SearchParams(), problem="Counting took too long.")
        return Counted(search=search, params=params, total=total, new=new)


def params_from_query(query: str) -> SearchParams:
    """Return the search that a query string stands for.

    Raises:
        ParameterError: it holds what is no search.
    """
    return search_params(MultiDict(parse_qsl(query, keep_blank_values=True)))
