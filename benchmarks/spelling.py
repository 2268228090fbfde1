"""How often the right word is guessed for generated slips, and how long a guess takes.

    python benchmarks/spelling.py HOME [--engine tantivy] [--words 1000] [--least 5] [--seed 1]

Words of five letters or more (``--least``) are drawn from the archive in HOME as often as
articles have them, and get one or two random edits (insert, delete, replace,
swap neighbours) that make them a word the archive does not have.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from index.spelling import Vocabulary, vocabulary_from
from webapp.opening import open_archive
from webapp.settings import Settings

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def slip(word: str, chance: random.Random) -> str:
    """Return ``word`` with one random edit."""
    kind = chance.choice(("insert", "delete", "replace", "swap"))
    at = chance.randrange(len(word) + (kind == "insert") - (kind == "swap"))
    if kind == "insert":
        return word[:at] + chance.choice(LETTERS) + word[at:]
    if kind == "delete":
        return word[:at] + word[at + 1 :]
    if kind == "replace":
        return word[:at] + chance.choice(LETTERS) + word[at + 1 :]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def slips(vocabulary: Vocabulary, edits: int, count: int, seed: int, least: int) -> list[tuple[str, str]]:
    """Return pairs of a word and what slips made of it."""
    chance = random.Random(seed)
    drawn = [
        (word, count) for word, count in sorted(vocabulary.items()) if len(word) >= least and word.isascii()
    ]
    words, weights = zip(*drawn, strict=True)
    pairs: list[tuple[str, str]] = []
    while len(pairs) < count:
        word = chance.choices(words, weights)[0]
        wrong = word
        for _ in range(edits):
            wrong = slip(wrong, chance)
        if wrong not in vocabulary and wrong:
            pairs.append((word, wrong))
    return pairs


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("home", type=Path)
    parser.add_argument("--engine", default="tantivy")
    parser.add_argument("--words", type=int, default=1000)
    parser.add_argument("--least", type=int, default=5, help="letters of the shortest word")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with open_archive(Settings(home=args.home, engine=args.engine), create=False) as opened:
        engine = opened.indexer().open_reader()
        started = time.perf_counter()
        vocabulary = vocabulary_from(engine, ("body", "title"))
        print(f"{len(vocabulary):,} words read in {time.perf_counter() - started:.2f} s")
        engine.close()
    right = 0
    for edits in (1, 2):
        found, times = 0, []
        for word, wrong in slips(vocabulary, edits, args.words, args.seed, args.least):
            before = time.perf_counter()
            guesses = vocabulary.corrections(wrong)
            times.append(time.perf_counter() - before)
            found += bool(guesses) and guesses[0].word == word
        right += found
        print(
            f"{edits} edits: {found / args.words:.1%} right, median {statistics.median(times) * 1000:.1f} ms"
        )
    print(f"both: {right / (2 * args.words):.1%} right")
    known = [word for word, _ in vocabulary.items()]
    false = [word for word in known[:: max(1, len(known) // 5000)] if vocabulary.corrections(word)]
    print(f"words of the archive that were corrected: {len(false)}")


if __name__ == "__main__":
    main()
