"""One writer at a time: a file lock that names who holds it.

The operating system holds the lock and drops it when the process ends, however it
ends; the file's content (pid, host, command) only serves the message, and the file
is never removed: removing it would let two processes lock two files of one name.
Readers do not take it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import socket
import sys
import time
import weakref
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from archive.errors import LockHeldError, StoreError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_log = logging.getLogger(__name__)

_POLL_S = 0.05
_TELL_AFTER_S = 0.5
_MAX_HOLDER_BYTES = 4096
_MAX_COMMAND_CHARS = 200
_LOCK_BYTE = 1 << 30  # Windows locks are mandatory: far behind the text that others read


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The process that wrote itself into a lock file; ``pid`` is None when it cannot be told."""

    pid: int | None
    host: str = ""
    command: str = ""

    def __str__(self) -> str:
        if self.pid is None:
            return "another process"
        if self.pid == os.getpid() and self.host in ("", socket.gethostname()):
            return "this same process"
        elsewhere = f" on {self.host}" if self.host not in ("", socket.gethostname()) else ""
        return f"process {self.pid}{elsewhere}" + (f" ({self.command})" if self.command else "")


class WriterLock:
    """The lock at ``path``, as a context manager; one object holds it once.

    Args:
        path: the lock file, made if need be; its folder must exist or be makeable.
        timeout_s: how long to wait for another holder; 0 fails at once, infinity waits.
            A wait that is long enough to be noticed is logged once, with the holder.
    """

    def __init__(self, path: str | Path, *, timeout_s: float = 0.0) -> None:
        self._path = Path(path)
        self._timeout_s = timeout_s
        self._handle: int | None = None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            LockHeldError: another one holds it still after ``timeout_s``.
            StoreError: the lock file cannot be written.
        """
        if self._handle is not None:
            raise LockHeldError(f"this lock on {self._path} is held already", holder=os.getpid())
        handle = self._open()
        try:
            self._wait(handle)
            _write_holder(handle)
        except OSError as error:
            os.close(handle)
            raise StoreError(f"cannot lock {self._path}: {error.strerror or error}") from error
        except BaseException:
            os.close(handle)
            raise
        self._handle = handle
        _held_here.add(self)

    def release(self) -> None:
        """Give the lock back; without it, nothing happens."""
        if self._handle is None:
            return
        handle, self._handle = self._handle, None
        _held_here.discard(self)
        try:
            with contextlib.suppress(OSError):  # the text is for messages only
                os.ftruncate(handle, 0)
            _unlock(handle)
        finally:
            os.close(handle)

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _wait(self, handle: int) -> None:
        begun = time.monotonic()
        told = False
        while not _try_lock(handle):
            waited = time.monotonic() - begun
            if waited >= self._timeout_s:
                raise self._held()
            if waited >= _TELL_AFTER_S and not told:
                told = True
                _log.warning("waiting for %s, which is writing to this archive", read_holder(self._path))
            time.sleep(_POLL_S)

    def _open(self) -> int:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
        except OSError as error:
            raise StoreError(
                f"cannot write the lock file {self._path}: {error.strerror or error}; check its rights"
            ) from error

    def _held(self) -> LockHeldError:
        holder = read_holder(self._path)
        waited = f" still after {self._timeout_s:g} s" if self._timeout_s else ""
        return LockHeldError(
            f"{holder} is writing to this archive{waited} (lock {self._path}): "
            "wait until it is done, or stop it; reading is not affected",
            holder=holder.pid,
        )

    def _forget(self) -> None:
        """In a forked child: close the copy of the handle, so that the lock ends with the parent."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


_held_here: weakref.WeakSet[WriterLock] = weakref.WeakSet()


def _forget_all() -> None:
    for lock in list(_held_here):
        lock._forget()
    _held_here.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)


def read_holder(path: str | Path) -> Holder:
    """Who wrote itself into the lock file, which says nothing of whether it is held."""
    try:
        with Path(path).open("rb") as file:
            content = json.loads(file.read(_MAX_HOLDER_BYTES))
        return Holder(pid=int(content["pid"]), host=str(content["host"]), command=str(content["command"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Holder(pid=None)


def _write_holder(handle: int) -> None:
    command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]) if sys.argv else ""
    content = {"pid": os.getpid(), "host": socket.gethostname(), "command": command[:_MAX_COMMAND_CHARS]}
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, json.dumps(content).encode())


if sys.platform == "win32":

    def _try_lock(handle: int) -> bool:
        os.lseek(handle, _LOCK_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

    def _unlock(handle: int) -> None:
        os.lseek(handle, _LOCK_BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)
