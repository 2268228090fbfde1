"""What the benchmarks share: reading a corpus, drawing a query mix, printing ratios.

A corpus is JSONL (gzip allowed) with ``title, author, date, source, url, text``.
Queries are drawn from the corpus itself with a fixed seed, so two runs ask the
same things.
"""

from __future__ import annotations

import gzip
import os
import random
import re
import resource
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

_WORD = re.compile(r"[a-z]{4,14}")

#: The twelve kinds of query, each a share of one twelfth.
KINDS = (
    "common", "rare", "and2", "or2", "or5", "phrase2", "phrase3", "prefix", "fuzzy1", "author", "date", "sorted",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchQuery:
    """One query of the mix, in parts, so that each engine can be asked in its own way."""

    kind: str
    words: tuple[str, ...]
    author: str = ""
    year: str = ""

    @property
    def text(self) -> str:
        """The query in the archive's own language."""
        first = self.words[0]
        return {
            "common": first,
            "rare": first,
            "and2": " ".join(self.words),
            "or2": " OR ".join(self.words),
            "or5": " OR ".join(self.words),
            "phrase2": f'"{" ".join(self.words)}"',
            "phrase3": f'"{" ".join(self.words)}"',
            "prefix": f"{first[:5]}*",
            "fuzzy1": f"{first}~",
            "author": f'{first} author:"{self.author}"',
            "date": f"{first} date:{self.year}",
            "sorted": first,
        }[self.kind]


def read(path: Path, limit: int | None = None) -> list[dict[str, Any]]:
    """Read at most ``limit`` rows of a corpus."""
    rows: list[dict[str, Any]] = []
    opened = gzip.open(path) if path.suffix == ".gz" else path.open("rb")
    with opened as lines:
        for line in lines:
            rows.append(orjson.loads(line))
            if limit is not None and len(rows) >= limit:
                break
    return rows


def query_mix(rows: list[dict[str, Any]], each: int, seed: int = 7) -> list[BenchQuery]:
    """Draw ``each`` queries of every kind, the kinds interleaved."""
    rng = random.Random(seed)
    frequencies: Counter[str] = Counter()
    for row in rows[:5000]:
        frequencies.update(set(_WORD.findall(row["text"].lower())))
    ranked = [word for word, _ in frequencies.most_common()]
    common, middle = ranked[40:400], ranked[400:4000]
    rare = [word for word in ranked if frequencies[word] <= 5] or ranked[-100:]
    mix: list[BenchQuery] = []
    for _ in range(each):
        mix.extend(_one(kind, rng, rows, common, middle, rare) for kind in KINDS)
    return mix


def _one(
    kind: str,
    rng: random.Random,
    rows: list[dict[str, Any]],
    common: list[str],
    middle: list[str],
    rare: list[str],
) -> BenchQuery:
    if kind == "rare":
        return BenchQuery(kind=kind, words=(rng.choice(rare),))
    if kind in ("and2", "or2"):
        return BenchQuery(kind=kind, words=tuple(rng.sample(middle, 2)))
    if kind == "or5":
        return BenchQuery(kind=kind, words=tuple(rng.sample(middle, 5)))
    if kind in ("phrase2", "phrase3"):
        return BenchQuery(kind=kind, words=_run(rng, rows, int(kind[-1])))
    if kind in ("author", "date"):
        row = rng.choice([r for r in rows[:5000] if r["author"] and r["date"]])
        words = _WORD.findall(row["text"].lower()) or [rng.choice(common)]
        return BenchQuery(kind=kind, words=(rng.choice(words),), author=row["author"], year=row["date"][:4])
    return BenchQuery(kind=kind, words=(rng.choice(common if kind in ("common", "sorted") else middle),))


def _run(rng: random.Random, rows: list[dict[str, Any]], length: int) -> tuple[str, ...]:
    """Words that stand side by side somewhere in the corpus."""
    while True:
        text = rng.choice(rows)["text"].lower()
        found = re.findall(r"\b" + r" ".join([r"([a-z]{3,12})"] * length) + r"\b", text)
        if found:
            return tuple(rng.choice(found))


@dataclass(frozen=True, slots=True)
class Timing:
    """CPU and wall seconds of one run."""

    cpu: float
    wall: float


def timed(work: Callable[[], object]) -> Timing:
    """Run ``work`` once and return what it cost: all threads, and the processes that it began and ended."""
    wall, cpu = time.perf_counter(), _processor_s()
    work()
    return Timing(_processor_s() - cpu, time.perf_counter() - wall)


def _processor_s() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def per_query(ask: Callable[[BenchQuery], object], mix: list[BenchQuery]) -> dict[str, list[float]]:
    """Milliseconds of CPU time of this thread for each query, by kind."""
    out: dict[str, list[float]] = {}
    for query in mix:
        before = time.thread_time()
        ask(query)
        out.setdefault(query.kind, []).append((time.thread_time() - before) * 1000)
    return out


def quantile(values: list[float], share: float) -> float:
    """The value below which ``share`` of ``values`` lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: list[float]) -> float:
    return statistics.median(values)


def peak_mb() -> float:
    """Largest resident size of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def batches(rows: list[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
