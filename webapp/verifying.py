"""Compare what is stored with what was written, and the indexes with the store; mend what can be.

Every problem knows which repair may mend it.  Only damaged articles have none:
their source or a backup brings them back.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice
from typing import TYPE_CHECKING

from archive.errors import LockHeldError
from index import mending
from index.errors import EngineError, EngineUnavailableError, IndexDamagedError, IndexMissingError
from index.manifests import State

if TYPE_CHECKING:
    from archive.store import Store
    from index.generations import Generation
    from index.indexer import Indexer
    from index.progress import Report

log = logging.getLogger(__name__)

#: Damaged articles are named up to this many, then counted.
_NAMED = 20

#: How often a comparison is repeated because others keep writing.
_ATTEMPTS = 5


class Repair(IntEnum):
    """What mends a problem, in the order in which repairs are made."""

    NONE = 0
    FILE = 1
    BOOKKEEPING = 2
    LINKS = 3
    CHANGES = 4
    FREE_SPACE = 5
    ADD_MISSING = 6
    REBUILD = 7
    PRUNE = 8
    DROP_LAST = 9
    DROP_ORIGINALS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong; the message says what mends it where a command can.

    Attributes:
        engine: whose index it is about, or empty.
    """

    message: str
    repair: Repair = Repair.NONE
    engine: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a check found."""

    articles: int
    problems: tuple[Problem, ...]


def verify_archive(store: Store, indexers: list[Indexer], *, deep: bool = False) -> Verified:
    """Check the store's file, every row of it, and the indexes against them.

    Args:
        deep: also read every byte of the indexes, the database's own indexes, what
            is left over, and the unused part of the file.

    Raises:
        StoreError: the store cannot be read at all.
    """
    problems = [
        Problem(message=f"the store's file: {found}", repair=Repair.FILE)
        for found in store.file_problems(deep=deep)
    ]
    wrong = store.bookkeeping_problems()
    problems.extend(
        Problem(message=f"{found}. Mend it with: archive verify --repair", repair=Repair.BOOKKEEPING)
        for found in wrong
    )
    damaged: set[int] = set()
    problems.extend(_damaged_rows(store, damaged))
    if deep:
        problems.extend(_damaged_originals(store))
        problems.extend(_store_leftovers(store))
    if wrong:  # how far an index is cannot be told before it is mended
        return Verified(articles=store.count(), problems=tuple(problems))
    for indexer in indexers:
        problems.extend(_index_problems(store, indexer, damaged, deep=deep))
    return Verified(articles=store.count(), problems=tuple(problems))


def repair_archive(
    store: Store,
    indexers: list[Indexer],
    problems: tuple[Problem, ...],
    on_progress: Report | None = None,
) -> None:
    """Mend what can be mended; check again afterwards to learn what is left.

    Raises:
        StoreError, EngineError, LockHeldError: a repair could not be made.
    """
    wanted = {problem.repair for problem in problems}
    if Repair.FILE in wanted:
        store.mend_file()
    if Repair.BOOKKEEPING in wanted:
        store.mend_bookkeeping()
        problems = verify_archive(store, indexers, deep=True).problems  # which could not be looked for before
        wanted = {problem.repair for problem in problems}
    if Repair.LINKS in wanted:
        store.mend_links()
    if Repair.CHANGES in wanted:
        store.note_changes(store.unnoted())
    if Repair.DROP_ORIGINALS in wanted:
        store.drop_damaged_originals()
    if Repair.FREE_SPACE in wanted:
        store.give_back_free_space()
    for indexer in indexers:
        mine = {problem.repair for problem in problems if problem.engine == indexer.engine}
        if Repair.CHANGES in wanted and indexer.status().state == "ready":
            mine.add(Repair.ADD_MISSING)
        _repair_index(indexer, mine, on_progress)


def _repair_index(indexer: Indexer, wanted: set[Repair], on_progress: Report | None) -> None:
    if Repair.ADD_MISSING in wanted and Repair.REBUILD not in wanted:
        try:
            mending.add_missing(indexer, on_progress)
        except (IndexDamagedError, IndexMissingError) as exc:
            log.warning("the index cannot be added to and is built anew: %s", exc)
            wanted = wanted | {Repair.REBUILD}
    if Repair.REBUILD in wanted:
        indexer.reindex(on_progress)
    if Repair.DROP_LAST in wanted:
        indexer.prune(keep_last=False)
    elif Repair.PRUNE in wanted:
        indexer.prune()


def _damaged_rows(store: Store, damaged: set[int]) -> Iterator[Problem]:
    rows = store.verify_rows()
    for row in islice(rows, _NAMED):
        damaged.add(row.id)
        advice = "ingest its source again after `archive delete`, or restore a backup"
        yield Problem(message=f"article {row.id} ({row.slug}): {row.reason}; {advice}")
    more = [row.id for row in rows]
    damaged.update(more)
    if more:
        yield Problem(message=f"… and {len(more):,} more damaged articles")


def _damaged_originals(store: Store) -> Iterator[Problem]:
    found = store.verify_originals()
    advice = "`archive verify --deep --repair` drops it, and `archive ingest --keep-source` keeps it again"
    for source in islice(found, _NAMED):
        names = [f"{id_} ({slug})" for id_, slug in source.articles[:3]]
        more = len(source.articles) - len(names)
        whose = ", ".join(names) + (f" and {more:,} more" if more else "") if names else "no article"
        message = f"the kept source {source.hash} of article {whose}: {source.reason}; {advice}"
        yield Problem(message=message, repair=Repair.DROP_ORIGINALS)
    if more := sum(1 for _ in found):
        message = f"… and {more:,} more damaged kept sources"
        yield Problem(message=message, repair=Repair.DROP_ORIGINALS)


def _store_leftovers(store: Store) -> Iterator[Problem]:
    if unnoted := store.unnoted():
        yield Problem(
            message=f"{len(unnoted):,} articles are missing in the log of changes. "
            "Mend it with: archive verify --repair",
            repair=Repair.CHANGES,
        )
    if wrong := store.wrong_links():
        yield Problem(
            message=f"Not as the articles say: {wrong}. Mend it with: archive verify --deep --repair",
            repair=Repair.LINKS,
        )
    free = store.free_space()
    if free.is_large:
        yield Problem(
            message=f"{free.bytes:,} of the {free.total_bytes:,} bytes of the store are not used. "
            "Give them back with: archive verify --deep --repair",
            repair=Repair.FREE_SPACE,
        )


def _index_problems(store: Store, indexer: Indexer, damaged: set[int], *, deep: bool) -> Iterator[Problem]:
    if deep:
        yield from _file_damage(indexer)
    status = indexer.status()
    mend = indexer.generations.mend
    if status.state != "ready":
        yield Problem(message=status.problem, repair=Repair.REBUILD, engine=indexer.engine)
    elif status.behind:
        yield Problem(
            message=f"The index is {status.behind:,} changes behind the store. {mend}",
            repair=Repair.ADD_MISSING,
            engine=indexer.engine,
        )
    else:
        yield from _content_problems(store, indexer, damaged, deep=deep)
        if deep:
            yield from _index_leftovers(indexer)


def _content_problems(store: Store, indexer: Indexer, damaged: set[int], *, deep: bool) -> Iterator[Problem]:
    mend = indexer.generations.mend
    try:
        found, unreadable = _compared(store, indexer, deep=deep)
    except EngineError as exc:
        yield Problem(message=str(exc), repair=Repair.REBUILD, engine=indexer.engine)
        return
    if missing := len(set(found.missing) - damaged):
        yield Problem(
            message=f"Stored and not in the index: {missing:,}. {mend}",
            repair=Repair.ADD_MISSING,
            engine=indexer.engine,
        )
    if found.orphans:
        yield Problem(
            message=f"In the index and not stored: {len(found.orphans):,}. {mend}",
            repair=Repair.ADD_MISSING,
            engine=indexer.engine,
        )
    if unreadable:
        yield Problem(
            message=f"The {indexer.engine} index is wrong: {unreadable}. {mend}",
            repair=Repair.REBUILD,
            engine=indexer.engine,
        )


def _compared(store: Store, indexer: Indexer, *, deep: bool) -> tuple[mending.Compared, str]:
    """Compare ids, and try some searches if ``deep``; again if somebody wrote meanwhile."""
    for _ in range(_ATTEMPTS):
        sequence = store.last_sequence()
        engine = indexer.open_reader()
        try:
            found = mending.compare(indexer, engine)
            unreadable = mending.unreadable(indexer, engine) if deep else ""
        finally:
            engine.close()
        if not (found.missing or found.orphans or unreadable) or store.last_sequence() == sequence:
            return found, unreadable
        indexer.catch_up()
    log.warning("others write all the time: the index could not be compared with the store")
    return mending.Compared(missing=(), orphans=()), ""


def _file_damage(indexer: Indexer) -> Iterator[Problem]:
    """Read every byte of the live index and of the kept one; what is damaged is not used any more."""
    try:
        live = indexer.generations.current()
    except EngineError:
        return  # told by the status
    try:
        indexer.require_whole(live, deep=True)
    except EngineUnavailableError:
        return  # likewise, and no damage
    except IndexDamagedError:
        # The problem itself is told by the status, as every search will tell it from now on.
        try:
            mending.condemn(indexer)
        except LockHeldError as exc:
            log.warning("the damaged index could not be put out of use: %s", exc)
            message = f"The live {indexer.engine} index is damaged. {indexer.generations.mend}"
            yield Problem(message=message, repair=Repair.REBUILD, engine=indexer.engine)
    last = indexer.generations.before(live.name)
    if last is not None:
        yield from _last_damage(indexer, last)


def _last_damage(indexer: Indexer, last: Generation) -> Iterator[Problem]:
    try:
        indexer.require_whole(last, deep=True)
    except EngineUnavailableError as exc:
        yield Problem(message=f"The kept former index: {exc}", engine=indexer.engine)
    except IndexDamagedError as exc:
        yield Problem(
            message=f"The kept former index: {exc} Or remove it with: archive reindex --prune",
            repair=Repair.DROP_LAST,
            engine=indexer.engine,
        )


def _index_leftovers(indexer: Indexer) -> Iterator[Problem]:
    """Name folders and marks of generations that nobody will use."""
    generations = indexer.generations
    live = generations.current_name()
    complete = {found.name for found in generations.complete()}
    keep = {live}
    if live is not None and (last := generations.before(live)) is not None:
        keep.add(last.name)
    going_on = generations.unfinished(indexer.store.store_id(), indexer.store.last_sequence())
    if going_on is not None and going_on.manifest.state is State.BUILDING:
        keep.add(going_on.name)  # the next rebuild goes on with it
    left = [name for name in generations.names() if name not in keep and name not in complete]
    marks = indexer.stray_marks()
    if left or marks:
        what = f"{len(left):,} folders and {len(marks):,} marks"
        yield Problem(
            message=f"Left over from former {indexer.engine} indexes: {what}. "
            "Remove them with: archive reindex --prune",
            repair=Repair.PRUNE,
            engine=indexer.engine,
        )
