"""The memory engine: slow, obvious, right.

It is what the other engines are held against, so it does everything the plain
way: every search looks at every record.  An index folder holds one file of
JSON lines, written anew at each commit; good to some thousand articles.
"""

from __future__ import annotations

import os
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson

from index.engine import (
    Bucket,
    EngineFactory,
    EngineHit,
    FacetRequest,
    Record,
    SearchRequest,
    SearchResponse,
    Sort,
)
from index.engines.checks import RANKED, check_request, kind_of
from index.engines.distance import is_fuzzy_match
from index.engines.paging import Ranked, page
from index.engines.patterns import near_count, phrase_count, positions_of, wildcard_matcher, within_count
from index.engines.scoring import (
    DECIMALS,
    Scores,
    all_of,
    any_of,
    buckets,
    by_added,
    by_key,
    by_relevance,
    extent,
    histogram,
    inverse_frequency,
    most_frequent,
    rewarded,
    saturated,
)
from index.errors import EngineError, IndexDamagedError, IndexMissingError
from index.plan import (
    All,
    Any,
    Boost,
    Constant,
    Every,
    Except,
    Ids,
    Nothing,
    NumberRange,
    Plan,
    Reward,
    Slot,
    Term,
    TermFuzzy,
    TermNear,
    TermPhrase,
    TermPrefix,
    TermWildcard,
    TermWithin,
)
from index.schema import BY_NAME, Kind
from index.terms import form_filter

FILE_NAME = "records.jsonl"
FORMAT = "memory-1"


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """The records of one commit, with their texts split into tokens.

    Attributes:
        records: by id, ascending.
        tokens: by field, then id; only documents that have some.
        average: by field, the average number of tokens over all documents.
    """

    records: dict[int, Record]
    tokens: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    average: dict[str, float] = field(default_factory=dict)


def _snapshot(records: Mapping[int, Record]) -> _Snapshot:
    """Return ``records``, sorted and split, ready to be searched."""
    snapshot = _Snapshot(dict(sorted(records.items())))
    for name, entry in BY_NAME.items():
        if entry.kind is Kind.NUMBER:
            continue
        tokens = {id_: _values(record, name) for id_, record in snapshot.records.items()}
        snapshot.tokens[name] = {id_: values for id_, values in tokens.items() if values}
        if snapshot.records:
            snapshot.average[name] = sum(map(len, tokens.values())) / len(tokens)
    return snapshot


def _values(record: Record, name: str) -> list[str]:
    """Return the tokens (text) or whole values (keyword) of one field."""
    if BY_NAME[name].kind is Kind.KEYWORD:
        return list(record.keywords.get(name, ()))
    return [token for token in record.text.get(name, "").split(" ") if token]


class MemoryEngine:
    """An index in memory, with a file if it was created in a folder."""

    name = "memory"

    def __init__(self, path: Path | None = None, *, writable: bool = True) -> None:
        self._path = path
        self._writable = writable
        self._lock = threading.Lock()
        self._changes: dict[int, Record | None] = {}
        self._seen = _snapshot({})

    def add(self, records: Iterable[Record]) -> int:
        self._check_writable()
        added = 0
        for record in records:
            self._changes[record.id] = record
            added += 1
        return added

    def delete(self, ids: Iterable[int]) -> None:
        self._check_writable()
        for id_ in ids:
            self._changes[id_] = None

    def commit(self) -> None:
        self._check_writable()
        with self._lock:
            merged: dict[int, Record | None] = {**self._seen.records, **self._changes}
            snapshot = _snapshot({id_: record for id_, record in merged.items() if record is not None})
            if self._path is not None:
                _write(self._path, snapshot.records)
            self._seen = snapshot
            self._changes = {}

    def commit_size(self, total: int) -> int:
        return max(total, 1)

    def rollback(self) -> None:
        self._changes = {}

    def refresh(self) -> None:
        if self._path is not None:
            self._seen = _snapshot(_read(self._path))

    def count(self) -> int:
        return len(self._seen.records)

    def ids(self) -> Iterable[int]:
        return list(self._seen.records)

    def terms(self, field: str, prefix: str = "", limit: int = 100) -> Sequence[tuple[str, int]]:
        if kind_of(field) is Kind.NUMBER:
            raise EngineError(f"The field {field!r} has no terms.")
        counts = Counter(
            token
            for tokens in self._seen.tokens[field].values()
            for token in set(tokens)
            if token.startswith(prefix)
        )
        return most_frequent(counts, limit)

    def search(self, request: SearchRequest) -> SearchResponse:
        check_request(request)
        snapshot = self._seen
        scores = _scores(request.plan, snapshot)
        ranked = _ranked(request.sort, scores, snapshot)
        relevance = request.sort is Sort.RELEVANCE
        return SearchResponse(
            total=len(scores),
            hits=tuple(
                EngineHit(id_, scores[id_] if relevance else 0.0, ranked.keys.get(id_))
                for id_ in page(ranked, request)
            ),
            facets={facet.field: _facet(facet, scores, snapshot) for facet in request.facets},
            lacking={facet.field: _lacking(facet, scores, snapshot) for facet in request.facets},
            histogram=histogram(_numbers(request.histogram.field, scores, snapshot), request.histogram.bounds)
            if request.histogram
            else (),
            extent=extent(_numbers(request.extent, scores, snapshot)) if request.extent else None,
        )

    def iterate(self, request: SearchRequest) -> Iterator[EngineHit]:
        wanted = replace(request, offset=0, limit=self.count(), facets=(), histogram=None, extent="")
        yield from self.search(wanted).hits

    def close(self) -> None:
        self._changes = {}

    def _check_writable(self) -> None:
        if not self._writable:
            raise EngineError("The index was opened for reading only.")


def _ranked(sort: Sort, scores: Scores, snapshot: _Snapshot) -> Ranked:
    """Return all matches in the order of ``sort``."""
    if sort is Sort.RELEVANCE:
        return Ranked(by_relevance(scores), {id_: round(score, DECIMALS) for id_, score in scores.items()})
    if sort is Sort.ADDED:
        return Ranked(by_added(scores), {})
    if sort is Sort.TITLE:
        titles = {id_: values[0] for id_, values in snapshot.tokens["title_sort"].items()}
        return Ranked(by_key(scores.keys(), titles, descending=False), titles)
    field = "words_sort" if sort is Sort.LONGEST else "published_sort"
    rows = {id_: record.numbers.get(field) for id_, record in snapshot.records.items()}
    keys = {id_: value for id_, value in rows.items() if value is not None}
    return Ranked(by_key(scores.keys(), keys, descending=sort is not Sort.OLDEST), keys)


def _facet(facet: FacetRequest, matches: Iterable[int], snapshot: _Snapshot) -> tuple[Bucket, ...]:
    values = snapshot.tokens[facet.field]
    counts = Counter(value for id_ in matches for value in set(values.get(id_, ())))
    return buckets(counts, facet.size)


def _lacking(facet: FacetRequest, matches: Iterable[int], snapshot: _Snapshot) -> int:
    values = snapshot.tokens[facet.field]
    return sum(not values.get(id_) for id_ in matches)


def _numbers(name: str, matches: Iterable[int], snapshot: _Snapshot) -> list[int]:
    values = (snapshot.records[id_].numbers.get(name) for id_ in matches)
    return [value for value in values if value is not None]


def _scores(plan: Plan, snapshot: _Snapshot) -> Scores:
    """Return the ids that ``plan`` matches, each with its score."""
    match plan:
        case Every():
            return dict.fromkeys(snapshot.records, 1.0)
        case Nothing():
            return {}
        case Ids(ids):
            return dict.fromkeys(sorted(snapshot.records.keys() & ids), 1.0)
        case NumberRange(name, low, high):
            rows = {id_: record.numbers.get(name) for id_, record in snapshot.records.items()}
            return {id_: 1.0 for id_, value in rows.items() if _in_range(value, low, high)}
        case All(children):
            return all_of([_scores(child, snapshot) for child in children], snapshot.records)
        case Any(children, minimum):
            return any_of([_scores(child, snapshot) for child in children], minimum, snapshot.records)
        case Except(child):
            return dict.fromkeys(snapshot.records.keys() - _scores(child, snapshot).keys(), 0.0)
        case Boost(child, weight):
            return {id_: score * weight for id_, score in _scores(child, snapshot).items()}
        case Constant(child, score):
            return dict.fromkeys(_scores(child, snapshot), score)
        case Reward(match_, rewards):
            return rewarded(_scores(match_, snapshot), [_scores(reward, snapshot) for reward in rewards])
        case _:
            return _leaf(plan, snapshot)


def _in_range(value: int | None, low: int | None, high: int | None) -> bool:
    return value is not None and (low is None or low <= value) and (high is None or value < high)


def _leaf(plan: Plan, snapshot: _Snapshot) -> Scores:
    """Score a leaf about tokens; terms, phrases and near words by BM25, others 1."""
    match plan:
        case Term(name, text) if kind_of(name) in RANKED:
            return _bm25(name, (text,), lambda found: len(found[text]), snapshot)
        case Term(name, text):
            return _matching(name, text.__eq__, snapshot)
        case TermPhrase(name, terms):
            return _bm25(name, terms, lambda found: phrase_count(found, terms), snapshot)
        case TermNear(name, terms, slop):
            return _bm25(name, terms, lambda found: near_count(found, terms, slop), snapshot)
        case TermWithin():
            return _within(plan, snapshot)
        case TermPrefix(name, text):
            return _matching(name, lambda token: token.startswith(text), snapshot)
        case TermWildcard(name, pattern):
            return _matching(name, wildcard_matcher(pattern), snapshot)
        case TermFuzzy(name, text, edits):
            return _matching(name, lambda token: is_fuzzy_match(token, text, edits), snapshot)
    raise EngineError(f"The plan holds something unknown: {type(plan).__name__}.")


def _within(plan: TermWithin, snapshot: _Snapshot) -> Scores:
    terms = [slot for slot in (*plan.left, *plan.right) if isinstance(slot, str)]
    if not plan.forms:

        def times(found: Mapping[str, Sequence[int]]) -> int:
            return within_count(
                found, terms[: len(plan.left)], terms[len(plan.left) :], plan.slop, plan.ordered
            )

        return _bm25(plan.field, terms, times, snapshot)
    are_forms = {forms: form_filter(forms) for forms in plan.forms}
    scores: Scores = {}
    for id_, tokens in snapshot.tokens[plan.field].items():
        found: dict[Slot, list[int]] = dict(positions_of(tokens, terms).items())
        for forms, is_form in are_forms.items():
            found[forms] = [position for position, token in enumerate(tokens) if is_form(token)]
        if within_count(found, plan.left, plan.right, plan.slop, plan.ordered):
            scores[id_] = 1.0
    return scores


def _matching(name: str, is_match: Callable[[str], bool], snapshot: _Snapshot) -> Scores:
    return {id_: 1.0 for id_, tokens in snapshot.tokens[name].items() if any(map(is_match, tokens))}


def _bm25(
    name: str, terms: Sequence[str], frequency: Callable[[dict[str, list[int]]], int], snapshot: _Snapshot
) -> Scores:
    """Okapi BM25; the idf of a phrase is the sum of its words'."""
    fields = snapshot.tokens[name]
    idf = sum(
        inverse_frequency(len(snapshot.records), sum(term in tokens for tokens in fields.values()))
        for term in terms
    )
    average = snapshot.average.get(name, 0.0)
    return {
        id_: idf * saturated(times, len(tokens), average)
        for id_, tokens in fields.items()
        if (times := frequency(positions_of(tokens, terms)))
    }


def _write(folder: Path, records: Mapping[int, Record]) -> None:
    """Replace the file in ``folder`` atomically, synced to disk."""
    body = b"".join(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records.values())
    head = {"format": FORMAT, "records": len(records), "crc32": zlib.crc32(body)}
    temporary = folder / f"{FILE_NAME}.new"
    with temporary.open("wb") as file:
        file.write(orjson.dumps(head, option=orjson.OPT_APPEND_NEWLINE) + body)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / FILE_NAME)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(folder: Path) -> dict[int, Record]:
    try:
        data = (folder / FILE_NAME).read_bytes()
    except FileNotFoundError as exc:
        raise IndexMissingError(f"There is no index in {folder}; build it with: archive reindex") from exc
    first, _, body = data.partition(b"\n")
    try:
        head = orjson.loads(first)
        whole = head["format"] == FORMAT and head["crc32"] == zlib.crc32(body)
        records = {record.id: record for record in map(_record, body.splitlines())} if whole else {}
    except (ValueError, KeyError, TypeError) as exc:
        raise _damaged(folder, str(exc)) from exc
    if not whole:
        raise _damaged(folder, "its checksum is wrong")
    return records


def _damaged(folder: Path, reason: str) -> IndexDamagedError:
    return IndexDamagedError(f"The index in {folder} is damaged ({reason}); rebuild it with: archive reindex")


def _record(line: bytes) -> Record:
    row = orjson.loads(line)
    keywords = {name: tuple(values) for name, values in row["keywords"].items()}
    return Record(id=row["id"], text=row["text"], keywords=keywords, numbers=row["numbers"])


class _Factory:
    """Creates and opens memory indexes."""

    def create(self, path: Path) -> MemoryEngine:
        engine = MemoryEngine(path)
        engine.commit()
        return engine

    def open(self, path: Path, *, writable: bool = False) -> MemoryEngine:
        engine = MemoryEngine(path, writable=writable)
        engine.refresh()
        return engine


factory: EngineFactory = _Factory()
