"""One writer at a time, between processes and threads: a lock the system drops
when its holder dies, so that none is ever stale."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import LockHeldError
from index.manifests import make_folder

log = logging.getLogger(__name__)

#: How often a waiter looks again, in seconds.
_POLL_S = 0.05

#: After how much waiting it is said for whom, in seconds.
_TELL_AFTER_S = 0.5


@contextmanager
def writer_lock(path: Path, *, wait_s: float, doing: str) -> Iterator[None]:
    """Hold the lock file ``path``; ``doing`` says what for, in the message.

    A wait that is long enough to be noticed is logged once; ``wait_s`` may be infinite.

    Raises:
        LockHeldError: another holds it, and still did after ``wait_s`` seconds.
    """
    make_folder(path.parent)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        begun = time.monotonic()
        told = False
        while not _try_lock(handle):
            waited = time.monotonic() - begun
            holder = _holder(handle)
            who = f"process {holder}" if holder else "another process"
            if waited >= wait_s:
                raise LockHeldError(f"{who} is {doing}; wait for it or end it first.", holder=holder)
            if waited >= _TELL_AFTER_S and not told:
                told = True
                log.warning("waiting for %s, which is %s", who, doing)
            time.sleep(_POLL_S)
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, str(os.getpid()).encode())
        yield
    finally:
        os.close(handle)


def _holder(handle: int) -> int | None:
    try:
        os.lseek(handle, 0, os.SEEK_SET)
        digits = os.read(handle, 32).strip()
    except OSError:  # Windows lets nobody else read a locked byte
        return None
    return int(digits) if digits.isdigit() else None


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        os.lseek(handle, 0, os.SEEK_SET)  # from here on it locks, and the holder may just have been read
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
