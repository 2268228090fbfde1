"""The engine: one index in a folder, written and searched."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import tantivy
from tantivy import Order, Query

from index.engine import EngineFactory, EngineHit, Record, SearchRequest, SearchResponse, Sort
from index.engines.checks import check_request, constant_score, kind_of
from index.engines.paging import in_windows
from index.engines.tantivy.compiler import MIN_I64, Compiler
from index.engines.tantivy.counting import Counted, Counting
from index.engines.tantivy.failures import SEARCHING, WRITING, LibraryErrors
from index.engines.tantivy.fields import check_fields, document_from_record, make_schema
from index.engines.tantivy.numbering import Numbering
from index.engines.tantivy.orders import Orders
from index.engines.tantivy.segments import documents_per_commit
from index.errors import EngineError, IndexDamagedError
from index.plan import Plan
from index.schema import Kind

#: Memory for postings not yet written, which `segments.MOST` documents fit; a faster build it does not make.
HEAP_BYTES = 256_000_000

#: How many threads write.  A second one makes twice the segments to merge, and pays
#: only where there are processors enough to analyse faster than one thread writes.
THREADS = 1 if (os.cpu_count() or 1) < 4 else 2

#: Searches whose facets are remembered while a commit is the last one.
_REMEMBERED = 64


class _View:
    """One commit, ready to be searched by any number of threads."""

    def __init__(
        self, index: tantivy.Index, schema: tantivy.Schema, labels: dict[str, dict[int, str]]
    ) -> None:
        self.searcher = index.searcher()
        self._compiler = Compiler(schema, self.searcher)
        self._orders = Orders(schema, self.searcher, self._compiler)
        self._counting = Counting(schema, self.searcher, labels)
        self._known_counts: dict[object, Counted] = {}

    def search(self, request: SearchRequest) -> SearchResponse:
        compiled = self._compiler.compile(request.plan)
        total, hits = (0, []) if compiled is None else self._orders.hits(compiled, request)
        if compiled is None or not total:
            return _nothing(request)
        query = compiled.matching
        counts = self._counted(query, request, total)
        return SearchResponse(
            total=total,
            hits=tuple(hits),
            facets=counts.facets.copy(),
            lacking=counts.lacking.copy(),
            histogram=counts.histogram,
            extent=counts.extent,
        )

    def _counted(self, query: Query, request: SearchRequest, total: int) -> Counted:
        """Count, unless that was done for another page of the same search."""
        if not request.facets and not request.extent and not request.histogram:
            return Counted({}, {})
        key = (request.plan, request.facets, request.extent, request.histogram)
        counts = self._known_counts.get(key)
        if counts is None:
            counts = self._counting.counted(
                query, request.facets, total, extent=request.extent, histogram=request.histogram
            )
            if len(self._known_counts) >= _REMEMBERED:
                self._known_counts.clear()
            self._known_counts[key] = counts
        return counts

    def stream_ranked(self, plan: Plan) -> Iterator[EngineHit]:
        """All hits by relevance, a window at a time."""
        compiled = self._compiler.compile(plan)
        return iter(()) if compiled is None else self._orders.stream_ranked(compiled.scored)


def _nothing(request: SearchRequest) -> SearchResponse:
    """The answer where nothing matches."""
    return SearchResponse(
        total=0,
        hits=(),
        facets={facet.field: () for facet in request.facets},
        lacking={facet.field: 0 for facet in request.facets},
        histogram=(0,) * (len(request.histogram.bounds) - 1) if request.histogram else (),
    )


class TantivyEngine:
    """An index in a folder."""

    name = "tantivy"

    def __init__(
        self, path: Path, *, writable: bool, heap_bytes: int = HEAP_BYTES, threads: int = THREADS
    ) -> None:
        self._path = path
        self._writable = writable
        self._heap_bytes = heap_bytes
        self._threads = threads
        self._lock = threading.RLock()
        self._writer: tantivy.IndexWriter | None = None
        self._highest_id = 0  # of all that the writer knows of: what lies above replaces nothing
        self._labels: dict[str, dict[int, str]] = {}
        self._numbering = Numbering(None)
        self._schema = make_schema()
        self._view = self._open_view()

    def add(self, records: Iterable[Record]) -> int:
        added = 0
        with self._lock:
            writer = self._open_writer()
            for record in records:
                with WRITING:
                    if record.id <= self._highest_id:
                        writer.delete_documents_by_term("id", record.id)
                    writer.add_document(document_from_record(record, self._numbering))
                self._highest_id = max(self._highest_id, record.id)
                added += 1
        return added

    def delete(self, ids: Iterable[int]) -> None:
        with self._lock:
            writer = self._open_writer()
            for id_ in ids:
                with WRITING:
                    writer.delete_documents_by_term("id", id_)

    def commit(self) -> None:
        with self._lock:
            writer = self._open_writer()
            with WRITING:
                writer.commit()
                _sync_folder(self._path)
                self._writer = None
                writer.wait_merging_threads()
                _sync_folder(self._path)
            self._view = self._open_view()

    def commit_size(self, total: int) -> int:
        return documents_per_commit(total, self._threads)

    def rollback(self) -> None:
        with self._lock:
            writer, self._writer = self._writer, None
            if writer is not None:
                with WRITING:
                    writer.rollback()
                    writer.wait_merging_threads()

    def refresh(self) -> None:
        self._view = self._open_view()

    def search(self, request: SearchRequest) -> SearchResponse:
        check_request(request)
        with SEARCHING:
            return self._view.search(request)

    def iterate(self, request: SearchRequest) -> Iterator[EngineHit]:
        check_request(request)
        view = self._view

        def search(window: SearchRequest) -> SearchResponse:
            with SEARCHING:
                return view.search(window)

        if request.sort is Sort.RELEVANCE and not request.after and constant_score(request.plan) is None:
            yield from view.stream_ranked(request.plan)
        else:
            yield from in_windows(search, request)

    def count(self) -> int:
        return self._view.searcher.num_docs

    def ids(self) -> Iterable[int]:
        return self._ids(self._view.searcher)

    def terms(self, field: str, prefix: str = "", limit: int = 100) -> Sequence[tuple[str, int]]:
        if kind_of(field) is Kind.NUMBER:
            raise EngineError(f"The field {field!r} has no terms.")
        with SEARCHING:
            everything = Query.all_query()  # without it, deleted documents count too
            return self._view.searcher.terms_with_prefix(field, prefix, filter_query=everything, limit=limit)

    def close(self) -> None:
        self.rollback()

    def _ids(self, searcher: tantivy.Searcher, batch: int = 50_000) -> Iterator[int]:
        low = MIN_I64
        while True:
            with SEARCHING:
                query = Query.range_query(self._schema, "id", tantivy.FieldType.Integer, low)
                hits = searcher.search(query, batch, count=False, order_by_field="id", order=Order.Asc).hits
            yield from (id_ for id_, _ in hits)
            if len(hits) < batch:
                return
            low = hits[-1][0] + 1

    def _open_view(self) -> _View:
        with LibraryErrors(
            f"The index in {self._path} is damaged; rebuild it with: archive reindex", IndexDamagedError
        ):
            if os.access(self._path, os.W_OK):
                return _View(_open(self._path), self._schema, self._labels)
            # Tantivy makes a lock file even to read: where nothing can be written it reads
            # by links from elsewhere, which it needs only until its files are open.
            with TemporaryDirectory(prefix="archive-index-") as links:
                for file in self._path.iterdir():
                    if file.suffix != ".lock":
                        (Path(links) / file.name).symlink_to(file.absolute())
                return _View(_open(Path(links)), self._schema, self._labels)

    def _open_writer(self) -> tantivy.IndexWriter:
        if not self._writable:
            raise EngineError("The index was opened for reading only.")
        if self._writer is None:
            with WRITING:
                index = _open(self._path)
                self._writer = index.writer(self._heap_bytes, self._threads)
                index.reload()
                searcher = index.searcher()
                self._highest_id = _highest_id(searcher)
                # What was known of a value is forgotten with each commit: a number
                # that no document has any more may have gone to another one.
                self._numbering = Numbering(searcher)
        return self._writer


def _open(path: Path) -> tantivy.Index:
    index = tantivy.Index.open(str(path))
    index.config_reader("manual")  # the default polls the folder from a thread
    return index


def _highest_id(searcher: tantivy.Searcher) -> int:
    """The largest id of the last commit, 0 when there is none; ask under the writer's lock."""
    hits = searcher.search(Query.all_query(), 1, order_by_field="id").hits
    return int(hits[0][0]) if hits else 0


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Factory:
    """Creates and opens Tantivy indexes."""

    def create(self, path: Path) -> TantivyEngine:
        with WRITING:
            tantivy.Index(make_schema(), str(path), reuse=False)
            _sync_folder(path)
        return TantivyEngine(path, writable=True)

    def open(self, path: Path, *, writable: bool = False) -> TantivyEngine:
        check_fields(path)
        return TantivyEngine(path, writable=writable)


factory: EngineFactory = _Factory()
