"""What commits leave on disk: synced, complete, and no more than needed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from index.engine import Engine, Record, SearchRequest
from index.engines import ENGINES, factory
from index.errors import EngineError
from index.plan import Term


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    opened = factory(request.param).create(tmp_path)
    yield opened
    opened.close()


def article(id_: int, body: str = "some words") -> Record:
    return Record(id=id_, text={"body": f"{body} w{id_}"}, keywords={"lang": ("en",)}, numbers={"id": id_})


def contents(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and inode of every file that is data, not a lock."""
    return {
        path.name: (path.stat().st_size, path.stat().st_ino)
        for path in folder.iterdir()
        if path.is_file() and "lock" not in path.name.lower()
    }


def test_commit_syncs_every_file_and_then_the_folder(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tantivy syncs its files itself, below Python; its folder, and all of Whoosh, is for us to sync."""
    synced: list[str] = []
    states: list[dict[str, tuple[int, int]]] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink() if Path("/proc/self/fd").exists() else Path()
        synced.append(path.name)
        if path == tmp_path:
            states.append(contents(tmp_path))
        real(descriptor)

    engine.add([article(1), article(2)])
    monkeypatch.setattr(os, "fsync", fsync)
    engine.commit()
    monkeypatch.undo()

    if not Path("/proc/self/fd").exists():
        assert synced
        return
    assert states[-1] == contents(tmp_path)
    if engine.name == "whoosh":
        renamed = {name for name in contents(tmp_path) if name.endswith(".toc")}
        assert contents(tmp_path).keys() - renamed - {"fields.json"} <= set(synced)


def test_replaced_articles_leave_no_files_behind(engine: Engine, tmp_path: Path) -> None:
    engine.add(article(id_) for id_ in range(50))
    engine.commit()
    after_one = sum(size for size, _ in contents(tmp_path).values())

    for round_ in range(12):
        engine.add(article(id_, f"round {round_}") for id_ in range(50))
        engine.commit()

    assert sum(size for size, _ in contents(tmp_path).values()) < after_one * 6
    assert len(contents(tmp_path)) < 120
    assert engine.count() == 50


def test_no_files_are_pickled_by_the_memory_engine(tmp_path: Path) -> None:
    opened = factory("memory").create(tmp_path)
    opened.add([article(1)])
    opened.commit()
    opened.close()

    assert [path.name for path in tmp_path.iterdir()] == ["records.jsonl"]
    assert (tmp_path / "records.jsonl").read_text(encoding="utf-8").count("\n") == 2


# Whoosh leaves files open where it fails to read the next one.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    "damage", [bytes, lambda _: b"", lambda size: b"x" * size], ids=["zeros", "empty", "junk"]
)
def test_a_file_of_something_else_is_damage_and_never_a_stranger_s_error(
    engine: Engine, tmp_path: Path, damage: Callable[[int], bytes]
) -> None:
    engine.add([article(1), article(2)])
    engine.commit()
    engine.close()
    every = SearchRequest(plan=Term("body", "words"))

    told = []
    for name, (size, _) in contents(tmp_path).items():
        whole = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(damage(size))
        try:
            with closing(factory(engine.name).open(tmp_path)) as opened:
                opened.search(every)
        except EngineError as error:
            told.append(str(error))
        (tmp_path / name).write_bytes(whole)

    assert told
    assert all("archive reindex" in message for message in told), told
