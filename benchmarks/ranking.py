"""How well the search ranks: a test collection in, a TREC run and figures out.

    python benchmarks/ranking.py DIR [DIR ...] [--engine NAME] [--run FILE] [--ablation]

Indexes the collection (`benchmarks.collection`) in a temporary archive, the way
articles always go, and asks every query as bare words, as ``match=auto`` takes
them.  The run has six columns, 100 articles a query; the same again gives the
same bytes.  ``--ablation`` leaves out one part of the ranking after the other.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.collection import Collection, figures  # the path comes first
from index.engines import DEFAULT_ENGINE, ENGINES
from index.ranking import DEFAULT, Weights

#: What is left out, for the table of `docs/ranking.md`.
ABLATIONS: dict[str, tuple[Weights, str]] = {
    "as it is": (DEFAULT, "auto"),
    "no phrase as typed (short)": (replace(DEFAULT, phrase=0.0), "auto"),
    "no closeness of all words (short)": (replace(DEFAULT, phrase=0.0, whole=0.0), "auto"),
    "no closeness of pairs (long)": (replace(DEFAULT, pair=0.0), "auto"),
    "any word, never all first": (DEFAULT, "any"),
    "all words must match, always": (DEFAULT, "all"),
    "no exact title first": (replace(DEFAULT, title=0.0), "auto"),
    "bare BM25, any word": (
        replace(DEFAULT, phrase=0.0, whole=0.0, pair=0.0, title=0.0, must_match=0),
        "any",
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folders", metavar="DIR", nargs="+", type=Path)
    parser.add_argument("--engine", default=DEFAULT_ENGINE, choices=sorted(ENGINES))
    parser.add_argument("--run", metavar="FILE", type=Path, help="where to write the run (one DIR only)")
    parser.add_argument("--ablation", action="store_true", help="measure what each part pays")
    options = parser.parse_args(arguments)
    if options.run and len(options.folders) > 1:
        parser.error("--run takes one DIR")
    for folder in options.folders:
        with tempfile.TemporaryDirectory(prefix="ranking-") as home:
            collection = Collection(folder, Path(home), options.engine)
            try:
                _measure(collection, options.run, ablation=options.ablation)
            finally:
                collection.close()
    return 0


def _measure(collection: Collection, run_path: Path | None, *, ablation: bool) -> None:
    run = collection.run()
    if run_path is not None:
        run_path.write_text(trec(run), encoding="utf-8")
    if not collection.judgments:
        return
    chosen = ABLATIONS if ablation else {"as it is": ABLATIONS["as it is"]}
    for label, (weights, match) in chosen.items():
        found = figures(collection.run(weights, match), collection.judgments)
        print(
            f"{collection.name:12s} {label:36s} nDCG@10 {found.ndcg_10:.4f}  MAP {found.ap:.4f}"
            f"  P@10 {found.p_10:.4f}  R@100 {found.r_100:.4f}",
            flush=True,
        )


def trec(run: Mapping[str, Sequence[tuple[str, float]]]) -> str:
    """Return the run in TREC's six columns."""
    return "".join(
        f"{query} Q0 {name} {rank} {score:.1f} archive\n"
        for query, ranked in run.items()
        for rank, (name, score) in enumerate(ranked, 1)
    )


if __name__ == "__main__":
    sys.exit(main())
