"""A pool of child processes that read hostile pages inside limits.

A child that crashes, hangs or grows too large costs the page that it was reading
and is replaced.  The children are plain subprocesses: they need no guard in the
caller's main module, inherit no locks, and talk JSON.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Final, Self

import orjson

from archive.document import Origin
from archive.errors import LimitExceededError
from archive.limits import Limits
from archive.readers import ReadFailure, ReadOptions
from archive.reading import ReadArticle
from archive.sources import printable_path
from archive.wire import options_to_json, results_from_json
from archive.worker import read_frame, write_frame

logger = logging.getLogger(__name__)

_ITEMS_PER_CHILD: Final = 2_000  # then a fresh one: extraction libraries leak a little
_COMMAND: Final = (sys.executable, "-m", "archive.worker")
_CPU_SIGNAL: Final = getattr(signal, "SIGXCPU", 24)
_START_S: Final = 30.0


class _Child:
    """One child process, used by one thread at a time."""

    def __init__(self, command: Sequence[str]) -> None:
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            # One thread each: the pool is the parallelism, and thread stacks count as memory.
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        }
        self._process = subprocess.Popen(  # noqa: S603 - the command is ours
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self.items = 0
        self.timed_out = False

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, request: tuple[bytes, ...], wall_s: float) -> bytes | None:
        """Return the answer; None if the child died or was killed over ``wall_s``."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            return None
        timer = threading.Timer(wall_s + (0 if self.items else _START_S), self._time_out)
        timer.daemon = True
        timer.start()
        try:
            for frame in request:
                write_frame(stdin, frame)  # type: ignore[arg-type]
            answer = read_frame(stdout)  # type: ignore[arg-type]
        except (OSError, ValueError):
            answer = None
        finally:
            timer.cancel()
        self.items += 1
        return answer

    def kill(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def why_it_died(self) -> str:
        """Return a sentence for the user."""
        if self.timed_out:
            return "reading it took too long"
        try:
            status = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return "the process that read it gave no answer"
        if status == -_CPU_SIGNAL:
            return "reading it took too much processor time"
        return f"the process that read it ended (status {status}), perhaps for want of memory"

    def _time_out(self) -> None:
        self.timed_out = True
        self._process.kill()


class ReaderPool:
    """Reads files in ``size`` child processes; a context manager that ends them.

    Children start when they are needed.  Results come as futures, which never
    raise: a failure is a result.
    """

    def __init__(self, size: int, limits: Limits, *, command: Sequence[str] = _COMMAND) -> None:
        self.size = size
        self._command = command
        self._limits = limits
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="reader")
        self._idle: queue.SimpleQueue[_Child] = queue.SimpleQueue()
        self._all: set[_Child] = set()
        self._closed = False
        self._lock = threading.Lock()

    def submit(self, path: str, options: ReadOptions) -> Future[list[ReadArticle | ReadFailure]]:
        """Read the file at ``path`` in some child."""
        place = {"path": printable_path(path), "member": os.fsencode(path).hex()}
        return self._threads.submit(self._read, (options_to_json(options), orjson.dumps(place)))

    def submit_member(
        self, data: bytes, origin: Origin, options: ReadOptions
    ) -> Future[list[ReadArticle | ReadFailure]]:
        """Read a container's member, whose content is ``data``, in some child."""
        place = orjson.dumps({"path": origin.path, "inside": origin.member})
        return self._threads.submit(self._read, (options_to_json(options), place, data), origin.member)

    def pids(self) -> list[int]:
        """The process ids of the children that there are now, for who measures them."""
        with self._lock:
            return [child.pid for child in self._all]

    def close(self) -> None:
        """End all children and threads; what is not read yet is not read."""
        with self._lock:
            self._closed = True
            children = list(self._all)
        self._threads.shutdown(wait=False, cancel_futures=True)
        for child in children:
            child.kill()
        self._threads.shutdown(wait=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self, request: tuple[bytes, ...], member: str = "") -> list[ReadArticle | ReadFailure]:
        try:
            child = self._child()
        except OSError as error:
            reason = f"no process could be started to read it: {error}"
            return [ReadFailure(member=member, code="failed", reason=reason)]
        answer = child.ask(request, self._limits.item_wall_s)
        try:
            results = results_from_json(answer) if answer is not None else None
        except (ValueError, TypeError, KeyError):  # not what a child of ours says
            results = None
        if results is None:
            reason = child.why_it_died()
            self._drop(child)
            return [ReadFailure(member=member, code=LimitExceededError.code, reason=reason)]
        if child.items >= _ITEMS_PER_CHILD:
            self._drop(child)
        else:
            self._idle.put(child)
        return results

    def _child(self) -> _Child:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            pass
        with self._lock:
            if self._closed:
                raise OSError("the run was ended")
            child = _Child(self._command)
            self._all.add(child)
        return child

    def _drop(self, child: _Child) -> None:
        with self._lock:
            self._all.discard(child)
        child.kill()
