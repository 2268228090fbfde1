"""From sources to articles, in the order of the sources: pages in child processes, the rest here.

Pages (and books and documents) are slow and hostile, in a folder or in a container;
they go to a pool, a bounded window ahead.  A handful of small pages is read here,
because starting a process costs more than they do.
"""

from __future__ import annotations

import io
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Final

from archive.containers import buffered
from archive.document import Origin
from archive.errors import ReadError
from archive.originals import make_original
from archive.readers import ReadFailure, ReadOptions
from archive.readers.registry import Opened, open_stream
from archive.readers.sniff import Kind
from archive.reading import ReadArticle, open_part, parts_of, read_opened
from archive.sources import STANDARD_INPUT, Item, Unread, open_item, printable_path
from archive.store.originals import Original
from archive.workers import ReaderPool

Result = ReadArticle | ReadFailure | Unread
Results = list[ReadArticle | ReadFailure]

_PAGES_HERE: Final = 6
_LOOKED_AT: Final = 2 * _PAGES_HERE
_PAGE_BYTES_HERE: Final = 200_000
_SECONDS_HERE: Final = 1.0
# So many are read before the first of them is stored; a batch is stored in less time than they take.
_WINDOW_PER_WORKER: Final = 40
_SMALL_WINDOW_PER_WORKER: Final = 4  # of items that may be large
_WINDOW_BYTES: Final = 32_000_000
_HELD_BYTES: Final = 64_000_000
_PAGE_SUFFIXES: Final = (".html", ".htm", ".xhtml")
_STREAMED: Final = frozenset(
    {Kind.JSONL, Kind.CSV, Kind.JSON, Kind.JSON_FEED, Kind.SAVED_JSON, Kind.SAVED_CSV}
)
_ELSEWHERE: Final = frozenset(
    {Kind.HTML, Kind.MHTML, Kind.PDF, Kind.EPUB, Kind.DOCX, Kind.ODT}
    | {Kind.FEED, Kind.EMAIL, Kind.OPML, Kind.BOOKMARKS}
)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An item whose results are not given out yet."""

    path: str
    size: int
    results: Future[Results] | Results
    is_item: bool = True  # not only a part of one
    original: Original | None = None
    weight: int = 0  # of the window, in bytes


class Gatherer:
    """Reads items; `close` it, because it may have started processes.

    Args:
        keep: give out with each article the bytes that it was read from, but for the
            records of lists (JSON, CSV), which are as good as the article.

    Attributes:
        files: items that are done.
    """

    def __init__(self, options: ReadOptions, workers: int, *, keep: bool = False) -> None:
        self.files = 0
        self._keep = keep
        self._options = options
        self._workers = workers
        self._pool: ReaderPool | None = None
        self._waiting: deque[_Waiting] = deque()
        self._bytes = 0
        self._stream: io.BufferedReader | None = None
        self._pages_here = 0
        self._seconds_here = 0.0
        self._held = 0
        self._window_bytes = 0

    def gather(self, items: Iterable[Item | Unread]) -> Iterator[tuple[str, Result]]:
        """Yield the path (as text) and what came of it, once for each article or failure, in order."""
        coming = iter(items)
        first = list(islice(coming, _LOOKED_AT))
        if (
            sum(isinstance(item, Item) and item.path.lower().endswith(_PAGE_SUFFIXES) for item in first)
            > _PAGES_HERE
        ):
            self._pages_here = _PAGES_HERE  # to read some here would make the processes wait
        for item in chain(first, coming):
            if isinstance(item, Unread):
                yield from self._drain()
                self.files += 1
                yield printable_path(item.path), item
            else:
                yield from self._one(item)
        yield from self._drain()

    def bytes_done(self) -> int:
        """Return how many bytes of the sources are read, for a progress bar."""
        if self._stream is None:
            return self._bytes
        try:
            return self._bytes + self._stream.tell()
        except (OSError, ValueError):
            return self._bytes

    def close(self) -> None:
        """End the child processes."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    def _one(self, item: Item) -> Iterator[tuple[str, Result]]:
        path = item.path if item.path == STANDARD_INPUT else printable_path(item.path)
        options = self._options if item.known is None else self._with_known(item)
        try:
            with open_item(item.path) as stream:
                opened = open_stream(stream, Origin(path=path), options)
                if opened.kind in _STREAMED or opened.is_container:
                    yield from self._drain()
                    yield from self._streamed(path, item.size, stream, opened, options)
                    return
                if self._keep:
                    yield from self._make_room()
                    self._wait(path, self._page(opened, options), item.size)
                    yield from self._ready()
                    return
                here = item.path == STANDARD_INPUT or self._reads_here(opened.kind, item.size)
                elsewhere = opened.kind in _ELSEWHERE and not here
                results = [] if elsewhere else self._read_here(opened, options)
        except ReadError as error:
            elsewhere = False
            results = [ReadFailure(code=error.code, reason=str(error))]
        if elsewhere:
            # What a page gives is no larger than the page; what is packed may hold anything.
            is_page = opened.kind is Kind.HTML and opened.inflater is None
            weight = item.size if is_page else _WINDOW_BYTES
            yield from self._make_room(weight)
            coming = self._pooled().submit(item.path, options)
            self._window_bytes += weight
            self._waiting.append(_Waiting(path, item.size, coming, weight=weight))
        else:
            self._waiting.append(_Waiting(path, item.size, results))
        yield from self._ready()

    def _streamed(
        self, path: str, size: int, stream: io.BufferedReader, opened: Opened, options: ReadOptions
    ) -> Iterator[tuple[str, Result]]:
        self._stream = stream
        try:
            if opened.is_container:
                yield from self._parts(path, opened, options)
                yield from self._drain()
            else:
                for result in read_opened(opened, options):
                    yield path, result
        finally:
            self._stream = None
        self._done(size)

    def _parts(self, path: str, container: Opened, options: ReadOptions) -> Iterator[tuple[str, Result]]:
        """Read a container's members: pages as those in folders are, lists and containers as they come."""
        for part in parts_of(container, options):
            opened = part if isinstance(part, ReadFailure) else open_part(container, part)
            if isinstance(part, ReadFailure):
                self._wait_part(path, [part])
            elif isinstance(opened, ReadFailure):
                self._wait_part(path, [opened])
            elif opened.is_container:
                yield from self._parts(path, opened, part.options)
            elif opened.kind in _STREAMED:
                yield from self._drain()
                for result in read_opened(opened, part.options):
                    yield path, result
            elif opened.kind in _ELSEWHERE or self._keep:
                yield from self._make_room()
                self._wait(path, self._page(opened, part.options))
            else:
                self._wait_part(path, list(read_opened(opened, part.options)))
            yield from self._ready()

    def _page(
        self, opened: Opened, options: ReadOptions
    ) -> tuple[Future[Results] | Results, Original | None]:
        """Read a page of a container, or one to be kept: the first few small ones here."""
        try:
            data = opened.content(options)
        except (ReadError, OSError) as error:
            code = error.code if isinstance(error, ReadError) else ReadError.code
            return [ReadFailure(member=opened.origin.member, code=code, reason=str(error))], None
        original = make_original(data, opened.origin, options) if self._keep else None
        if opened.kind in _ELSEWHERE and not self._reads_here(opened.kind, len(data)):
            self._held += len(data)
            return self._pooled().submit_member(data, opened.origin, options), original
        try:
            again = open_stream(buffered(io.BytesIO(data)), opened.origin, options)
        except ReadError as error:
            return [ReadFailure(member=opened.origin.member, code=error.code, reason=str(error))], None
        return self._read_here(again, options), original

    def _wait(
        self, path: str, page: tuple[Future[Results] | Results, Original | None], size: int | None = None
    ) -> None:
        results, original = page
        self._waiting.append(_Waiting(path, size or 0, results, is_item=size is not None, original=original))

    def _wait_part(self, path: str, results: Future[Results] | Results) -> None:
        self._waiting.append(_Waiting(path, 0, results, is_item=False))

    def _read_here(self, opened: Opened, options: ReadOptions) -> Results:
        start = time.monotonic()
        results = list(read_opened(opened, options))
        if opened.kind is Kind.HTML:
            self._pages_here += 1
            self._seconds_here += time.monotonic() - start
        return results

    def _reads_here(self, kind: Kind, size: int) -> bool:
        """Say whether a page is worth no process: few, small and quick ones."""
        few = self._pages_here < _PAGES_HERE and self._seconds_here < _SECONDS_HERE
        return few and self._pool is None and kind is Kind.HTML and size <= _PAGE_BYTES_HERE

    def _with_known(self, item: Item) -> ReadOptions:
        url = item.known.url if item.known is not None else ""
        return replace(self._options, known=item.known, url=url)

    def _pooled(self) -> ReaderPool:
        if self._pool is None:
            self._pool = ReaderPool(self._workers, self._options.limits)
        return self._pool

    def _ready(self) -> Iterator[tuple[str, Result]]:
        """Give out what is done, as far as the order allows."""
        while self._waiting:
            results = self._waiting[0].results
            if isinstance(results, Future) and not results.done():
                return
            yield from self._first()

    def _make_room(self, weight: int = _WINDOW_BYTES) -> Iterator[tuple[str, Result]]:
        while len(self._waiting) >= self._workers * (
            _WINDOW_PER_WORKER if self._window_bytes + weight <= _WINDOW_BYTES else _SMALL_WINDOW_PER_WORKER
        ):
            yield from self._first()
        if self._held > _HELD_BYTES:
            # The contents of members wait in memory, those of files do not.
            yield from self._drain()
            self._held = 0

    def _drain(self) -> Iterator[tuple[str, Result]]:
        while self._waiting:
            yield from self._first()

    def _first(self) -> Iterator[tuple[str, Result]]:
        waiting = self._waiting.popleft()
        self._window_bytes -= waiting.weight
        results = waiting.results.result() if isinstance(waiting.results, Future) else waiting.results
        if waiting.is_item:
            self._done(waiting.size)
        for result in results:
            if waiting.original is not None and isinstance(result, ReadArticle):
                result = replace(result, original=waiting.original)
            yield waiting.path, result

    def _done(self, size: int) -> None:
        self.files += 1
        self._bytes += size
