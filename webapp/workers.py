"""Processes that answer calls, and are replaced when they are late or dead.

They are children of ours and talk over a pipe that nobody else can reach, which
is why pickles are safe between us.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import multiprocessing
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any

from archive.children import same_modules
from index.errors import DeadlineExceededError, EngineUnavailableError
from webapp import refusals

if TYPE_CHECKING:
    from webapp.settings import Settings

log = logging.getLogger(__name__)

#: A worker that has not opened the archive after this long is given up.
START_S = 60.0

#: After a worker could not start, the next try waits so long.
RETRY_S = 5.0

#: Marks an error that a worker raised and sent, against one that befell the worker.
FROM_WORKER = "from_worker"

#: The main function of a worker: its end of the pipe, and the archive.
Work = Callable[[Connection, "Settings"], None]


@functools.cache
def _context() -> Any:
    """Return how processes are begun: from one that has imported everything and opened nothing.

    A fork of the server itself would take over its threads' locks and its open
    index; a new interpreter takes half a second to import.  Where there is no
    fork there is only that.
    """
    # It is begun by `python -c`, which would look for modules in the working folder
    # first: one of saved pages, where anybody may have put a webapp/__init__.py.
    os.environ |= same_modules()
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["webapp.logs", "webapp.services"])
    return context


class Worker:
    """One process with the archive open."""

    def __init__(self, settings: Settings, target: Work) -> None:
        context = _context()
        self._pipe, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(
            target=target, args=(theirs, settings), name="archive-search", daemon=True
        )
        self._process.start()
        theirs.close()

    @property
    def pid(self) -> int | None:
        """The process id."""
        return self._process.pid

    def wait_ready(self, timeout_s: float) -> None:
        """Wait until it has opened the archive.

        Raises:
            EngineUnavailableError: it has not, or it has ended.
        """
        try:
            if self._pipe.poll(timeout_s):
                self._pipe.recv()
                return
        except (EOFError, OSError) as exc:
            raise EngineUnavailableError("a search process ended before it was ready") from exc
        raise EngineUnavailableError(f"a search process was not ready after {timeout_s:.0f} s")

    def ask(self, message: tuple[str, tuple[Any, ...], dict[str, Any]], timeout_s: float) -> Any:
        """Return what the worker answers to ``message``; after an error of ours it goes on.

        Raises:
            DeadlineExceededError: it took longer; the worker is of no more use.
            EngineUnavailableError: the process ended; likewise.
        """
        name = message[0]
        try:
            self._pipe.send(message)
            if not self._pipe.poll(timeout_s):
                raise DeadlineExceededError(f"{name} took longer than {timeout_s * 1000:.0f} ms")
            is_error, value = self._pipe.recv()
        except (EOFError, OSError) as exc:
            raise EngineUnavailableError(f"the search process ended during {name}") from exc
        if is_error:
            raise value
        return value

    def tell(self, message: tuple[str, tuple[Any, ...], dict[str, Any]]) -> None:
        """Send ``message``, to which there is no answer.

        Raises:
            OSError: the process ended.
        """
        self._pipe.send(message)

    def is_alive(self) -> bool:
        """Tell whether the process runs."""
        return self._process.is_alive()

    def kill(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.join(5)
        self._pipe.close()

    def close(self) -> None:
        """Let the process end; kill it if it does not."""
        self._pipe.close()
        self._process.join(2)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(5)


class Workers:
    """Keeps ``size`` workers, and replaces those that are late or dead.

    Args:
        target: what a worker does; a function that a new process can import.
        lazily: start one only when it is asked for and none is idle.
    """

    def __init__(self, settings: Settings, target: Work, *, size: int, lazily: bool = False) -> None:
        self._settings = settings
        self._target = target
        self._idle: queue.LifoQueue[Worker] = queue.LifoQueue()
        self._closed = threading.Event()
        self._starting: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._room = size if lazily else 0
        self._lazily = lazily
        self._alive = 0
        self.replaced = 0
        for _ in range(0 if lazily else size):
            self._start_one()

    def wait_ready(self, timeout_s: float = START_S) -> None:
        """Wait until one can be asked.

        Raises:
            EngineUnavailableError: none can.
        """
        try:
            self._idle.put(self._idle.get(timeout=timeout_s))
        except queue.Empty as exc:
            raise EngineUnavailableError("no search process could be started") from exc

    def is_able(self) -> bool:
        """Tell whether any can answer, now or after what it is asked."""
        return self._alive > 0

    def pids(self) -> list[int]:
        """Return the process ids of those that wait for work."""
        return [worker.pid for worker in list(self._idle.queue) if worker.pid is not None]

    def take(self, end: float) -> Worker:
        """Return one to be asked; it is given back with `give_back` or `replace`.

        Args:
            end: how long to wait for one, on the monotonic clock; a start takes its own time.

        Raises:
            RefusedError: none was free in time.
        """
        while True:
            if self._begin_one():
                end += START_S
            try:
                worker = self._idle.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise refusals.busy() from None
            if worker.is_alive():
                return worker
            self.replace(worker)

    def give_back(self, worker: Worker) -> None:
        """Let another ask ``worker``."""
        self._idle.put(worker)

    def replace(self, worker: Worker) -> None:
        """End ``worker``, whatever it does, and start another."""
        log.warning("search process %s is replaced", worker.pid)
        self.replaced += 1
        with self._lock:
            self._alive -= 1
            self._room += self._lazily
        worker.kill()
        if not self._lazily:
            self._start_one()

    @contextlib.contextmanager
    def replacing(self, worker: Worker) -> Iterator[None]:
        """Give ``worker`` back, or replace it, when what was asked of it fails."""
        try:
            yield
        except BaseException as exc:
            if getattr(exc, FROM_WORKER, False):  # it told so itself, and waits again
                self.give_back(worker)
            else:
                self.replace(worker)
            raise

    def close(self) -> None:
        """End every one."""
        self._closed.set()
        for thread in list(self._starting):
            thread.join(START_S)
        while True:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                return

    def _begin_one(self) -> bool:
        """Start one if that waits for somebody to ask, and nobody is idle."""
        with self._lock:
            if not self._room or not self._idle.empty():
                return False
            self._room -= 1
        self._start_one()
        return True

    def _start_one(self) -> None:
        thread = threading.Thread(target=self._start, name="archive-worker-start", daemon=True)
        with self._lock:
            self._starting = [other for other in self._starting if other.is_alive() or other.ident is None]
            self._starting.append(thread)
        thread.start()

    def _start(self) -> None:
        while not self._closed.is_set():
            try:
                self._idle.put(self._begun())
            except EngineUnavailableError as exc:
                log.error("%s; trying again in %.0f s", exc, RETRY_S)  # noqa: TRY400 - says it all
                self._closed.wait(RETRY_S)
            else:
                return

    def _begun(self) -> Worker:
        """Return a new worker that has opened the archive.

        Raises:
            EngineUnavailableError: it could not be begun, or not open the archive.
        """
        try:
            worker = Worker(self._settings, self._target)
        except (OSError, EOFError) as exc:  # no memory, no file left, or what begins them was killed
            raise EngineUnavailableError(f"a search process could not be begun: {exc!r}") from exc
        try:
            worker.wait_ready(START_S)
        except EngineUnavailableError:
            worker.kill()
            raise
        with self._lock:
            self._alive += 1
        return worker
