"""Searches through the archive's Python API against bare Tantivy with its own snippets.

    python -m benchmarks.search CORPUS.jsonl.gz [--limit N] [--each N] [--rounds R] [--home DIR]

Twelve kinds of query, drawn from the corpus; both sides give the exact total,
facets and ten snippets.  Milliseconds of CPU time of the asking thread.  No
query is asked twice of an archive that remembers its answer: each round opens
it anew, after a few searches of another mix to warm it.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from archive.ingest import IngestOptions, ingest
from archive.store import Store
from benchmarks.bare import BareTantivy
from benchmarks.corpus import KINDS, BenchQuery, median, peak_mb, per_query, quantile, query_mix, read
from index.indexer import Indexer
from webapp.models import SearchParams
from webapp.services import Services
from webapp.settings import load_settings

#: Rows that the queries are drawn from, whatever the size of the corpus.
_DRAWN_FROM = 20_000

Times = dict[str, dict[str, list[float]]]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("corpus", type=Path)
    arguments.add_argument("--limit", type=int, default=20_000)
    arguments.add_argument("--each", type=int, default=40, help="queries of each kind")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--home", type=Path, help="build here, keep it, and use what was built before")
    options = arguments.parse_args()
    rows = read(options.corpus, min(options.limit, _DRAWN_FROM))
    mix, warm = (query_mix(rows, each, seed) for each, seed in ((options.each, 7), (2, 8)))
    folder = options.home or Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        home = built_archive(folder, options.corpus, options.limit)
        bare = built_bare(folder / "bare", options.corpus, options.limit)
        compare(home, bare, mix, warm, options.rounds)
    finally:
        if options.home is None:
            shutil.rmtree(folder)


def built_archive(home: Path, corpus: Path, limit: int) -> Path:
    """Return the home of an archive of ``corpus``, building it unless it is there."""
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "archive.db").exists():
        part = home / "part.jsonl"
        with part.open("wb") as out:
            out.writelines(orjson.dumps(row) + b"\n" for row in _rows(corpus, limit))
        with Store.open(home / "archive.db") as store:
            ingest(store, [part], options=IngestOptions())
        part.unlink()
    with Store.open(home / "archive.db") as store:
        Indexer(store, home / "index", "tantivy").catch_up()
    return home


def built_bare(folder: Path, corpus: Path, limit: int) -> BareTantivy:
    """Return a bare index of ``corpus``, building it unless it is there."""
    is_there = folder.exists()
    bare = BareTantivy(folder, same=False, stored=True)
    if not is_there:
        bare.build(_rows(corpus, limit))
    return bare


def _rows(corpus: Path, limit: int) -> Iterator[dict[str, Any]]:
    opened = gzip.open(corpus) if corpus.suffix == ".gz" else corpus.open("rb")
    with opened as lines:
        yield from map(orjson.loads, islice(lines, limit))


def compare(
    home: Path, bare: BareTantivy, mix: list[BenchQuery], warm: list[BenchQuery], rounds: int
) -> None:
    times: Times = {}

    def run(name: str, ask: Callable[[BenchQuery], object]) -> None:
        for query in warm:
            ask(query)
        for kind, values in per_query(ask, mix).items():
            times.setdefault(name, {}).setdefault(kind, []).extend(values)

    for _ in range(rounds):
        run("bare, with facets", lambda query: bare.search(query, facets=True))
        run("bare, no facets", lambda query: bare.search(query, facets=False))
        for name, wanted in (("archive", False), ("archive, histogram", True)):
            with Services(load_settings(home)) as services:
                run(name, lambda query, s=services, h=wanted: s.search(params_of(query, histogram=h)))
                count = services.status().articles
    report(times, count)


def params_of(query: BenchQuery, *, histogram: bool) -> SearchParams:
    sort = "newest" if query.kind == "sorted" else "relevance"
    return SearchParams(q=query.text, sort=sort, histogram=histogram)


def report(times: Times, count: int) -> None:
    print(f"{count:,} articles; CPU ms, median / p95")
    print(f"{'':20}" + "".join(f"{kind:>12}" for kind in (*KINDS, "all")))
    totals: dict[str, list[float]] = {}
    for name, kinds in times.items():
        totals[name] = [value for values in kinds.values() for value in values]
        cells = [*(kinds[kind] for kind in KINDS), totals[name]]
        print(f"{name:20}" + "".join(f"{median(c):6.2f}/{quantile(c, 0.95):5.2f}" for c in cells))
    for name in ("bare, with facets", "bare, no facets"):
        at_median = median(totals["archive"]) / median(totals[name])
        at_p95 = quantile(totals["archive"], 0.95) / quantile(totals[name], 0.95)
        print(f"archive against {name}: {at_median:.2f} times at the median, {at_p95:.2f} at p95")
    added = sum(totals["archive, histogram"]) / sum(totals["archive"]) - 1
    at_median = median(totals["archive, histogram"]) / median(totals["archive"]) - 1
    print(f"a histogram adds {at_median:.0%} at the median, {added:.0%} in all")
    print(f"peak memory of this process: {peak_mb():.0f} MB")


if __name__ == "__main__":
    main()
