"""The composition root: opens store, index and readers, and answers every door.

Pages, API and command line ask here and nowhere else.  Safe to share between
threads.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

from archive.differences import compare
from archive.errors import LockHeldError
from archive.history import all_versions, two_versions
from archive.store import StoreStats
from index.engine import Engine, EngineHit, SearchRequest, SearchResponse, Sort
from index.errors import EngineError
from index.plan import All, Any, Constant, Every, NumberRange
from index.progress import Report
from index.query.guard import Limits
from index.query.parser import parse
from index.reader import LiveReader
from index.records import title_sort
from index.snippets import Matchers
from webapp.byline import author_page
from webapp.clauses import clauses_of
from webapp.collapsing import Folded, fold, with_copies
from webapp.completion import Completer
from webapp.cursors import Cursor, with_title
from webapp.explaining import explain
from webapp.facets import Facets, requests_for
from webapp.histogram import Histograms
from webapp.hits import HitMaker
from webapp.labels import Labels
from webapp.models import (
    ArticlePage,
    AuthorPage,
    Completion,
    FacetPage,
    HistoryPage,
    Hit,
    Matches,
    SearchPage,
    SearchParams,
    Status,
)
from webapp.opening import open_archive
from webapp.repair import Mender, Vocabularies
from webapp.saved import SavedSearches
from webapp.searching import Asked, asked_from_params, place_of_page
from webapp.settings import Settings
from webapp.similar import plan_like
from webapp.taking import documents_of

log = logging.getLogger(__name__)

#: With fewer full matches than this, articles with some of the words follow.
FEW = 10


class Services:
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
        self._histograms = Histograms()
        self._vocabularies = Vocabularies()
        self._limits = Limits(chars=settings.max_query_chars)
        self._readers: dict[str, LiveReader] = {}
        self._counted: tuple[int, StoreStats] | None = None
        self._lock = threading.Lock()
        self.saved = SavedSearches(self.store, self)
        self._catch_up_at_start()

    def catch_up(self, on_progress: Report | None = None) -> int:
        """Index what changed in the store; see `Indexer.catch_up`."""
        return self._archive.indexer().catch_up(on_progress)

    def search(self, request: SearchParams) -> SearchPage:
        """Answer one page of a search.

        Raises:
            QueryError: the query or a parameter cannot be answered.
            EngineError: the index cannot; the message says what to run.
        """
        started = time.perf_counter()
        reader = self._reader(request.engine)
        with reader.lease() as lease:
            labels = self._labels.at(lease.stamp)
            parsed = parse(request.q, limits=self._limits)
            asked = asked_from_params(request, parsed, labels.languages())
            offset, cursor = place_of_page(request, asked)
            cursor = self._whole(cursor)
            response = lease.engine.search(
                SearchRequest(
                    plan=asked.plan,
                    sort=asked.sort,
                    offset=offset,
                    limit=0 if cursor.partial or request.collapse else request.limit,
                    facets=requests_for(request) if request.facets else (),
                    after=None if cursor.partial else cursor.after,
                    extent="published_start" if request.histogram else "",
                )
            )
            folded = self._folded(lease.engine, asked, request, cursor)
            if folded is not None:
                response = replace(response, hits=folded.hits)
            room = request.limit - len(response.hits)
            offset = response.total + cursor.position if cursor.partial else offset
            # Where folding came to the end, the articles with some of the words begin.
            reached = response.total if folded is not None and not folded.more else offset
            partial = self._partial(lease.engine, asked, response.total, reached, room, cursor)
            missing = _missing_words(lease.engine, asked, partial.hits) if partial else {}
            facets = {}
            if request.facets:
                facets = Facets(lease.engine, asked, request, labels).all(response)
            mender = Mender(lease, self._vocabularies, labels.languages(), self._limits)
            repair = mender.repair(request, parsed, response.total) if offset == 0 else None
            histogram = self._histograms.histogram(
                lease.engine, (reader, lease.stamp), asked.plan, response.extent, request
            )
            reasons = explain(lease.engine, asked.plan, response.hits) if request.explain else {}
        hits = self._hits.hits(response.hits, asked.matchers)
        if reasons:
            hits = tuple(replace(hit, reasons=reasons.get(hit.id, ())) for hit in hits)
        return SearchPage(
            query=request.q,
            understood=asked.understood,
            warnings=asked.warnings,
            total=response.total,
            hits=with_copies(self.store, hits) if request.collapse else hits,
            partial=self._hits.hits(partial.hits, asked.matchers, missing) if partial else (),
            partial_total=partial.total if partial else 0,
            facets=facets,
            histogram=histogram,
            clauses=clauses_of(parsed),
            repair=repair,
            page=offset // request.limit + 1,
            limit=request.limit,
            next=asked.cursor_after(folded.hits, folded.position)
            if folded is not None and folded.more
            else _next(asked, response, partial, reached),
            took_ms=(time.perf_counter() - started) * 1000,
        )

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
            asked = asked_from_params(request, parse(request.q, limits=self._limits), labels.languages())
            total = lease.engine.search(SearchRequest(plan=asked.plan, limit=0)).total
        return Matches(
            understood=asked.understood,
            total=total,
            warnings=asked.warnings,
            documents=documents_of(reader, self.store, SearchRequest(plan=asked.plan, sort=asked.sort), most),
        )

    def count(self, request: SearchParams, *, after_id: int = 0) -> int:
        """Return how many articles match, of those with an id above ``after_id``.

        Raises:
            QueryError, EngineError: as `search`.
        """
        with self._reader(request.engine).lease() as lease:
            labels = self._labels.at(lease.stamp)
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
        with self._reader(request.engine).lease() as lease:
            labels = self._labels.at(lease.stamp)
            asked = asked_from_params(request, parse(request.q, limits=self._limits), labels.languages())
            return Facets(lease.engine, asked, request, labels).page(name, find=find, page=page)

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
        index = self._archive.indexer().status()
        built = dt.datetime.fromisoformat(index.built_at) if index.built_at else None
        changes, stats = self._counts()
        return Status(
            articles=stats.articles,
            engine=self.settings.engine,
            indexed=index.documents,
            behind=index.behind,
            ready=index.state == "ready",
            problem=index.problem,
            problem_code="" if index.state == "ready" else f"index_{index.state}",
            generation=index.generation,
            built_at=built,
            home=str(self.settings.home),
            languages=stats.by_language,
            changes=changes,
            undated=stats.undated,
            without_author=stats.without_author,
            versions=stats.versions,
            copies=stats.copies,
            store_bytes=stats.bytes_on_disk,
        )

    def close(self) -> None:
        """Close the indexes and the store."""
        with self._lock:
            readers, self._readers = self._readers, {}
        for reader in readers.values():
            reader.close()
        self._archive.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _reader(self, engine: str | None) -> LiveReader:
        name = engine or self.settings.engine
        with self._lock:
            if name not in self._readers:
                self._readers[name] = LiveReader(self._archive.indexer(name))
            return self._readers[name]

    def _counts(self) -> tuple[int, StoreStats]:
        """Return the number of changes and the counts after them, counted once for each
        state of the store: health checks come often, and counting reads every row."""
        sequence = self.store.last_sequence()
        known = self._counted
        if known is None or known[0] != sequence:
            known = self._counted = (sequence, self.store.stats())
        return known

    @staticmethod
    def _partial(
        engine: Engine, asked: Asked, total: int, offset: int, room: int, cursor: Cursor
    ) -> SearchResponse | None:
        """Return the articles with some of the words that belong on this page."""
        if asked.partial is None or total >= FEW:
            return None
        found = engine.search(
            SearchRequest(
                plan=asked.partial,
                offset=max(0, offset - total),
                limit=max(1, room),
                after=cursor.after if cursor.partial else None,
            )
        )
        return replace(found, hits=found.hits[:room])

    def _folded(self, engine: Engine, asked: Asked, request: SearchParams, cursor: Cursor) -> Folded | None:
        """Return the page of a collapsed search, None if it is none or beyond the full matches."""
        if not request.collapse or cursor.partial:
            return None
        wanted = SearchRequest(plan=asked.plan, sort=asked.sort, limit=request.limit, after=cursor.after)
        return fold(
            engine, self.store, wanted, skip=0 if request.cursor else (request.page - 1) * request.limit
        )

    def _whole(self, cursor: Cursor) -> Cursor:
        """Return ``cursor`` with a title that was too long for it."""
        if not cursor.is_cut or cursor.after is None:
            return cursor
        found = self.store.get_many([cursor.after.id], with_text=False)
        return with_title(cursor, title_sort(found[0]) if found else "")

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


def _next(asked: Asked, response: SearchResponse, partial: SearchResponse | None, offset: int) -> str | None:
    """Return the cursor of the page that follows the one at ``offset``, None at the end."""
    position = offset + len(response.hits)
    if position < response.total:
        return asked.cursor_after(response.hits, position) if response.hits else None
    if partial is None:
        return None
    position = max(0, offset - response.total) + len(partial.hits)
    if position >= partial.total:
        return None
    return asked.cursor_after(partial.hits, position, partial=True)


def _missing_words(engine: Engine, asked: Asked, found: Sequence[EngineHit]) -> dict[int, tuple[str, ...]]:
    """Return the words of the query that each of ``found`` lacks."""
    if not found:
        return {}
    these = Any(tuple(NumberRange("id", hit.id, hit.id + 1) for hit in found))
    lacking: dict[int, list[str]] = {hit.id: [] for hit in found}
    for word, plan in asked.words:
        having = engine.search(SearchRequest(plan=Constant(All((plan, these)), 0.0), limit=len(found)))
        for id_ in lacking.keys() - {hit.id for hit in having.hits}:
            lacking[id_].append(word)
    return {id_: tuple(words) for id_, words in lacking.items()}
