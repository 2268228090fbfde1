"""The live index, kept open for many searches and threads.

Before each search it looks whether somebody committed or switched, which takes
two stats, so that a server sees what another process ingested or rebuilt.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from index.checking import CheckingEngine
from index.engine import Engine
from index.live import LiveIndex

#: For so long what was found of an index that is behind its store is not looked at again, in seconds.
LAG_S = 1.0


@dataclass(slots=True)
class Lease:
    """An open engine, lent.

    Attributes:
        generation: name of the generation that it reads.
        stamp: changes with every commit and every switch.
        sequence: the store's change up to which it is brought.
        users: how many searches are using it.
        retired: another has taken its place; it closes with its last user.
    """

    engine: Engine
    generation: str | None
    stamp: tuple[int, int]
    sequence: int
    users: int = 0
    retired: bool = False


class LiveReader:
    """Lends the live index of one engine; safe to share between threads."""

    def __init__(self, index: LiveIndex) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._current: Lease | None = None
        self._lag = (0.0, 0, 0)  # until when it holds, for which change, and how far behind that is

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

    def behind(self, lease: Lease) -> int:
        """Return how many changes of the store a search in ``lease`` does not see, at most."""
        until, sequence, behind = self._lag
        now = time.monotonic()
        if now >= until or sequence != lease.sequence:
            behind = max(0, self._index.store.last_sequence() - lease.sequence)
            self._lag = (now + LAG_S, lease.sequence, behind)
        return behind

    @property
    def catch_up_command(self) -> str:
        """What a person runs to index what is behind."""
        return f"{self._index.generations.command} --if-needed"

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
            live = self._index.live()  # a check may have found it damaged
            self._current.engine.refresh()
            self._current.stamp, self._current.sequence = stamp, live.manifest.sequence
            return
        self._retire()
        live, opened = self._index.open_live()
        engine = CheckingEngine(opened, self._index.store.get_many)
        sequence = live.manifest.sequence
        self._current = Lease(engine=engine, generation=name, stamp=stamp, sequence=sequence)

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
