"""The live index, kept open for many searches and threads.

Before each search it looks whether somebody committed or switched, which takes
two stats, so that a server sees what another process ingested or rebuilt.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from index.engine import Engine
from index.indexer import Indexer


@dataclass(slots=True)
class _Slot:
    """An open engine, how many searches are using it, and what it was opened for."""

    engine: Engine
    generation: str | None
    stamp: tuple[int, int]
    users: int = 0
    retired: bool = False


class LiveReader:
    """Lends the live index of one `Indexer`; safe to share between threads."""

    def __init__(self, indexer: Indexer) -> None:
        self._indexer = indexer
        self._lock = threading.Lock()
        self._slot: _Slot | None = None

    @contextmanager
    def lease(self) -> Iterator[Engine]:
        """Lend the index as of the last commit; it stays open until given back.

        Raises:
            IndexMissingError, IndexOutdatedError, IndexDamagedError: as
                `Indexer.open_reader`.
        """
        slot = self._take()
        try:
            yield slot.engine
        finally:
            self._give_back(slot)

    def close(self) -> None:
        """Close the index once nobody uses it."""
        with self._lock:
            self._retire()

    def _take(self) -> _Slot:
        stamp = self._indexer.generations.stamp()
        with self._lock:
            if self._slot is None or self._slot.stamp != stamp:
                self._renew(stamp)
            slot = self._slot
            assert slot is not None  # noqa: S101 - _renew opens one or raises
            slot.users += 1
            return slot

    def _renew(self, stamp: tuple[int, int]) -> None:
        name = self._indexer.generations.current_name()
        if self._slot is not None and self._slot.generation == name and stamp != (0, 0):
            self._slot.engine.refresh()
            self._slot.stamp = stamp
            return
        self._retire()
        engine = self._indexer.open_reader()
        self._slot = _Slot(engine=engine, generation=name, stamp=stamp)

    def _retire(self) -> None:
        slot, self._slot = self._slot, None
        if slot is not None:
            slot.retired = True
            self._close_if_idle(slot)

    def _give_back(self, slot: _Slot) -> None:
        with self._lock:
            slot.users -= 1
            self._close_if_idle(slot)

    @staticmethod
    def _close_if_idle(slot: _Slot) -> None:
        if slot.retired and slot.users == 0:
            slot.engine.close()
