"""One page of a search: hits, facets and histogram, and what follows where little matches."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from index.engine import Engine, EngineHit, SearchRequest, SearchResponse
from index.plan import All, Any, Constant, NumberRange
from index.query.ast import QueryWarning
from index.query.guard import Limits
from index.query.parser import parse
from index.reader import Lease, LiveReader
from index.records import title_sort
from webapp.clauses import clauses_of
from webapp.collapsing import Folded, fold, with_copies
from webapp.cursors import Cursor, with_title
from webapp.explaining import explain
from webapp.facets import Facets, counts_of_years, requests_for, years_expected
from webapp.histogram import Histograms, months_request
from webapp.hits import HitMaker
from webapp.labels import Labels
from webapp.models import SearchPage, SearchParams
from webapp.repair import Mender, Vocabularies
from webapp.searching import Asked, asked_from_params, place_of_page

if TYPE_CHECKING:
    from archive.store import Store

#: With fewer full matches than this, or than a page holds, articles with some of the words follow.
FEW = 10


class Answering:
    """Answers searches, and remembers what the whole archive counts over time.

    Attributes:
        repair_s: how long after a search began better ones are looked for.
    """

    def __init__(
        self, store: Store, labels: Labels, hits: HitMaker, vocabularies: Vocabularies, limits: Limits
    ) -> None:
        self._store = store
        self._labels = labels
        self._hits = hits
        self._vocabularies = vocabularies
        self._limits = limits
        self.histograms = Histograms()
        self.repair_s = math.inf

    def page(self, reader: LiveReader, request: SearchParams) -> SearchPage:
        """Answer one page of a search in the index that ``reader`` lends.

        Raises:
            QueryError: the query or a parameter cannot be answered.
            EngineError: the index cannot; the message says what to run.
        """
        started = time.perf_counter()
        with reader.lease() as lease:
            labels = self._labels.at(lease.stamp)
            stamp = (reader, lease.stamp)
            request = labels.with_whole_names(request)
            parsed = parse(request.q, limits=self._limits)
            asked = asked_from_params(request, parsed, labels.languages())
            offset, cursor = place_of_page(request, asked)
            cursor = self._whole(cursor)
            lag = lag_warnings(reader, lease)
            years = years_expected(request, asked)
            response = lease.engine.search(
                SearchRequest(
                    plan=asked.plan,
                    sort=asked.sort,
                    offset=offset,
                    limit=0 if cursor.partial or request.collapse else request.limit,
                    facets=requests_for(request) if request.facets else (),
                    after=None if cursor.partial else cursor.after,
                    extent="published_start" if request.histogram else "",
                    histogram=months_request(years) if years else None,
                )
            )
            folded = self._folded(lease.engine, asked, request, cursor)
            if folded is not None:
                response = replace(response, hits=folded.hits)
            room = request.limit - len(response.hits)
            offset = response.total + cursor.position if cursor.partial else offset
            # Where folding came to the end, the articles with some of the words begin.
            reached = response.total if folded is not None and not folded.more else offset
            lacks = cursor.partial or response.total < max(FEW, request.limit)
            partial = (
                self._partial(lease.engine, asked, response.total, reached, room, cursor) if lacks else None
            )
            missing = _missing_words(lease.engine, asked, partial.hits) if partial else {}
            facets = {}
            if request.facets:
                facets = Facets(lease.engine, asked, request, labels, self.histograms, stamp).all(response)
            ends_at = started + self.repair_s
            mender = Mender(lease, self._vocabularies, labels.languages(), self._limits, ends_at)
            repair = mender.repair(request, parsed, response.total) if offset == 0 else None
            histogram = self.histograms.histogram(
                lease.engine,
                stamp,
                asked.plan,
                response.extent,
                request,
                years=counts_of_years(request, response),
            )
            reasons = explain(lease.engine, asked.plan, response.hits) if request.explain else {}
        hits = self._hits.hits(response.hits, asked.matchers)
        if reasons:
            hits = tuple(replace(hit, reasons=reasons.get(hit.id, ())) for hit in hits)
        return SearchPage(
            query=request.q,
            understood=asked.understood,
            match=asked.match,
            warnings=(*asked.warnings, *lag),
            total=response.total,
            hits=with_copies(self._store, hits) if request.collapse else hits,
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

    @staticmethod
    def _partial(
        engine: Engine, asked: Asked, total: int, offset: int, room: int, cursor: Cursor
    ) -> SearchResponse | None:
        """Return the articles with some of the words that belong on this page."""
        if asked.partial is None:
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
            engine, self._store, wanted, skip=0 if request.cursor else (request.page - 1) * request.limit
        )

    def _whole(self, cursor: Cursor) -> Cursor:
        """Return ``cursor`` with a title that was too long for it."""
        if not cursor.is_cut or cursor.after is None:
            return cursor
        found = self._store.get_many([cursor.after.id], with_text=False)
        return with_title(cursor, title_sort(found[0]) if found else "")


def lag_warnings(reader: LiveReader, lease: Lease) -> tuple[QueryWarning, ...]:
    """Tell that the index does not hold all that the archive does, which may be what was asked for."""
    behind = reader.behind(lease)
    if not behind:
        return ()
    changes = "1 change" if behind == 1 else f"{behind:,} changes"
    said = f"The index is {changes} behind the articles, and so are these results."
    return (QueryWarning(code="index_behind", message=f"{said} Run: {reader.catch_up_command}"),)


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
