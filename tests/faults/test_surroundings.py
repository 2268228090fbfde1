"""The machine around the archive: clocks, locks of the dead, other versions, leftovers."""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from fault_archives import archive, require_whole, search_total, write_sources

from archive.document import Document, Origin
from archive.store import Store
from index.indexer import Indexer

ENGINE = "tantivy"


def dead_process() -> int:
    ended = subprocess.Popen(["true"])
    ended.wait()
    return ended.pid


def article(number: int) -> Document:
    return Document(
        title=f"Article {number}",
        text=f"Text {number} of the harbour.",
        lead="",
        identity=f"id:{number}",
        origin=Origin(path=f"/{number}"),
        content_hash=f"{number:032x}",
        words=2,
    )


def test_locks_of_a_dead_process_hold_nobody_up(home: Path, tmp_path: Path) -> None:
    sources = write_sources(tmp_path / "sources", range(3))
    assert archive(home, ENGINE, "ingest", sources).exit_code == 0
    pid = dead_process()
    holder = json.dumps({"pid": pid, "host": os.uname().nodename, "command": "archive ingest"})
    (home / "archive.lock").write_text(holder)
    for lock in (home / "index" / ENGINE).glob("*.lock"):
        lock.write_text(str(pid))
    more = write_sources(tmp_path / "more", range(3, 6))

    ingested = archive(home, ENGINE, "ingest", "--no-wait", more)
    rebuilt = archive(home, ENGINE, "reindex")

    assert (ingested.exit_code, rebuilt.exit_code) == (0, 0), ingested.output + rebuilt.output
    require_whole(home, ENGINE, articles=6, slugs=set())


@pytest.mark.parametrize("engine", ["tantivy", "whoosh", "memory"])
@pytest.mark.parametrize(
    "year",
    [pytest.param(2025, id="a-year-back"), pytest.param(2038, id="2038"), pytest.param(1970, id="1970")],
)
def test_a_clock_that_jumps_loses_no_change(home: Path, engine: str, year: int) -> None:
    clock = [dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)]
    with Store.open(home / "archive.db", clock=lambda: clock[0]) as store:
        indexer = Indexer(store, home / "index", engine)
        store.put([article(number) for number in range(5)])
        indexer.catch_up()
        clock[0] = dt.datetime(year, 1, 19, 3, 14, 7, tzinfo=dt.UTC)
        store.put([article(number) for number in range(3, 9)])
        indexer.catch_up()
        first = indexer.generations.current_name()
        second = indexer.reindex().name

    assert first is not None
    assert second > first
    require_whole(home, engine, articles=9, slugs=set())


def test_a_store_of_a_newer_version_is_left_alone(home: Path, tmp_path: Path) -> None:
    sources = write_sources(tmp_path / "sources", range(3))
    archive(home, ENGINE, "ingest", sources)
    with closing(sqlite3.connect(home / "archive.db")) as connection, connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    before = (home / "archive.db").read_bytes()

    done = [
        archive(home, ENGINE, *command)
        for command in (["ingest", sources], ["search", "harbour"], ["reindex"], ["verify"], ["status"])
    ]

    assert {result.exit_code for result in done} == {1}
    assert all("newer version" in result.output for result in done)
    assert (home / "archive.db").read_bytes() == before


@pytest.mark.parametrize("engine", ["tantivy", "whoosh"])
def test_an_index_of_another_version_is_told_and_rebuilt_on_demand(
    home: Path, tmp_path: Path, engine: str
) -> None:
    archive(home, engine, "ingest", write_sources(tmp_path / "sources", range(3)))
    (manifest,) = (home / "index" / engine).glob("*/manifest.json")
    values = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**values, "schema": values["schema"] - 1}))

    searched = archive(home, engine, "search", "harbour")
    mended = archive(home, engine, "reindex", "--if-needed")

    assert searched.exit_code == 1
    assert "archive reindex" in searched.output
    assert mended.exit_code == 0, mended.output
    require_whole(home, engine, articles=3, slugs=set())


def test_a_file_that_is_no_database_is_not_overwritten(home: Path, tmp_path: Path) -> None:
    home.mkdir()
    (home / "archive.db").write_bytes(b"my diary\n" * 200)

    done = archive(home, ENGINE, "ingest", write_sources(tmp_path / "sources", range(3)))

    assert done.exit_code == 1
    assert "no archive database" in done.output
    assert (home / "archive.db").read_bytes() == b"my diary\n" * 200


def test_rollback_goes_back_and_catches_up(home: Path, tmp_path: Path) -> None:
    archive(home, ENGINE, "ingest", write_sources(tmp_path / "one", range(3)))
    first = (home / "index" / ENGINE / "CURRENT").read_text()
    archive(home, ENGINE, "reindex")
    archive(home, ENGINE, "ingest", write_sources(tmp_path / "two", range(3, 8)))

    done = archive(home, ENGINE, "reindex", "--rollback")

    assert done.exit_code == 0, done.output
    assert (home / "index" / ENGINE / "CURRENT").read_text() == first
    require_whole(home, ENGINE, articles=8, slugs=set())


def test_rollback_without_a_former_index_says_so(home: Path, tmp_path: Path) -> None:
    archive(home, ENGINE, "ingest", write_sources(tmp_path / "one", range(3)))
    archive(home, ENGINE, "reindex", "--prune")

    done = archive(home, ENGINE, "reindex", "--rollback")

    assert done.exit_code == 1
    assert "No earlier index" in done.output
    assert search_total(home, ENGINE) == 3


@pytest.mark.parametrize("engine", ["tantivy", "whoosh", "memory"])
@pytest.mark.parametrize("command", [["verify", "--repair"], ["reindex", "--only-missing"]], ids=" ".join)
def test_what_index_and_store_lack_of_each_other_is_mended(
    home: Path, tmp_path: Path, engine: str, command: list[str]
) -> None:
    archive(home, engine, "ingest", write_sources(tmp_path / "one", range(6)))
    with Store.open(home / "archive.db") as store:
        indexer = Indexer(store, home / "index", engine)
        live = indexer.live()
        with indexer.writing(live) as opened:
            opened.delete([2, 3])
            opened.commit()
    with closing(sqlite3.connect(home / "archive.db")) as connection, connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM articles WHERE id = 6")

    found = archive(home, engine, "verify")
    mended = archive(home, engine, *command)

    assert found.exit_code == 1
    assert "Stored and not in the index: 2" in found.output
    assert "In the index and not stored: 1" in found.output
    assert mended.exit_code == 0, mended.output
    require_whole(home, engine, articles=5, slugs=set())


def test_articles_unknown_to_the_log_of_changes_are_entered(home: Path, tmp_path: Path) -> None:
    archive(home, ENGINE, "ingest", write_sources(tmp_path / "one", range(6)))
    with closing(sqlite3.connect(home / "archive.db")) as connection, connection:
        connection.execute("DELETE FROM changes WHERE article_id IN (2, 3)")

    found = archive(home, ENGINE, "verify", "--deep")
    mended = archive(home, ENGINE, "verify", "--deep", "--repair")

    assert "2 articles are missing in the log of changes" in found.output
    assert mended.exit_code == 0, mended.output


def test_what_killed_rebuilds_left_is_removed(home: Path, tmp_path: Path) -> None:
    archive(home, ENGINE, "ingest", write_sources(tmp_path / "one", range(3)))
    (home / "index" / ENGINE / "000000-00000000" / "data").mkdir(parents=True)
    with Store.open(home / "archive.db") as store:
        store.set_mark(f"{ENGINE}/000000-ffffffff", 1)

    found = archive(home, ENGINE, "verify", "--deep")
    mended = archive(home, ENGINE, "verify", "--deep", "--repair")

    assert "1 folders and 1 marks" in found.output
    assert mended.exit_code == 0, mended.output
    assert not (home / "index" / ENGINE / "000000-00000000").exists()


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("DELETE FROM article_authors WHERE article_id = 2", id="link-lost"),
        pytest.param("UPDATE authors SET name = 'Ada Lovelaca'", id="name-changed"),
        pytest.param("UPDATE authors SET key = 'ada lovelaca'", id="key-changed"),
    ],
)
def test_authors_that_do_not_follow_from_the_articles_are_mended(
    home: Path, tmp_path: Path, sql: str
) -> None:
    archive(home, ENGINE, "ingest", write_sources(tmp_path / "one", range(6)))
    with closing(sqlite3.connect(home / "archive.db")) as connection, connection:
        connection.execute(sql)

    found = archive(home, ENGINE, "verify", "--deep")
    mended = archive(home, ENGINE, "verify", "--deep", "--repair")

    assert found.exit_code == 1
    assert "Not as the articles say" in found.output
    assert mended.exit_code == 0, mended.output
    with Store.open(home / "archive.db") as store:
        slug, name = store.author_entries(["ada lovelace"])["ada lovelace"]
        assert name == "Ada Lovelace"
        assert store.author_by_slug(slug).articles == 6
