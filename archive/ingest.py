"""From sources to the store: one outcome an item, and no item stops the rest."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from archive.containers import SKIPPED
from archive.document import Document
from archive.gathering import Gatherer
from archive.limits import LIMITS, Limits
from archive.lock import WriterLock
from archive.manifest import read_manifest
from archive.normalise import fold_key, identity_of
from archive.readers import ReadFailure, ReadOptions
from archive.reading import ReadArticle
from archive.sources import Amount, Item, Unread, find_items, measure
from archive.standing import is_excerpt
from archive.store import PutOutcome, PutResult, Store
from archive.store.originals import Original

Outcome = Literal["added", "changed", "unchanged", "duplicate", "failed", "skipped"]

_BATCH_CHARS: Final = 32_000_000
_PROGRESS_S: Final = 0.1
_PROGRESS_ITEMS: Final = 50
_MAX_LISTED: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemOutcome:
    """What became of one article, or of one item that gave none."""

    path: str
    outcome: Outcome
    member: str = ""
    slug: str = ""
    code: str = ""
    reason: str = ""
    warnings: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is.

    Attributes:
        items: articles and failures so far.
        files, files_total: items of the sources; the total is None for standard input.
        bytes_done, bytes_total: of the sources as they lie there; 0 where not known.
        rate: items a second.
        left_s: estimated seconds to go, None where it cannot be told.
    """

    items: int
    files: int
    files_total: int | None
    bytes_done: int
    bytes_total: int
    seconds: float
    rate: float
    left_s: float | None


@dataclass(slots=True)
class IngestReport:
    """What a run did; the lists are bounded, the counts exact."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicate: int = 0
    failed: int = 0
    skipped: int = 0
    warned: int = 0
    failures: list[ItemOutcome] = field(default_factory=list)
    warnings: list[ItemOutcome] = field(default_factory=list)
    seconds: float = 0.0
    bytes: int = 0

    @property
    def stored(self) -> int:
        """Articles that went to the store, whatever became of them there."""
        return self.added + self.changed + self.unchanged + self.duplicate


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
        run = _Run(store, options, on_outcome)
        gatherer = Gatherer(
            options.read_options(), options.workers or _processors(), keep=options.keep_source
        )
        for path, result in _gathered(gatherer, list(sources), options, on_progress):
            run.take(path, result)
        run.flush()
        return run.finish(gatherer.bytes_done())


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
            yield _outcome_of(path, result)


def _gathered(
    gatherer: Gatherer,
    sources: Sequence[str | Path],
    options: IngestOptions,
    on_progress: Callable[[Progress], None] | None,
) -> Iterator[tuple[str, ReadArticle | ReadFailure | Unread]]:
    meter = _Meter(gatherer, _amount(sources, options), on_progress) if on_progress is not None else None
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
    return None if "-" in names else measure(_items(sources, options))


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Meter:
    """Tells the caller now and then how far the reading is."""

    def __init__(
        self, gatherer: Gatherer, amount: Amount | None, on_progress: Callable[[Progress], None]
    ) -> None:
        self._gatherer = gatherer
        self._amount = amount
        self._on_progress = on_progress
        self._start = time.monotonic()
        self._told = 0.0
        self._items = 0

    def tick(self) -> None:
        self._items += 1
        if self._items % _PROGRESS_ITEMS and self._items > _PROGRESS_ITEMS:
            return
        if time.monotonic() - self._told >= _PROGRESS_S:
            self.tell()

    def tell(self) -> None:
        self._told = time.monotonic()
        seconds = max(self._told - self._start, 1e-6)
        done = self._gatherer.bytes_done()
        total = self._amount.size if self._amount is not None else 0
        left = seconds / done * (total - done) if total and 0 < done <= total else None
        self._on_progress(
            Progress(
                items=self._items,
                files=self._gatherer.files,
                files_total=self._amount.files if self._amount is not None else None,
                bytes_done=done,
                bytes_total=total,
                seconds=seconds,
                rate=self._items / seconds,
                left_s=left,
            )
        )


class _Run:
    """Puts articles into the store by batches and counts what became of them."""

    def __init__(
        self, store: Store, options: IngestOptions, on_outcome: Callable[[ItemOutcome], None] | None
    ) -> None:
        self._store = store
        self._options = options
        self._on_outcome = on_outcome
        self._report = IngestReport()
        self._start = time.monotonic()
        self._batch: list[Document] = []
        self._originals: list[Original | None] = []
        self._batch_chars = 0
        # Identity -> title, both as hashes: what this run has seen; excerpts by the file that they are in.
        self._claims: dict[int, int] = {}
        # Identity -> titles, of what was captured at its address.
        self._captured: dict[int, set[int]] = {}

    def take(self, path: str, result: ReadArticle | ReadFailure | Unread) -> None:
        if not isinstance(result, ReadArticle):
            self._note(_outcome_of(path, result))
            return
        document = self._claim(result)
        self._batch.append(document)
        self._batch_chars += len(document.text)
        if result.original is not None and result.original not in self._originals[-1:]:
            self._batch_chars += len(result.original.body)
        self._originals.append(result.original)
        if len(self._batch) >= self._options.batch or self._batch_chars > _BATCH_CHARS:
            self.flush()

    def flush(self) -> None:
        if not self._batch:
            return
        results = self._store.put(self._batch)
        for document, result in zip(self._batch, results, strict=True):
            self._count(document, result)
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

    def finish(self, size: int) -> IngestReport:
        self._report.bytes = size
        self._report.seconds = time.monotonic() - self._start
        return self._report

    def _claim(self, article: ReadArticle) -> Document:
        """Return the document under an identity that no other article of this run has.

        Pages of a site may all name its front page, or the first of a series, as
        their canonical address: one must not replace the other.  A page captured at
        that very address is the same page, whatever its title became; a note on an
        address bears a title of its own.
        """
        document = article.document
        title = hash(fold_key(document.title))
        kind = document.origin.path if is_excerpt(document) else ""
        if self._may_have(hash((document.identity, kind)), title, at_address=article.is_at_address):
            return document
        warning = f"{document.identity[:200]} is claimed by another article of this run; kept apart"
        for identity in (
            identity_of(document, article.external_id, with_url=False),
            identity_of(document, "", with_url=False),
            f"hash:{document.content_hash}",
        ):
            if self._claims.setdefault(hash((identity, kind)), title) == title:
                break
        return dataclasses.replace(document, identity=identity, warnings=(*document.warnings, warning))

    def _may_have(self, identity: int, title: int, *, at_address: bool) -> bool:
        first = self._claims.setdefault(identity, title)
        if first != title and identity not in self._captured:
            return False
        if at_address:
            self._captured.setdefault(identity, {first}).add(title)
            return True
        return first == title or title in self._captured[identity]

    def _count(self, document: Document, result: PutResult) -> None:
        outcome: Outcome = result.outcome.value
        setattr(self._report, outcome, getattr(self._report, outcome) + 1)
        if document.warnings or self._on_outcome is not None:
            self._note(
                ItemOutcome(
                    path=document.origin.path,
                    member=document.origin.member,
                    outcome=outcome,
                    slug=result.slug,
                    reason=result.note,
                    warnings=document.warnings,
                )
            )

    def _note(self, outcome: ItemOutcome) -> None:
        report = self._report
        if outcome.outcome == "failed":
            report.failed += 1
            if len(report.failures) < _MAX_LISTED:
                report.failures.append(outcome)
        elif outcome.outcome == "skipped":
            report.skipped += 1
        if outcome.warnings:
            report.warned += 1
            if len(report.warnings) < _MAX_LISTED:
                report.warnings.append(outcome)
        if self._on_outcome is not None:
            self._on_outcome(outcome)


def _outcome_of(path: str, result: ReadFailure | Unread) -> ItemOutcome:
    skipped = result.skipped if isinstance(result, Unread) else result.code == SKIPPED
    return ItemOutcome(
        path=path,
        member=result.member,
        outcome="skipped" if skipped else "failed",
        code=result.code,
        reason=result.reason,
    )
