"""Several hosts at a time, the pages of one host one after the other."""

from __future__ import annotations

import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Generic, TypeVar

from archive.errors import ReadError

T = TypeVar("T")
logger = logging.getLogger(__name__)

_HELD: Final = 4
_POLL_S: Final = 0.2


def from_hosts(
    tasks: Iterable[tuple[str, str]], get: Callable[[str], T], *, hosts: int
) -> Iterator[tuple[str, T | ReadError]]:
    """Yield what ``get`` gives for each task, or the ReadError that it raised, as they come.

    Few results wait to be taken, so that memory is bounded.  The threads end with
    the process: an interrupt need not wait for a slow server.

    Args:
        tasks: host and address; the order within one host is kept.
        hosts: how many are asked at the same time.
    """
    by_host: dict[str, deque[str]] = {}
    for host, url in tasks:
        by_host.setdefault(host, deque()).append(url)
    crew = _Crew(deque(by_host.values()), get)
    left = sum(map(len, by_host.values()))
    try:
        crew.start(min(hosts, len(by_host)))
        for _ in range(left):
            url, result = crew.results.get()
            if isinstance(result, Exception) and not isinstance(result, ReadError):
                raise result
            yield url, result
    finally:
        crew.stopped.set()


class _Crew(Generic[T]):
    def __init__(self, waiting: deque[deque[str]], get: Callable[[str], T]) -> None:
        self.stopped = threading.Event()
        self.results: queue.Queue[tuple[str, T | Exception]] = queue.Queue(_HELD)
        self._waiting = waiting
        self._get = get

    def start(self, threads: int) -> None:
        for number in range(threads):
            threading.Thread(target=self._work, name=f"fetch-{number}", daemon=True).start()

    def _work(self) -> None:
        while True:
            try:
                urls = self._waiting.popleft()
            except IndexError:
                return
            for url in urls:
                if self.stopped.is_set():
                    return
                self._hand_over(url, self._got(url))

    def _got(self, url: str) -> T | Exception:
        try:
            return self._get(url)
        except Exception as error:  # raised again where results are taken, unless it is the page's
            logger.debug("fetching %s failed", url, exc_info=True)
            return error

    def _hand_over(self, url: str, result: T | Exception) -> None:
        while not self.stopped.is_set():
            try:
                self.results.put((url, result), timeout=_POLL_S)
            except queue.Full:
                continue
            return
