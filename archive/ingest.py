"""From sources to the store: one outcome an item, and no item stops the rest."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from archive.claims import Claims
from archive.document import Document
from archive.gathering import Gatherer, Result
from archive.limits import LIMITS, Limits
from archive.lock import WriterLock
from archive.manifest import read_manifest
from archive.outcomes import IngestReport, ItemOutcome, Tally, outcome_of_failure
from archive.progress import Meter, Progress
from archive.readers import ReadOptions
from archive.reading import ReadArticle
from archive.sources import STANDARD_INPUT, Amount, Item, Unread, find_items, measure
from archive.store import PutOutcome, PutResult, Store
from archive.store.originals import Original

__all__ = ["IngestOptions", "IngestReport", "ItemOutcome", "Progress", "extract_items", "ingest"]

_BATCH_CHARS: Final = 32_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestOptions:
    """How to ingest.

    Attributes:
        manifest: a list of files with what is known of them, read after the sources.
        fields: article field -> name in the records, for names that are no aliases.
        day_first: how to read 01/02/2003; None leaves it to the stated rule.
        workers: child processes for pages; 0 means one a processor.
        batch: articles in one transaction.
        keep_source: keep the bytes that pages and documents are read from.
        lock_path: the writer's lock, held for the whole run; None takes no lock.
    """

    manifest: str | Path | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    day_first: bool | None = None
    workers: int = 0
    batch: int = 1_000
    limits: Limits = LIMITS
    keep_source: bool = False
    lock_path: Path | None = None
    lock_timeout_s: float = 10.0

    def read_options(self) -> ReadOptions:
        """Return what the readers need to know of this."""
        return ReadOptions(fields=self.fields, day_first=self.day_first, limits=self.limits)


def ingest(
    store: Store,
    sources: Iterable[str | Path],
    *,
    options: IngestOptions | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    on_outcome: Callable[[ItemOutcome], None] | None = None,
) -> IngestReport:
    """Read every article under ``sources`` and store it.

    Stored in batches, each durable; to interrupt loses only the batch that was
    not full, and to run it again is safe: what is there is unchanged.

    Raises:
        LockHeldError: another process writes to the archive.
        StoreError: the store cannot be written; what went before is kept.
        ReadError: the manifest cannot be opened.
    """
    options = options or IngestOptions()
    lock = (
        WriterLock(options.lock_path, timeout_s=options.lock_timeout_s)
        if options.lock_path is not None
        else nullcontext()
    )
    with lock:
        tally = Tally(on_outcome)
        run = _Run(store, options, tally)
        gatherer = Gatherer(
            options.read_options(), options.workers or _processors(), keep=options.keep_source
        )
        for path, result in _gathered(gatherer, list(sources), options, on_progress):
            run.take(path, result)
        run.flush()
        return tally.finish(size=gatherer.bytes_done())


def extract_items(
    sources: Iterable[str | Path],
    *,
    options: IngestOptions | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Iterator[ReadArticle | ItemOutcome]:
    """Yield the articles under ``sources`` without storing them; what fails is an outcome ``failed``.

    Raises:
        ReadError: the manifest cannot be opened.
    """
    options = options or IngestOptions()
    gatherer = Gatherer(options.read_options(), options.workers or _processors())
    for path, result in _gathered(gatherer, list(sources), options, on_progress):
        if isinstance(result, ReadArticle):
            yield result
        else:
            yield outcome_of_failure(path, result)


def _gathered(
    gatherer: Gatherer,
    sources: Sequence[str | Path],
    options: IngestOptions,
    on_progress: Callable[[Progress], None] | None,
) -> Iterator[tuple[str, Result]]:
    meter = Meter(gatherer, _amount(sources, options), on_progress) if on_progress is not None else None
    try:
        for path, result in gatherer.gather(_items(sources, options)):
            yield path, result
            if meter is not None:
                meter.tick()
        if meter is not None:
            meter.tell()
    finally:
        gatherer.close()


def _items(sources: Sequence[str | Path], options: IngestOptions) -> Iterator[Item | Unread]:
    yield from find_items(sources)
    if options.manifest is not None:
        yield from read_manifest(options.manifest, options.read_options())


def _amount(sources: Sequence[str | Path], options: IngestOptions) -> Amount | None:
    names = [os.fspath(source) for source in (*sources, *([options.manifest] if options.manifest else []))]
    return None if STANDARD_INPUT in names else measure(_items(sources, options))


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Run:
    """Puts articles into the store by batches."""

    def __init__(self, store: Store, options: IngestOptions, tally: Tally) -> None:
        self._store = store
        self._options = options
        self._tally = tally
        self._claims = Claims()
        self._batch: list[Document] = []
        self._originals: list[Original | None] = []
        self._batch_chars = 0

    def take(self, path: str, result: Result) -> None:
        """Put an article into the batch, and the batch into the store when it is full."""
        if not isinstance(result, ReadArticle):
            self._tally.note(outcome_of_failure(path, result))
            return
        document = self._claims.settle(result)
        self._batch.append(document)
        self._batch_chars += len(document.text)
        if result.original is not None and result.original not in self._originals[-1:]:
            self._batch_chars += len(result.original.body)
        self._originals.append(result.original)
        if len(self._batch) >= self._options.batch or self._batch_chars > _BATCH_CHARS:
            self.flush()

    def flush(self) -> None:
        """Put the batch into the store, however small it is."""
        if not self._batch:
            return
        results = self._store.put(self._batch)
        for document, result in zip(self._batch, results, strict=True):
            self._tally.note_article(document, result)
        if self._options.keep_source:
            self._keep(results)
        self._batch, self._originals = [], []
        self._batch_chars = 0

    def _keep(self, results: Sequence[PutResult]) -> None:
        """Keep what articles were read from, not what only repeats them, or tells what they said before."""
        found = [
            (result.id, original)
            for result, original in zip(results, self._originals, strict=True)
            if original is not None and result.is_current and result.outcome is not PutOutcome.DUPLICATE
        ]
        unchanged = {result.id for result in results if result.outcome is PutOutcome.UNCHANGED}
        kept = self._store.with_original(unchanged)
        self._store.keep_originals([(id_, original) for id_, original in found if id_ not in kept])
