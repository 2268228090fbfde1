"""How well near-duplicates are found: precision and recall on edits made for it, and time.

    python benchmarks/duplicates.py CORPUS.jsonl[.gz] [--articles N] [--samples N] [--seed N] [--list N]

Articles are drawn from the corpus, each is edited in every way that copies differ in
(`EDITS`), and originals and copies go through the same pass as any archive's
articles.  A found pair counts as right if one is a copy of the other, or both of the
same article.  The other articles of the corpus are the unrelated ones, of the same
topics, sources and days; pairs among them are not known to be wrong or right, for a
corpus holds true copies: they are counted apart, and ``--list`` prints some to judge.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from archive.dedupe import Group, group_duplicates, groups  # the path comes first
from archive.document import Document, Draft, Origin, PartialDate
from archive.errors import EmptyItemError
from archive.normalise import document_from_draft
from archive.store import Store
from benchmarks.corpus import read

_BOILERPLATE = (
    "Sign up for our newsletter and get the best of the week in your inbox every Friday.",
    "Follow us on social media for the latest news, and download our application for your telephone.",
    "This material may not be published, broadcast, rewritten or redistributed without permission.",
    "Comments are closed. Read more about how we handle your data in our privacy statement.",
)

Edit = Callable[[list[str], random.Random, str], list[str]]


def _cut(low: float, high: float) -> Edit:
    def edit(paragraphs: list[str], rng: random.Random, _other: str) -> list[str]:
        words = "\n\n".join(paragraphs).split(" ")
        return [" ".join(words[: max(1, int(len(words) * rng.uniform(low, high)))])]

    return edit


def _insert(paragraphs: list[str], rng: random.Random, other: str) -> list[str]:
    added = " ".join(other.split()[: max(20, len(" ".join(paragraphs).split()) // 4)])
    at = rng.randrange(len(paragraphs) + 1)
    return [*paragraphs[:at], added, *paragraphs[at:]]


def _drop(paragraphs: list[str], rng: random.Random, _other: str) -> list[str]:
    sentences = ". ".join(paragraphs).split(". ")
    kept = [each for each in sentences if rng.random() > 0.2]
    return [". ".join(kept or sentences)]


def _footer(paragraphs: list[str], rng: random.Random, _other: str) -> list[str]:
    return [rng.choice(_BOILERPLATE), *paragraphs, *rng.sample(_BOILERPLATE, 2)]


def _substitute(paragraphs: list[str], rng: random.Random, _other: str) -> list[str]:
    changed = [word if rng.random() > 0.04 else "replaced" for word in "\n\n".join(paragraphs).split(" ")]
    return [" ".join(changed)]


def _keep(paragraphs: list[str], _rng: random.Random, _other: str) -> list[str]:
    return paragraphs


EDITS: dict[str, Edit] = {
    "new headline": _keep,
    "cut to 70-95 %": _cut(0.7, 0.95),
    "cut to 45-70 %": _cut(0.45, 0.7),
    "paragraph inserted": _insert,
    "a fifth of the sentences left out": _drop,
    "other boilerplate": _footer,
    "every 25th word replaced": _substitute,
}


def main() -> None:
    """Run the measurement and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--samples", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--list", type=int, default=0, metavar="N", help="print N pairs of the corpus itself")
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    originals = _articles(arguments.corpus, arguments.articles)
    chosen = rng.sample([each for each in originals if each.words >= 60], arguments.samples)
    names = list(EDITS)
    copies = [_copy(each, names[at % len(names)], rng, originals) for at, each in enumerate(chosen)]
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "archive.db") as store:
        everything = [*originals, *copies]
        started = time.process_time()
        for at in range(0, len(everything), 1_000):
            store.put(everything[at : at + 1_000])
        stored = time.process_time()
        report = group_duplicates(store)
        seconds = time.process_time() - stored
        store.put([replace(originals[0], identity="copy:one more", url="https://copy.example/one")])
        again = time.process_time()
        group_duplicates(store)
        once = time.process_time() - again
        found = list(groups(store))
    count = len(everything)
    print(f"{count:,} articles: stored in {(stored - started) / count * 1e6:.0f} µs each, ", end="")
    print(f"grouped in {seconds / count * 1e6:.0f} µs each ({report.compared:,} pairs compared); ", end="")
    print(f"one article more: {once * 1e3:.0f} ms")
    _judge(
        found, {each.identity: name for each, name in zip(copies, _cycle(names, len(copies)), strict=True)}
    )
    _list(found, arguments.list, rng)


def _cycle(names: list[str], count: int) -> list[str]:
    return [names[at % len(names)] for at in range(count)]


def _articles(path: Path, most: int) -> list[Document]:
    found = []
    for place, row in enumerate(read(path, most)):
        draft = Draft(
            text=row["text"],
            title=row["title"],
            source=row.get("source") or "",
            published=PartialDate.from_iso(row["date"][:10]) if row.get("date") else None,
            language="en",
            origin=Origin(path="corpus", member=str(place)),
        )
        try:
            found.append(replace(document_from_draft(draft), identity=f"corpus:{place}"))
        except EmptyItemError:
            continue
    return found


def _copy(document: Document, edit: str, rng: random.Random, others: list[Document]) -> Document:
    paragraphs = EDITS[edit](document.text.split("\n\n"), rng, rng.choice(others).text)
    draft = Draft(
        text="\n\n".join(paragraphs),
        title=f"Exclusive: {document.title.lower()}",
        source="The Copying Paper",
        published=document.published,
        language="en",
        origin=document.origin,
    )
    return replace(document_from_draft(draft), identity=f"copy:{document.identity}")


def _root(identity: str) -> str:
    return identity.removeprefix("copy:")


def _judge(found: list[Group], edits: dict[str, str]) -> None:
    """Print recall by edit, and precision over the pairs that a copy takes part in."""
    asked = Counter(edits.values())
    hit: Counter[str] = Counter()
    right = wrong = of_corpus = 0
    for group in found:
        identities = {each.id: each.identity for each in group.articles}
        roots = Counter(map(_root, identities.values()))
        for identity in identities.values():
            if identity in edits and roots[_root(identity)] > 1:
                hit[edits[identity]] += 1
        for member in group.members:
            if member.nearest_id is None or member.nearest_id not in identities:
                continue
            one, other = identities[member.article_id], identities[member.nearest_id]
            if one not in edits and other not in edits:
                of_corpus += 1
            elif _root(one) == _root(other) or roots[_root(one)] > 1:
                right += 1
            else:
                wrong += 1
    for name, number in asked.items():
        print(f"  recall {hit[name] / number:.3f}  {name} ({number})")
    print(f"recall {hit.total() / asked.total():.4f}, precision {right / max(1, right + wrong):.4f} ", end="")
    print(f"({wrong} wrong of {right + wrong:,}); pairs among the corpus itself: {of_corpus:,}")


def _list(found: list[Group], most: int, rng: random.Random) -> None:
    pairs = []
    for group in found:
        documents = {each.id: each for each in group.articles if each.identity.startswith("corpus:")}
        for member in group.members:
            if member.article_id in documents and member.nearest_id in documents:
                one, other = documents[member.article_id], documents[member.nearest_id]
                pairs.append((member.similarity, one, other))
    for similarity, one, other in rng.sample(pairs, min(most, len(pairs))):
        print(f"{similarity:.2f}  {one.source} {one.published} {one.title[:60]}")
        print(f"      {other.source} {other.published} {other.title[:60]}")


if __name__ == "__main__":
    main()
