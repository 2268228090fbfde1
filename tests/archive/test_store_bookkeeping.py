"""Damage to the few rows that the store counts with: told, and mended from the rest."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from store_documents import document

from archive.dedupe import MARK, group_duplicates
from archive.errors import StoreDamagedError
from archive.store import Store
from archive.store.restoring import restore
from index.indexer import Indexer
from webapp.verifying import repair_archive, verify_archive


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "archive.db"
    with Store.open(found) as store:
        store.put([document("a"), document("b"), document("c")])
    return found


def run(path, sql):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql)


DAMAGE = [
    "UPDATE counters SET value = 1 WHERE name = 'sequence'",
    "UPDATE counters SET value = 0 WHERE name = 'article'",
    "UPDATE counters SET value = -5 WHERE name = 'author'",
    "UPDATE counters SET value = 'x' WHERE name = 'sequence'",
    "UPDATE counters SET value = CAST(x'80ff' AS TEXT) WHERE name = 'sequence'",
    "DELETE FROM counters",
    "UPDATE counters SET name = 'sequencf' WHERE name = 'sequence'",
    "DELETE FROM meta WHERE key = 'store_id'",
    "UPDATE meta SET value = '' WHERE key = 'store_id'",
]


@pytest.mark.parametrize("sql", DAMAGE)
def test_damaged_numbers_are_told_and_mended(path, tmp_path, sql):
    with Store.open(path) as store:
        Indexer(store, tmp_path / "index", "memory").catch_up()
    run(path, sql)

    with Store.open(path) as store:
        indexer = Indexer(store, tmp_path / "index", "memory")
        found = verify_archive(store, [indexer])
        assert any("--repair" in problem.message for problem in found.problems)
        repair_archive(store, [indexer], found.problems)

        assert verify_archive(store, [indexer], deep=True).problems == ()
        store.put([document("d")])
        indexer.catch_up()
        assert indexer.status().documents == store.count() == 4


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE counters SET value = 'x' WHERE name = 'sequence'",
        "DELETE FROM counters WHERE name = 'sequence'",
        "UPDATE counters SET value = CAST(x'80ff' AS TEXT) WHERE name = 'sequence'",
    ],
)
def test_a_number_that_is_none_is_an_error_with_the_command(path, sql):
    run(path, sql)

    with Store.open(path) as store:
        with pytest.raises(StoreDamagedError, match="archive verify --repair"):
            store.last_sequence()
        with pytest.raises(StoreDamagedError, match="archive verify --repair"):
            store.put([document("d")])


def test_a_number_that_was_given_out_before_is_an_error_with_the_command(path):
    run(path, "UPDATE counters SET value = 1 WHERE name = 'sequence'")

    with Store.open(path) as store, pytest.raises(StoreDamagedError, match="archive verify --repair"):
        store.put([document("d")])


@pytest.mark.parametrize("value", ["'a'", "'0'", "''", "'-1'"])
@pytest.mark.parametrize("read_only", [True, False])
def test_a_damaged_version_is_told(path, value, read_only):
    run(path, f"UPDATE meta SET value = {value} WHERE key = 'schema_version'")

    with pytest.raises(StoreDamagedError, match="restore a backup"):
        Store.open(path, read_only=read_only)


def test_a_lost_version_is_told_and_not_taken_for_an_empty_store(path):
    run(path, "DELETE FROM meta")

    with pytest.raises(StoreDamagedError, match="restore a backup"):
        Store.open(path)


def test_a_restored_store_has_good_numbers(path, tmp_path):
    run(path, "UPDATE counters SET value = 1")

    restore(path, tmp_path / "restored.db")

    with Store.open(tmp_path / "restored.db") as store:
        assert store.bookkeeping_problems() == ()


def test_near_duplicates_are_looked_for_though_the_mark_is_beyond_the_last_change(path):
    with Store.open(path) as store:
        group_duplicates(store)
        store.set_mark(MARK, 1_000_000)
        store.put([document("d")])

        assert group_duplicates(store).looked_at > 0
        assert store.mark(MARK) == store.last_sequence()
