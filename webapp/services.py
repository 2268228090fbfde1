"""The composition root: opens store, index and readers, and answers every door.

Pages, API and command line ask here and nowhere else.  Safe to share between
threads.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import replace

from archive.closing import Closing
from archive.differences import compare
from archive.errors import LockHeldError
from archive.history import all_versions, two_versions
from index.engine import SearchRequest, Sort
from index.errors import EngineError
from index.plan import All, Every, NumberRange
from index.progress import Report
from index.query.guard import Limits
from index.query.parser import parse
from index.reader import LiveReader
from index.snippets import Matchers
from webapp.answering import Answering, lag_warnings
from webapp.articlepages import ArticlePage, AuthorPage, HistoryPage
from webapp.byline import author_page
from webapp.completion import Completer
from webapp.facets import Facets
from webapp.hits import HitMaker
from webapp.labels import Labels
from webapp.models import Completion, FacetPage, Hit, Matches, SearchPage, SearchParams
from webapp.opening import open_archive
from webapp.repair import Vocabularies
from webapp.saved import SavedSearches
from webapp.searching import asked_from_params
from webapp.settings import Settings
from webapp.similar import plan_like
from webapp.standing import Standing
from webapp.status import Status
from webapp.taking import count_folded, documents_of

log = logging.getLogger(__name__)


class Services(Closing):
    """One archive, open: search, articles, authors, status.

    Args:
        create: make the home folder and an empty store if there is none.

    Raises:
        StoreError: there is no store, or it cannot be opened.
    """

    def __init__(self, settings: Settings, *, create: bool = True) -> None:
        self.settings = settings
        self._archive = open_archive(settings, create=create)
        self.store = self._archive.store
        self._labels = Labels(self.store)
        self._hits = HitMaker(self.store, self._labels)
        self._vocabularies = Vocabularies()
        self._limits = Limits(chars=settings.max_query_chars)
        self._readers: dict[str, LiveReader] = {}
        self._answering = Answering(self.store, self._labels, self._hits, self._vocabularies, self._limits)
        self._standing = Standing(self._archive)
        self._lock = threading.Lock()
        self.saved = SavedSearches(self.store, self)
        self._catch_up_at_start()

    def repair_within(self, seconds: float) -> None:
        """Look for better searches only so long after a search began, of which one has a deadline."""
        self._answering.repair_s = seconds

    def catch_up(self, on_progress: Report | None = None) -> int:
        """Index what changed in the store; see `Indexer.catch_up`."""
        return self._archive.indexer().catch_up(on_progress)

    def search(self, request: SearchParams) -> SearchPage:
        """Answer one page of a search.

        Raises:
            QueryError: the query or a parameter cannot be answered.
            EngineError: the index cannot; the message says what to run.
        """
        return self._answering.page(self._reader(request.engine), request)

    def matches(self, request: SearchParams, *, most: int | None = None) -> Matches:
        """Return every article of a search in its order, or the first ``most``.

        The query is checked and the matches are counted at once; articles are
        read as they are asked for, in bounded memory, from one commit.

        Raises:
            QueryError, EngineError: as `search`.
        """
        reader = self._reader(request.engine)
        with reader.lease() as lease:
            labels = self._labels.at(lease.stamp)
            request = labels.with_whole_names(request)
            asked = asked_from_params(request, parse(request.q, limits=self._limits), labels.languages())
            wanted = SearchRequest(plan=asked.plan, sort=asked.sort)
            warnings = (*asked.warnings, *lag_warnings(reader, lease))
            if request.collapse:
                total = count_folded(lease.engine, self.store, wanted)
            else:
                total = lease.engine.search(replace(wanted, limit=0)).total
        return Matches(
            understood=asked.understood,
            total=total,
            warnings=warnings,
            documents=documents_of(reader, self.store, wanted, most, collapse=request.collapse),
        )

    def count(self, request: SearchParams, *, after_id: int = 0) -> int:
        """Return how many articles match, of those with an id above ``after_id``.

        Raises:
            QueryError, EngineError: as `search`.
        """
        with self._reader(request.engine).lease() as lease:
            labels = self._labels.at(lease.stamp)
            request = labels.with_whole_names(request)
            asked = asked_from_params(request, parse(request.q, limits=self._limits), labels.languages())
            plan = All((asked.plan, NumberRange("id", after_id + 1, None))) if after_id else asked.plan
            return lease.engine.search(SearchRequest(plan=plan, limit=0)).total

    def last_id(self) -> int:
        """Return the id of the article that was stored last, of those that can be found; 0 without any.

        Raises:
            EngineError: the index cannot tell.
        """
        with self._reader(None).lease() as lease:
            latest = lease.engine.search(SearchRequest(plan=Every(), sort=Sort.ADDED, limit=1)).hits
        return latest[0].id if latest else 0

    def facet(self, request: SearchParams, name: str, *, find: str = "", page: int = 1) -> FacetPage:
        """Return a page of all values of the facet ``name`` of a search.

        Args:
            find: only values with words that begin so.

        Raises:
            QueryError, EngineError: as `search`.
        """
        reader = self._reader(request.engine)
        with reader.lease() as lease:
            labels = self._labels.at(lease.stamp)
            request = labels.with_whole_names(request)
            asked = asked_from_params(request, parse(request.q, limits=self._limits), labels.languages())
            stamp = (reader, lease.stamp)
            facets = Facets(lease.engine, asked, request, labels, self._answering.histograms, stamp)
            return facets.page(name, find=find, page=page)

    def store_id(self) -> str:
        """Return the random name that the archive was given when it was made."""
        return self.store.store_id()

    def article(self, slug: str, query: str = "") -> ArticlePage:
        """Return an article with the places that ``query`` matched.

        Raises:
            ArticleNotFoundError: no article has this slug.
            QueryError: the query is longer or deeper than allowed.
        """
        document = self.store.by_slug(slug)
        if not query.strip():
            return self._hits.article(document, query, Matchers())
        parsed = parse(query, limits=self._limits)
        asked = asked_from_params(SearchParams(q=query), parsed, (document.language,))
        return self._hits.article(document, query, asked.matchers)

    def history(self, slug: str, before: int | None = None, after: int | None = None) -> HistoryPage:
        """Return an article's versions and what changed between two of them, the last two unless told.

        Raises:
            ArticleNotFoundError: no article has this slug, or no version this number.
        """
        versions = all_versions(self.store, slug)
        earlier, later = two_versions(versions, before, after)
        return HistoryPage(
            document=versions[-1].document,
            versions=tuple(versions),
            before=earlier,
            after=later,
            difference=compare(earlier.document, later.document),
        )

    def complete(self, text: str, *, engine: str | None = None) -> tuple[Completion, ...]:
        """Return what the query ``text``, typed so far, may become.

        Raises:
            EngineError: the index cannot be searched.
        """
        with self._reader(engine).lease() as lease:
            labels = self._labels.at(lease.stamp)
            vocabulary = self._vocabularies.ready(lease, ("body", "title"))
            return Completer(lease.engine, labels, vocabulary).complete(text)

    def similar(self, slug: str, *, limit: int = 5, engine: str | None = None) -> tuple[Hit, ...]:
        """Return the articles that are most like the one at ``slug``, best first.

        Raises:
            ArticleNotFoundError: no article has this slug.
            EngineError: the index cannot be searched.
        """
        document = self.store.by_slug(slug)
        with self._reader(engine).lease() as lease:
            self._labels.at(lease.stamp)
            plan = plan_like(document, lease.engine)
            found = lease.engine.search(SearchRequest(plan=plan, limit=limit)).hits if plan else ()
        return self._hits.hits(found, Matchers())

    def author(self, slug: str, page: int = 1, cursor: str = "") -> AuthorPage:
        """Return one page of an author's articles, newest first.

        Raises:
            ArticleNotFoundError: no author has this slug.
            QueryError: page numbers do not go so deep, or ``cursor`` is none of this list.
        """
        author = self.store.author_by_slug(slug)
        with self._reader(None).lease() as lease:
            self._labels.at(lease.stamp)
            limit = self.settings.page_size
            return author_page(lease.engine, self._hits, author, limit=limit, page=page, cursor=cursor)

    def status(self) -> Status:
        """Tell what the archive holds and how the index stands."""
        return self._standing.status()

    def close(self) -> None:
        """Close the indexes and the store."""
        with self._lock:
            readers, self._readers = self._readers, {}
        for reader in readers.values():
            reader.close()
        self._archive.close()

    def _reader(self, engine: str | None) -> LiveReader:
        name = engine or self.settings.engine
        with self._lock:
            if name not in self._readers:
                self._readers[name] = LiveReader(self._archive.indexer(name))
            return self._readers[name]

    def _catch_up_at_start(self) -> None:
        """Index what an earlier run left; what stands in the way is told by
        searches and `status`, so it does not keep the archive from opening."""
        indexer = self._archive.indexer()
        try:
            if indexer.is_new() and self.store.count():
                return  # building everything is for `reindex`, which shows how far it is
            indexer.catch_up(wait_s=0.0)
        except LockHeldError as exc:
            log.info("not catching up: %s", exc)
        except (EngineError, OSError) as exc:
            log.warning("the index could not catch up: %s", exc)
