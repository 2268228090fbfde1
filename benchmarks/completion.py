"""How long completion takes, letter by letter.

    python benchmarks/completion.py HOME [--engine tantivy] [--queries 60]

Words of titles of the archive in HOME are typed from the second letter on, as
a person would, alone and after another word.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from index.analysis import tokens
from webapp.services import Services
from webapp.settings import Settings


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("home", type=Path)
    parser.add_argument("--engine", default="tantivy")
    parser.add_argument("--queries", type=int, default=60)
    args = parser.parse_args()
    chance = random.Random(1)
    with Services(Settings(home=args.home, engine=args.engine), create=False) as services:
        first = next(services.store.iterate(batch=2000))
        titles = [words for document in first if len(words := tokens(document.title)) > 2]
        typed = []
        for _ in range(args.queries):
            words = chance.choice(titles)
            last = chance.choice([word for word in words if len(word) > 2] or words)
            head = chance.choice(("", f"{words[0]} "))
            typed += [head + last[:letters] for letters in range(2, min(len(last), 8) + 1)]
        services.complete("warm")
        times = []
        for text in typed:
            before = time.process_time()
            services.complete(text)
            times.append(1000 * (time.process_time() - before))
        times.sort()
        print(f"{services.status().articles:,} articles, {len(times)} completions, CPU time of each:")
        high = times[int(len(times) * 0.95)]
        print(f"median {statistics.median(times):.2f} ms, p95 {high:.2f} ms, most {times[-1]:.2f} ms")


if __name__ == "__main__":
    main()
