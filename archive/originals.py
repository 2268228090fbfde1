"""The bytes that articles were read from, kept so that a better reader can read them again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Final

import orjson
import zstandard

from archive.document import Document, Origin
from archive.errors import StoreDamagedError
from archive.readers import ReadFailure, ReadOptions
from archive.reading import ReadArticle
from archive.store import PutOutcome, PutResult, Store
from archive.store.originals import Original, source_hash
from archive.wire import options_from_json, options_to_json
from archive.workers import ReaderPool

_LEVEL: Final = 9
_BATCH: Final = 200
_AHEAD: Final = 4


def make_original(data: bytes, origin: Origin, options: ReadOptions) -> Original:
    """Return ``data`` compressed, with what its reader was told besides: both are needed again."""
    context = {"path": origin.path, "inside": origin.member, "options": options_to_json(options).decode()}
    return Original(
        hash=source_hash(data),
        size=len(data),
        body=zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(data),
        context=orjson.dumps(context).decode(),
    )


def original_bytes(original: Original) -> bytes:
    """Return the bytes as they were read.

    Raises:
        StoreDamagedError: they are not what was stored.
    """
    try:
        data = bytes(zstandard.ZstdDecompressor().decompress(original.body))
    except (zstandard.ZstdError, MemoryError) as error:
        raise StoreDamagedError(f"a kept source is damaged: {error}; ingest it again") from error
    if source_hash(data) != original.hash:
        raise StoreDamagedError("a kept source is not what was stored; ingest it again")
    return data


@dataclass(slots=True)
class ReprocessReport:
    """What reading again did.

    Attributes:
        without: articles that have no source kept.
        failed: slug and reason of those that could not be read again; they stay as they are.
    """

    changed: int = 0
    unchanged: int = 0
    without: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)


def reprocess(
    store: Store,
    ids: Sequence[int],
    *,
    workers: int = 1,
    on_progress: Callable[[int], None] | None = None,
) -> ReprocessReport:
    """Read the kept sources of articles with today's readers and store what comes of it.

    Identity, address and values set by hand stay; what changes is a version.  The
    caller holds the writer's lock.

    Raises:
        StoreError: the store cannot be written; what went before is kept.
    """
    report = ReprocessReport()
    done = 0
    for batch in _read_again(store, ids, workers, report):
        for result in _put(store, batch):
            if result.outcome is PutOutcome.CHANGED:
                report.changed += 1
            else:
                report.unchanged += 1
        done += len(batch)
        if on_progress is not None:
            on_progress(done)
    return report


def _put(store: Store, batch: Sequence[Document]) -> list[PutResult]:
    return store.put(batch) if batch else []


def _read_again(
    store: Store, ids: Sequence[int], workers: int, report: ReprocessReport
) -> Iterator[list[Document]]:
    options = ReadOptions()
    with ReaderPool(workers, options.limits) as pool:
        for at in range(0, len(ids), _BATCH):
            yield _batch(store, pool, ids[at : at + _BATCH], report)


def _batch(store: Store, pool: ReaderPool, ids: Sequence[int], report: ReprocessReport) -> list[Document]:
    found: list[Document] = []
    waiting: deque[tuple[Document, Future[list[ReadArticle | ReadFailure]]]] = deque()

    def take() -> None:
        document, results = waiting.popleft()
        again = _same_article(document, results.result())
        if isinstance(again, str):
            report.failed.append((document.slug, again))
        else:
            found.append(again)

    for document in store.get_many(ids, with_text=False, damaged=[]):
        original = store.original_of(document.id)
        if original is None:
            report.without += 1
            continue
        try:
            data = original_bytes(original)
        except StoreDamagedError as error:
            report.failed.append((document.slug, str(error)))
            continue
        waiting.append((document, pool.submit_member(data, *_place(original))))
        if len(waiting) > _AHEAD * pool.size:
            take()
    while waiting:
        take()
    return found


def _place(original: Original) -> tuple[Origin, ReadOptions]:
    context = orjson.loads(original.context)
    origin = Origin(path=context["path"], member=context["inside"])
    return origin, options_from_json(context["options"].encode())


def _same_article(document: Document, results: Sequence[ReadArticle | ReadFailure]) -> Document | str:
    """Return the article of a source that ``document`` is, or why there is none."""
    articles = [each.document for each in results if isinstance(each, ReadArticle)]
    if not articles:
        failures = [each.reason for each in results if isinstance(each, ReadFailure)]
        return failures[0] if failures else "there is no article in it any more"
    same = [each for each in articles if each.origin.member == document.origin.member]
    if len(articles) > 1 and len(same) != 1:
        return "its part of the source cannot be told from the others any more"
    found = same[0] if same else articles[0]
    return replace(found, identity=document.identity, origin=document.origin)
