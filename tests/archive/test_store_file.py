"""The store as a file: durable, read-only, locked, damaged, copied."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from store_documents import document

from archive.errors import StoreDamagedError, StoreError
from archive.store import PutOutcome, Store
from archive.store import connection as store_connection


@pytest.fixture
def path(tmp_path):
    return tmp_path / "archive.db"


@pytest.fixture
def filled(path):
    """A closed store with three articles of some size."""
    with Store.open(path) as store:
        store.put([document(name, text=f"{name} " * 3000) for name in "abc"])
        store.put([document("a", text="changed " * 500, authors=("Jane Doe",))])
    return path


def tamper(path, sql, *parameters):
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute(sql, parameters).rowcount == 1
        connection.commit()


# Durability

PRAGMAS = [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("fullfsync", 1)]


@pytest.mark.parametrize(("pragma", "value"), PRAGMAS, ids=[name for name, _ in PRAGMAS])
def test_writers_connections_are_durable(path, pragma, value):
    with Store.open(path) as store, store._writing() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_only_a_connection_that_writes_keeps_many_pages(path):
    with Store.open(path) as store, store._writing() as writing, store._engine.connect() as reading:
        assert writing.exec_driver_sql("PRAGMA cache_size").scalar() == -32 * 1024
        assert reading.exec_driver_sql("PRAGMA cache_size").scalar() == -2000


def test_connections_wait_for_a_lock(path):
    with Store.open(path) as store, store._reading() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() >= 10_000


def test_what_was_put_survives_a_kill(path):
    script = (
        "import os, sys; sys.path.insert(0, 'tests/archive')\n"
        "from archive.store import Store\nfrom store_documents import document\n"
        "store = Store.open(sys.argv[1]); store.put([document('a')]); os._exit(9)"
    )

    killed = subprocess.run(
        [sys.executable, "-c", script, str(path)], cwd=Path(__file__).parents[2], check=False
    )

    assert killed.returncode == 9
    with Store.open(path) as store:
        assert store.count() == 1


def test_failure_in_the_middle_of_a_batch_stores_nothing_of_it(path, monkeypatch):
    with Store.open(path) as store:
        store.put([document("a")])
        with store._writing() as connection:
            connection.exec_driver_sql(
                "CREATE TRIGGER full BEFORE INSERT ON changes BEGIN SELECT raise(FAIL, 'no'); END"
            )

        with pytest.raises(StoreError, match="no"):
            store.put([document("b", authors=("X",)), document("a", text="other")])

        with store._writing() as connection:
            connection.exec_driver_sql("DROP TRIGGER full")
        assert [each.identity for batch in store.iterate() for each in batch] == ["a"]
        assert store.versions(1) == []
        assert [each.outcome for each in store.put([document("b")])] == [PutOutcome.ADDED]


# Opening


def test_open_makes_the_folder(tmp_path):
    with Store.open(tmp_path / "new" / "folder" / "archive.db") as store:
        assert store.count() == 0


def test_path_with_special_characters(tmp_path):
    with Store.open(tmp_path / "100% #1? ü" / "a b.db") as store:
        store.put([document("a")])

    assert (tmp_path / "100% #1? ü" / "a b.db").exists()


def test_sqlite_url_names_the_same_file(filled):
    with Store.open(f"sqlite:///{filled}") as store:
        assert store.count() == 3


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_store_in_memory_is_refused(url):
    with pytest.raises(StoreError, match="memory"):
        Store.open(url)


def test_read_only_store_reads_and_does_not_write(filled):
    with Store.open(filled, read_only=True) as store:
        assert store.count() == 3
        for write in (
            lambda: store.put([document("x")]),
            lambda: store.delete([1]),
            lambda: store.set_mark("m", 1),
        ):
            with pytest.raises(StoreError, match="reading only"):
                write()
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            store._engine.raw_connection().cursor().execute("DELETE FROM articles")


def test_reading_is_not_blocked_by_a_writer(filled):
    with (
        Store.open(filled) as writer,
        Store.open(filled, read_only=True) as reader,
        writer._writing() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM changes")

        assert reader.count() == 3
        assert len(reader.changes_since(0)) == 3


def test_missing_store_is_not_made_by_reading(path):
    with pytest.raises(StoreError, match="archive ingest"):
        Store.open(path, read_only=True)

    assert not path.exists()


def test_folder_in_the_place_of_the_file(tmp_path):
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(tmp_path)


def test_file_in_the_place_of_the_folder(tmp_path):
    (tmp_path / "file").write_text("x")

    with pytest.raises(StoreError, match="cannot make the folder"):
        Store.open(tmp_path / "file" / "archive.db")


@pytest.mark.parametrize("read_only", [True, False])
def test_file_of_another_kind_is_refused_and_left_alone(path, read_only):
    path.write_bytes(b"This is a letter and no database. " * 100)

    with pytest.raises(StoreDamagedError, match="no archive database"):
        Store.open(path, read_only=read_only)

    assert path.read_bytes().startswith(b"This is a letter")


def test_database_of_another_program_is_refused(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url)")

    with pytest.raises(StoreError, match="bookmarks"):
        Store.open(path)


def test_database_locked_by_another_program_is_said(filled, monkeypatch):
    monkeypatch.setattr(store_connection, "_BUSY_TIMEOUT_S", 0.05)
    with Store.open(filled) as store, closing(sqlite3.connect(filled, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreError, match="another process kept it locked"):
            store.put([document("x")])


def test_full_disk_is_said_and_nothing_is_half_written(filled):
    with Store.open(filled) as store:
        with store._writing() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            big = [document(str(number), text=f"{number}" * 40_000) for number in range(200)]

        with pytest.raises(StoreError, match="disk is full"):
            store.put(big)

        assert store.count() == 3


# Damage


DAMAGES = [
    pytest.param("UPDATE articles SET title = 'x' WHERE id = 2", id="title"),
    pytest.param("UPDATE articles SET words = 7 WHERE id = 2", id="number"),
    pytest.param("UPDATE articles SET words = 'many' WHERE id = 2", id="type"),
    pytest.param("UPDATE articles SET published = '2024' WHERE id = 2", id="date"),
    pytest.param("UPDATE articles SET provenance = '{' WHERE id = 2", id="json"),
    pytest.param("UPDATE articles SET title = x'ff00' WHERE id = 2", id="blob"),
    pytest.param("UPDATE texts SET body = x'00' WHERE article_id = 2", id="body"),
    pytest.param(
        "UPDATE texts SET body = substr(body, 1, length(body) - 9) WHERE article_id = 2", id="short-body"
    ),
    pytest.param("DELETE FROM texts WHERE article_id = 2", id="no-body"),
]


def test_whole_store_has_no_damaged_rows(filled):
    with Store.open(filled) as store:
        assert list(store.verify_rows()) == []
        assert store.file_problems() == ()


@pytest.mark.parametrize("sql", DAMAGES)
def test_verify_names_the_damaged_article(filled, sql):
    tamper(filled, sql)

    with Store.open(filled, read_only=True) as store:
        damaged = list(store.verify_rows())

    assert [(row.id, row.slug) for row in damaged] == [(2, "harbour-strike-2")]
    assert damaged[0].reason


@pytest.mark.parametrize(
    "sql", [each for each in DAMAGES if each.id in {"json", "body", "short-body", "no-body"}]
)
def test_damaged_article_is_an_error_and_not_an_empty_one(filled, sql):
    tamper(filled, sql)

    with Store.open(filled) as store:
        with pytest.raises(StoreDamagedError, match="harbour-strike-2"):
            store.get(2)
        assert store.get(3).text


def test_each_flipped_bit_of_a_body_is_found(filled):
    with closing(sqlite3.connect(filled)) as connection:
        body = connection.execute("SELECT body FROM texts WHERE article_id = 3").fetchone()[0]
    with Store.open(filled) as store:
        for at in range(0, len(body), max(1, len(body) // 20)):
            broken = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
            tamper(filled, "UPDATE texts SET body = ? WHERE article_id = 3", broken)

            assert [row.id for row in store.verify_rows()] == [3]


def test_damaged_pages_are_an_error_that_says_what_to_do(filled):
    data = bytearray(filled.read_bytes())
    for start in range(4096, len(data), 4096):
        data[start : start + 64] = b"\xff" * 64
    filled.write_bytes(data)

    with pytest.raises(StoreDamagedError, match="archive verify"), Store.open(filled) as store:
        list(store.verify_rows())


# Backups


def test_backup_is_a_store_with_everything(filled, tmp_path):
    with Store.open(filled) as store:
        store.backup_to(tmp_path / "backups" / "monday.db")
        expected = [each for batch in store.iterate() for each in batch]
        store_id = store.store_id()

    assert [each.name for each in (tmp_path / "backups").iterdir()] == ["monday.db"]
    with Store.open(tmp_path / "backups" / "monday.db", read_only=True) as copy:
        assert [each for batch in copy.iterate() for each in batch] == expected
        assert copy.store_id() == store_id
        assert [version.document.text for version in copy.versions(1)] == ["a " * 3000]
        assert list(copy.verify_rows()) == []


def test_backup_replaces_nothing(filled, tmp_path):
    (tmp_path / "there").write_text("mine")

    with Store.open(filled) as store, pytest.raises(StoreError, match="exists already"):
        store.backup_to(tmp_path / "there")

    assert (tmp_path / "there").read_text() == "mine"


def test_backup_of_a_damaged_store_leaves_no_file(filled, tmp_path):
    with Store.open(filled) as store:
        with store._writing() as connection:
            connection.exec_driver_sql("PRAGMA writable_schema = 1")
            connection.exec_driver_sql(
                "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'marks') "
                "WHERE name = 'texts'"
            )

        with pytest.raises(StoreDamagedError, match="archive verify"):
            store.backup_to(tmp_path / "copy.db")

    assert not list(tmp_path.glob("copy*"))
