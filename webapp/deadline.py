"""Searches in processes that can be killed, so that a deadline is one.

An engine is native code, or a loop that nothing can stop: a thread that runs it
is lost until it comes back, and a crash takes the whole server along.  So a
server asks worker processes, one search each at a time; one that is late or dead
is replaced, and the asker gets a 503 on time.

An export comes page by page out of a process of its own, each page on time; it
is begun when the first is asked for.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Protocol

from archive.document import Document
from archive.errors import ArchiveError
from index.errors import SearchError
from webapp.models import Matches
from webapp.workers import FROM_WORKER, START_S, Work, Worker, Workers

if TYPE_CHECKING:
    from webapp.services import Services
    from webapp.settings import Settings

#: A page of an export may take so many times as long as a search: it reads and sorts more.
EXPORT_PATIENCE = 10

#: Articles on a page of an export, and characters after which it ends.
PAGE, PAGE_CHARS = 200, 4_000_000

#: Messages to a worker besides the names of methods: begin an export, go on with it, leave it.
BEGIN, MORE, LEAVE = "export: begin", "export: more", "export: leave"


class WorkerFailedError(Exception):
    """A bug showed itself in a worker; the message is its traceback."""


class Runner(Protocol):
    """Calls a method of `webapp.services.Services`."""

    def is_able(self) -> bool:
        """Tell whether a call can be made at all."""

    def call(self, name: str, *args: Any, **more: Any) -> Any:
        """Return what the method ``name`` returns, or raise what it raises."""

    def stream(self, *args: Any, **more: Any) -> Matches:
        """Return `Services.matches`, read as they are asked for; to be closed."""


class WorkerPool:
    """Calls methods in worker processes, each call within a deadline.

    Args:
        size: workers that search.
        exports: workers that export, at most.
        timeout_s: the longest that a call may take; a page of an export may take
            `EXPORT_PATIENCE` times as long.
        target: what a worker does; a function that a new process can import.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        size: int,
        timeout_s: float,
        exports: int = 1,
        target: Work | None = None,
    ) -> None:
        self._timeout_s = timeout_s
        self.searching = Workers(settings, target or work, size=size)
        self.exporting = Workers(settings, target or work, size=exports, lazily=True)

    @property
    def replaced(self) -> int:
        """How many workers were late or died."""
        return self.searching.replaced + self.exporting.replaced

    def is_able(self) -> bool:
        """Tell whether there is a process that searches."""
        return self.searching.is_able()

    def wait_ready(self, timeout_s: float = START_S) -> None:
        """Wait until a search can be asked for.

        Raises:
            EngineUnavailableError: none can.
        """
        self.searching.wait_ready(timeout_s)

    def call(self, name: str, *args: Any, **more: Any) -> Any:
        """Return what `Services` returns, within the deadline; of `Services.matches`, all articles.

        Raises:
            DeadlineExceededError: it took too long.
            EngineUnavailableError: the process died of it.
            RefusedError: no worker was free in time.
            SearchError, ArchiveError: as the method.
        """
        end = time.monotonic() + self._timeout_s
        worker = self.searching.take(end)
        with self.searching.replacing(worker):
            answer = worker.ask((name, args, more), max(0.0, end - time.monotonic()))
        self.searching.give_back(worker)
        return answer

    def stream(self, *args: Any, **more: Any) -> Matches:
        """Return `Services.matches`; its articles come from a worker page by page.

        What `call` raises can also be raised between two articles.
        """
        timeout_s = self._timeout_s * EXPORT_PATIENCE
        worker = self.exporting.take(time.monotonic() + self._timeout_s)
        with self.exporting.replacing(worker):
            answer: tuple[Matches, list[Document], bool] = worker.ask((BEGIN, args, more), timeout_s)
        found, page, is_last = answer
        return replace(found, documents=RemoteDocuments(self.exporting, worker, page, is_last, timeout_s))

    def close(self) -> None:
        """End every worker."""
        self.searching.close()
        self.exporting.close()


class RemoteDocuments(Iterator[Document]):
    """Articles that a worker reads; it is given back with the last one, or when nobody wants more."""

    def __init__(
        self, workers: Workers, worker: Worker, page: list[Document], is_last: bool, timeout_s: float
    ) -> None:
        self._workers = workers
        self._worker: Worker | None = worker
        self._page = iter(page)
        self._timeout_s = timeout_s
        if is_last:
            self._give_back()

    def __next__(self) -> Document:
        while True:
            for document in self._page:
                return document
            if self._worker is None:
                raise StopIteration
            self._ask(self._worker)

    def close(self) -> None:
        """Leave the rest."""
        if (worker := self._worker) is None:
            return
        try:
            worker.tell((LEAVE, (), {}))
        except OSError:
            self._worker = None
            self._workers.replace(worker)
        else:
            self._give_back()

    def __del__(self) -> None:
        self.close()

    def _ask(self, worker: Worker) -> None:
        try:
            with self._workers.replacing(worker):
                page, is_last = worker.ask((MORE, (), {}), self._timeout_s)
        except BaseException:
            self._worker = None
            raise
        self._page = iter(page)
        if is_last:
            self._give_back()

    def _give_back(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            self._workers.give_back(worker)


def work(pipe: Connection, settings: Settings) -> None:
    """Answer calls until the other end is closed; runs in a process of its own."""
    from webapp.logs import configure
    from webapp.services import Services

    configure(settings.log_format, settings.log_level)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C goes to the whole group; the server ends us
    with Services(settings, create=False) as services, contextlib.suppress(EOFError, BrokenPipeError):
        _warm_up(services)
        services.repair_within(settings.query_timeout_ms / 2_000)
        pipe.send(("ready", os.getpid()))
        while True:
            name, args, more = pipe.recv()
            if name == BEGIN:
                _export(pipe, services, args, more)
            elif name != LEAVE:  # of an export that was at its end
                pipe.send(_answered(lambda: _whole(getattr(services, name)(*args, **more))))  # noqa: B023


def _warm_up(services: Services) -> None:
    """Open and read what the first searches need, for which a deadline has no room:
    the index, its labels and counts, and, with a word that nothing has, its vocabulary."""
    from webapp.models import SearchParams

    with contextlib.suppress(SearchError, ArchiveError):  # searches will tell
        services.search(SearchParams(histogram=True))
        services.search(SearchParams(q="qzxjkvwqzxj"))


def _whole(answer: Any) -> Any:
    """Return ``answer`` as it fits through the pipe."""
    return replace(answer, documents=iter(list(answer.documents))) if isinstance(answer, Matches) else answer


def _export(pipe: Connection, services: Services, args: tuple[Any, ...], more: dict[str, Any]) -> None:
    """Send what matches, and its articles page by page as they are asked for."""
    documents: Iterator[Document] = iter(())

    def begin() -> tuple[Matches, list[Document], bool]:
        nonlocal documents
        found = services.matches(*args, **more)
        documents = found.documents
        page = _page(documents)
        return replace(found, documents=iter(())), page, not page

    def go_on() -> tuple[list[Document], bool]:
        page = _page(documents)
        return page, not page

    is_error, value = _answered(begin)
    pipe.send((is_error, value))
    try:
        while not is_error and not value[-1] and pipe.recv()[0] == MORE:
            is_error, value = _answered(go_on)
            pipe.send((is_error, value))
    finally:
        with contextlib.suppress(AttributeError):
            documents.close()  # type: ignore[attr-defined]  # gives the index back


def _page(documents: Iterator[Document]) -> list[Document]:
    """Return the next articles, none at the end."""
    page, chars = [], 0
    for document in islice(documents, PAGE):
        page.append(document)
        chars += len(document.text)
        if chars >= PAGE_CHARS:
            break
    return page


def _answered(call: Callable[[], Any]) -> tuple[bool, Any]:
    try:
        return False, call()
    except (SearchError, ArchiveError) as exc:
        error: Exception = exc
    except Exception:  # noqa: BLE001 - the last one in this process; the server logs it and says 500
        error = WorkerFailedError(traceback.format_exc())
    setattr(error, FROM_WORKER, True)
    return True, error
