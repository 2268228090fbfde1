"""From store to engine: catch up with changes, or rebuild beside and switch.

The store is the truth and remembers, under each generation's mark, how far
that generation has been brought.  The order is always the same: write to the
engine, commit durably, write the manifest, move the mark.  A crash anywhere in
between leaves changes that are applied again, and applying them twice does no
harm.

Two locks: BUILD.lock for the one who rebuilds (long), WRITE.lock for whoever
writes to the live generation or switches it (short).  Readers take neither.

What only a person asks for (rollback, adding what is missing) is in
`index.mending`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from index.build import Build
from index.changes import ArticleSource, apply_changes
from index.checksums import break_seal, differences, is_sealed, seal
from index.engine import Engine
from index.engines import factory
from index.errors import (
    EngineError,
    EngineUnavailableError,
    IndexDamagedError,
    IndexMissingError,
    IndexOutdatedError,
)
from index.generations import Generation, Generations, mark_name
from index.lock import writer_lock
from index.manifests import require_current
from index.progress import Meter, Progress, Report

log = logging.getLogger(__name__)

__all__ = ["ArticleSource", "IndexStatus", "Indexer", "Progress"]

#: How long a writer waits for another before it gives up, in seconds.
WAIT_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStatus:
    """How one engine's index stands.

    Attributes:
        state: ``ready``, ``missing``, ``outdated`` or ``damaged``.
        problem: what is wrong and the command that mends it, or empty.
        documents: how many a search sees; None unless ready.
        behind: at most so many changes of the store are not indexed yet.
        built_at: when the live generation was begun, ISO 8601, or empty.
    """

    engine: str
    state: str
    problem: str = ""
    generation: str = ""
    documents: int | None = None
    behind: int = 0
    built_at: str = ""


class Indexer:
    """One engine's index of one store."""

    def __init__(self, store: ArticleSource, root: Path, engine: str) -> None:
        self.store = store
        self.engine = engine
        self.generations = Generations(root, engine)

    def catch_up(self, on_progress: Report | None = None, *, wait_s: float = WAIT_S) -> int:
        """Bring the live index up to the store; the first time, build it.

        Returns:
            How many changes were applied.

        Raises:
            IndexMissingError: there was an index, and it is gone.
            IndexOutdatedError, IndexDamagedError: it cannot be written to.
            LockHeldError: another process is writing to it.
        """
        self._finish_switch(wait_s)
        if self.is_new():
            with self._build_lock(wait_s):
                if self.is_new():  # another may have built it while this one waited
                    return self._rebuild(on_progress).manifest.documents
        live = self.live()
        if self.reached(live) == self.store.last_sequence() and is_sealed(live.path):
            return 0
        with self.write_lock(wait_s):
            live = self.live()  # another may have switched while this one waited
            with self.writing(live) as engine:
                return self.apply(live, engine, on_progress)

    def reindex(self, on_progress: Report | None = None, *, wait_s: float = 0.0) -> Generation:
        """Build a new generation beside the live one, check it and switch to it.

        An unfinished build of the same program goes on where it was killed.
        The generation before is kept, older ones are removed.

        Raises:
            IndexDamagedError: the new index failed its check; the live one
                stays as it was.
            LockHeldError: another process is rebuilding.
        """
        with self._build_lock(wait_s):
            return self._rebuild(on_progress)

    def prune(self, *, keep_last: bool = True, wait_s: float = 0.0) -> list[str]:
        """Remove generations that are no longer needed, and marks of those that are gone.

        Args:
            keep_last: keep the good generation before the live one.

        Returns:
            Names of the generations that were removed.

        Raises:
            LockHeldError: another process is rebuilding.
        """
        with self._build_lock(wait_s):
            return self._prune(None, keep_last=keep_last)

    def _rebuild(self, on_progress: Report | None) -> Generation:
        store, start = self.store.store_id(), self.store.last_sequence()
        begun = self.generations.unfinished(store, start) or self.generations.create(store, start)
        build = Build(self.store, self.generations, begun, on_progress)
        build.fill()
        with self.write_lock(WAIT_S):
            try:
                complete = build.complete()
            except IndexDamagedError:
                self.generations.remove(begun.path)
                raise
            self.store.set_mark(complete.mark, complete.manifest.sequence)
            was_live = self._pointed_at()
            self.generations.switch(complete)
        self._prune(was_live, keep_last=True)
        return complete

    def _pointed_at(self) -> str | None:
        try:
            return self.generations.current_name()
        except IndexDamagedError:
            return None

    def _prune(self, last: str | None, *, keep_last: bool) -> list[str]:
        removed = self.generations.prune(last, keep_last=keep_last)
        # Also the marks that a run killed in between has left.
        there = {mark_name(self.engine, name) for name in self.generations.names()}
        for mark in self.store.marks():
            if mark.startswith(f"{self.engine}/") and mark not in there:
                self.store.remove_mark(mark)
        return removed

    def open_reader(self) -> Engine:
        """Open the live index for searching; it never creates or mends one.

        Raises:
            IndexMissingError, IndexOutdatedError, IndexDamagedError: it cannot
                be searched; the message names the command that mends it.
        """
        while True:
            live = self.live()
            try:
                return self._open(live, writable=False)
            except IndexDamagedError:
                # Two switches may have removed what was live a moment ago.
                if self.generations.current_name() == live.name:
                    raise

    def status(self) -> IndexStatus:
        """Look at the index without changing anything."""
        try:
            live = self.live()
            engine = self._open(live, writable=False)
            try:
                documents = engine.count()
            finally:
                engine.close()
        except EngineError as exc:
            return IndexStatus(engine=self.engine, state=_state(exc), problem=str(exc))
        return IndexStatus(
            engine=self.engine,
            state="ready",
            generation=live.name,
            documents=documents,
            behind=max(0, self.store.last_sequence() - self.reached(live)),
            built_at=live.manifest.built_at,
        )

    def is_new(self) -> bool:
        """Whether this engine never had an index here, as opposed to lost it."""
        if self.generations.current_name() is not None:
            return False
        return not any(name.startswith(f"{self.engine}/") for name in self.store.marks())

    def _finish_switch(self, wait_s: float) -> None:
        """Do what a crash just before the very first switch, or the loss of the
        pointer alone, left to be done: a complete index that the store knows is there."""
        if self.generations.current_name() is not None:
            return
        known = self.store.marks()
        ready = [found for found in self.generations.complete() if found.mark in known]
        if ready:
            with self.write_lock(wait_s):
                if self.generations.current_name() is None:  # nobody else has done it meanwhile
                    self.generations.switch(ready[-1])

    def live(self) -> Generation:
        """Return the live generation, if it may be searched.

        Raises:
            IndexMissingError, IndexOutdatedError, IndexDamagedError: it may not.
        """
        live = self.generations.current()
        self.require_usable(live)
        return live

    def require_usable(self, live: Generation) -> None:
        """Check that this program can search ``live``, and that it is of this store.

        Raises:
            IndexOutdatedError: it cannot, or is not.
        """
        require_current(live.manifest, mend=self.generations.mend)
        if live.manifest.store != self.store.store_id():
            raise IndexOutdatedError(f"The search index is of another archive. {self.generations.mend}")
        if live.manifest.sequence > self.store.last_sequence():
            raise IndexOutdatedError(
                "The search index is newer than the articles (was an older store put back?). "
                f"{self.generations.mend}"
            )

    def reached(self, live: Generation) -> int:
        """Return up to which change ``live`` is known to be brought.

        Raises:
            IndexOutdatedError: the store has never heard of it.
        """
        mark = self.store.mark(live.mark)
        if mark is None:
            raise IndexOutdatedError(
                f"The articles do not know the search index {live.name}. {self.generations.mend}"
            )
        return mark

    def _open(self, live: Generation, *, writable: bool) -> Engine:
        self.require_whole(live)
        try:
            return factory(self.engine).open(live.data, writable=writable)
        except (IndexDamagedError, IndexMissingError) as exc:
            if not os.access(live.data, os.W_OK):
                raise EngineUnavailableError(
                    f"{self.engine} cannot open {live.data}, where nothing can be written ({exc}): "
                    "search with another engine, or copy the archive to another disk"
                ) from exc
            # Missing inside a generation that has a manifest: files were lost.
            raise IndexDamagedError(
                f"The search index {live.path} is damaged ({exc}). {self.generations.mend}"
            ) from exc

    def require_whole(self, live: Generation, *, deep: bool = False) -> None:
        """Compare the files of ``live`` with what was written; ``deep`` reads all of them.

        Raises:
            IndexDamagedError: one of them differs.
        """
        found = differences(live.path, deep=deep)
        if found:
            raise IndexDamagedError(
                f"The search index {live.path} is damaged ({'; '.join(found[:3])}). {self.generations.mend}"
            )

    @contextmanager
    def writing(self, live: Generation) -> Iterator[Engine]:
        """Open ``live`` for writing; the caller holds the write lock.

        Raises:
            IndexDamagedError: it cannot be written to.
        """
        self.require_whole(live)
        break_seal(live.path)
        engine = self._open(live, writable=True)
        try:
            yield engine
        finally:
            engine.close()
        seal(live.path)

    def apply(self, live: Generation, engine: Engine, on_progress: Report | None) -> int:
        """Apply to ``engine`` what changed since; `writing` opened it.

        Returns:
            How many changes that were.
        """
        since = self.reached(live)
        meter = Meter("catch-up", self.store.last_sequence() - since, on_progress)
        for reached in apply_changes(engine, self.store, since, meter):
            # The manifest's new time is also what tells readers to look again.
            manifest = replace(live.manifest, sequence=reached, documents=engine.count())
            live = self.generations.update(live, manifest)
            self.store.set_mark(live.mark, reached)
        log.info("index %s: %d changes", live.mark, meter.done)
        return meter.done

    def write_lock(self, wait_s: float) -> AbstractContextManager[None]:
        """Keep others from writing to the live generation or switching it."""
        lock = self.generations.folder / "WRITE.lock"
        return writer_lock(lock, wait_s=wait_s, doing="writing to this search index")

    def _build_lock(self, wait_s: float) -> AbstractContextManager[None]:
        lock = self.generations.folder / "BUILD.lock"
        return writer_lock(lock, wait_s=wait_s, doing="rebuilding this search index")


def _state(error: EngineError) -> str:
    names = {IndexMissingError: "missing", IndexOutdatedError: "outdated"}
    return names.get(type(error), "damaged")
