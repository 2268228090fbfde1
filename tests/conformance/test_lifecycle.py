"""Adding, replacing, deleting, committing, opening: in every engine alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from small_records import found, record

from index.engine import Engine, EngineHit, FacetRequest, SearchRequest, Sort
from index.engines import factory
from index.errors import EngineError, IndexDamagedError, IndexMissingError, IndexOutdatedError
from index.plan import Every, Term, TermPrefix


def test_an_empty_index_answers(engine: Engine) -> None:
    request = SearchRequest(plan=Every(), sort=Sort.NEWEST, facets=(FacetRequest(field="year"),))

    response = engine.search(request)

    assert (response.total, response.hits, response.facets) == (0, (), {"year": ()})
    assert engine.count() == 0
    assert list(engine.ids()) == []
    assert list(engine.terms("body")) == []


def test_what_is_added_shows_after_commit(engine: Engine) -> None:
    added = engine.add([record(1, "a"), record(2, "b")])
    before = found(engine, Every())

    engine.commit()

    assert (added, before, found(engine, Every())) == (2, [], [1, 2])
    assert engine.count() == 2


def test_adding_again_replaces(engine: Engine) -> None:
    engine.add([record(1, "old", author_key=("ann",)), record(2, "other")])
    engine.commit()

    engine.add([record(1, "new")])
    engine.commit()

    assert found(engine, Term("body", "old")) == []
    assert found(engine, Term("body", "new")) == [1]
    assert found(engine, TermPrefix("author_key", "")) == []
    assert engine.count() == 2


def test_adding_twice_in_one_batch_keeps_the_last(engine: Engine) -> None:
    engine.add([record(1, "zero")])
    engine.commit()

    engine.add([record(1, "first"), record(2, "b")])
    engine.add([record(1, "last")])
    engine.commit()

    assert found(engine, Every()) == [1, 2]
    assert found(engine, TermPrefix("body", "")) == [1, 2]
    assert found(engine, Term("body", "last")) == [1]
    assert engine.count() == 2


def test_delete_takes_effect_at_commit(engine: Engine) -> None:
    engine.add([record(1, "a"), record(2, "a")])
    engine.commit()

    engine.delete([1, 99])
    before = found(engine, Term("body", "a"))
    engine.commit()

    assert (before, found(engine, Term("body", "a"))) == ([1, 2], [2])
    assert list(engine.ids()) == [2]
    assert list(engine.terms("body")) == [("a", 1)]


def test_delete_of_what_this_batch_added(engine: Engine) -> None:
    engine.add([record(1, "a"), record(2, "a")])
    engine.delete([1])
    engine.commit()

    assert found(engine, Every()) == [2]


def test_add_after_delete_in_one_batch(engine: Engine) -> None:
    engine.add([record(1, "old")])
    engine.commit()

    engine.delete([1])
    engine.add([record(1, "new")])
    engine.commit()

    assert found(engine, Every()) == [1]
    assert found(engine, Term("body", "new")) == [1]


def test_rollback_forgets(engine: Engine) -> None:
    engine.add([record(1, "a")])
    engine.commit()

    engine.add([record(2, "b"), record(1, "changed")])
    engine.delete([1])
    engine.rollback()
    engine.add([record(3, "c")])
    engine.commit()

    assert found(engine, Every()) == [1, 3]
    assert found(engine, Term("body", "a")) == [1]


def test_rollback_of_nothing(engine: Engine) -> None:
    engine.rollback()

    assert found(engine, Every()) == []


def test_an_error_of_the_caller_leaves_the_commit_to_the_caller(engine: Engine) -> None:
    def records() -> Iterator:
        yield record(1, "a")
        raise KeyError("the store broke")

    with pytest.raises(KeyError):
        engine.add(records())
    engine.rollback()
    engine.commit()

    assert found(engine, Every()) == []


#: For what the memory engine has nothing of: files of its own format, locks, limits.
with_library = pytest.mark.parametrize("engine_name", ["tantivy", "whoosh"], indirect=True)


@with_library
def test_a_number_beyond_64_bits_is_refused_and_can_be_rolled_back(engine: Engine) -> None:
    with pytest.raises(EngineError):
        engine.add([record(1, "a", words=2**70)])
    engine.rollback()
    engine.add([record(2, "b")])
    engine.commit()

    assert found(engine, Every()) == [2]


def test_many_commits_keep_everything(engine: Engine) -> None:
    for id_ in range(40):
        engine.add([record(id_, f"a w{id_ % 3}")])
        engine.delete([id_ - 1] if id_ % 4 == 0 else [])
        engine.commit()

    left = [id_ for id_ in range(40) if id_ % 4 != 3 or id_ == 39]
    assert list(engine.ids()) == left
    assert found(engine, Term("body", "a")) == left
    assert found(engine, Term("body", "w1")) == [id_ for id_ in left if id_ % 3 == 1]


def test_reopening_shows_the_last_commit(engine_name: str, engine: Engine, folder: Path) -> None:
    engine.add([record(1, "a", author_key=("ann",), day=3)])
    engine.commit()
    engine.add([record(2, "b")])
    engine.close()

    again = factory(engine_name).open(folder)

    assert found(again, Every()) == [1]
    assert found(again, Term("author_key", "ann")) == [1]
    again.close()


def test_a_reader_sees_new_commits_after_refresh(engine_name: str, engine: Engine, folder: Path) -> None:
    engine.add([record(1, "a", author_key=("ann",))])
    engine.commit()
    reader = factory(engine_name).open(folder)
    engine.add([record(2, "b", author_key=("bo",))])
    engine.delete([1])
    engine.commit()
    before = found(reader, Every())

    reader.refresh()

    assert (before, found(reader, Every())) == ([1], [2])
    wanted = SearchRequest(plan=Every(), facets=(FacetRequest(field="author_key"),))
    assert [bucket.value for bucket in reader.search(wanted).facets["author_key"]] == ["bo"]
    reader.close()


def test_a_reader_does_not_write(engine_name: str, engine: Engine, folder: Path) -> None:
    reader = factory(engine_name).open(folder)

    with pytest.raises(EngineError):
        reader.add([record(1, "a")])
    with pytest.raises(EngineError):
        reader.delete([1])
    with pytest.raises(EngineError):
        reader.commit()
    reader.close()


def test_writing_goes_on_after_reopening(engine_name: str, engine: Engine, folder: Path) -> None:
    engine.add([record(1, "a"), record(2, "a")])
    engine.commit()
    engine.close()

    again = factory(engine_name).open(folder, writable=True)
    again.add([record(2, "b"), record(3, "a")])
    again.commit()

    assert found(again, Term("body", "a")) == [1, 3]
    again.close()


@with_library
def test_a_second_writer_is_refused_while_the_first_writes(
    engine_name: str, engine: Engine, folder: Path
) -> None:
    engine.add([record(1, "a")])
    second = factory(engine_name).open(folder, writable=True)

    with pytest.raises(EngineError):
        second.add([record(2, "b")])

    engine.commit()
    second.add([record(2, "b")])
    second.commit()
    assert found(second, Every()) == [1, 2]
    second.close()


@pytest.mark.parametrize("exists", [True, False], ids=["empty folder", "no folder"])
def test_a_missing_index_is_said_to_be_missing(engine_name: str, tmp_path: Path, exists: bool) -> None:
    path = tmp_path / "nothing"
    if exists:
        path.mkdir()

    with pytest.raises(IndexMissingError, match="archive reindex"):
        factory(engine_name).open(path)


HEADS = {"memory": "records.jsonl", "tantivy": "meta.json", "whoosh": "_MAIN_*.toc"}


@pytest.mark.parametrize("damage", ["truncated", "garbage", "empty", "lost"])
def test_a_damaged_index_is_never_an_empty_one(
    engine_name: str, engine: Engine, folder: Path, damage: str
) -> None:
    engine.add([record(1, "a")])
    engine.commit()
    engine.close()
    (head,) = folder.glob(HEADS[engine_name])
    data = head.read_bytes()
    if damage == "lost":
        head.unlink()
    else:
        head.write_bytes(
            {"truncated": data[: len(data) // 2], "garbage": b"\xff\x00garbage" * 9, "empty": b""}[damage]
        )

    with pytest.raises((IndexDamagedError, IndexMissingError), match="archive reindex"):
        factory(engine_name).open(folder)


@with_library
def test_lost_postings_are_damage(engine_name: str, engine: Engine, folder: Path) -> None:
    engine.add([record(1, "a")])
    engine.commit()
    engine.close()
    for path in folder.iterdir():
        if path.suffix in (".term", ".idx", ".trm", ".pst"):
            path.unlink()

    with pytest.raises(EngineError, match="archive reindex"):
        found(factory(engine_name).open(folder), Term("body", "a"))


@with_library
def test_an_index_of_other_fields_is_outdated(engine_name: str, engine: Engine, folder: Path) -> None:
    engine.close()
    path = folder / {"tantivy": "meta.json", "whoosh": "fields.json"}[engine_name]
    path.write_text(path.read_text(encoding="utf-8").replace('"lead_stem"', '"old_name"'), encoding="utf-8")

    with pytest.raises(IndexOutdatedError, match="archive reindex"):
        factory(engine_name).open(folder)


def test_several_threads_search_while_one_writes(engine: Engine) -> None:
    engine.add([record(id_, f"a w{id_}", author_key=(f"n{id_}",)) for id_ in range(20)])
    engine.commit()
    request = SearchRequest(plan=Term("body", "a"), limit=5, facets=(FacetRequest(field="author_key"),))
    answers: list[tuple[EngineHit, ...]] = []
    errors: list[BaseException] = []

    def search() -> None:
        try:
            answers.extend(engine.search(request).hits for _ in range(20))
        except BaseException as error:  # noqa: BLE001 (a thread's error must reach the test)
            errors.append(error)

    threads = [Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for id_ in range(20, 24):
        engine.add([record(id_, f"b w{id_}")])
        engine.commit()
    for thread in threads:
        thread.join()

    assert errors == []
    assert {tuple(hit.id for hit in hits) for hits in answers} == {(0, 1, 2, 3, 4)}
