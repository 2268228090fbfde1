"""How far an index is known to be: what the store remembers of it, what it says itself, and what it holds."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from archive.store import Store
from index.checksums import BROKEN_SEAL, SEAL
from index.errors import IndexDamagedError, IndexOutdatedError
from index.indexer import Indexer
from index.reader import LiveReader
from tests.index.indexed_articles import change_manifest, ids, put


def _set_sequence(tmp_path: Path, value: int) -> None:
    with sqlite3.connect(tmp_path / "archive.db") as connection:
        connection.execute("UPDATE counters SET value = ? WHERE name = 'sequence'", (value,))
    connection.close()


def test_a_mark_beyond_the_last_change_hides_no_article(store: Store, indexer: Indexer) -> None:
    put(store, 1)
    indexer.catch_up()
    store.set_mark(indexer.live().mark, 1_000_000)  # as a bit that flipped would leave it
    put(store, 2)

    behind = indexer.status().behind
    indexer.catch_up()

    assert behind == 1
    assert len(ids(indexer)) == 2


def test_an_older_copy_of_the_index_catches_up_from_where_it_was(
    store: Store, indexer: Indexer, tmp_path: Path
) -> None:
    put(store, 1)
    indexer.catch_up()
    shutil.copytree(indexer.generations.folder, tmp_path / "copy")
    put(store, 2, 3)
    indexer.catch_up()
    shutil.rmtree(indexer.generations.folder)
    shutil.copytree(tmp_path / "copy", indexer.generations.folder)

    behind = indexer.status().behind
    indexer.catch_up()

    assert behind == 2
    assert len(ids(indexer)) == 3


def test_a_gap_in_the_numbers_of_changes_is_no_lag(store: Store, indexer: Indexer, tmp_path: Path) -> None:
    put(store, 1)
    indexer.catch_up()
    _set_sequence(tmp_path, 5_000)

    indexer.catch_up()

    assert indexer.status().behind == 0
    put(store, 2)
    assert indexer.catch_up() == 1


def test_an_index_without_a_mark_is_refused_by_searches_and_told(store: Store, indexer: Indexer) -> None:
    put(store, 1)
    indexer.catch_up()
    store.remove_mark(indexer.live().mark)

    status = indexer.status()

    assert status.state == "outdated"
    assert "archive reindex" in status.problem
    with pytest.raises(IndexOutdatedError, match="archive reindex"):
        indexer.open_reader()
    with pytest.raises(IndexOutdatedError), LiveReader(indexer).lease():
        pass


def test_a_lost_seal_is_damage_and_not_made_anew(store: Store, indexer: Indexer) -> None:
    put(store, 1)
    indexer.catch_up()
    live = indexer.live()
    (live.path / SEAL).unlink()

    with pytest.raises(IndexDamagedError, match=SEAL):
        indexer.catch_up()

    assert indexer.status().state == "damaged"
    assert not (live.path / SEAL).exists()


def test_the_seal_of_a_killed_writer_is_no_damage(store: Store, indexer: Indexer) -> None:
    put(store, 1)
    indexer.catch_up()
    live = indexer.live()
    (live.path / SEAL).rename(live.path / BROKEN_SEAL)

    indexer.catch_up()

    assert indexer.status().state == "ready"
    assert (live.path / SEAL).exists()


def test_an_index_with_the_files_of_another_is_damaged(
    store: Store, indexer: Indexer, tmp_path: Path
) -> None:
    put(store, 1, 2, 3)
    indexer.catch_up()
    with Store.open(tmp_path / "other" / "archive.db") as elsewhere:
        put(elsewhere, 1)
        other = Indexer(elsewhere, tmp_path / "other" / "index", indexer.engine)
        other.catch_up()
        foreign, live = other.live(), indexer.live()
        shutil.rmtree(live.data)
        shutil.copytree(foreign.data, live.data)
        shutil.copy(foreign.path / SEAL, live.path / SEAL)

    with pytest.raises(IndexDamagedError, match="holds 1 articles and not 3"):
        indexer.open_reader()
    assert indexer.status().state == "damaged"


def test_what_a_killed_writer_added_and_did_not_note_is_no_damage(store: Store, indexer: Indexer) -> None:
    put(store, 1, 2)
    indexer.catch_up()
    live = indexer.live()
    with indexer.write_lock(0.0), indexer.writing(live):
        change_manifest(live.path, documents=1)  # as if the process had died after its commit

    assert indexer.status().state == "ready"
    assert indexer.live().manifest.documents == 2


def test_a_manifest_with_more_in_it_is_that_of_another_version(store: Store, indexer: Indexer) -> None:
    put(store, 1)
    indexer.catch_up()
    change_manifest(indexer.live().path, schema=99, shards=4)

    assert indexer.status().state == "outdated"
