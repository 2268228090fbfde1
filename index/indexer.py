"""From store to engine: catch up with changes, or rebuild beside and switch.

The store is the truth and remembers, under each generation's mark, how far
that generation has been brought.  The order is always the same: write to the
engine, commit durably, write the manifest, move the mark.  A crash anywhere in
between leaves changes that are applied again, and applying them twice does no
harm.

Two locks: BUILD.lock for the one who rebuilds (long), WRITE.lock for whoever
writes to the live generation or switches it (short; see `index.live`).

What only a person asks for (rollback, adding what is missing) is in
`index.mending`.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from index.build import Build
from index.checksums import is_sealed
from index.errors import EngineError, IndexDamagedError
from index.generations import Generation, mark_name
from index.live import IndexStatus, LiveIndex
from index.lock import writer_lock
from index.progress import Report

__all__ = ["WAIT_S", "IndexStatus", "Indexer"]

#: How long a writer waits for another before it gives up, in seconds.
WAIT_S = 60.0


class Indexer(LiveIndex):
    """One engine's index of one store, to be brought up to it and built anew."""

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
        with self.caught_up(on_progress, wait_s=wait_s) as (_, changes):
            return changes

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

    def stray_marks(self) -> list[str]:
        """Return the store's marks of generations that are gone: a kill came between the two removals."""
        there = {mark_name(self.engine, name) for name in self.generations.names()}
        return [mark for mark in self.marks() if mark not in there]

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
        except EngineError:
            return None

    def _prune(self, last: str | None, *, keep_last: bool) -> list[str]:
        removed = self.generations.prune(last, keep_last=keep_last)
        for mark in self.stray_marks():
            self.store.remove_mark(mark)
        return removed

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

    def _build_lock(self, wait_s: float) -> AbstractContextManager[None]:
        lock = self.generations.folder / "BUILD.lock"
        return writer_lock(lock, wait_s=wait_s, doing="rebuilding this search index")
