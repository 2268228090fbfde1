"""Extraction quality and speed over a folder of pages with gold.

    python benchmarks/extraction.py GOLD_DIR [--jobs N] [--limit N] [--out predictions.jsonl]
    python benchmarks/extraction.py GOLD_DIR --ingest [--jobs N] [--limit N]

GOLD_DIR holds ``gold.jsonl`` (lines with ``id``, ``html`` and perhaps ``url``) and
the gzip-compressed pages that it names.  Predictions are written as JSON Lines;
``score.py`` beside or above GOLD_DIR is run on them if it is there.

``--ingest`` instead ingests the pages as a folder with N reading processes, and says
which share of N times the extractor's own speed that reaches: by the clock, which is
right on a machine that has nothing else to do, and by processor time, which counts what
the ingesting process and the reading ones take beside extracting.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from archive.errors import ReadError
from archive.extract import extract_page
from archive.ingest import IngestOptions, ingest
from archive.store import Store


def predict(task: tuple[str, str, str]) -> tuple[dict[str, Any], float]:
    """One prediction line and the CPU seconds that it took, decompression left out."""
    identifier, path, url = task
    data = gzip.decompress(Path(path).read_bytes())
    start = time.process_time()
    try:
        article = extract_page(data, url=url)
    except ReadError as error:
        return {"id": identifier, "error": str(error)}, time.process_time() - start
    seconds = time.process_time() - start
    date = article.published.isoformat() if article.published else ""
    return {
        "id": identifier,
        "title": article.title,
        "authors": list(article.authors),
        "date": date,
        "text": article.text,
        "lang": article.language,
        "provenance": {name: f"{p.method}:{p.detail}" for name, p in article.provenance.items()},
        "warnings": list(article.warnings),
    }, seconds


def ingest_folder(tasks: list[tuple[str, str, str]], jobs: int) -> None:
    """Ingest the pages of ``tasks`` as a folder and print how much of the extractor's speed is left."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "pages"
        folder.mkdir()
        for identifier, path, _ in tasks:
            (folder / f"{identifier}.html").write_bytes(gzip.decompress(Path(path).read_bytes()))
        store = Store.open(Path(scratch) / "archive.db")
        predict(tasks[0])  # the first page pays for tables that are loaded once
        before = sum(predict(task)[1] for task in tasks)
        own, children = _cpu(resource.RUSAGE_SELF), _cpu(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        report = ingest(store, [folder], options=IngestOptions(workers=jobs))
        wall = time.perf_counter() - started
        own = _cpu(resource.RUSAGE_SELF) - own
        children = _cpu(resource.RUSAGE_CHILDREN) - children
        alone = (before + sum(predict(task)[1] for task in tasks)) / 2
    count = len(tasks)
    print(
        f"{count} pages, {report.stored} stored, {jobs} reading processes\n"
        f"extractor alone {1000 * alone / count:.1f} ms a page; reading processes {1000 * children / count:.1f}, "
        f"ingesting process {1000 * own / count:.1f}\n"
        f"by the clock {count / wall:.1f} pages/s, {alone / wall / jobs:.0%} of {jobs} x the extractor; "
        f"by processor time {alone / (own + children):.0%}"
    )


def _cpu(whose: int) -> float:
    usage = resource.getrusage(whose)
    return usage.ru_utime + usage.ru_stime


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold_dir", type=Path)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--limit", type=int, default=0, help="read only the first N pages")
    parser.add_argument("--ingest", action="store_true", help="measure the ingest of a folder instead")
    parser.add_argument("--out", type=Path, default=Path("predictions.jsonl"))
    options = parser.parse_args()
    with (options.gold_dir / "gold.jsonl").open(encoding="utf-8") as lines:
        gold = [json.loads(line) for line in lines if line.strip()]
    gold = gold[: options.limit] if options.limit else gold
    tasks = [(page["id"], str(options.gold_dir / page["html"]), page.get("url") or "") for page in gold]
    if options.ingest:
        ingest_folder(tasks, options.jobs)
        return 0
    started = time.perf_counter()
    if options.jobs > 1:
        with ProcessPoolExecutor(options.jobs) as pool:
            results = list(pool.map(predict, tasks, chunksize=16))
    else:
        results = [predict(task) for task in tasks]
    wall = time.perf_counter() - started
    cpu = sum(seconds for _, seconds in results)
    with options.out.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line, _ in results)
    failed = sum("error" in line for line, _ in results)
    print(
        f"{len(results)} pages, {failed} without text; {len(results) / cpu:.1f} pages/s a core "
        f"({1000 * cpu / len(results):.1f} ms a page), {len(results) / wall:.1f} pages/s in all"
    )
    for scorer in (options.gold_dir / "score.py", options.gold_dir.parent / "score.py"):
        if scorer.exists():
            command = [sys.executable, str(scorer), str(options.gold_dir / "gold.jsonl"), str(options.out)]
            return subprocess.run(command, check=False).returncode
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
