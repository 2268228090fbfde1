"""An index that cannot be searched says so, and names the command that mends it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from archive.store import Store
from index.errors import EngineUnavailableError, IndexDamagedError, IndexMissingError, IndexOutdatedError
from index.indexer import Indexer
from index.manifests import MANIFEST
from tests.index.indexed_articles import change_manifest, ids, put, remove_pointer
from webapp.verifying import verify_archive


def test_no_index_names_the_command(indexer: Indexer) -> None:
    with pytest.raises(IndexMissingError, match="archive reindex"):
        indexer.open_reader()


def _remove_everything(indexer: Indexer) -> None:
    shutil.rmtree(indexer.generations.folder)


def _garble_pointer(indexer: Indexer) -> None:
    (indexer.generations.folder / "CURRENT").write_text("../../elsewhere\n")


def _garble_manifest(indexer: Indexer) -> None:
    (indexer.generations.current().path / MANIFEST).write_text('{"engine": ')


def _remove_generation(indexer: Indexer) -> None:
    (indexer.generations.current().path / MANIFEST).unlink()


def _remove_data(indexer: Indexer) -> None:
    for path in indexer.generations.current().data.iterdir():
        path.unlink()


def _garble_data(indexer: Indexer) -> None:
    for path in indexer.generations.current().data.iterdir():
        path.write_bytes(b"\x00" * 64)


def _older_schema(indexer: Indexer) -> None:
    change_manifest(indexer.generations.current().path, schema=0)


def _older_analyzer(indexer: Indexer) -> None:
    change_manifest(indexer.generations.current().path, analyzer=0)


def _other_stemmer(indexer: Indexer) -> None:
    change_manifest(indexer.generations.current().path, stemmer="PyStemmer 0.1")


def _other_archive(indexer: Indexer) -> None:
    change_manifest(indexer.generations.current().path, store="another")


def _newer_than_store(indexer: Indexer) -> None:
    change_manifest(indexer.generations.current().path, sequence=10**6)


def _unknown_to_store(indexer: Indexer) -> None:
    indexer.store.remove_mark(indexer.generations.current().mark)


HARM = [
    pytest.param(_remove_everything, IndexMissingError, id="everything-lost"),
    pytest.param(_garble_pointer, IndexDamagedError, id="pointer-garbled"),
    pytest.param(_garble_manifest, IndexDamagedError, id="manifest-garbled"),
    pytest.param(_remove_generation, IndexDamagedError, id="manifest-lost"),
    pytest.param(_remove_data, IndexDamagedError, id="files-lost"),
    pytest.param(_garble_data, IndexDamagedError, id="files-garbled"),
    pytest.param(_older_schema, IndexOutdatedError, id="older-schema"),
    pytest.param(_older_analyzer, IndexOutdatedError, id="older-analyzer"),
    pytest.param(_other_stemmer, IndexOutdatedError, id="other-stemmer"),
    pytest.param(_other_archive, IndexOutdatedError, id="index-of-another-archive"),
    pytest.param(_newer_than_store, IndexOutdatedError, id="older-store-put-back"),
]


@pytest.mark.parametrize(("harm", "error"), HARM)
def test_a_harmed_index_is_named_and_left_alone_until_it_is_rebuilt(
    store: Store, indexer: Indexer, harm, error: type[Exception]
) -> None:
    stored = put(store, 1, 2)
    indexer.catch_up()
    harm(indexer)
    put(store, 3)

    with pytest.raises(error, match="archive reindex"):
        indexer.open_reader()
    with pytest.raises(error, match="archive reindex"):
        indexer.catch_up()
    status = indexer.status()
    indexer.reindex()

    assert status.state == error.__name__.removeprefix("Index").removesuffix("Error").lower()
    assert "archive reindex" in status.problem
    assert ids(indexer)[:2] == stored
    assert len(ids(indexer)) == 3


def test_a_lost_pointer_is_told_by_readers_and_mended_by_the_next_writer(
    store: Store, indexer: Indexer
) -> None:
    put(store, 1)
    name = indexer.reindex().name
    remove_pointer(indexer)
    put(store, 2)

    with pytest.raises(IndexMissingError, match="archive reindex"):
        indexer.open_reader()
    applied = indexer.catch_up()

    assert (applied, indexer.generations.current_name()) == (1, name)
    assert len(ids(indexer)) == 2


def test_an_index_that_the_store_does_not_know_is_not_caught_up(store: Store, indexer: Indexer) -> None:
    put(store, 1)
    indexer.catch_up()
    _unknown_to_store(indexer)

    with pytest.raises(IndexOutdatedError, match="archive reindex"):
        indexer.catch_up()
    status = indexer.status()

    assert status.state == "outdated"
    assert "archive reindex" in status.problem


def test_status_of_a_good_index(store: Store, indexer: Indexer) -> None:
    put(store, 1, 2)
    indexer.catch_up()
    put(store, 3)

    status = indexer.status()

    assert (status.state, status.documents, status.behind) == ("ready", 2, 1)


def test_status_of_an_index_that_holds_everything(store: Store, indexer: Indexer) -> None:
    put(store, 1, 2)
    indexer.catch_up()

    assert indexer.status().behind == 0


def test_what_only_the_engine_finds_damaged_is_told_with_the_command(
    store: Store, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, 1)
    indexer.catch_up()
    _garble_data(indexer)
    monkeypatch.setattr(Indexer, "require_whole", lambda *_, **__: None)

    with pytest.raises(IndexDamagedError, match=r"is damaged .*archive reindex"):
        indexer.open_reader()


@pytest.mark.parametrize("name", ["CURRENT", MANIFEST, "checksums.json", "data"])
def test_files_of_another_user_are_no_damage_and_a_rebuild_does_without_them(
    store: Store, indexer: Indexer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    put(store, 1)
    indexer.catch_up()
    read, may = Path.read_text, os.access
    theirs = {path.stat().st_ino for path in indexer.generations.folder.rglob(name)}

    def refused(path: Path, *args, **more) -> str:
        if path.exists() and path.stat().st_ino in theirs:
            raise PermissionError(13, "Permission denied", str(path))
        return read(path, *args, **more)

    monkeypatch.setattr(Path, "read_text", refused)
    monkeypatch.setattr(os, "access", lambda path, mode: f"/{name}/" not in str(path) and may(path, mode))

    status = indexer.status()
    with pytest.raises(EngineUnavailableError, match="may not be read by this user"):
        indexer.open_reader()
    found = verify_archive(store, [indexer], deep=True)
    indexer.reindex()
    monkeypatch.undo()

    assert status.state == "unavailable"
    assert any("may not be read" in problem.message for problem in found.problems)
    assert indexer.status().documents == 1


def test_a_full_disk_leaves_no_half_written_file(
    store: Store, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, 1)
    indexer.catch_up()
    put(store, 2)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("index.manifests.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        indexer.catch_up()
    monkeypatch.undo()

    assert list(indexer.generations.folder.rglob("*.tmp")) == []
    assert indexer.catch_up() == 1
    assert indexer.status().documents == 2
