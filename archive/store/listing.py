"""Who wrote what, in which language, for whom, and the searches that people keep."""

from __future__ import annotations

from archive.store import maintenance, people, searches
from archive.store.articles import ArticleMethods
from archive.store.records import SavedSearch, StoredAuthor


class ListingMethods(ArticleMethods):
    """What `archive.store.Store` can do about authors, languages, sources and saved searches."""

    def author_by_slug(self, slug: str) -> StoredAuthor:
        """The author with this slug.

        Raises:
            ArticleNotFoundError: there is none.
        """
        with self._reading() as connection:
            return people.author_by_slug(connection, slug)

    def languages(self) -> dict[str, int]:
        """Language -> articles, the most frequent first; "" stands for those that could not be told."""
        with self._reading() as connection:
            return maintenance.languages(connection)

    def sources(self) -> dict[str, int]:
        """Source as printed -> articles, the most frequent first."""
        with self._reading() as connection:
            return maintenance.sources(connection)

    def save_search(self, name: str, query: str, *, seen: int = 0) -> SavedSearch:
        """Store the query string ``query`` under ``name``; one of this name is replaced.

        Raises:
            StoreError: the name or the query is too long, or there are too many.
        """
        with self._writing() as connection:
            return searches.save(connection, name, query, seen=seen, now=self._clock())

    def searches(self) -> list[SavedSearch]:
        """All saved searches by name."""
        with self._reading() as connection:
            return list(searches.everything(connection))

    def search_by_slug(self, slug: str) -> SavedSearch:
        """The saved search with this slug.

        Raises:
            SearchNotFoundError: there is none.
        """
        with self._reading() as connection:
            return searches.by_slug(connection, slug)

    def visit_search(self, slug: str, *, seen: int) -> None:
        """Note that a saved search was looked at when articles up to the id ``seen`` were there.

        Raises:
            SearchNotFoundError: there is none.
        """
        with self._writing() as connection:
            searches.visit(connection, slug, seen=seen, now=self._clock())

    def remove_search(self, slug: str) -> None:
        """Forget a saved search.

        Raises:
            SearchNotFoundError: there is none.
        """
        with self._writing() as connection:
            searches.remove(connection, slug)
