"""The indexer over a real store: catching up, and what readers see."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.store import Store
from index.engine import SearchRequest
from index.errors import IndexMissingError
from index.generations import Generations
from index.indexer import Indexer
from index.plan import Every
from index.reader import LiveReader
from tests.index.indexed_articles import ids, put, remove_pointer, titles_with

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
    remove_pointer(indexer)

    with pytest.raises(IndexMissingError), reader.lease():
        pass


def test_generations_are_numbered_without_a_clock(tmp_path: Path) -> None:
    generations = Generations(tmp_path, "memory")

    names = [generations.create("store", 0).name for _ in range(3)]

    assert [name[:6] for name in names] == ["000001", "000002", "000003"]
