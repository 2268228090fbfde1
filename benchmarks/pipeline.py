"""JSONL to searchable, and the store to a new index, against the bare libraries.

    python -m benchmarks.pipeline CORPUS.jsonl.gz [--limit N] [--rounds R]

Each round runs the bare loop and the archive one after the other on the same
rows, so that a busy machine slows both.  Ratios are bare seconds over the
archive's: 1.00 is as fast as the libraries alone, more is faster.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

import orjson

from archive.ingest import IngestOptions, ingest
from archive.store import Store
from benchmarks.bare import BareTantivy, bare_pipeline
from benchmarks.corpus import Timing, median, peak_mb, read, timed
from index.indexer import Indexer


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("corpus", type=Path)
    arguments.add_argument("--limit", type=int, default=20_000)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    rows = read(options.corpus, options.limit)
    results: dict[str, list[Timing]] = {}
    for _ in range(options.rounds):
        folder = Path(tempfile.mkdtemp(prefix="bench-"))
        try:
            for name, timing in one_round(rows, folder).items():
                results.setdefault(name, []).append(timing)
        finally:
            shutil.rmtree(folder)
    report(results, len(rows))


def one_round(rows: list[dict[str, object]], folder: Path) -> dict[str, Timing]:
    lines = [orjson.dumps(row) for row in rows]
    source = folder / "articles.jsonl"
    source.write_bytes(b"\n".join(lines))
    out: dict[str, Timing] = {}
    for name, same in (("bare loop, plain fields", False), ("bare loop, same fields", True)):
        (folder / name).mkdir()
        out[name] = timed(lambda name=name, same=same: bare_pipeline(lines, folder / name, same=same))  # type: ignore[misc]
    home = folder / "home"
    home.mkdir()
    with Store.open(home / "archive.db") as store:
        indexer = Indexer(store, home / "index", "tantivy")
        out["archive, JSONL to searchable"] = timed(lambda: ingest_and_index(store, indexer, source))
        for name, same in (("bare tantivy, plain fields", False), ("bare tantivy, same fields", True)):
            bare = BareTantivy(folder / (name + " only"), same=same, stored=False)
            out[name] = timed(lambda bare=bare: bare.build(rows))  # type: ignore[misc]
        out["archive, reindex"] = timed(indexer.reindex)
    return out


def ingest_and_index(store: Store, indexer: Indexer, source: Path) -> None:
    ingest(store, [source], options=IngestOptions())
    indexer.catch_up()


def report(results: dict[str, list[Timing]], count: int) -> None:
    print(f"{count:,} articles, median of {len(next(iter(results.values())))} rounds")
    print(f"{'':34} {'CPU s':>8} {'wall s':>8} {'articles/s wall':>16}")
    for name, timings in results.items():
        wall = median([t.wall for t in timings])
        print(f"{name:34} {median([t.cpu for t in timings]):8.2f} {wall:8.2f} {count / wall:16,.0f}")
    for ours, bares in (
        ("archive, JSONL to searchable", ("bare loop, plain fields", "bare loop, same fields")),
        ("archive, reindex", ("bare tantivy, plain fields", "bare tantivy, same fields")),
    ):
        for bare in bares:
            pairs = list(zip(results[bare], results[ours], strict=True))
            cpu, wall = median([b.cpu / o.cpu for b, o in pairs]), median([b.wall / o.wall for b, o in pairs])
            print(f"{ours} against {bare}: {cpu:.2f} of its speed by CPU, {wall:.2f} by wall clock")
    print(f"peak memory of this process: {peak_mb():.0f} MB")


if __name__ == "__main__":
    main()
