"""A pool of child processes that read hostile pages inside limits.

A child that crashes, hangs or grows too large costs the page that it was reading
and is replaced.  The children are plain subprocesses: they need no guard in the
caller's main module, inherit no locks, and talk JSON.  Some short requests wait in
a child's pipe, so that it never waits for a caller that is busy storing.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

import orjson

from archive.children import module_command
from archive.closing import Closing
from archive.document import Origin
from archive.errors import LimitExceededError
from archive.limits import Limits
from archive.readerchild import ReaderChild
from archive.readers import ReadFailure, ReadOptions
from archive.reading import ReadArticle
from archive.sources import printable_path
from archive.wire import options_to_json, results_from_json

_ITEMS_PER_CHILD: Final = 2_000  # then a fresh one: extraction libraries leak a little
_COMMAND: Final = module_command("archive.worker")
_AHEAD: Final = 3
#: What waits in a pipe must fit into it: a child that is busy answering does not read.
_AHEAD_BYTES: Final = 8_000
_WATCH_S: Final = 0.1
_Results = list[ReadArticle | ReadFailure]


@dataclass(frozen=True, slots=True)
class _Task:
    """A request and who waits for what came of it."""

    request: tuple[bytes, ...]
    member: str = ""
    future: Future[_Results] = field(default_factory=Future)

    @property
    def is_short(self) -> bool:
        return sum(map(len, self.request)) <= _AHEAD_BYTES

    def fail(self, code: str, reason: str) -> None:
        self.future.set_result([ReadFailure(member=self.member, code=code, reason=reason)])


class _Server:
    """A thread that has one child at a time answer the tasks of a queue; None ends it."""

    def __init__(self, pool: ReaderPool, tasks: queue.SimpleQueue[_Task | None]) -> None:
        self._pool = pool
        self._tasks = tasks
        self._child: ReaderChild | None = None
        self._sent: deque[_Task] = deque()  # in the child's pipe, the first being read
        self._unsent: deque[_Task] = deque()  # were in the pipe of a child that died
        self.thread = threading.Thread(target=self._serve, name="reader", daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            if not self._sent:
                task = self._next()
                if task is None:
                    return
                self._start(task)
            if self._sent and self._child is not None:
                self._finish_first(self._child)

    def _next(self) -> _Task | None:
        """Wait for a task that is still wanted."""
        if self._unsent:
            return self._unsent.popleft()
        while (task := self._tasks.get()) is not None:
            if task.future.set_running_or_notify_cancel():
                return task
        return None

    def _start(self, task: _Task) -> None:
        """Send a task to the child, which is started if there is none."""
        try:
            if self._child is None:
                self._child = self._pool.start_child()
        except OSError as error:
            task.fail("failed", f"no process could be started to read it: {error}")
            return
        self._sent.append(task)
        self._child.start_clock(self._pool.limits.item_wall_s)
        # A child that has died gives no answer either, and then says why.
        with contextlib.suppress(OSError, ValueError):
            self._child.send(task.request)

    def _send_ahead(self, child: ReaderChild) -> None:
        """Put short requests into the pipe, as long as there are enough for the other children."""
        while len(self._sent) <= _AHEAD and self._tasks.qsize() > self._pool.size * _AHEAD:
            if self._unsent or child.items + len(self._sent) >= _ITEMS_PER_CHILD:
                return
            try:
                task = self._tasks.get_nowait()
            except queue.Empty:
                return
            if task is None:  # the pool is closed
                self._tasks.put(None)
                return
            if not task.future.set_running_or_notify_cancel():
                continue
            if not task.is_short:
                self._unsent.append(task)
                return
            self._sent.append(task)
            with contextlib.suppress(OSError, ValueError):
                child.send(task.request)

    def _finish_first(self, child: ReaderChild) -> None:
        """Wait for the answer to the request that the child is at."""
        child.start_clock(self._pool.limits.item_wall_s)
        self._send_ahead(child)
        answer = child.answer()
        task = self._sent.popleft()
        try:
            results = results_from_json(answer) if answer is not None else None
        except (ValueError, TypeError, KeyError):  # not what a child of ours says
            results = None
        if results is None:
            task.fail(LimitExceededError.code, child.why_it_died())
            self._unsent.extendleft(reversed(self._sent))
            self._sent.clear()
        else:
            task.future.set_result(results)
        if results is None or (child.items >= _ITEMS_PER_CHILD and not self._sent):
            self._child = None
            self._pool.end_child(child)


class ReaderPool(Closing):
    """Reads files in ``size`` child processes; a context manager that ends them.

    Children start when they are needed.  Results come as futures, which never
    raise: a failure is a result.

    Attributes:
        size: most children at a time.
        limits: of each item.
    """

    def __init__(self, size: int, limits: Limits, *, command: Sequence[str] = _COMMAND) -> None:
        self.size = size
        self.limits = limits
        self._command = command
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._servers: list[_Server] = []
        self._all: set[ReaderChild] = set()
        self._unanswered = 0
        self._closed = threading.Event()
        self._lock = threading.Lock()

    def submit(self, path: str, options: ReadOptions) -> Future[_Results]:
        """Read the file at ``path`` in some child."""
        place = {"path": printable_path(path), "member": os.fsencode(path).hex()}
        return self._submit(_Task((options_to_json(options), orjson.dumps(place))))

    def submit_member(self, data: bytes, origin: Origin, options: ReadOptions) -> Future[_Results]:
        """Read a container's member, whose content is ``data``, in some child."""
        place = orjson.dumps({"path": origin.path, "inside": origin.member})
        return self._submit(_Task((options_to_json(options), place, data), origin.member))

    def pids(self) -> list[int]:
        """The process ids of the children that there are now, for who measures them."""
        with self._lock:
            return [child.pid for child in self._all]

    def start_child(self) -> ReaderChild:
        """Start a child, which `end_child` must end.

        Raises:
            OSError: none can be started, or the pool is closed.
        """
        with self._lock:
            if self._closed.is_set():
                raise OSError("the run was ended")
            child = ReaderChild(self._command)
            self._all.add(child)
        return child

    def end_child(self, child: ReaderChild) -> None:
        """Kill a child that is not needed any more."""
        with self._lock:
            self._all.discard(child)
        child.kill()

    def close(self) -> None:
        """End all children and threads; what is not read yet is not read."""
        with self._lock:
            self._closed.set()
            children = list(self._all)
        with contextlib.suppress(queue.Empty):
            while True:
                task = self._tasks.get_nowait()
                if task is not None:
                    task.future.cancel()
        for _ in self._servers:
            self._tasks.put(None)
        for child in children:
            child.kill()
        for server in self._servers:
            server.thread.join()

    def _submit(self, task: _Task) -> Future[_Results]:
        if self._closed.is_set():
            raise RuntimeError("the pool of readers is closed")
        with self._lock:
            self._unanswered += 1
            is_short_of_servers = self._unanswered > len(self._servers) and len(self._servers) < self.size
        task.future.add_done_callback(self._answered)
        self._tasks.put(task)
        if is_short_of_servers:
            if not self._servers:
                threading.Thread(target=self._watch, name="reader watch", daemon=True).start()
            self._servers.append(_Server(self, self._tasks))
        return task.future

    def _answered(self, _: Future[_Results]) -> None:
        with self._lock:
            self._unanswered -= 1

    def _watch(self) -> None:
        """Kill children whose answers are late: one thread for all of them, not a timer for each page."""
        while not self._closed.wait(_WATCH_S):
            now = time.monotonic()
            with self._lock:
                children = list(self._all)
            for child in children:
                child.watch(now)
