"""How often the right word is guessed for generated slips, and how long a guess takes.

    python benchmarks/spelling.py HOME [--engine tantivy] [--words 1000] [--least 5] [--seed 1]

Words of five letters or more (``--least``) are drawn from the archive in HOME as often as
articles have them, and get one or two random edits (insert, delete, replace,
swap neighbours) that make them a word the archive does not have.  Then the
same with another word of the same article beside it, as in a query of two words.
Times are of this thread's CPU.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from archive.store import Store
from index.analysis import STOP_WORDS, stem, tokens
from index.engine import Engine, SearchRequest
from index.plan import All, Any, Constant, Term
from index.spelling import Correction, Vocabulary, beside, vocabulary_from
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


def slips_in_articles(
    store: Store, vocabulary: Vocabulary, edits: int, count: int, seed: int, least: int
) -> Iterator[tuple[str, str, str]]:
    """Yield a word, what slips made of it, and another word of the same article."""
    chance = random.Random(seed)
    ids = store.ids()
    while count:
        for document in store.get_many([chance.choice(ids)]):
            found = sorted({word for word in tokens(document.text) if word in vocabulary})
            words = [word for word in found if len(word) >= least and word.isascii()]
            others = [word for word in found if len(word) >= 3 and word not in STOP_WORDS]
            if not words or len(others) < 2:
                continue
            word, other = chance.choice(words), chance.choice(others)
            wrong = word
            for _ in range(edits):
                wrong = slip(wrong, chance)
            if wrong and wrong not in vocabulary and other != word:
                count -= 1
                yield word, wrong, other


def together(engine: Engine, word: str, other: str) -> int:
    """Return how many articles have both."""
    either = [Any((Term("body", text), Term("title", text))) for text in (word, other)]
    return engine.search(SearchRequest(plan=Constant(All(tuple(either)), 0.0), limit=0)).total


class Tally:
    """Guesses counted."""

    def __init__(self, guess: Callable[[str, str], list[Correction]]) -> None:
        self._guess = guess
        self.asked = self.right = self.same = self.offered = 0
        self.times: list[float] = []

    def ask(self, word: str, wrong: str, other: str = "") -> None:
        before = time.thread_time()
        guesses = [guess.word for guess in self._guess(wrong, other)]
        self.times.append(time.thread_time() - before)
        self.asked += 1
        self.right += guesses[:1] == [word]
        self.same += bool(guesses) and stem(guesses[0], "en") == stem(word, "en")
        self.offered += word in guesses

    def add(self, other: Tally) -> None:
        """Count what ``other`` has counted."""
        self.asked += other.asked
        self.right += other.right
        self.same += other.same
        self.offered += other.offered
        self.times += other.times

    def __str__(self) -> str:
        return (
            f"{self.right / self.asked:.1%} right, {self.same / self.asked:.1%} with its other forms, "
            f"{self.offered / self.asked:.1%} among three; "
            f"median {statistics.median(self.times) * 1000:.1f} ms"
        )


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
        started = time.thread_time()
        vocabulary = vocabulary_from(engine, ("body", "title"))
        print(f"{len(vocabulary):,} words read in {time.thread_time() - started:.2f} s")
        alone = Tally(lambda wrong, _: vocabulary.corrections(wrong))
        for edits in (1, 2):
            tally = Tally(lambda wrong, _: vocabulary.corrections(wrong))
            for word, wrong in slips(vocabulary, edits, args.words, args.seed, args.least):
                tally.ask(word, wrong)
            print(f"{edits} edits: {tally}", flush=True)
            alone.add(tally)
        print(f"both: {alone}", flush=True)
        unpaired = Tally(lambda wrong, _: vocabulary.corrections(wrong))
        paired = Tally(
            lambda wrong, other: beside(
                vocabulary.corrections(wrong), lambda word: together(engine, word, other)
            )
        )
        for edits in (1, 2):
            for asked in slips_in_articles(
                opened.store, vocabulary, edits, args.words, args.seed, args.least
            ):
                paired.ask(*asked)
                unpaired.ask(*asked)
        print(f"words of an article: {unpaired}")
        print(f"the same beside another word of it: {paired}")
        engine.close()
    known = [word for word, _ in vocabulary.items()]
    false = [word for word in known[:: max(1, len(known) // 5000)] if vocabulary.corrections(word)]
    print(f"words of the archive that were corrected: {len(false)}")


if __name__ == "__main__":
    main()
