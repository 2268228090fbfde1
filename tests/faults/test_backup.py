"""Backups while others write, and what comes back from them."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from fault_archives import (
    ROOT,
    FaultRun,
    acknowledged,
    archive,
    environment,
    require_whole,
    worker_command,
    write_sources,
)

ENGINE = "tantivy"


def row_hashes(database: Path) -> list[tuple]:
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        current = connection.execute("SELECT id, 0, row_hash FROM articles").fetchall()
        former = connection.execute("SELECT article_id, number, row_hash FROM versions").fetchall()
        return sorted(current + former)


def test_round_trips_bring_back_every_row(faults: FaultRun, home: Path, tmp_path: Path) -> None:
    trips = 20 if faults.long else 3
    for trip in range(trips):
        sources = write_sources(tmp_path / "sources", range(trip * 5, trip * 5 + 9), edition=trip)
        assert archive(home, ENGINE, "ingest", sources).exit_code == 0
        backup, restored = tmp_path / f"{trip}.db", tmp_path / f"restored-{trip}"

        made = archive(home, ENGINE, "backup", backup)
        back = archive(restored, ENGINE, "restore", backup)

        assert (made.exit_code, back.exit_code) == (0, 0), made.output + back.output
        assert row_hashes(restored / "archive.db") == row_hashes(home / "archive.db")
        require_whole(restored, ENGINE, articles=trip * 5 + 9, slugs=set())
        faults.count("backup round trips", "equal")


def test_a_backup_made_while_others_write_is_of_one_moment(
    faults: FaultRun, home: Path, tmp_path: Path
) -> None:
    sources = write_sources(tmp_path / "sources", range(200))
    assert archive(home, ENGINE, "ingest", write_sources(tmp_path / "first", [900])).exit_code == 0
    writer = subprocess.Popen(
        worker_command("ingest", sources),
        env=environment(home, ENGINE),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    copies = []
    assert writer.stdout is not None
    first = writer.stdout.readline()
    while writer.poll() is None and len(copies) < (20 if faults.long else 4):
        copies.append(tmp_path / f"copy-{len(copies)}.db")
        assert archive(home, ENGINE, "backup", copies[-1]).exit_code == 0
    rest = writer.stdout.read()
    writer.wait()
    writer.stdout.close()
    assert writer.returncode == 0
    assert len(acknowledged(first + rest)) == 200

    final = set(row_hashes(home / "archive.db"))
    counts = [len(row_hashes(copy)) for copy in copies]
    assert all(set(row_hashes(copy)) <= final for copy in copies)
    assert counts == sorted(counts)
    assert all((count - 1) % 4 == 0 for count in counts), "a batch of four was cut in two"
    faults.count("backups while writing", "of one moment", len(copies))


def test_restore_refuses_to_replace_unless_forced_and_keeps_what_it_replaces(
    home: Path, tmp_path: Path
) -> None:
    archive(home, ENGINE, "ingest", write_sources(tmp_path / "one", range(3)))
    archive(home, ENGINE, "backup", tmp_path / "copy.db")
    archive(home, ENGINE, "ingest", write_sources(tmp_path / "two", range(10, 15)))
    before = row_hashes(home / "archive.db")

    refused = archive(home, ENGINE, "restore", tmp_path / "copy.db")
    forced = archive(home, ENGINE, "restore", tmp_path / "copy.db", "--force")

    assert refused.exit_code == 1
    assert "--force" in refused.output
    assert forced.exit_code == 0, forced.output
    require_whole(home, ENGINE, articles=3, slugs=set())
    assert row_hashes(home / "archive.db.replaced-1") == before


@pytest.mark.parametrize("engine", ["tantivy", "whoosh", "memory"])
def test_an_index_of_the_replaced_archive_is_not_taken_for_its_own(
    home: Path, tmp_path: Path, engine: str
) -> None:
    archive(home, engine, "ingest", write_sources(tmp_path / "one", range(3)))
    archive(home, ENGINE, "backup", tmp_path / "copy.db")
    archive(home, engine, "ingest", write_sources(tmp_path / "two", range(10, 15)))
    restored = archive(
        home, "memory" if engine != "memory" else "whoosh", "restore", tmp_path / "copy.db", "--force"
    )
    assert restored.exit_code == 0, restored.output

    searched = archive(home, engine, "search", "harbour")
    archive(home, engine, "reindex")

    assert searched.exit_code == 1
    assert "archive reindex" in searched.output
    require_whole(home, engine, articles=3, slugs=set())


def test_restore_refuses_a_damaged_backup(home: Path, tmp_path: Path) -> None:
    archive(home, ENGINE, "ingest", write_sources(tmp_path / "one", range(3)))
    archive(home, ENGINE, "backup", tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as connection, connection:
        connection.execute("UPDATE articles SET title = 'Forged' WHERE id = 2")

    refused = archive(tmp_path / "new", ENGINE, "restore", tmp_path / "copy.db")

    assert refused.exit_code == 1
    assert "2 (article-1)" in refused.output
    assert not (tmp_path / "new" / "archive.db").exists()


def test_an_export_can_be_ingested_again(home: Path, tmp_path: Path) -> None:
    archive(home, ENGINE, "ingest", write_sources(tmp_path / "sources", range(12)))
    exported = archive(home, ENGINE, "export", "--jsonl").stdout
    (tmp_path / "export.jsonl").write_text(exported)

    again = archive(tmp_path / "other", ENGINE, "ingest", tmp_path / "export.jsonl")
    back = archive(tmp_path / "other", ENGINE, "export", "--jsonl").stdout

    assert again.exit_code == 0, again.output
    kept = ("title", "authors", "published", "text", "language", "source", "url", "content_hash")
    first, second = (
        [{name: json.loads(line)[name] for name in kept} for line in text.splitlines()]
        for text in (exported, back)
    )
    assert first == second
    assert len(first) == 12
