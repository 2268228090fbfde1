"""Searches through the archive's Python API against bare Tantivy with its own snippets.

    python -m benchmarks.search CORPUS.jsonl.gz [--limit N] [--each N] [--rounds R]

Twelve kinds of query, drawn from the corpus; both sides give the exact total,
facets and ten snippets.  Milliseconds of CPU time of the asking thread.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from archive.ingest import IngestOptions, ingest
from archive.store import Store
from benchmarks.bare import BareTantivy
from benchmarks.corpus import KINDS, BenchQuery, median, peak_mb, per_query, quantile, query_mix, read
from index.indexer import Indexer
from webapp.models import SearchParams
from webapp.services import Services
from webapp.settings import load_settings


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("corpus", type=Path)
    arguments.add_argument("--limit", type=int, default=20_000)
    arguments.add_argument("--each", type=int, default=40, help="queries of each kind")
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    rows = read(options.corpus, options.limit)
    mix = query_mix(rows, options.each)
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        bare = BareTantivy(folder / "bare", same=False, stored=True)
        bare.build(rows)
        home = folder / "home"
        home.mkdir()
        with Store.open(home / "archive.db") as store:
            ingest(store, [options.corpus], options=IngestOptions())
            Indexer(store, home / "index", "tantivy").catch_up()
        with Services(load_settings(home)) as services:
            compare(services, bare, mix, options.rounds, len(rows))
    finally:
        shutil.rmtree(folder)


def compare(services: Services, bare: BareTantivy, mix: list[BenchQuery], rounds: int, count: int) -> None:
    def ours(query: BenchQuery) -> None:
        services.search(SearchParams(q=query.text, sort="newest" if query.kind == "sorted" else "relevance"))

    sides = {
        "bare, with facets": lambda query: bare.search(query, facets=True),
        "bare, no facets": lambda query: bare.search(query, facets=False),
        "archive": ours,
    }
    times: dict[str, dict[str, list[float]]] = {name: {} for name in sides}
    for query in mix[: len(KINDS)]:
        for ask in sides.values():
            ask(query)
    for _ in range(rounds):
        for name, ask in sides.items():
            for kind, values in per_query(ask, mix).items():
                times[name].setdefault(kind, []).extend(values)
    report(times, count)


def report(times: dict[str, dict[str, list[float]]], count: int) -> None:
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
    print(f"peak memory of this process: {peak_mb():.0f} MB")


if __name__ == "__main__":
    main()
