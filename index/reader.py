"""The live index, kept open for many searches and threads.

Before each search it looks whether somebody committed or switched, which takes
two stats, so that a server sees what another process ingested or rebuilt.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from index.checking import CheckingEngine
from index.engine import Engine
from index.live import LiveIndex


@dataclass(slots=True)
class Lease:
    """An open engine, lent.

    Attributes:
        generation: name of the generation that it reads.
        stamp: changes with every commit and every switch.
        users: how many searches are using it.
        retired: another has taken its place; it closes with its last user.
    """

    engine: Engine
    generation: str | None
    stamp: tuple[int, int]
    users: int = 0
    retired: bool = False


class LiveReader:
    """Lends the live index of one engine; safe to share between threads."""

    def __init__(self, index: LiveIndex) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._current: Lease | None = None

    @contextmanager
    def lease(self) -> Iterator[Lease]:
        """Lend the index as of the last commit; it stays open until given back.

        Raises:
            IndexMissingError, IndexOutdatedError, IndexDamagedError: as
                `LiveIndex.open_reader`.
        """
        lease = self._take()
        try:
            yield lease
        finally:
            self._give_back(lease)

    def close(self) -> None:
        """Close the index once nobody uses it."""
        with self._lock:
            self._retire()

    def _take(self) -> Lease:
        stamp = self._index.generations.stamp()
        with self._lock:
            if self._current is None or self._current.stamp != stamp:
                self._renew(stamp)
            lease = self._current
            assert lease is not None  # noqa: S101 - _renew opens one or raises
            lease.users += 1
            return lease

    def _renew(self, stamp: tuple[int, int]) -> None:
        name = self._index.generations.current_name()
        if self._current is not None and self._current.generation == name and stamp != (0, 0):
            self._index.live()  # a check may have found it damaged
            self._current.engine.refresh()
            self._current.stamp = stamp
            return
        self._retire()
        engine = CheckingEngine(self._index.open_reader(), self._index.store.get_many)
        self._current = Lease(engine=engine, generation=name, stamp=stamp)

    def _retire(self) -> None:
        lease, self._current = self._current, None
        if lease is not None:
            lease.retired = True
            self._close_if_idle(lease)

    def _give_back(self, lease: Lease) -> None:
        with self._lock:
            lease.users -= 1
            self._close_if_idle(lease)

    @staticmethod
    def _close_if_idle(lease: Lease) -> None:
        if lease.retired and lease.users == 0:
            lease.engine.close()
