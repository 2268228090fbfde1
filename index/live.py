"""The live index of one engine, as it stands: may it be used, and opened to be searched or written to.

Whoever writes to the live generation or switches it holds WRITE.lock for that
short time; readers take no lock.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

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
from index.progress import Meter, Report

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStatus:
    """How one engine's index stands.

    Attributes:
        state: ``ready``, ``missing``, ``outdated``, ``damaged``, or ``unavailable`` to this user or here.
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


class LiveIndex:
    """One engine's index of one store: the generation that is searched."""

    def __init__(self, store: ArticleSource, root: Path, engine: str) -> None:
        self.store = store
        self.engine = engine
        self.generations = Generations(root, engine)

    def status(self) -> IndexStatus:
        """Look at the index without changing anything."""
        try:
            live, engine = self.open_live()
            try:
                documents = engine.count()
            finally:
                engine.close()
            behind = max(0, self.store.last_sequence() - self.reached(live))
        except EngineError as exc:
            return IndexStatus(engine=self.engine, state=_state(exc), problem=str(exc))
        return IndexStatus(
            engine=self.engine,
            state="ready",
            generation=live.name,
            documents=documents,
            behind=behind,
            built_at=live.manifest.built_at,
        )

    def is_new(self) -> bool:
        """Whether this engine never had an index here, as opposed to lost it."""
        if self.generations.current_name() is not None:
            return False
        return not self.marks()

    def marks(self) -> list[str]:
        """Return the store's marks of this engine's generations, also of those that are gone."""
        return [mark for mark in self.store.marks() if mark.startswith(mark_name(self.engine, ""))]

    def live(self) -> Generation:
        """Return the live generation, if it may be searched.

        Raises:
            IndexMissingError, IndexOutdatedError, IndexDamagedError: it may not, or
                the store has never heard of it.
        """
        live = self.generations.current()
        self.require_usable(live)
        self.reached(live)
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

        That is what store and manifest agree on: after a crash the mark is the older
        one, and the manifest where an older copy of the index was put back.

        Raises:
            IndexOutdatedError: the store has never heard of it.
        """
        mark = self.store.mark(live.mark)
        if mark is None:
            raise IndexOutdatedError(
                f"The articles do not know the search index {live.name}. {self.generations.mend}"
            )
        return min(mark, live.manifest.sequence)

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

    def open_reader(self) -> Engine:
        """Open the live index for searching; it never creates or mends one.

        Raises:
            IndexMissingError, IndexOutdatedError, IndexDamagedError: it cannot
                be searched; the message names the command that mends it.
        """
        return self.open_live()[1]

    def open_live(self) -> tuple[Generation, Engine]:
        """Open the live index as `open_reader` does, and return as well which it is."""
        while True:
            live = self.live()
            try:
                engine = self._open(live, writable=False)
                self._require_all(live, engine)
            except IndexDamagedError:
                # Two switches may have removed what was live a moment ago, or a commit changed it.
                if self.generations.current() == live:
                    raise
            else:
                return live, engine

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
            self._note_count(engine)
        finally:
            engine.close()
        seal(live.path)

    @contextmanager
    def caught_up(self, on_progress: Report | None, *, wait_s: float) -> Iterator[tuple[Engine, int]]:
        """Open the live generation for writing, brought up to the store, under the write lock.

        Yields:
            The engine, and how many changes were applied.

        Raises:
            IndexMissingError, IndexOutdatedError, IndexDamagedError: it cannot be written to.
            LockHeldError: another process is writing to it.
        """
        with self.write_lock(wait_s):
            live = self.live()  # another may have switched while this one waited
            with self.writing(live) as engine:
                yield engine, self._apply(live, engine, on_progress)

    def write_lock(self, wait_s: float) -> AbstractContextManager[None]:
        """Keep others from writing to the live generation or switching it."""
        lock = self.generations.folder / "WRITE.lock"
        return writer_lock(lock, wait_s=wait_s, doing="writing to this search index")

    def _apply(self, live: Generation, engine: Engine, on_progress: Report | None) -> int:
        """Apply to ``engine`` what changed since, and return how many changes that were."""
        since, last = self.reached(live), self.store.last_sequence()
        meter = Meter("catch-up", last - since, on_progress)
        for reached in apply_changes(engine, self.store, since, meter):
            live = self._note_reached(live, engine, reached)
        if live.manifest.sequence < last:  # numbers without a change: nothing is left to apply
            self._note_reached(live, engine, last)
        log.info("index %s: %d changes", live.mark, meter.done)
        return meter.done

    def _note_reached(self, live: Generation, engine: Engine, sequence: int) -> Generation:
        # The manifest's new time is also what tells readers to look again.
        manifest = replace(live.manifest, sequence=sequence, documents=engine.count())
        live = self.generations.update(live, manifest)
        self.store.set_mark(live.mark, sequence)
        return live

    def _note_count(self, engine: Engine) -> None:
        """Write down how many articles there are, if a killed writer committed and did not."""
        live, held = self.generations.current(), engine.count()
        if live.manifest.documents != held:
            self.generations.update(live, replace(live.manifest, documents=held))

    def _require_all(self, live: Generation, engine: Engine) -> None:
        """Compare how many articles ``engine`` holds with the manifest; close it if it is not as many.

        Raises:
            IndexDamagedError: the files are not those that the manifest is of.
        """
        held, noted = engine.count(), live.manifest.documents
        if held == noted or not is_sealed(live.path):  # a writer is between its commit and its manifest
            return
        engine.close()
        raise IndexDamagedError(
            f"The search index {live.path} is damaged (it holds {held:,} articles and not {noted:,}). "
            f"{self.generations.mend}"
        )

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


def _state(error: EngineError) -> str:
    names = {
        IndexMissingError: "missing",
        IndexOutdatedError: "outdated",
        EngineUnavailableError: "unavailable",
    }
    return names.get(type(error), "damaged")
