"""The disk fails: once, for ever, or because it is full.  A clear error, and a plain rerun mends it."""

from __future__ import annotations

import gc
import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_archives import (
    ENGINES,
    ROOT,
    FaultRun,
    archive,
    copy_home,
    environment,
    require_whole,
    run_worker,
    search_total,
    worker_command,
    write_sources,
)
from fault_strace import counting, injecting, points

from archive.errors import StoreError

# Whoosh leaves the files of a writer that failed to the collector of garbage.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

OLD, NEW = range(1, 13), range(13, 25)
ALL = len(OLD) + len(NEW)

#: Free room on the file system in KiB: from next to none to enough.
ROOM_KIB = range(4, 604, 6)


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def base(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(f"base-{engine}")
    sources = write_sources(folder / "old", OLD)
    write_sources(folder / "new", NEW)
    assert archive(folder / "home", engine, "ingest", sources).exit_code == 0
    return folder


@pytest.fixture(autouse=True)
def _collect_garbage() -> Iterator[None]:
    yield
    gc.collect()


def require_clear_error(done: subprocess.CompletedProcess[str], point: str) -> None:
    """A failed command says why, in words."""
    assert "Traceback" not in done.stderr, (point, done.stderr)
    if done.returncode:
        assert "Error: " in done.stderr, (point, done.returncode, done.stderr)


@pytest.mark.parametrize("forever", [False, True], ids=["once", "for-ever"])
@pytest.mark.parametrize("command", ["ingest", "reindex"])
def test_a_call_that_fails_is_told_and_a_rerun_mends_it(
    strace: str, faults: FaultRun, engine: str, base: Path, tmp_path: Path, command: str, forever: bool
) -> None:
    home, log = tmp_path / "home", tmp_path / "strace.log"
    task = ["run", command, *([base / "new"] if command == "ingest" else [])]
    expected = ALL if command == "ingest" else len(OLD)
    name = f"EIO {'for ever' if forever else 'once'} in {command}, {engine}"
    copy_home(base / "home", home)
    assert run_worker(home, engine, *task, before=counting(strace, log)).returncode == 0
    found = points(log)
    faults.count(name, "points there are", len(found))

    for call, number in faults.sample(found, 2, name):
        point = f"{call} {number}"
        copy_home(base / "home", home)
        done = run_worker(
            home, engine, *task, before=injecting(strace, call, "error=EIO", number, forever=forever)
        )
        if call != "write":  # else it may be the message itself that cannot be written
            require_clear_error(done, point)
        total = search_total(home, engine)
        rerun = archive(home, engine, *task[1:])

        assert total is not None, point
        assert total >= len(OLD), point
        assert rerun.exit_code == 0, (point, rerun.output, rerun.exception)
        require_whole(home, engine, articles=expected, slugs=set())
        if done.returncode == 0 and command == "ingest" and total == ALL:
            faults.count(name, "withstood")
        else:
            faults.count(name, "told and mended" if done.returncode else "withstood")


@pytest.mark.parametrize("command", ["ingest", "reindex"])
def test_a_full_disk_is_told_and_room_mends_it(
    faults: FaultRun, engine: str, base: Path, tmp_path: Path, command: str
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    name = f"disk full in {command}, {engine}"
    task = [command, *([base / "new"] if command == "ingest" else [])]
    used = sum(-(-path.stat().st_size // 4096) * 4 for path in (base / "home").rglob("*") if path.is_file())
    for room in faults.sample(ROOM_KIB, 4, name):
        size = used + room
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}k", "none", str(disk)],
            capture_output=True,
            check=False,
        )
        if made.returncode:
            pytest.skip("mounting a small disk is not permitted here")
        try:
            shutil.copytree(base / "home", disk / "home")
            done = run_worker(disk / "home", engine, "run", *task)
            require_clear_error(done, f"{size} KiB")
            try:
                total = search_total(disk / "home", engine)
            except StoreError as error:  # a log's index of 32 KB must be made even to read
                total, told = len(OLD), str(error)
            else:
                told = "free space"
            assert "free space" in told or "disk is full" in told
            subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
            rerun = archive(disk / "home", engine, *task)

            assert total is not None, (size, done.stderr)
            assert total >= len(OLD), size
            assert rerun.exit_code == 0, (size, rerun.output)
            require_whole(
                disk / "home", engine, articles=ALL if command == "ingest" else len(OLD), slugs=set()
            )
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=True)
        faults.count(name, "told and mended" if done.returncode else "had room")


def test_a_limit_on_the_size_of_files_is_told(
    faults: FaultRun, engine: str, base: Path, tmp_path: Path
) -> None:
    home = copy_home(base / "home", tmp_path / "home")
    limit = (home / "archive.db").stat().st_size

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit // 8, limit // 8))

    done = subprocess.run(
        worker_command("run", "ingest", base / "new"),
        env=environment(home, engine),
        cwd=ROOT,
        preexec_fn=limited,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    require_clear_error(done, "RLIMIT_FSIZE")
    rerun = archive(home, engine, "ingest", base / "new")

    assert done.returncode == 1
    assert rerun.exit_code == 0, rerun.output
    require_whole(home, engine, articles=ALL, slugs=set())
    faults.count("file size limit", engine)


def test_read_only_media_can_be_searched_and_not_written_to(engine: str, base: Path, tmp_path: Path) -> None:
    place = tmp_path / "media"
    shutil.copytree(base / "home", place)
    made = subprocess.run(["mount", "--bind", str(place), str(place)], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("mounting is not permitted here")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(place)], check=True)
        wrote = run_worker(place, engine, "run", "ingest", base / "new")
        searched = run_worker(place, engine, "run", "search", "harbour", "--json", "--limit", "100")
    finally:
        subprocess.run(["umount", str(place)], check=True)

    assert wrote.returncode == 1
    assert "Traceback" not in wrote.stderr + searched.stderr
    assert "read" in wrote.stderr.lower() or "written" in wrote.stderr.lower(), wrote.stderr
    assert searched.returncode == 0, searched.stderr
    assert len(searched.stdout.splitlines()) == len(OLD)
