"""The Whoosh engine: pure Python.  The only module that imports `whoosh`.

Whoosh 2.7.4 keeps the postings, the columns and the commits; plans are
answered from them by `index.engines.evaluation`, not by Whoosh's queries: its
multi-term, span and counting queries each mean something else than a plan
does, and are no faster.

Whoosh never syncs a file, and reads its own files with `pickle`: an index
folder that this program did not write must never be opened.
"""

from __future__ import annotations

import os
import pickle
import struct
import threading
import warnings
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson

from index.engine import EngineFactory, EngineHit, Record, SearchRequest, SearchResponse, Sort
from index.engines.checks import check_request, kind_of
from index.engines.evaluation import Evaluator
from index.engines.paging import Ranked, page
from index.engines.scoring import (
    DECIMALS,
    buckets,
    by_added,
    by_key,
    by_relevance,
    extent,
    histogram,
    inverse_frequency,
    most_frequent,
)
from index.errors import EngineError, IndexDamagedError, IndexMissingError, IndexOutdatedError
from index.schema import BY_NAME, FIELDS, Kind

with warnings.catch_warnings():  # 2.7.4 is older than Python's warnings about its escapes
    warnings.simplefilter("ignore")
    import whoosh.codec.whoosh3  # noqa: F401  # it is imported late otherwise, and warns then
    from whoosh.columns import NumericColumn, VarBytesColumn
    from whoosh.fields import COLUMN, FieldType, Schema
    from whoosh.filedb.filestore import FileStorage, StorageError
    from whoosh.filedb.filetables import FileFormatError
    from whoosh.filedb.structfile import BufferFile
    from whoosh.formats import Existence, Format
    from whoosh.index import FileIndex
    from whoosh.index import IndexError as WhooshIndexError
    from whoosh.reading import EmptyReader, TermNotFound
    from whoosh.util.text import utf8encode
    from whoosh.writing import IndexingError, LockError

#: Memory for postings before Whoosh sorts them to disk.
LIMIT_MB = 128
FIELDS_FILE = "fields.json"
#: A number that stands for none; no field holds it.
ABSENT = -(2**63)

FOREIGN = (
    OSError, ValueError, TypeError, LookupError, AttributeError, EOFError, AssertionError, OverflowError,
    struct.error, pickle.UnpicklingError, WhooshIndexError, IndexingError, LockError,
    FileFormatError, StorageError,
)  # fmt: skip


class _LibraryErrors:
    """Turns what `whoosh` raises on damaged files, a full disk or a lock into our errors."""

    def __init__(self, doing: str, error: type[EngineError] = EngineError) -> None:
        self._doing = doing
        self._error = error

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Where a block of postings is damaged, Whoosh raises a plain `Exception`.
        if isinstance(error, FOREIGN) or type(error) is Exception:
            raise self._error(f"{self._doing}: {error or type(error).__name__}") from error


SEARCHING = _LibraryErrors("The index could not be searched; if this goes on, run: archive reindex")
WRITING = _LibraryErrors("The index could not be written")


class _Positions(Format):  # type: ignore[misc]
    """Positions as plain 32-bit numbers: no pickle for each posting."""

    def word_values(self, value: Any, analyzer: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("fields encode for themselves")

    def decode_frequency(self, value: bytes) -> int:
        return len(value) // 4


class _Text(FieldType):  # type: ignore[misc]
    """Tokens joined by spaces."""

    def __init__(self, kind: Kind) -> None:
        placed = kind is Kind.POSITIONS
        super().__init__(_Positions() if placed else Existence(), None, scorable=kind is not Kind.TERMS)
        self.kind = kind

    def index(self, value: str, **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        tokens = [token for token in value.split(" ") if token]
        if self.kind is Kind.POSITIONS:
            places: dict[str, array[int]] = {}
            for position, token in enumerate(tokens):
                places.setdefault(token, array("I")).append(position)
            for token, where in places.items():
                yield utf8encode(token)[0], len(where), float(len(where)), where.tobytes()
        elif self.kind is Kind.FREQUENCIES:
            for token, times in Counter(tokens).items():
                yield utf8encode(token)[0], times, float(times), b""
        else:
            for token in dict.fromkeys(tokens):
                yield utf8encode(token)[0], 1, 1.0, b""


class _Keyword(FieldType):  # type: ignore[misc]
    """Whole values, indexed and kept in a column."""

    def __init__(self) -> None:
        super().__init__(Existence(), None)
        self.column_type = VarBytesColumn()

    def index(self, value: Sequence[str], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        for item in value:
            yield utf8encode(item)[0], 1, 1.0, b""

    def to_column_value(self, value: Sequence[str]) -> bytes:
        return orjson.dumps(list(value))


def _schema() -> Any:
    fields = {}
    for field in FIELDS:
        if field.kind is Kind.NUMBER:
            fields[field.name] = COLUMN(NumericColumn("q", default=ABSENT))
        else:
            fields[field.name] = _Keyword() if field.kind is Kind.KEYWORD else _Text(field.kind)
    return Schema(**fields)


def _values(record: Record) -> dict[str, object]:
    """Return what a Whoosh document of ``record`` holds."""
    keywords = {name: tuple(dict.fromkeys(values)) for name, values in record.keywords.items() if values}
    return {**record.text, **keywords, **record.numbers}


class _SyncedStorage(FileStorage):  # type: ignore[misc]
    """Syncs all that was written before the rename that makes it the index, and the rename."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._unsynced: set[str] = set()
        self._locks: list[Any] = []

    def lock(self, name: str) -> Any:
        self._locks.append(super().lock(name))
        return self._locks[-1]

    def release_locks(self) -> None:
        """Give back what a writer kept that could not be made or closed, as on a full disk."""
        for lock in self._locks:
            if lock.fd is not None:
                lock.release()
        self._locks.clear()

    def create_file(self, name: str, **kwargs: Any) -> Any:
        self._unsynced.add(name)
        return super().create_file(name, **kwargs)

    def open_file(self, name: str, **kwargs: Any) -> Any:
        if name.endswith(".toc"):  # Whoosh leaves it open if it cannot read it
            return BufferFile(memoryview((Path(self.folder) / name).read_bytes()), name=name, **kwargs)
        return super().open_file(name, **kwargs)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:  # noqa: ARG002
        folder = Path(self.folder)
        for name in self._unsynced:
            if (folder / name).exists():
                _sync(folder / name)
        self._unsynced.clear()
        (folder / oldname).replace(folder / newname)
        _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Columns:
    """The columns of a segment, read once; a segment never changes, save what is deleted."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self._numbers: dict[str, list[int | None]] = {}
        self._keywords: dict[str, list[tuple[str, ...]]] = {}
        self._lengths: dict[str, list[int]] = {}

    def use(self, reader: Any) -> None:
        self._reader = reader

    def numbers(self, field: str) -> list[int | None]:
        if field not in self._numbers:
            column = self._reader.column_reader(field, translate=False)
            values = (column[document] for document in range(self._reader.doc_count_all()))
            self._numbers[field] = [None if value == ABSENT else value for value in values]
        return self._numbers[field]

    def keywords(self, field: str) -> list[tuple[str, ...]]:
        if field not in self._keywords:
            column = self._reader.column_reader(field, translate=False)
            values = (column[document] for document in range(self._reader.doc_count_all()))
            self._keywords[field] = [tuple(orjson.loads(value)) if value else () for value in values]
        return self._keywords[field]

    def lengths(self, field: str) -> list[int]:
        if field not in self._lengths:
            length = self._reader.doc_field_length
            self._lengths[field] = [length(doc, field) or 0 for doc in range(self._reader.doc_count_all())]
        return self._lengths[field]


class _Segment:
    """One segment of one commit; see `index.engines.evaluation.Segment`."""

    def __init__(self, reader: Any, columns: _Columns) -> None:
        self._reader = reader
        self._documents: Collection[int] = range(reader.doc_count_all())
        if reader.has_deletions():
            self._documents = {document for document in self._documents if not reader.is_deleted(document)}
        columns.use(reader)
        self._columns = columns
        self.numbers = columns.numbers
        self.keywords = columns.keywords
        self.lengths = columns.lengths

    def documents(self) -> Collection[int]:
        return self._documents

    def having(self, field: str, token: str) -> int:
        return int(self._reader.doc_frequency(field, token))

    def live(self, field: str, token: str) -> int:
        """Return how many documents that are not deleted hold ``token``."""
        if not self._reader.has_deletions():
            return self.having(field, token)
        return sum(1 for _ in self.postings(field, token, None))

    def postings(self, field: str, token: str, among: Collection[int] | None) -> Iterator[tuple[int, float]]:
        matcher = self._matcher(field, token)
        if matcher is None:
            return
        if among is not None and len(among) * 4 < self.having(field, token):
            yield from _looked_up(matcher, sorted(among))
            return
        while matcher.is_active():
            document = matcher.id()
            if among is None or document in among:
                yield document, matcher.weight()
            matcher.next()

    def positions(
        self, field: str, terms: Sequence[str], among: Collection[int] | None
    ) -> Iterator[tuple[int, Mapping[str, Sequence[int]]]]:
        rarest_first = sorted(set(terms), key=lambda term: self.having(field, term))
        matchers = [self._matcher(field, term) for term in rarest_first]
        if None in matchers:
            return
        for document, _ in list(self.postings(field, rarest_first[0], among)):
            for matcher in matchers:
                if not matcher.is_active():
                    return
                matcher.skip_to(document)
                if not matcher.is_active() or matcher.id() != document:
                    break
            else:
                yield (
                    document,
                    {
                        term: array("I", matcher.value())
                        for term, matcher in zip(rarest_first, matchers, strict=True)
                    },
                )

    def tokens(self, field: str, prefix: str) -> Iterator[str]:
        return (token.decode() for token in self._reader.expand_prefix(field, prefix))

    def _matcher(self, field: str, token: str) -> Any:
        try:
            return self._reader.postings(field, token)
        except TermNotFound:
            return None


def _looked_up(matcher: Any, documents: Sequence[int]) -> Iterator[tuple[int, float]]:
    for document in documents:
        if not matcher.is_active():
            return
        matcher.skip_to(document)
        if matcher.is_active() and matcher.id() == document:
            yield document, matcher.weight()


class _View:
    """One commit.  Whoosh's files have one read position: one thread at a time."""

    def __init__(self, index: Any, known: Mapping[Any, _Columns]) -> None:
        self.generation = index.latest_generation()
        self._reader = index.reader()
        leaves = self._reader.leaf_readers() if self._reader.doc_count_all() else []
        self.columns = {
            leaf.segment().segment_id(): known.get(leaf.segment().segment_id()) or _Columns(leaf)
            for leaf, _ in leaves
        }
        self.segments = [_Segment(leaf, self.columns[leaf.segment().segment_id()]) for leaf, _ in leaves]
        self.starts = [start for _, start in leaves]
        self.count = sum(len(segment.documents()) for segment in self.segments)

    def search(self, request: SearchRequest) -> SearchResponse:
        found = []
        for segment in self.segments:
            found.append((segment, Evaluator(segment, self._idf, self._average).scores(request.plan)))
        scores = {}
        for segment, matches in found:
            ids = segment.numbers("id")
            scores.update({ids[document] or 0: score for document, score in matches.items()})
        ranked = self._ranked(request.sort, scores, found)
        relevance = request.sort is Sort.RELEVANCE
        return SearchResponse(
            total=len(scores),
            hits=tuple(
                EngineHit(id_, scores[id_] if relevance else 0.0, ranked.keys.get(id_))
                for id_ in page(ranked, request)
            ),
            facets={
                facet.field: buckets(self._counts(facet.field, found), facet.size) for facet in request.facets
            },
            lacking={facet.field: _lacking(facet.field, found) for facet in request.facets},
            histogram=histogram(_numbers(request.histogram.field, found), request.histogram.bounds)
            if request.histogram
            else (),
            extent=extent(_numbers(request.extent, found)) if request.extent else None,
        )

    def ids(self) -> list[int]:
        numbers = ((segment.numbers("id"), segment.documents()) for segment in self.segments)
        return sorted(ids[document] or 0 for ids, documents in numbers for document in documents)

    def places(self) -> dict[int, int]:
        """Return the document number in the whole index of each id."""
        return {
            segment.numbers("id")[document] or 0: start + document
            for segment, start in zip(self.segments, self.starts, strict=True)
            for document in segment.documents()
        }

    def terms(self, field: str, prefix: str, limit: int) -> list[tuple[str, int]]:
        counts: Counter[str] = Counter()
        for segment in self.segments:
            for token in segment.tokens(field, prefix):
                counts[token] += segment.live(field, token)
        return most_frequent(+counts, limit)

    def close(self) -> None:
        reader, self._reader = self._reader, EmptyReader(None)  # closing twice is an error in Whoosh
        reader.close()

    def _ranked(
        self, sort: Sort, scores: dict[int, float], found: Sequence[tuple[_Segment, Mapping[int, float]]]
    ) -> Ranked:
        if sort is Sort.RELEVANCE:
            rounded = {id_: round(score, DECIMALS) for id_, score in scores.items()}
            return Ranked(by_relevance(scores), rounded)
        if sort is Sort.ADDED:
            return Ranked(by_added(scores), {})
        if sort is Sort.TITLE:
            titles = {}
            for segment, matches in found:
                ids, values = segment.numbers("id"), segment.keywords("title_sort")
                titles.update({ids[doc] or 0: values[doc][0] for doc in matches if values[doc]})
            return Ranked(by_key(scores.keys(), titles, descending=False), titles)
        dates = {}
        for segment, matches in found:
            ids, days = segment.numbers("id"), segment.numbers("published_sort")
            dates.update({ids[doc] or 0: day for doc in matches if (day := days[doc]) is not None})
        return Ranked(by_key(scores.keys(), dates, descending=sort is Sort.NEWEST), dates)

    def _counts(self, field: str, found: Sequence[tuple[_Segment, Mapping[int, float]]]) -> Counter[str]:
        rows = ((segment.keywords(field), matches) for segment, matches in found)
        return Counter(chain.from_iterable(values[doc] for values, matches in rows for doc in matches))

    def _idf(self, field: str, term: str) -> float:
        having = sum(segment.having(field, term) for segment in self.segments)
        return inverse_frequency(max(self._reader.doc_count_all(), having), having)

    def _average(self, field: str) -> float:
        return float(self._reader.field_length(field) / max(self._reader.doc_count_all(), 1))


def _lacking(field: str, found: Sequence[tuple[_Segment, Mapping[int, float]]]) -> int:
    rows = ((segment.keywords(field), matches) for segment, matches in found)
    return sum(not values[doc] for values, matches in rows for doc in matches)


def _numbers(field: str, found: Sequence[tuple[_Segment, Mapping[int, float]]]) -> list[int]:
    rows = ((segment.numbers(field), matches) for segment, matches in found)
    return [value for numbers, matches in rows for doc in matches if (value := numbers[doc]) is not None]


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
                writer.add_document(**_values(record))
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
                _sync(self._path)
            self.refresh()

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
        with _damage(self._path):
            return FileIndex(_SyncedStorage(str(self._path)), schema=_schema())

    def _open_view(self, known: Mapping[Any, _Columns]) -> _View:
        with _damage(self._path):
            return _View(self._index, known)


def _damage(path: Path) -> _LibraryErrors:
    message = f"The index in {path} is damaged; rebuild it with: archive reindex"
    return _LibraryErrors(message, IndexDamagedError)


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
            FileIndex.create(_SyncedStorage(str(path)), _schema(), "MAIN")
            (path / FIELDS_FILE).write_bytes(orjson.dumps(sorted(BY_NAME)))
            _sync(path / FIELDS_FILE)
            _sync(path)
        return WhooshEngine(path, writable=True)

    def open(self, path: Path, *, writable: bool = False) -> WhooshEngine:
        _check_fields(path)
        return WhooshEngine(path, writable=writable)


factory: EngineFactory = _Factory()
