"""One child process that reads pages, as the thread that uses it sees it."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from collections.abc import Sequence
from typing import Final

from archive.children import read_frame, start_child, write_frame

_CPU_SIGNAL: Final = getattr(signal, "SIGXCPU", 24)
_START_S: Final = 30.0
#: The pool is the parallelism, and thread stacks count as memory.
_ONE_THREAD: Final = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


class ReaderChild:
    """One child process, used by one thread at a time."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = start_child(command, _ONE_THREAD)
        self.items = 0
        self.timed_out = False
        self.deadline: float | None = None

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, request: tuple[bytes, ...]) -> None:
        """Put a request into the pipe.

        Raises:
            OSError: the child has ended.
            ValueError: it was killed.
        """
        stdin = self._process.stdin
        if stdin is None:
            raise OSError("the child has no pipe")
        for frame in request:
            write_frame(stdin, frame)  # type: ignore[arg-type]

    def start_clock(self, wall_s: float) -> None:
        """Allow ``wall_s`` for the next answer, and more for the first one."""
        self.deadline = time.monotonic() + wall_s + (0 if self.items else _START_S)

    def answer(self) -> bytes | None:
        """Return the next answer; None if the child died or was killed."""
        stdout = self._process.stdout
        try:
            return read_frame(stdout) if stdout is not None else None  # type: ignore[arg-type]
        except (OSError, ValueError):
            return None
        finally:
            self.deadline = None
            self.items += 1

    def watch(self, now: float) -> None:
        """Kill the child if its answer is late."""
        deadline = self.deadline
        if deadline is not None and now > deadline:
            self.timed_out = True
            self._process.kill()

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
