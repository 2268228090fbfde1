"""How much is searched at once; the rest is refused at once.

A search that waits makes every other wait too, and its asker has gone by the
time that it is answered: some may wait a little, more are told to come back.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from webapp import refusals


class Gate:
    """Lets ``places`` in at a time; ``waiting`` more wait, for ``wait_s`` at most."""

    def __init__(self, *, places: int, waiting: int, wait_s: float) -> None:
        self._free = places
        self._room = waiting
        self._wait_s = wait_s
        self._changed = threading.Condition()
        self._queue = 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place.

        Raises:
            RefusedError: there is none, nor room to wait, or the wait was too long.
        """
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def take(self) -> Callable[[], None]:
        """Take a place, and return what gives it back, once.

        Raises:
            RefusedError: as `place`.
        """
        self._enter()
        given = threading.Lock()

        def give_back() -> None:
            if given.acquire(blocking=False):
                self._leave()

        return give_back

    def _enter(self) -> None:
        with self._changed:
            if self._free > 0 and self._queue == 0:
                self._free -= 1
                return
            if self._queue >= self._room:
                raise refusals.busy()
            self._queue += 1
            try:
                end = time.monotonic() + self._wait_s
                while self._free <= 0:
                    if not self._changed.wait(end - time.monotonic()) and self._free <= 0:
                        raise refusals.busy()
                self._free -= 1
            finally:
                self._queue -= 1

    def _leave(self) -> None:
        with self._changed:
            self._free += 1
            self._changed.notify()
