"""The indexer over a real store: catching up, rebuilding, and what readers see."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from archive.document import Document, Origin
from archive.errors import LockHeldError
from archive.store import Store
from index import heap
from index.build import Build
from index.engine import SearchRequest
from index.errors import IndexDamagedError, IndexMissingError, IndexOutdatedError
from index.generations import Generations
from index.heap import give_back
from index.indexer import Indexer
from index.lock import writer_lock
from index.manifests import MANIFEST, make_folder
from index.plan import Every, Term
from index.progress import Progress
from index.reader import LiveReader

ENGINES = ["memory", "tantivy", "whoosh"]


def article(number: int, title: str = "", text: str = "A text.") -> Document:
    return Document(
        title=title or f"Title {number}",
        text=text,
        lead=text,
        identity=f"id:{number}",
        origin=Origin(path=f"/articles/{number}.txt"),
        content_hash=f"{number:032x}{title}{text}",
        words=2,
        language="en",
    )


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path / "archive.db") as opened:
        yield opened


@pytest.fixture(params=ENGINES)
def indexer(request: pytest.FixtureRequest, store: Store, tmp_path: Path) -> Indexer:
    return Indexer(store, tmp_path / "index", request.param)


def put(store: Store, *numbers: int, title: str = "") -> list[int]:
    return [done.id for done in store.put([article(number, title, f"Text {number}.") for number in numbers])]


def ids(indexer: Indexer) -> list[int]:
    engine = indexer.open_reader()
    try:
        return list(engine.ids())
    finally:
        engine.close()


def titles_with(indexer: Indexer, word: str) -> int:
    engine = indexer.open_reader()
    try:
        return engine.search(SearchRequest(plan=Term("title", word))).total
    finally:
        engine.close()


# Catching up


def test_first_catch_up_builds_the_index(store: Store, indexer: Indexer) -> None:
    stored = put(store, 1, 2, 3)

    indexer.catch_up()

    assert ids(indexer) == stored


def test_catch_up_applies_puts_changes_and_deletes(store: Store, indexer: Indexer) -> None:
    first, second = put(store, 1, 2)
    indexer.catch_up()
    third = put(store, 3)[0]
    put(store, 2, title="Harbour strike")
    store.delete([first])

    applied = indexer.catch_up()

    assert applied == 3
    assert ids(indexer) == [second, third]
    assert titles_with(indexer, "harbour") == 1


def test_catch_up_without_changes_does_nothing(store: Store, indexer: Indexer) -> None:
    put(store, 1)
    indexer.catch_up()

    assert indexer.catch_up() == 0


def test_catch_up_repeats_what_a_crash_before_the_mark_left(store: Store, indexer: Indexer) -> None:
    put(store, 1)
    indexer.catch_up()
    mark = next(iter(store.marks()))
    before = store.mark(mark)
    put(store, 2, 3)
    indexer.catch_up()
    assert before is not None
    store.set_mark(mark, before)  # as if the process had died between commit and mark

    applied = indexer.catch_up()

    assert applied == 2
    assert len(ids(indexer)) == 3


def test_many_changes_are_committed_in_parts(
    store: Store, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.changes.BATCH", 2)
    monkeypatch.setattr("index.changes.COMMIT_EVERY", 4)
    indexer.catch_up()
    marks: list[int] = []
    set_mark = store.set_mark

    def note(name: str, sequence: int) -> None:
        marks.append(sequence)
        set_mark(name, sequence)

    monkeypatch.setattr(store, "set_mark", note)
    stored = put(store, *range(1, 12))

    indexer.catch_up()

    assert marks == [4, 8, 11]
    assert ids(indexer) == stored


# Rebuilding


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


def test_a_short_build_is_committed_early_and_then_less_and_less_often(
    store: Store, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.build.BATCH", 1)
    monkeypatch.setattr("index.build.FIRST_COMMIT", 2)
    monkeypatch.setattr("index.build.COMMIT_EVERY", 6)
    committed = _commits_noted(monkeypatch)
    put(store, *range(1, 23))

    indexer.reindex()

    assert committed == [2, 4, 8, 14, 20, 22]


def test_a_slow_build_is_committed_once_a_minute(
    store: Store, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.build.BATCH", 1)
    committed = _commits_noted(monkeypatch)
    ticks = itertools.count(0, 25)  # each batch takes 25 s
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
    _change_manifest(begun.path, analyzer=-1)

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


# What cannot be searched says so


def test_no_index_names_the_command(indexer: Indexer) -> None:
    with pytest.raises(IndexMissingError, match="archive reindex"):
        indexer.open_reader()


def _remove_everything(indexer: Indexer) -> None:
    shutil.rmtree(indexer.generations.folder)


def _remove_pointer(indexer: Indexer) -> None:
    (indexer.generations.folder / "CURRENT").unlink()


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


def _change_manifest(generation: Path, **values: object) -> None:
    path = generation / MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def _older_schema(indexer: Indexer) -> None:
    _change_manifest(indexer.generations.current().path, schema=0)


def _older_analyzer(indexer: Indexer) -> None:
    _change_manifest(indexer.generations.current().path, analyzer=0)


def _other_stemmer(indexer: Indexer) -> None:
    _change_manifest(indexer.generations.current().path, stemmer="PyStemmer 0.1")


def _other_archive(indexer: Indexer) -> None:
    _change_manifest(indexer.generations.current().path, store="another")


def _newer_than_store(indexer: Indexer) -> None:
    _change_manifest(indexer.generations.current().path, sequence=10**6)


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
    _remove_pointer(indexer)
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


def test_status_of_a_good_index(store: Store, indexer: Indexer) -> None:
    put(store, 1, 2)
    indexer.catch_up()
    put(store, 3)

    status = indexer.status()

    assert (status.state, status.documents, status.behind) == ("ready", 2, 1)


# Readers that stay


def test_a_reader_sees_later_commits_and_switches(store: Store, indexer: Indexer) -> None:
    reader = LiveReader(indexer)
    counts = []
    put(store, 1)
    indexer.catch_up()

    with reader.lease() as lease:
        counts.append(lease.engine.count())
    put(store, 2)
    indexer.catch_up()
    with reader.lease() as lease:
        counts.append(lease.engine.count())
    put(store, 3)
    indexer.reindex()
    with reader.lease() as lease:
        counts.append(lease.engine.count())
    reader.close()

    assert counts == [1, 2, 3]


def test_a_lease_outlives_a_switch(store: Store, indexer: Indexer) -> None:
    reader = LiveReader(indexer)
    put(store, 1)
    indexer.catch_up()

    with reader.lease() as before:
        put(store, 2)
        indexer.reindex()
        with reader.lease() as after:
            totals = [lease.engine.search(SearchRequest(plan=Every())).total for lease in (before, after)]
    reader.close()

    assert totals == [1, 2]
    assert before.retired


def test_a_reader_does_not_go_on_with_an_index_that_was_removed(store: Store, indexer: Indexer) -> None:
    reader = LiveReader(indexer)
    put(store, 1)
    indexer.catch_up()
    with reader.lease():
        pass
    _remove_pointer(indexer)

    with pytest.raises(IndexMissingError), reader.lease():
        pass


def test_generations_are_numbered_without_a_clock(tmp_path: Path) -> None:
    generations = Generations(tmp_path, "memory")

    names = [generations.create("store", 0).name for _ in range(3)]

    assert [name[:6] for name in names] == ["000001", "000002", "000003"]
