"""kill -9 at every system call that writes: nothing that was acknowledged is lost, and a plain
rerun of the same command is all that it takes."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from fault_archives import (
    ENGINES,
    FaultRun,
    acknowledged,
    archive,
    copy_home,
    require_whole,
    run_worker,
    search_total,
    write_sources,
)
from fault_strace import counting, injecting, points

OLD, NEW = range(1, 13), range(13, 25)


@pytest.fixture(scope="module", params=(*ENGINES, "memory"))
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def base(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of 12 articles, with a live index and the one before it."""
    folder = tmp_path_factory.mktemp(f"base-{engine}")
    sources = write_sources(folder / "sources", OLD)
    for command in (["ingest", sources], ["reindex"]):
        assert archive(folder / "home", engine, *command).exit_code == 0
    return folder


def kill_at_each_point(
    strace: str, faults: FaultRun, engine: str, folder: Path, base: Path | None, task: list, short: int
):
    """Yield the home after each kill, with what the worker said before it."""
    home, log = folder / "home", folder / "strace.log"

    def fresh() -> None:
        if base is not None:
            copy_home(base / "home", home)
        elif home.exists():
            copy_home(folder / "empty", home)

    (folder / "empty").mkdir()
    name = f"kill -9 in {task[0]}{'' if base else ' (first)'}, {engine}"
    fresh()
    counted = run_worker(home, engine, *task, before=counting(strace, log))
    assert counted.stdout.endswith("done\n"), counted.stderr
    for path in folder.glob("copy*.db*"):
        path.unlink()
    found, kills = points(log), 0
    faults.count(name, "points there are", len(found))
    for call, number in faults.sample(found, short, name):
        fresh()
        done = run_worker(home, engine, *task, before=injecting(strace, call, "signal=SIGKILL", number))
        killed = done.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)
        if not killed:
            # The threads of an engine share their work in another way each time.
            assert done.stdout.endswith("done\n"), done.stderr
        kills += killed
        faults.count(name, "kills" if killed else "not reached")
        yield home, done.stdout, f"{call} {number}"
    assert kills, "not one of the points was reached"


def test_kill_in_the_first_ingest(strace: str, faults: FaultRun, engine: str, tmp_path: Path) -> None:
    sources = write_sources(tmp_path / "sources", OLD)

    for home, said, point in kill_at_each_point(
        strace, faults, engine, tmp_path, None, ["ingest", sources], 4
    ):
        rerun = archive(home, engine, "ingest", sources)

        assert rerun.exit_code == 0, (point, rerun.output)
        require_whole(home, engine, articles=len(OLD), slugs=acknowledged(said))


def test_kill_in_a_later_ingest(
    strace: str, faults: FaultRun, engine: str, base: Path, tmp_path: Path
) -> None:
    sources = write_sources(tmp_path / "sources", NEW)
    (tmp_path / "base").mkdir()
    copy_home(base / "home", tmp_path / "base" / "home")

    for home, said, point in kill_at_each_point(
        strace, faults, engine, tmp_path, tmp_path / "base", ["ingest", sources], 4
    ):
        found = search_total(home, engine)
        rerun = archive(home, engine, "ingest", sources)

        assert found is not None, f"the index was live before and cannot be searched after {point}"
        assert found >= len(OLD), point
        assert rerun.exit_code == 0, (point, rerun.output)
        require_whole(home, engine, articles=len(OLD) + len(NEW), slugs=acknowledged(said))


def test_kill_in_a_reindex(strace: str, faults: FaultRun, engine: str, base: Path, tmp_path: Path) -> None:
    for home, _, point in kill_at_each_point(strace, faults, engine, tmp_path, base, ["reindex"], 4):
        found = search_total(home, engine)
        rerun = archive(home, engine, "reindex")

        assert found == len(OLD), point
        assert rerun.exit_code == 0, (point, rerun.output)
        require_whole(home, engine, articles=len(OLD), slugs=set())


def test_kill_in_a_backup(strace: str, faults: FaultRun, engine: str, base: Path, tmp_path: Path) -> None:
    if engine != ENGINES[0]:
        pytest.skip("a backup holds no index: one engine is enough")
    copy = tmp_path / "copy.db"
    for home, _, point in kill_at_each_point(strace, faults, engine, tmp_path, base, ["backup", copy], 4):
        if not copy.exists():
            rerun = archive(home, engine, "backup", copy)
            assert rerun.exit_code == 0, (point, rerun.output)
        restored = archive(tmp_path / "restored", engine, "restore", "--force", copy)

        assert restored.exit_code == 0, (point, restored.output)
        require_whole(tmp_path / "restored", engine, articles=len(OLD), slugs=set())
        require_whole(home, engine, articles=len(OLD), slugs=set())
        for path in (*tmp_path.glob("copy.db*"), *tmp_path.glob("restored/*.replaced-*")):
            path.unlink()


def test_kill_in_a_restore(strace: str, faults: FaultRun, engine: str, base: Path, tmp_path: Path) -> None:
    if engine != ENGINES[0]:
        pytest.skip("a backup holds no index: one engine is enough")
    backup = tmp_path / "backup.db"
    sources = write_sources(tmp_path / "sources", NEW)
    assert archive(base / "home", engine, "backup", backup).exit_code == 0
    assert archive(tmp_path / "other" / "home", engine, "ingest", sources).exit_code == 0

    for home, _, point in kill_at_each_point(
        strace, faults, engine, tmp_path, tmp_path / "other", ["restore", backup], 4
    ):
        rerun = archive(home, engine, "restore", "--force", backup)

        assert rerun.exit_code == 0, (point, rerun.output)
        require_whole(home, engine, articles=len(OLD), slugs=set())
