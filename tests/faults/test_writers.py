"""Several processes at once: writers wait for each other, readers see whole generations only."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import pytest
from fault_archives import (
    ENGINES,
    ROOT,
    WORD,
    FaultRun,
    archive,
    environment,
    require_whole,
    run_worker,
    settings_of,
    worker_command,
    write_sources,
)

from archive.lock import WriterLock
from webapp.models import SearchParams
from webapp.services import Services


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


def start(home: Path, engine: str, *arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        worker_command(*arguments),
        env=environment(home, engine),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(processes: list[subprocess.Popen[str]]) -> list[str]:
    said = [process.communicate(timeout=180) for process in processes]
    for process, (_, errors) in zip(processes, said, strict=True):
        assert process.returncode == 0, errors
    return [errors for _, errors in said]


def test_many_writers_lose_nothing(faults: FaultRun, engine: str, home: Path, tmp_path: Path) -> None:
    number = 8 if faults.long else 4
    tasks = [
        ("run", "ingest", write_sources(tmp_path / f"s{writer}", range(writer * 10, writer * 10 + 12)))
        for writer in range(number)
    ]

    finish([start(home, engine, *task) for task in tasks])

    # Each shares two articles with the next one, as other files that say the same.
    require_whole(home, engine, articles=number * 10 + 2, slugs=set())
    faults.count(f"writers at once, {engine}", "without loss", number)


def test_readers_see_whole_generations_while_others_write_and_switch(
    faults: FaultRun, engine: str, home: Path, tmp_path: Path
) -> None:
    assert archive(home, engine, "ingest", write_sources(tmp_path / "old", range(20))).exit_code == 0
    totals: list[int] = []
    errors: list[BaseException] = []
    stop = threading.Event()

    def read(services: Services) -> None:
        while not stop.is_set():
            try:
                page = services.search(SearchParams(q=WORD))
                totals.append(page.total)
                assert len(page.hits) == 10
            except BaseException as error:  # noqa: BLE001 - any error at all is what is looked for
                errors.append(error)
                return

    with Services(settings_of(home, engine), create=False) as services:
        readers = [threading.Thread(target=read, args=(services,)) for _ in range(2)]
        for reader in readers:
            reader.start()
        try:
            for turn in range(5 if faults.long else 2):
                new = write_sources(tmp_path / f"new{turn}", range(100 + turn * 8, 108 + turn * 8))
                finish([start(home, engine, "ingest", new), start(home, engine, "reindex")])
        finally:
            stop.set()
            for reader in readers:
                reader.join()
        last = services.search(SearchParams(q=WORD)).total

    assert errors == []
    assert min(totals) >= 20
    assert last == 20 + 8 * (5 if faults.long else 2)
    require_whole(home, engine, articles=last, slugs=set())
    faults.count(f"searches while others write, {engine}", "answered whole", len(totals))


def test_a_second_writer_fails_at_once_on_request_and_names_the_first(home: Path, tmp_path: Path) -> None:
    sources = write_sources(tmp_path / "sources", range(3))
    with WriterLock(home / "archive.lock"):
        refused = run_worker(home, "tantivy", "run", "ingest", "--no-wait", sources)

    assert refused.returncode == 1
    assert "process" in refused.stderr
    assert "is writing to this archive" in refused.stderr


def test_a_second_writer_waits_and_says_for_whom(home: Path, tmp_path: Path) -> None:
    sources = write_sources(tmp_path / "sources", range(3))
    with WriterLock(home / "archive.lock"):
        waiting = start(home, "tantivy", "run", "ingest", sources)
        assert waiting.stderr is not None
        told = waiting.stderr.readline()
    finish([waiting])

    assert "waiting for process" in told
    require_whole(home, "tantivy", articles=3, slugs=set())
