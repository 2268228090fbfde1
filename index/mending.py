"""What a person asks of an index besides building it: less than a rebuild, or a step back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.build import SAMPLE_EVERY, SAMPLES, finds
from index.changes import COMMIT_EVERY, warn_of_damaged
from index.engine import Engine
from index.errors import EngineError, IndexDamagedError, IndexMissingError
from index.generations import Generation
from index.indexer import WAIT_S, Indexer
from index.manifests import State
from index.progress import Meter, Report
from index.records import record_from_document

_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """An index against its store, by ids.

    Attributes:
        missing: stored and not in the index.
        orphans: in the index and not stored.
    """

    missing: tuple[int, ...]
    orphans: tuple[int, ...]


def bring_up(indexer: Indexer, on_progress: Report | None = None) -> str:
    """Do the least that makes the index complete and searchable.

    Returns:
        ``nothing``, ``caught-up`` or ``rebuilt``.

    Raises:
        LockHeldError: another process is rebuilding.
    """
    status = indexer.status()
    if status.state == "ready":
        try:
            return "caught-up" if indexer.catch_up(on_progress) else "nothing"
        except (IndexDamagedError, IndexMissingError):
            pass  # it could be read and cannot be written to
    indexer.reindex(on_progress)
    return "rebuilt"


def compare(indexer: Indexer, engine: Engine) -> Compared:
    """Compare the ids that ``engine`` holds with those of the store."""
    indexed, stored = set(engine.ids()), set(indexer.store.ids())
    return Compared(missing=tuple(sorted(stored - indexed)), orphans=tuple(sorted(indexed - stored)))


def add_missing(indexer: Indexer, on_progress: Report | None = None, *, wait_s: float = WAIT_S) -> Compared:
    """Catch up, then add what the live index lacks and remove what the store lacks.

    Returns:
        What was added and removed besides the ordinary changes.

    Raises:
        IndexMissingError, IndexOutdatedError, IndexDamagedError: it must be rebuilt.
        LockHeldError: another process is writing to it.
    """
    with indexer.caught_up(on_progress, wait_s=wait_s) as (engine, _):
        found = compare(indexer, engine)
        if found.missing or found.orphans:
            engine.delete(found.orphans)
            _add(indexer, engine, found.missing, on_progress)
        return found


def refresh_since(
    indexer: Indexer, since: dt.datetime, on_progress: Report | None = None, *, wait_s: float = WAIT_S
) -> int:
    """Catch up, then index again every article that was added or changed since ``since``.

    Returns:
        How many articles were indexed again.

    Raises:
        IndexMissingError, IndexOutdatedError, IndexDamagedError: it must be rebuilt.
        LockHeldError: another process is writing to it.
    """
    with indexer.caught_up(on_progress, wait_s=wait_s) as (engine, _):
        ids = indexer.store.ids(updated_since=since)
        if ids:
            _add(indexer, engine, ids, on_progress)
        return len(ids)


def rollback(indexer: Indexer, on_progress: Report | None = None, *, wait_s: float = WAIT_S) -> Generation:
    """Make the kept generation before the live one live again, and bring it up to the store.

    The one that was live is kept, and goes with the next rebuild.

    Raises:
        IndexMissingError: no earlier generation is kept.
        IndexDamagedError: the earlier one is not what was written.
    """
    generations = indexer.generations
    with indexer.write_lock(wait_s):
        current = generations.current_name()
        earlier = generations.before(current) if current is not None else None
        if current is None or earlier is None:
            raise IndexMissingError(f"No earlier index is kept to go back to. {generations.mend}")
        indexer.require_usable(earlier)
        indexer.require_whole(earlier, deep=True)
        if indexer.store.mark(earlier.mark) is None:  # a kill came between its check and its mark
            indexer.store.set_mark(earlier.mark, earlier.manifest.sequence)
        generations.switch(earlier)
    indexer.catch_up(on_progress, wait_s=wait_s)
    return generations.current()


def condemn(indexer: Indexer, *, wait_s: float = WAIT_S) -> None:
    """Let no search use the live index any more: a check found damage in it.

    Raises:
        LockHeldError: another process is writing to it.
    """
    with indexer.write_lock(wait_s):
        live = indexer.generations.current()
        indexer.generations.update(live, replace(live.manifest, state=State.DAMAGED))


def unreadable(indexer: Indexer, engine: Engine) -> str:
    """Search for some articles that are stored; say what went wrong, or nothing."""
    wanted = indexer.store.ids()[::SAMPLE_EVERY][:SAMPLES]
    for document in indexer.store.get_many(wanted, damaged=[]):
        try:
            if not finds(engine, record_from_document(document)):
                return f"it does not find article {document.id}"
        except EngineError as exc:
            return str(exc)
    return ""


def _add(indexer: Indexer, engine: Engine, ids: Sequence[int], on_progress: Report | None) -> None:
    meter = Meter("reindex", len(ids), on_progress)
    pending = 0
    for part in _parts(ids):
        damaged: list[int] = []
        engine.add(map(record_from_document, indexer.store.get_many(part, damaged=damaged)))
        warn_of_damaged(damaged)
        pending += len(part)
        meter.advance(len(part))
        if pending >= COMMIT_EVERY:
            engine.commit()
            pending = 0
    engine.commit()
    live = indexer.generations.current()
    # Its new time tells readers to look again.
    indexer.generations.update(live, replace(live.manifest, documents=engine.count()))


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]
