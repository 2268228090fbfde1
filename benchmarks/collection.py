"""A test collection: articles, queries and judgments, in a temporary archive.

A folder holds ``corpus.jsonl[.gz]`` (``id, title, text`` and, where known,
``author, date``), ``queries.jsonl`` (``id, text`` and, perhaps, ``since, until``,
which become date limits) and, perhaps, ``qrels.tsv`` (query, article, grade).
"""

from __future__ import annotations

import datetime as dt
import gzip
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from archive.authors import split_byline
from archive.dates import parse_date
from archive.document import Draft, Origin, PartialDate
from archive.normalise import document_from_draft
from archive.store import Store
from index.engine import Engine, SearchRequest
from index.indexer import Indexer
from index.plan import All, Plan
from index.query.ast import And, DateRange, Everything, Query, Word
from index.query.rewrite import Planned, plan_from_query
from index.ranking import DEFAULT, Weights

DEPTH = 100
BATCH = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One query of a collection; ``since`` and ``until`` are days, both included."""

    id: str
    text: str
    since: dt.date | None = None
    until: dt.date | None = None


class Collection:
    """A folder's articles in an archive of their own, indexed by one engine."""

    def __init__(self, folder: Path, home: Path, engine: str) -> None:
        self.name = folder.name
        self.topics = list(_topics(folder))
        self.judgments = judgments(folder / "qrels.tsv")
        home.mkdir(parents=True, exist_ok=True)
        self._store = Store.open(home / "archive.db")
        self._names = self._fill(_corpus_path(folder))
        indexer = Indexer(self._store, home / "index", engine)
        indexer.catch_up()
        self.engine: Engine = indexer.open_reader()
        counts = self._store.languages()
        self.languages = sorted(counts, key=lambda code: (-counts[code], code))

    def close(self) -> None:
        self.engine.close()
        self._store.close()

    def _fill(self, corpus: Path) -> dict[int, list[str]]:
        """Store the articles; return their names by id (copies share one)."""
        names: dict[int, list[str]] = {}
        batch: list[tuple[str, Draft]] = []

        def put() -> None:
            results = self._store.put([document_from_draft(draft) for _, draft in batch])
            for (name, _), result in zip(batch, results, strict=True):
                names.setdefault(result.id, []).append(name)
            batch.clear()

        for row in _rows(corpus):
            if not _text_of(row):
                continue
            batch.append((str(row["id"]), _draft(row, corpus)))
            if len(batch) >= BATCH:
                put()
        put()
        return names

    def run(self, weights: Weights = DEFAULT, match: str = "auto") -> dict[str, list[tuple[str, float]]]:
        """Return, for each query, at most `DEPTH` articles, best first, with falling scores."""
        return {topic.id: self._ranked(topic, weights, match) for topic in self.topics}

    def _ranked(self, topic: Topic, weights: Weights, match: str) -> list[tuple[str, float]]:
        words = tuple(Word(text=word) for word in topic.text.split())
        tree: Query = Everything() if not words else words[0] if len(words) == 1 else And(children=words)
        planned = plan_from_query(tree, plain=True, match=match, languages=self.languages, weights=weights)
        limits = self._limits(topic)
        ids = self._search(planned, limits)
        names = [name for id_ in ids for name in self._names[id_]][:DEPTH]
        return [(name, float(DEPTH - place)) for place, name in enumerate(names)]

    def _search(self, planned: Planned, limits: Plan | None) -> list[int]:
        """The full matches, then, as a page of results has them, those with some of the words."""
        ids: list[int] = []
        for plan in (planned.plan, planned.partial):
            if plan is not None and len(ids) < DEPTH:
                narrowed = plan if limits is None else All((plan, limits))
                found = self.engine.search(SearchRequest(plan=narrowed, limit=DEPTH - len(ids)))
                ids.extend(hit.id for hit in found.hits)
        return ids

    def _limits(self, topic: Topic) -> Plan | None:
        if topic.since is None and topic.until is None:
            return None
        end = topic.until + dt.timedelta(days=1) if topic.until else None
        dates = DateRange(start=topic.since, end=end)
        return plan_from_query(dates, plain=False, languages=self.languages).plan


def _corpus_path(folder: Path) -> Path:
    plain = folder / "corpus.jsonl"
    return plain if plain.exists() else folder / "corpus.jsonl.gz"


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
        for line in lines:
            if line.strip():
                yield orjson.loads(line)


def _string(row: Mapping[str, Any], name: str) -> str:
    """The value of ``name``, of which a list holds several, as text; empty if there is none."""
    value = row.get(name)
    if isinstance(value, list):
        return " and ".join(str(part) for part in value)
    return "" if value is None else str(value)


def _text_of(row: Mapping[str, Any]) -> str:
    """The text, for which a bare title stands in: the archive keeps nothing without text."""
    return _string(row, "text").strip() or _string(row, "title").strip()


def _draft(row: Mapping[str, Any], corpus: Path) -> Draft:
    date: PartialDate | None = None
    if row.get("date"):
        try:
            date = parse_date(str(row["date"])).date
        except ValueError:
            date = None
    return Draft(
        text=_text_of(row),
        title=_string(row, "title"),
        origin=Origin(path=str(corpus), member=str(row["id"]), media_type="application/jsonl"),
        authors=split_byline(_string(row, "author")),
        published=date,
        external_id=str(row["id"]),
    )


def _topics(folder: Path) -> Iterator[Topic]:
    plain = folder / "queries.jsonl"
    for row in _rows(plain if plain.exists() else folder / "queries.jsonl.gz"):
        yield Topic(
            id=str(row["id"]),
            text=_string(row, "text"),
            since=_first(row.get("since")),
            until=_last(row.get("until")),
        )


def _first(value: object) -> dt.date | None:
    return PartialDate.from_iso(str(value)[:10]).first if value else None


def _last(value: object) -> dt.date | None:
    return dt.date.fromordinal(PartialDate.from_iso(str(value)[:10]).end - 1) if value else None


def judgments(path: Path) -> dict[str, dict[str, int]]:
    """Read grades by query and article; empty if there is no such file."""
    grades: dict[str, dict[str, int]] = {}
    if not path.exists():
        return grades
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split("\t") if "\t" in line else line.split()
        if len(fields) >= 3 and fields[-1].strip().lstrip("-").isdigit():
            grades.setdefault(fields[0], {})[fields[-2]] = int(fields[-1])
    return {query: judged for query, judged in grades.items() if max(judged.values()) > 0}


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over the judged queries; a query without any result counts 0."""

    ndcg_10: float
    ap: float
    p_10: float
    r_100: float


def figures(
    run: Mapping[str, Sequence[tuple[str, float]]], grades: Mapping[str, Mapping[str, int]]
) -> Figures:
    """Score a run as trec_eval does.

    nDCG: gain is the grade, discount log2(rank + 1), over the ideal order of
    all judged articles (Järvelin and Kekäläinen, TOIS 2002).  The others count
    grades above 0 as relevant.
    """
    sums = [0.0, 0.0, 0.0, 0.0]
    for query, judged in grades.items():
        ranked = [judged.get(name, 0) for name, _ in run.get(query, ())]
        for at, value in enumerate(_figures_of_one(ranked, judged)):
            sums[at] += value
    return Figures(*(value / max(len(grades), 1) for value in sums))


def _figures_of_one(ranked: Sequence[int], judged: Mapping[str, int]) -> tuple[float, float, float, float]:
    relevant = sum(grade > 0 for grade in judged.values())
    ideal = _gain(sorted((grade for grade in judged.values() if grade > 0), reverse=True))
    found, precisions = 0, 0.0
    for rank, grade in enumerate(ranked, 1):
        if grade > 0:
            found += 1
            precisions += found / rank
    at_10 = sum(grade > 0 for grade in ranked[:10])
    in_100 = sum(grade > 0 for grade in ranked[:100])
    return _gain(ranked) / ideal, precisions / relevant, at_10 / 10, in_100 / relevant


def _gain(grades: Sequence[int]) -> float:
    return sum(max(grade, 0) / math.log2(rank + 1) for rank, grade in enumerate(grades[:10], 1))
