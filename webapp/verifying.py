"""Compare what is stored with what was written, and the index with the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from index.errors import EngineError

if TYPE_CHECKING:
    from archive.store import Store
    from index.indexer import Indexer

#: Damaged articles are named up to this many, then counted.
_NAMED = 20

_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a check found; each problem says what mends it where a command can."""

    articles: int
    problems: tuple[str, ...]


def verify_archive(store: Store, indexer: Indexer) -> Verified:
    """Check the store's file, every row of it, and the index against them.

    Raises:
        StoreError: the store cannot be read at all.
    """
    problems = [f"the store's file: {problem}" for problem in store.file_problems()]
    problems.extend(_damaged(store))
    problems.extend(_index_problems(store, indexer))
    return Verified(articles=store.count(), problems=tuple(problems))


def _damaged(store: Store) -> Iterator[str]:
    rows = store.verify_rows()
    for row in islice(rows, _NAMED):
        yield f"article {row.id} ({row.slug}): {row.reason}; ingest its source again, or delete it"
    if more := sum(1 for _ in rows):
        yield f"… and {more:,} more damaged articles"


def _index_problems(store: Store, indexer: Indexer) -> list[str]:
    status = indexer.status()
    if status.state != "ready":
        return [status.problem]
    if status.behind:
        return [f"The index is {status.behind:,} changes behind the store. {indexer.generations.mend}"]
    try:
        engine = indexer.open_reader()
        try:
            indexed = list(engine.ids())
        finally:
            engine.close()
    except EngineError as exc:
        return [str(exc)]
    known = sum(len(_stored(store, part)) for part in _parts(indexed))
    problems = []
    if missing := store.count() - known:
        problems.append(f"Stored and not in the index: {missing:,}. {indexer.generations.mend}")
    if orphans := len(indexed) - known:
        problems.append(f"In the index and not stored: {orphans:,}. {indexer.generations.mend}")
    return problems


def _stored(store: Store, ids: Sequence[int]) -> set[int]:
    return {document.id for document in store.get_many(ids, with_text=False)}


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]
