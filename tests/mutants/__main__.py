"""Put one fault at a time into what must not fail, and see whether a test notices.

    python tests/mutants [--least 80] [--jobs N] [--sample N] [GROUP...]

Prints how many of the mutants of each group were noticed ("killed"), and those that
were not.  Works on a copy of the project, so that the tree can be worked on meanwhile.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from mutations import Mutant, mutants

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Group:
    """Modules (``path`` or ``path::function,function``) and the tests that answer for them."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


GROUPS = {
    "guard": Group(
        ("index/query/guard.py",),
        (
            "tests/index/test_guard.py",
            "tests/index/test_parser.py",
            "tests/index/test_parser_notes.py",
            "tests/index/test_parser_any_text.py",
            "tests/index/test_lexer.py",
        ),
    ),
    "marking": Group(
        ("webapp/marking.py",),
        (
            "tests/webapp/test_presenters_marking.py",
            "tests/fuzz/test_fuzz_corpus.py::test_the_kept_corpus_holds[marking]",
            "tests/webapp/test_versions.py",
        ),
    ),
    "outbox": Group(
        (
            "index/changes.py",
            "index/checksums.py",
            "index/build.py",
            "index/indexer.py",
            "index/live.py",
            "archive/store/changes.py",
            "archive/store/upkeep.py::note_changes",
        ),
        (
            "tests/index/test_indexer.py",
            "tests/index/test_indexer_rebuilding.py",
            "tests/index/test_indexer_harm.py",
            "tests/archive/test_store.py",
            "tests/archive/test_store_copies.py",
            "tests/archive/test_store_edits.py",
            "tests/archive/test_store_odd_input.py",
            "tests/faults/test_model.py",
        ),
    ),
    "limits": Group(
        ("archive/limits.py", "archive/containers.py", "archive/readers/gunzip.py"),
        (
            "tests/archive/test_limits.py",
            "tests/archive/test_gunzip.py",
            "tests/archive/test_containers.py",
            "tests/archive/test_containers_tar.py",
            "tests/archive/test_readers_hostile.py",
        ),
    ),
    "sessions": Group(
        ("webapp/sessions.py",),
        ("tests/webapp/test_sessions.py", "tests/webapp/test_auth.py"),
    ),
    "access": Group(
        ("webapp/auth.py", "webapp/tokens.py", "webapp/passwords.py", "webapp/origins.py"),
        (
            "tests/webapp/test_access.py",
            "tests/webapp/test_sessions.py",
            "tests/webapp/test_auth.py",
            "tests/webapp/test_cli_access.py",
        ),
    ),
}

#: A mutant that never ends is noticed as well: so many times the tests' own time, and this on top.
PATIENCE, SPARE_S = 5, 30


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=", ".join(GROUPS))
    parser.add_argument("--least", type=float, default=80, help="fail below so many per cent")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--sample", type=int, default=0, help="at most so many mutants of a module")
    parser.add_argument("--seed", type=int, default=20261122, help="chooses the sample")
    options = parser.parse_args()
    failed = False
    for name in options.groups or GROUPS:
        failed |= check(name, options)
    return int(failed)


def check(name: str, options: argparse.Namespace) -> bool:
    """Print one group's table; True if too few were killed."""
    group = GROUPS[name]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(options.jobs):
            copies.put(copied(Path(folder) / str(number)))
        clean = copies.get()
        begun = time.monotonic()
        if not passes(clean, group.tests, 900):
            print(f"{name}: the tests fail without a fault")
            return True
        limit = PATIENCE * (time.monotonic() - begun) + SPARE_S
        copies.put(clean)
        killed = total = 0
        for module in group.modules:
            path, _, functions = module.partition("::")
            found = list(
                mutants((ROOT / path).read_text("utf-8"), frozenset(filter(None, functions.split(","))))
            )
            if options.sample and len(found) > options.sample:
                found = random.Random(options.seed).sample(found, options.sample)
            left = list(survivors(path, found, group.tests, copies, options.jobs, limit))
            print(f"{name}: {path}: {len(found) - len(left)} of {len(found)} killed", flush=True)
            for mutant in sorted(left, key=lambda each: each.line):
                print(
                    f"    survived, line {mutant.line}, {mutant.function or 'module'}: {mutant.what}",
                    flush=True,
                )
            killed, total = killed + len(found) - len(left), total + len(found)
    share = 100 * killed / total
    print(f"{name}: {killed} of {total} killed, {share:.0f} %", flush=True)
    return share < options.least


def copied(folder: Path) -> Path:
    for part in (
        "archive",
        "index",
        "webapp",
        "tests",
        "docs",
        "seeds",
        "pyproject.toml",
        "README.md",
        "CHANGELOG.md",
    ):
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            folder.mkdir(exist_ok=True)
            shutil.copy(ROOT / part, folder / part)
    return folder


def survivors(
    path: str, found: list[Mutant], tests: tuple[str, ...], copies: SimpleQueue[Path], jobs: int, limit: float
) -> Iterator[Mutant]:
    """Yield the mutants that no test noticed."""

    def survives(mutant: Mutant) -> bool:
        copy = copies.get()
        try:
            original = (copy / path).read_text("utf-8")
            (copy / path).write_text(mutant.source, "utf-8")
            try:
                return passes(copy, tests, limit)
            finally:
                (copy / path).write_text(original, "utf-8")
        finally:
            copies.put(copy)

    with ThreadPoolExecutor(jobs) as pool:
        for mutant, survived in zip(found, pool.map(survives, found), strict=True):
            if survived:
                yield mutant


def passes(copy: Path, tests: tuple[str, ...], limit: float) -> bool:
    """Run the tests in a process group of their own, which is ended after ``limit`` seconds."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", *tests]
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(copy)}
    running = subprocess.Popen(
        command,
        cwd=copy,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return running.wait(limit) == 0
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        return False


if __name__ == "__main__":
    sys.exit(main())
