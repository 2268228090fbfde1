"""The power goes: what had reached the disk at some moment is all that is left.

An ext4 image is copied while the writer stands still in the middle of its work: the
copy holds what had been written to the device and nothing that was only in memory.
"""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fault_archives import (
    ENGINES,
    ROOT,
    FaultRun,
    acknowledged,
    archive,
    environment,
    require_whole,
    search_total,
    worker_command,
    write_sources,
)

OLD, NEW = range(1, 13), range(13, 73)


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@contextmanager
def mounted(image: Path, folder: Path) -> Iterator[Path]:
    folder.mkdir(exist_ok=True)
    made = subprocess.run(["mount", "-o", "loop", str(image), str(folder)], capture_output=True, check=False)
    if made.returncode:
        pytest.skip(f"mounting an image is not permitted here: {made.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    if shutil.which("mkfs.ext4") is None:
        pytest.skip("there is no mkfs.ext4 here")
    made = tmp_path / "disk.img"
    with made.open("wb") as file:
        file.truncate(32 * 1024 * 1024)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(made)], check=True)
    return made


@pytest.mark.parametrize("task", ["ingest", "reindex"])
def test_a_power_cut_loses_nothing_that_was_acknowledged(
    faults: FaultRun, engine: str, image: Path, tmp_path: Path, task: str
) -> None:
    name = f"power cuts in {task}, {engine}"
    rng = random.Random(f"{faults.seed} {name}")
    sources = write_sources(tmp_path / "sources", NEW)
    with mounted(image, tmp_path / "disk") as disk:
        assert archive(disk / "home", engine, "ingest", write_sources(tmp_path / "old", OLD)).exit_code == 0
        subprocess.run(["sync", "-f", str(disk)], check=True)
    for cut in range(15 if faults.long else 2):
        work, copy = tmp_path / "work.img", tmp_path / "copy.img"
        shutil.copyfile(image, work)
        said = tmp_path / "said.txt"
        with mounted(work, tmp_path / "disk") as disk, said.open("w") as output:
            writer = subprocess.Popen(
                worker_command(task, *([sources] if task == "ingest" else [])),
                env=environment(disk / "home", engine),
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            # From the first thing that it says to after it is done, and at some moment between two.
            said_before = rng.randrange(len(NEW) + 4 if task == "ingest" else 5)
            while said.read_text().count("\n") < said_before and writer.poll() is None:
                time.sleep(0.002)
            time.sleep(rng.uniform(0, 6 if faults.long and cut % 3 == 2 else 0.2))
            # It must stand still: else what is copied last is from later than what was copied first.
            writer.send_signal(signal.SIGSTOP)
            before = said.read_text()
            shutil.copyfile(work, copy)
            writer.kill()
            writer.wait()
        with mounted(copy, tmp_path / "after") as disk:
            total = search_total(disk / "home", engine)
            rerun = archive(disk / "home", engine, task, *([sources] if task == "ingest" else []))

            assert total is not None, f"cut {cut}: not to be searched"
            assert total >= len(OLD)
            assert rerun.exit_code == 0, (cut, rerun.output)
            expected = len(OLD) + (len(NEW) if task == "ingest" else 0)
            require_whole(disk / "home", engine, articles=expected, slugs=acknowledged(before))
        finished = before.endswith("done\n")
        faults.count(name, "after the end" if finished else "in the middle" if before else "before the first")
