"""What the fault tests share: sources, an archive to harm, and what must hold afterwards."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, TypeVar

from click.testing import CliRunner, Result

from archive.store import Store
from index.errors import EngineError
from index.indexer import Indexer
from index.mending import compare
from webapp.cli import cli
from webapp.models import SearchParams
from webapp.services import Services
from webapp.settings import Settings
from webapp.verifying import Repair, verify_archive

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
WORKER = Path(__file__).with_name("fault_worker.py")
ENGINES = ("tantivy", "whoosh")

#: A word that stands in every article.
WORD = "harbour"


@dataclass(frozen=True)
class FaultRun:
    """How thorough a run is; counts what it did, for the report."""

    long: bool
    points: int
    seed: int
    counts: ClassVar[dict[str, Counter[str]]] = {}

    def sample(self, points: Sequence[T], short: int, name: str) -> list[T]:
        """All of ``points``, or ``short`` of them by the seed and ``name``, in their order."""
        most = (self.points or len(points)) if self.long else short
        if most >= len(points):
            return list(points)
        chosen = random.Random(f"{self.seed} {name}").sample(range(len(points)), most)
        return [points[place] for place in sorted(chosen)]

    def count(self, test: str, what: str, number: int = 1) -> None:
        self.counts.setdefault(test, Counter())[what] += number

    @classmethod
    def lines(cls) -> list[str]:
        return [
            f"faults: {test}: " + ", ".join(f"{number} {what}" for what, number in sorted(counts.items()))
            for test, counts in sorted(cls.counts.items())
        ]


def write_sources(folder: Path, numbers: Sequence[int], *, edition: int = 1) -> Path:
    """Write one text file an article; ``edition`` changes what it says."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        (folder / f"a{number:03}.txt").write_text(
            f"Title: Article {number}\nAuthor: Ada Lovelace\nDate: 2024-01-{1 + number % 28:02}\n\n"
            f"Edition {edition} of article {number} tells of the {WORD} and of ship number {number}.\n"
        )
    return folder


def settings_of(home: Path, engine: str) -> Settings:
    return Settings(home=home, engine=engine)


def archive(home: Path, engine: str, *arguments: str | Path) -> Result:
    """Run a command in this process, as a person would."""
    env = {"ARCHIVE_HOME": str(home), "ARCHIVE_ENGINE": engine}
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], env=env, catch_exceptions=True)


def environment(home: Path, engine: str) -> dict[str, str]:
    return {
        **os.environ,
        "ARCHIVE_HOME": str(home),
        "ARCHIVE_ENGINE": engine,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "ignore",
    }


def worker_command(*arguments: str | Path) -> list[str]:
    return [sys.executable, str(WORKER), *(str(argument) for argument in arguments)]


def run_worker(
    home: Path, engine: str, *arguments: str | Path, before: Sequence[str] = (), timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run the worker in a process of its own, under the command ``before`` if given."""
    return subprocess.run(
        [*before, *worker_command(*arguments)],
        env=environment(home, engine),
        cwd=ROOT,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout,
        check=False,
    )


def acknowledged(output: str) -> set[str]:
    """The slugs that a worker said are stored; a line that was cut short does not count."""
    whole = output[: output.rfind("\n") + 1]
    return {line.removeprefix("ack ") for line in whole.splitlines() if line.startswith("ack ")}


def copy_home(template: Path, home: Path) -> Path:
    if home.exists():
        shutil.rmtree(home)
    shutil.copytree(template, home, symlinks=True)
    return home


def search_total(home: Path, engine: str, query: str = WORD) -> int | None:
    """How many articles a search finds, or None if it says that it cannot search."""
    with Services(settings_of(home, engine), create=False) as services:
        try:
            return services.search(SearchParams(q=query)).total
        except EngineError as error:
            said = str(error)
    assert "archive reindex" in said, f"no mending command: {said}"
    return None


def require_whole(home: Path, engine: str, *, articles: int, slugs: set[str]) -> None:
    """Everything stored, once, unharmed, and found: what must hold after any fault and a rerun."""
    settings = settings_of(home, engine)
    with Store.open(settings.store_path) as store:
        stored = {document.slug for batch in store.iterate() for document in batch}
        assert slugs <= stored, f"lost: {sorted(slugs - stored)}"
        assert len(stored) == store.count() == articles
        indexer = Indexer(store, settings.index_root, engine)
        found = verify_archive(store, [indexer], deep=True)
        # Leftovers of a killed rebuild take room only; the next rebuild removes them.
        wrong = [problem.message for problem in found.problems if problem.repair is not Repair.PRUNE]
        assert wrong == []
        opened = indexer.open_reader()
        try:
            compared = compare(indexer, opened)
            ids = list(opened.ids())
        finally:
            opened.close()
        assert (compared.missing, compared.orphans) == ((), ())
        assert len(ids) == len(set(ids)) == articles, "an article is in the index twice"
    assert search_total(home, engine) == articles
