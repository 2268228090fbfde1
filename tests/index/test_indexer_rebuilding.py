"""Rebuilding an index: interrupted, checked, switched to, and told of."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive.document import Document
from archive.errors import LockHeldError
from archive.store import Store
from index import heap
from index.build import Build
from index.engine import Record
from index.engines import factory
from index.errors import IndexDamagedError
from index.heap import give_back
from index.indexer import Indexer
from index.lock import writer_lock
from index.manifests import make_folder
from index.progress import Progress
from index.records import record_from_document
from tests.index.indexed_articles import change_manifest, ids, put, titles_with


def test_reindex_switches_to_a_new_generation_and_keeps_the_last(store: Store, indexer: Indexer) -> None:
    put(store, 1)
    names = [indexer.reindex().name for _ in range(3)]

    assert indexer.generations.current_name() == names[2]
    left = sorted(path.name for path in indexer.generations.folder.iterdir() if path.is_dir())
    assert left == names[1:]
    assert set(store.marks()) == {f"{indexer.engine}/{name}" for name in names[1:]}


def test_reindex_sees_what_changes_meanwhile(
    store: Store, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.build.BATCH", 2)
    stored = put(store, *range(1, 7))

    def meddle(progress: Progress) -> None:
        if progress.phase == "reindex" and progress.done == 2:
            store.delete([stored[0], stored[5]])
            put(store, 2, title="Changed meanwhile")
            put(store, 99)

    indexer.reindex(meddle)

    assert len(ids(indexer)) == 5
    assert stored[0] not in ids(indexer)
    assert titles_with(indexer, "changed") == 1


def test_an_interrupted_build_goes_on_where_it_was_committed(
    store: Store, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.build.BATCH", 2)
    monkeypatch.setattr("index.build.COMMIT_EVERY", 4)
    stored = put(store, *range(1, 11))

    def die(progress: Progress) -> None:
        if progress.done >= 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        indexer.reindex(die)
    seen: list[int] = []

    indexer.reindex(lambda progress: seen.append(progress.fresh))

    assert seen[0] == 2
    assert max(seen) == 6  # 4 of the 10 were committed before
    assert ids(indexer) == stored
    assert len([path for path in indexer.generations.folder.iterdir() if path.is_dir()]) == 1


def test_a_build_is_committed_as_often_as_its_engine_says(
    store: Store, indexer: Indexer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("index.build.BATCH", 2)
    (tmp_path / "another").mkdir()
    another = factory(indexer.engine).create(tmp_path / "another")
    monkeypatch.setattr(type(another), "commit_size", lambda _, total: total // 4)
    committed = _commits_noted(monkeypatch)
    put(store, *range(1, 21))

    indexer.reindex()

    assert committed == [6, 10, 16, 20]


def test_a_slow_build_is_committed_every_three_minutes(
    store: Store, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.build.BATCH", 1)
    committed = _commits_noted(monkeypatch)
    ticks = itertools.count(0, 75)  # each batch takes 75 s
    monkeypatch.setattr("index.build.monotonic", lambda: float(next(ticks)))
    put(store, *range(1, 9))

    indexer.reindex()

    assert committed[0] <= 3
    assert max(after - before for before, after in itertools.pairwise(committed)) <= 3


def _commits_noted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many articles each commit of a build had reached, as they are made."""
    committed: list[int] = []
    written = Build._write_manifest

    def note(self: Build, **changed: Any) -> None:
        if changed.get("documents") and "state" not in changed:
            committed.append(changed["documents"])
        written(self, **changed)

    monkeypatch.setattr(Build, "_write_manifest", note)
    return committed


def test_an_unfinished_build_that_is_damaged_is_begun_anew(
    store: Store, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.build.BATCH", 2)
    monkeypatch.setattr("index.build.COMMIT_EVERY", 2)
    stored = put(store, *range(1, 8))

    def die(progress: Progress) -> None:
        if progress.done >= 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        indexer.reindex(die)
    store.delete(stored[:1])
    (begun,) = [path for path in indexer.generations.folder.iterdir() if path.is_dir()]
    for path in (begun / "data").iterdir():
        path.write_bytes(b"damaged")

    indexer.reindex()

    assert ids(indexer) == stored[1:]


def test_an_unfinished_build_of_another_version_is_not_gone_on_with(
    store: Store, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, 1)
    begun = indexer.generations.create(store.store_id(), store.last_sequence())
    change_manifest(begun.path, analyzer=-1)

    finished = indexer.reindex()

    assert finished.name != begun.name
    assert not begun.path.exists()


def test_an_index_that_fails_its_check_is_not_put_to_use(
    store: Store, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = put(store, 1, 2, 3)
    live = indexer.reindex().name
    add_all = Build._add_all

    def lose_one(build: Build, engine: object) -> None:
        add_all(build, engine)  # type: ignore[arg-type]
        engine.delete([stored[1]])  # type: ignore[attr-defined]
        engine.commit()  # type: ignore[attr-defined]

    monkeypatch.setattr(Build, "_add_all", lose_one)

    with pytest.raises(IndexDamagedError, match=r"holds 2 articles and the store 3.*archive reindex"):
        indexer.reindex()

    assert indexer.generations.current_name() == live
    assert ids(indexer) == stored


def test_an_index_without_the_words_of_its_articles_is_not_put_to_use(
    store: Store, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, 1, 2, 3)

    def without_title(document: Document) -> Record:
        record = record_from_document(document)
        return replace(record, text={name: text for name, text in record.text.items() if name != "title"})

    monkeypatch.setattr("index.analysts.record_from_document", without_title)

    with pytest.raises(IndexDamagedError, match="does not find article"):
        indexer.reindex()


def test_progress_tells_rate_and_time_left(store: Store, indexer: Indexer) -> None:
    put(store, *range(1, 4))
    seen: list[Progress] = []

    indexer.reindex(seen.append)

    assert (seen[0].phase, seen[0].done, seen[0].total) == ("reindex", 3, 3)
    assert seen[0].rate > 0
    assert seen[0].left_s == 0


def test_progress_tells_of_what_takes_time_after_the_last_article(store: Store, indexer: Indexer) -> None:
    put(store, 1, 2)
    seen: list[Progress] = []

    indexer.reindex(seen.append)

    assert [(told.phase, told.done, told.rate, told.left_s) for told in seen[1:]] == [
        ("commit", 2, 0, None),
        ("check", 2, 0, None),
    ]


def test_new_folders_are_made_durable_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr("index.manifests.sync_folder", synced.append)

    make_folder(tmp_path / "home" / "index" / "tantivy")
    make_folder(tmp_path / "home" / "index")

    assert synced == [tmp_path, tmp_path / "home", tmp_path / "home" / "index"]


def test_a_build_gives_memory_back_after_each_commit(
    store: Store, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.build.BATCH", 2)
    monkeypatch.setattr("index.build.COMMIT_EVERY", 4)
    given: list[bool] = []
    monkeypatch.setattr("index.build.give_back", lambda: given.append(True))
    put(store, *range(1, 10))

    indexer.reindex()

    assert len(given) == 2


def test_a_c_library_that_gives_nothing_back_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.heap.ctypes.CDLL", lambda _: object())
    heap._trim.cache_clear()

    give_back()

    heap._trim.cache_clear()


def test_only_one_process_rebuilds(store: Store, indexer: Indexer) -> None:
    indexer.catch_up()
    lock = indexer.generations.folder / "BUILD.lock"

    with (
        writer_lock(lock, wait_s=0, doing="rebuilding"),
        pytest.raises(LockHeldError, match="is rebuilding") as caught,
    ):
        indexer.reindex()

    assert caught.value.holder is not None
