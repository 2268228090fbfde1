"""A dict says what the archive must hold, whatever order things happen in, crashes included."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from fault_archives import FaultRun
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

import index.build
import index.changes
from archive.document import Document, Origin
from archive.normalise import content_hash
from archive.store import Store
from index import mending
from index.engine import SearchRequest
from index.errors import IndexMissingError
from index.indexer import Indexer
from index.plan import Term
from index.reader import LiveReader

NUMBERS = st.integers(1, 12)
WORDS = st.sampled_from(("harbour", "weather", "missile", "pearl"))


class Crash(BaseException):
    """The process dies here."""


def document(number: int, word: str, edition: int) -> Document:
    text = f"{word} {number} edition {edition}"
    return Document(
        title=f"{word} {number}",
        text=text,
        lead=text,
        identity=f"id:{number}",
        origin=Origin(path=f"/articles/{number}.txt"),
        content_hash=content_hash(f"{word} {number}", text),
        words=3,
        language="en",
    )


class ArchiveMachine(RuleBasedStateMachine):
    """Store, indexer and reader against ``held``: number -> (id, word)."""

    engine = "memory"

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp())
        self.held: dict[int, tuple[int, str]] = {}
        self.edition = 0
        self.open()

    def open(self) -> None:
        self.store = Store.open(self.home / "archive.db")
        self.indexer = Indexer(self.store, self.home / "index", self.engine)
        self.reader = LiveReader(self.indexer)

    def teardown(self) -> None:
        self.reader.close()
        self.store.close()
        shutil.rmtree(self.home)

    @initialize()
    def begin(self) -> None:
        self.indexer.catch_up()

    @rule(numbers=st.lists(NUMBERS, min_size=1, max_size=6, unique=True), word=WORDS)
    def ingest(self, numbers: list[int], word: str) -> None:
        self.edition += 1
        documents = [document(number, word, self.edition) for number in numbers]
        for number, result in zip(numbers, self.store.put(documents), strict=True):
            if number in self.held:
                assert result.id == self.held[number][0], "an edit gave a new id"
            self.held[number] = (result.id, word)

    @rule(number=NUMBERS)
    def delete(self, number: int) -> None:
        if number in self.held:
            assert self.store.delete([self.held.pop(number)[0]]) == 1

    @rule()
    def catch_up(self) -> None:
        self.indexer.catch_up()
        self.compare()

    @rule()
    def reindex(self) -> None:
        self.indexer.reindex()
        self.compare()

    @rule()
    def add_missing(self) -> None:
        mending.add_missing(self.indexer)
        self.compare()

    @rule()
    def roll_back(self) -> None:
        try:
            mending.rollback(self.indexer)
        except IndexMissingError:
            return
        self.compare()

    @rule()
    def restart(self) -> None:
        self.reader.close()
        self.store.close()
        self.open()

    @rule(after=st.integers(0, 12), task=st.sampled_from(("catch_up", "reindex")))
    def crash(self, after: int, task: str) -> None:
        """Die at the N-th thing that is made durable, abandon everything, start again."""
        left = [after]
        with pytest.MonkeyPatch.context() as patch:
            for place, name in (
                ("index.manifests.replace_file", "replace_file"),
                ("index.generations.replace_file", "replace_file"),
                ("index.checksums.replace_file", "replace_file"),
            ):
                patch.setattr(place, dying(getattr(index.manifests, name), left))
            patch.setattr(self.store, "set_mark", dying(self.store.set_mark, left))
            with contextlib.suppress(Crash):
                getattr(self.indexer, task)()
        self.restart()

    @invariant()
    def store_is_the_dict(self) -> None:
        stored = {found.id: found.title for batch in self.store.iterate() for found in batch}
        assert stored == {id_: f"{word} {number}" for number, (id_, word) in self.held.items()}

    @invariant()
    def a_reader_sees_one_whole_state(self) -> None:
        with self.reader.lease() as lease:
            ids = list(lease.engine.ids())
            assert len(ids) == len(set(ids)) == lease.engine.count()

    def compare(self) -> None:
        """Just caught up: what a search finds is what the dict holds."""
        with self.reader.lease() as lease:
            assert sorted(lease.engine.ids()) == sorted(id_ for id_, _ in self.held.values())
            for word in ("harbour", "weather", "missile", "pearl"):
                request = SearchRequest(plan=Term("title", word), limit=50)
                found = {hit.id for hit in lease.engine.search(request).hits}
                assert found == {id_ for id_, held in self.held.values() if held == word}


def dying(function: Callable[..., object], left: list[int]) -> Callable[..., object]:
    def call(*arguments: object) -> object:
        if left[0] == 0:
            raise Crash
        left[0] -= 1
        return function(*arguments)

    return call


@pytest.mark.parametrize("engine", ["memory", "tantivy"])
def test_the_archive_is_what_the_model_says(
    faults: FaultRun, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.build, "COMMIT_EVERY", 3)
    monkeypatch.setattr(index.build, "BATCH", 2)
    monkeypatch.setattr(index.changes, "COMMIT_EVERY", 3)
    monkeypatch.setattr(index.changes, "BATCH", 2)
    machine = type(f"{engine.title()}Machine", (ArchiveMachine,), {"engine": engine})
    examples, steps = (1000, 50) if faults.long else (12, 20) if engine == "memory" else (5, 15)
    if faults.points:
        examples = faults.points

    run_state_machine_as_test(
        seed(faults.seed)(machine),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=not faults.long,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    faults.count(f"model, {engine}", f"examples of up to {steps} steps", examples)
