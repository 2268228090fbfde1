"""The engine: writing, commits, and whatever is asked of the last one."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from index.engine import EngineFactory, EngineHit, Record, SearchRequest, SearchResponse
from index.engines.checks import check_request, kind_of
from index.engines.whoosh.failures import SEARCHING, WRITING, damage
from index.engines.whoosh.fields import values_of, whoosh_schema
from index.engines.whoosh.segment import Columns
from index.engines.whoosh.storage import SyncedStorage, sync
from index.engines.whoosh.view import View
from index.errors import EngineError, IndexDamagedError, IndexMissingError, IndexOutdatedError
from index.schema import BY_NAME, Kind

with warnings.catch_warnings():  # 2.7.4 is older than Python's warnings about its escapes
    warnings.simplefilter("ignore")
    import whoosh.codec.whoosh3  # noqa: F401  # it is imported late otherwise, and warns then
    from whoosh.index import FileIndex

#: Memory for postings before Whoosh sorts them to disk.
LIMIT_MB = 128

#: Documents between two commits of a build: a minute's work.
COMMIT_SIZE = 20_000
FIELDS_FILE = "fields.json"


class WhooshEngine:
    """An index in a folder."""

    name = "whoosh"

    def __init__(self, path: Path, *, writable: bool, limit_mb: int = LIMIT_MB) -> None:
        self._path = path
        self._writable = writable
        self._limit_mb = limit_mb
        self._lock = threading.RLock()
        self._writer: Any = None
        #: Where ids stand: in the index since the last commit, and in the open writer.
        self._stored: dict[int, int] = {}
        self._added: dict[int, int] = {}
        self._index = self._open_index()
        self._view = self._open_view({})

    def add(self, records: Iterable[Record]) -> int:
        added = 0
        for record in records:
            with self._lock, WRITING:
                writer = self._open_writer()
                self._remove(record.id)
                self._added[record.id] = writer.docnum
                writer.add_document(**values_of(record))
            added += 1
        return added

    def delete(self, ids: Iterable[int]) -> None:
        for id_ in ids:
            with self._lock, WRITING:
                self._open_writer()
                self._remove(id_)

    def commit(self) -> None:
        with self._lock:
            with WRITING:
                writer = self._open_writer()
                writer.commit()
                self._forget_writer()
                sync(self._path)
            self.refresh()

    def commit_size(self, total: int) -> int:
        return max(min(total, COMMIT_SIZE), 1)

    def rollback(self) -> None:
        with self._lock:
            writer = self._writer
            self._forget_writer()
            try:
                if writer is not None and not writer.is_closed:
                    with WRITING:
                        writer.cancel()
            finally:
                self._index.storage.release_locks()

    def refresh(self) -> None:
        with self._lock:
            if self._index.latest_generation() == self._view.generation:
                return
            old = self._view
            self._view = self._open_view(old.columns)
            old.close()

    def search(self, request: SearchRequest) -> SearchResponse:
        check_request(request)
        with self._lock, SEARCHING:
            return self._view.search(request)

    def iterate(self, request: SearchRequest) -> Iterator[EngineHit]:
        wanted = replace(request, offset=0, limit=self.count(), facets=(), histogram=None, extent="")
        yield from self.search(wanted).hits

    def count(self) -> int:
        return self._view.count

    def ids(self) -> Iterable[int]:
        with self._lock, SEARCHING:
            return self._view.ids()

    def terms(self, field: str, prefix: str = "", limit: int = 100) -> Sequence[tuple[str, int]]:
        if kind_of(field) is Kind.NUMBER:
            raise EngineError(f"The field {field!r} has no terms.")
        with self._lock, SEARCHING:
            return self._view.terms(field, prefix, limit)

    def close(self) -> None:
        with self._lock:
            self.rollback()
            self._view.close()

    def _remove(self, id_: int) -> None:
        """Delete ``id_`` where it stands, the document of this batch included."""
        if (place := self._stored.pop(id_, None)) is not None:
            self._writer.delete_document(place)
        if (place := self._added.pop(id_, None)) is not None:
            self._writer.newsegment.delete_document(place)

    def _open_writer(self) -> Any:
        if not self._writable:
            raise EngineError("The index was opened for reading only.")
        if self._writer is None:
            self._writer = self._index.writer(limitmb=self._limit_mb, compound=False)
            self.refresh()
            self._stored = self._view.places()
        return self._writer

    def _forget_writer(self) -> None:
        self._writer = None
        self._stored, self._added = {}, {}

    def _open_index(self) -> Any:
        with damage(self._path):
            return FileIndex(SyncedStorage(str(self._path)), schema=whoosh_schema())

    def _open_view(self, known: Mapping[Any, Columns]) -> View:
        with damage(self._path):
            return View(self._index, known)


def _check_fields(path: Path) -> None:
    """Refuse a folder without an index, or with one of other fields."""
    try:
        names = orjson.loads((path / FIELDS_FILE).read_bytes())
    except FileNotFoundError as exc:
        raise IndexMissingError(f"There is no index in {path}; build it with: archive reindex") from exc
    except ValueError as exc:
        raise IndexDamagedError(f"The index in {path} is damaged; rebuild it with: archive reindex") from exc
    if names != sorted(BY_NAME):
        raise IndexOutdatedError(
            f"The index in {path} has other fields than this program; rebuild it with: archive reindex"
        )


class _Factory:
    """Creates and opens Whoosh indexes."""

    def create(self, path: Path) -> WhooshEngine:
        with WRITING:
            FileIndex.create(SyncedStorage(str(path)), whoosh_schema(), "MAIN")
            (path / FIELDS_FILE).write_bytes(orjson.dumps(sorted(BY_NAME)))
            sync(path / FIELDS_FILE)
            sync(path)
        return WhooshEngine(path, writable=True)

    def open(self, path: Path, *, writable: bool = False) -> WhooshEngine:
        _check_fields(path)
        return WhooshEngine(path, writable=writable)


factory: EngineFactory = _Factory()
