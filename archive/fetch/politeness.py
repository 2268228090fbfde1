"""One request at a time to a host, and not more often than is polite."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from archive.errors import FetchError

EVERY_S: Final = 1.0
_MAX_EVERY_S: Final = 60.0
_MAX_WAIT_S: Final = 120.0


class Politeness:
    """Gives turns; may be used by many threads.

    Args:
        every_s: seconds from the beginning of a request to that of the next one.
        max_wait_s: a turn that is further away is refused rather than waited for.
    """

    def __init__(
        self,
        every_s: float = EVERY_S,
        *,
        max_wait_s: float = _MAX_WAIT_S,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._every_s = every_s
        self._max_wait_s = max_wait_s
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._turns: dict[str, threading.Lock] = {}
        self._next: dict[str, float] = {}

    @contextmanager
    def turn(self, host: str, *, delay_s: float = 0.0) -> Iterator[None]:
        """Wait for the host's turn, which is the caller's until the block ends.

        Args:
            delay_s: what the host itself asks for between requests; at most a minute counts.

        Raises:
            FetchError: the host asked to be left alone for longer than is waited.
        """
        with self._lock:
            turn = self._turns.setdefault(host, threading.Lock())
        with turn:
            wait_s = self._next.get(host, 0.0) - self._clock()
            if wait_s > self._max_wait_s:
                reason = f"{host} asks to be left alone for another {wait_s:.0f} s"
                raise FetchError(reason, code="busy", retry_after_s=wait_s)
            if wait_s > 0:
                self._sleep(wait_s)
            between_s = max(self._every_s, min(delay_s, _MAX_EVERY_S))
            self._next[host] = self._clock() + between_s
            yield

    def hold_off(self, host: str, seconds: float) -> None:
        """Give no turn to a host for so long, because it asked for that."""
        until = self._clock() + seconds
        self._next[host] = max(self._next.get(host, 0.0), until)
