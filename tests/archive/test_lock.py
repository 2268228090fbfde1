"""The writer's lock, held by this process, by another, and by a dead one."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from archive.errors import LockHeldError, StoreError
from archive.lock import WriterLock, read_holder

HOLD = """
import sys, time
from archive.lock import WriterLock
with WriterLock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""

FORK_AND_DIE = """
import os, sys
from archive.lock import WriterLock
lock = WriterLock(sys.argv[1])
lock.acquire()
if os.fork() == 0:
    sys.stdin.read()
os._exit(0)
"""


@pytest.fixture
def other_process(tmp_path):
    """Another process that holds the lock at ``tmp_path / "lock"`` until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def test_second_lock_of_one_process_is_refused_and_names_it(tmp_path):
    with WriterLock(tmp_path / "lock"), pytest.raises(LockHeldError, match="this same process") as caught:
        WriterLock(tmp_path / "lock").acquire()

    assert caught.value.holder == os.getpid()


def test_lock_can_be_taken_again_after_release(tmp_path):
    lock = WriterLock(tmp_path / "lock")

    for _ in range(2):
        with lock:
            assert read_holder(tmp_path / "lock").pid == os.getpid()

    assert (tmp_path / "lock").read_bytes() == b""


def test_lock_is_released_when_the_job_fails(tmp_path):
    with pytest.raises(RuntimeError), WriterLock(tmp_path / "lock"):
        raise RuntimeError

    with WriterLock(tmp_path / "lock"):
        assert read_holder(tmp_path / "lock").pid == os.getpid()


def test_taking_a_held_lock_object_twice_is_refused(tmp_path):
    lock = WriterLock(tmp_path / "lock")

    with lock, pytest.raises(LockHeldError, match="held already"):
        lock.acquire()


def test_other_process_is_named(tmp_path, other_process):
    with pytest.raises(LockHeldError, match=f"process {other_process.pid}.*is writing") as caught:
        WriterLock(tmp_path / "lock").acquire()

    assert caught.value.holder == other_process.pid


def test_dead_holder_frees_the_lock(tmp_path, other_process):
    other_process.kill()
    other_process.wait()

    assert read_holder(tmp_path / "lock").pid == other_process.pid  # its words are still there
    with WriterLock(tmp_path / "lock"):
        assert read_holder(tmp_path / "lock").pid == os.getpid()


def test_waits_for_the_holder_to_finish(tmp_path):
    first = WriterLock(tmp_path / "lock")
    first.acquire()
    threading.Timer(0.1, first.release).start()

    with WriterLock(tmp_path / "lock", timeout_s=30):
        assert read_holder(tmp_path / "lock").pid == os.getpid()


def test_waiting_ends_and_says_how_long_it_was(tmp_path):
    with WriterLock(tmp_path / "lock"), pytest.raises(LockHeldError, match=r"after 0\.1 s"):
        WriterLock(tmp_path / "lock", timeout_s=0.1).acquire()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_forked_worker_does_not_keep_the_lock_of_its_dead_parent(tmp_path):
    parent = subprocess.Popen(
        [sys.executable, "-c", FORK_AND_DIE, str(tmp_path / "lock")],
        stdin=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert parent.wait() == 0

    with WriterLock(tmp_path / "lock", timeout_s=5):
        assert read_holder(tmp_path / "lock").pid == os.getpid()

    parent.stdin.close()  # which ends the worker


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{}", b'{"pid": "x"}', b"[]"])
def test_unreadable_words_of_a_holder_are_no_failure(tmp_path, content):
    (tmp_path / "lock").write_bytes(content)

    assert read_holder(tmp_path / "lock").pid is None


def test_lock_file_that_cannot_be_written_is_a_store_error(tmp_path):
    (tmp_path / "lock").mkdir()

    with pytest.raises(StoreError, match="lock file"):
        WriterLock(tmp_path / "lock").acquire()
