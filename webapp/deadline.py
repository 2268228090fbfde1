"""Searches in processes that can be killed, so that a deadline is one.

An engine is native code, or a loop that nothing can stop: a thread that runs it
is lost until it comes back, and a crash takes the whole server along.  So a
server asks worker processes, one search each at a time; one that is late or dead
is replaced, and the asker gets a 503 on time.

Workers are children of ours and talk over a pipe that nobody else can reach,
which is why pickles are safe between them.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import queue
import signal
import threading
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Protocol

from archive.errors import ArchiveError
from index.errors import DeadlineExceededError, EngineUnavailableError, SearchError
from webapp import refusals

if TYPE_CHECKING:
    from webapp.services import Services
    from webapp.settings import Settings

log = logging.getLogger(__name__)

#: A worker that has not opened the archive after this long is given up.
START_S = 60.0

#: After a worker could not start, the next try waits so long.
RETRY_S = 5.0


#: Marks an error that a worker raised and sent, against one that befell the worker.
FROM_WORKER = "from_worker"


class WorkerFailedError(Exception):
    """A bug showed itself in a worker; the message is its traceback."""


#: The main function of a worker: its end of the pipe, and the archive.
Work = Callable[[Connection, "Settings"], None]


class Runner(Protocol):
    """Calls a method of `webapp.services.Services`."""

    def call(self, name: str, *args: Any, **more: Any) -> Any:
        """Return what the method ``name`` returns, or raise what it raises."""


class Worker:
    """One process with the archive open."""

    def __init__(self, settings: Settings, target: Work) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
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

    def call(self, name: str, args: tuple[Any, ...], more: dict[str, Any], timeout_s: float) -> Any:
        """Return what the method returns; after an error of ours the worker goes on.

        Raises:
            DeadlineExceededError: it took longer; the worker is of no more use.
            EngineUnavailableError: the process ended; likewise.
        """
        try:
            self._pipe.send((name, args, more))
            if not self._pipe.poll(timeout_s):
                raise DeadlineExceededError(f"{name} took longer than {timeout_s * 1000:.0f} ms")
            is_error, value = self._pipe.recv()
        except (EOFError, OSError) as exc:
            raise EngineUnavailableError(f"the search process ended during {name}") from exc
        if is_error:
            raise value
        return value

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


class WorkerPool:
    """Keeps ``size`` workers, and replaces those that are late or dead.

    Args:
        timeout_s: the longest that a call may take.
        target: what a worker does; a function that a new process can import.
    """

    def __init__(
        self, settings: Settings, *, size: int, timeout_s: float, target: Work | None = None
    ) -> None:
        self._settings = settings
        self._target = target or work
        self._timeout_s = timeout_s
        self._idle: queue.LifoQueue[Worker] = queue.LifoQueue()
        self._closed = threading.Event()
        self._starting: list[threading.Thread] = []
        self._lock = threading.Lock()
        self.replaced = 0
        for _ in range(size):
            self._start_one()

    def wait_ready(self, timeout_s: float = START_S) -> None:
        """Wait until one worker can be asked.

        Raises:
            EngineUnavailableError: none can.
        """
        try:
            self._idle.put(self._idle.get(timeout=timeout_s))
        except queue.Empty as exc:
            raise EngineUnavailableError("no search process could be started") from exc

    def pids(self) -> list[int]:
        """Return the process ids of the workers that wait for work."""
        return [worker.pid for worker in list(self._idle.queue) if worker.pid is not None]

    def call(self, name: str, *args: Any, **more: Any) -> Any:
        """Return what `Services` returns, within the deadline.

        Raises:
            DeadlineExceededError: it took too long.
            EngineUnavailableError: the process died of it.
            RefusedError: no worker was free in time.
            SearchError, ArchiveError: as the method.
        """
        end = time.monotonic() + self._timeout_s
        worker = self._take(end)
        is_fit = True
        try:
            return worker.call(name, args, more, max(0.0, end - time.monotonic()))
        except BaseException as exc:
            is_fit = getattr(exc, FROM_WORKER, False)  # it told so itself, and waits again
            raise
        finally:
            if is_fit:
                self._idle.put(worker)
            else:
                self._replace(worker)

    def close(self) -> None:
        """End every worker."""
        self._closed.set()
        for thread in list(self._starting):
            thread.join(START_S)
        while True:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                return

    def _take(self, end: float) -> Worker:
        while True:
            try:
                worker = self._idle.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise refusals.busy() from None
            if worker.is_alive():
                return worker
            self._replace(worker)

    def _replace(self, worker: Worker) -> None:
        log.warning("search process %s is replaced", worker.pid)
        self.replaced += 1
        worker.kill()
        self._start_one()

    def _start_one(self) -> None:
        thread = threading.Thread(target=self._start, name="archive-worker-start", daemon=True)
        with self._lock:
            self._starting = [other for other in self._starting if other.is_alive() or other.ident is None]
            self._starting.append(thread)
        thread.start()

    def _start(self) -> None:
        while not self._closed.is_set():
            worker = Worker(self._settings, self._target)
            try:
                worker.wait_ready(START_S)
            except EngineUnavailableError as exc:
                worker.kill()
                log.error("%s; trying again in %.0f s", exc, RETRY_S)  # noqa: TRY400 - says it all
                self._closed.wait(RETRY_S)
                continue
            self._idle.put(worker)
            return


def work(pipe: Connection, settings: Settings) -> None:
    """Answer calls until the other end is closed; runs in a process of its own."""
    from webapp.logs import configure
    from webapp.services import Services

    configure(settings.log_format, settings.log_level)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C goes to the whole group; the server ends us
    with Services(settings, create=False) as services, contextlib.suppress(EOFError, BrokenPipeError):
        _warm_up(services)
        pipe.send(("ready", os.getpid()))
        while True:
            name, args, more = pipe.recv()
            pipe.send(_answer(services, name, args, more))


def _warm_up(services: Services) -> None:
    """Open and read what the first searches need, for which a deadline has no room:
    the index, its labels and counts, and, with a word that nothing has, its vocabulary."""
    from webapp.models import SearchParams

    with contextlib.suppress(SearchError, ArchiveError):  # searches will tell
        services.search(SearchParams(histogram=True))
        services.search(SearchParams(q="qzxjkvwqzxj"))


def _answer(services: Any, name: str, args: tuple[Any, ...], more: dict[str, Any]) -> tuple[bool, Any]:
    try:
        return False, getattr(services, name)(*args, **more)
    except (SearchError, ArchiveError) as exc:
        error: Exception = exc
    except Exception:  # noqa: BLE001 - the last one in this process; the server logs it and says 500
        error = WorkerFailedError(traceback.format_exc())
    setattr(error, FROM_WORKER, True)
    return True, error
