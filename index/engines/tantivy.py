"""The Tantivy engine: the default.  The only module that imports `tantivy`.

What Tantivy 0.27 does that this module guards against (each measured):

- its panics are no `Exception`: a phrase of one word, a limit of 0;
- a limit of 10**15 ends the process: memory is reserved up front;
- `commit` leaves the folder unsynced after it renames the last file;
- one `Index` object for many writers leaks the files of merged segments;
- a sloppy phrase is right for two different words and no others;
- a terms aggregation spends a millisecond on turning ordinals into strings,
  however few the matches: so each keyword value is also stored as a number,
  its hash, which is what the facets count.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise, product
from pathlib import Path
from types import TracebackType

import tantivy
from tantivy import Occur, Order, Query

from index.engine import (
    After,
    Bucket,
    EngineFactory,
    EngineHit,
    FacetRequest,
    HistogramRequest,
    Key,
    Record,
    SearchRequest,
    SearchResponse,
    Sort,
)
from index.engines import paging
from index.engines.checks import RANKED, check_request, constant_score, kind_of
from index.engines.distance import fuzzy_tokens
from index.engines.paging import in_windows, place
from index.engines.patterns import literal_prefix, wildcard_matcher
from index.engines.scoring import DECIMALS
from index.errors import (
    EngineError,
    IndexDamagedError,
    IndexMissingError,
    IndexOutdatedError,
    QueryLimitError,
)
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
    Term,
    TermFuzzy,
    TermNear,
    TermPhrase,
    TermPrefix,
    TermWildcard,
    TermWithin,
)
from index.schema import FIELDS, Kind

#: Memory for postings not yet written, all threads together, and how many
#: threads write.  20,000 articles, wall time: 1 thread 4.5 s, 2 threads 2.5 s;
#: more memory makes fewer segments, not a faster build.
HEAP_BYTES = 128_000_000
THREADS = min(2, os.cpu_count() or 1)

#: More buckets than this and Tantivy refuses the aggregation.
MAX_BUCKETS = 65_000

MIN_I64, MAX_I64 = -(2**63), 2**63 - 1
OPTION = {Kind.POSITIONS: "position", Kind.FREQUENCIES: "freq", Kind.TERMS: "basic"}

#: More words apart than any article is long.
MAX_SLOP = 10_000_000
#: Placements tried times documents looked through: some two seconds.
MAX_NEAR_WORK = 3_000_000
#: Phrases times documents that hold their words: the same.
MAX_PHRASE_WORK = 1_000_000
TOO_COMMON = (
    "These words are too common to be looked for near each other: use a smaller distance or fewer words."
)

#: Beyond the page, so that a tie at its end is seen whole in the first go.
OVERSHOOT = 20

#: Beyond so many hits, an order by title is read from the terms: Tantivy's own
#: turns each ordinal up to the page into a string, 23 µs each.
TITLES = 2_000

ORDERS = {
    Sort.NEWEST: ("published_sort", Order.Desc),
    Sort.OLDEST: ("published_sort", Order.Asc),
    Sort.TITLE: ("title_sort", Order.Asc),
    Sort.ADDED: ("id", Order.Desc),
}


class _LibraryErrors:
    """Turns what `tantivy` raises into our errors; panics are BaseExceptions."""

    def __init__(self, doing: str, error: type[EngineError] = EngineError) -> None:
        self._doing = doing
        self._error = error

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None or isinstance(error, EngineError):
            return
        known = isinstance(error, (ValueError, OSError, RuntimeError, TypeError, OverflowError))
        if known or type(error).__name__ == "PanicException":
            raise self._error(f"{self._doing}: {error}") from error


SEARCHING = _LibraryErrors("The index could not be searched; if this goes on, run: archive reindex")
WRITING = _LibraryErrors("The index could not be written")


def _hash_field(name: str) -> str:
    return f"{name}_hash"


@lru_cache(maxsize=100_000)
def _hash(value: str) -> int:
    """Return 63 bits that stand for ``value`` in the facets."""
    return int.from_bytes(hashlib.blake2b(value.encode(), digest_size=8).digest(), "big") >> 1


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for field in FIELDS:
        if field.kind is Kind.NUMBER:
            builder.add_integer_field(field.name, indexed=True, fast=True)
        elif field.kind is Kind.KEYWORD:
            sorts = field.name == "title_sort"
            builder.add_text_field(field.name, tokenizer_name="raw", index_option="basic", fast=sorts)
            builder.add_integer_field(_hash_field(field.name), fast=True)
        else:
            builder.add_text_field(field.name, tokenizer_name="whitespace", index_option=OPTION[field.kind])
    return builder.build()


def _document(record: Record) -> tantivy.Document:
    document = tantivy.Document()
    for name, text in record.text.items():
        document.add_text(name, text)
    for name, values in record.keywords.items():
        for value in dict.fromkeys(values):
            document.add_text(name, value)
            document.add_integer(_hash_field(name), _hash(value))
    for name, number in record.numbers.items():
        document.add_integer(name, number)
    return document


class _Compiler:
    """Turns plans into queries for one state of the index."""

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher) -> None:
        self._schema = schema
        self._searcher = searcher
        self._nothing_added = Query.const_score_query(Query.all_query(), 0.0)
        self._leaf = lru_cache(maxsize=512)(self._compile_leaf)

    def compile(self, plan: Plan) -> Query:
        match plan:
            case Every():
                return Query.all_query()
            case Nothing():
                return Query.empty_query()
            case All((child,)) | Any((child,), minimum=1) | Reward(child, ()):
                return self.compile(child)
            case All(children):
                return self._all(children)
            case Any(children, minimum):
                return self._any(children, minimum)
            case Except():
                return self._all((plan,))
            case Boost(child, weight):
                return Query.boost_query(self.compile(child), weight)
            case Constant(child, score):
                return Query.const_score_query(self.compile(child), score)
            case Reward(match_, rewards):
                added = [(Occur.Should, self.compile(reward)) for reward in rewards]
                return Query.boolean_query([(Occur.Must, self.compile(match_)), *added])
            case _:
                return self._leaf(plan)

    def _all(self, children: Sequence[Plan]) -> Query:
        wanted = [(Occur.Must, self.compile(child)) for child in children if not isinstance(child, Except)]
        unwanted = [
            (Occur.MustNot, self.compile(child.child)) for child in children if isinstance(child, Except)
        ]
        return Query.boolean_query([*(wanted or [(Occur.Must, self._nothing_added)]), *unwanted])

    def _any(self, children: Sequence[Plan], minimum: int) -> Query:
        if minimum > len(children):
            return Query.empty_query()
        parts = [(Occur.Should, self.compile(child)) for child in children]
        if minimum <= 0:
            return Query.boolean_query([(Occur.Must, self._nothing_added), *parts])
        return Query.boolean_query(parts, minimum_number_should_match=minimum)

    def _compile_leaf(self, plan: Plan) -> Query:
        schema = self._schema
        match plan:
            case Term(name, text):
                query = Query.term_query(schema, name, text)
                return query if kind_of(name) in RANKED else Query.const_score_query(query, 1.0)
            case TermPhrase(name, terms):
                return Query.phrase_query(schema, name, list(terms))
            case TermNear(name, terms, slop):
                return self._near(name, terms, slop)
            case TermWithin():
                return self._within(plan)
            case TermPrefix(name, text):
                return self._matching(name, f"{text}*", _escaped(text) + ".*")
            case TermWildcard(name, pattern):
                regex = "".join({"?": ".", "*": ".*"}.get(char) or _escaped(char) for char in pattern)
                return self._matching(name, pattern, regex)
            case TermFuzzy(name, text, edits):
                return self._fuzzy(name, text, edits)
            case Ids(ids):
                wanted = Query.term_set_query(schema, "id", list(ids)) if ids else Query.empty_query()
                return Query.const_score_query(wanted, 1.0)
            case NumberRange(name, low, high):
                return self.range(name, low, high)
        raise EngineError(f"The plan holds something unknown: {type(plan).__name__}.")

    def _near(self, name: str, terms: tuple[str, ...], slop: int) -> Query:
        """Two words: a sloppy phrase each way.  More, or one twice: `_placements`."""
        if len(terms) == 2 and terms[0] != terms[1]:
            most = min(slop, MAX_SLOP)
            ways = [Query.phrase_query(self._schema, name, list(way), most) for way in (terms, terms[::-1])]
        else:
            ways = self._placements(name, terms, slop)
        return _any_of(ways)

    def _within(self, plan: TermWithin) -> Query:
        """Two different words: sloppy phrases; others: an exact phrase for each gap."""
        left, right = plan.left, plan.right
        if len(left) == len(right) == 1 and left != right:
            slop = min(plan.slop, MAX_SLOP)
            if not plan.ordered:
                return self._near(plan.field, (*left, *right), slop)
            return _any_of(self._in_order(plan.field, left[0], right[0], slop))
        ways = [(left, right)] if plan.ordered or left == right else [(left, right), (right, left)]
        having = self._having(plan.field, (*left, *right))
        documents = _total(self._searcher.search(having, 1))
        if (plan.slop + 1) * len(ways) * documents > MAX_PHRASE_WORK:
            raise QueryLimitError(TOO_COMMON)
        if not documents:
            return Query.empty_query()
        phrases = [
            Query.phrase_query(self._schema, plan.field, _placed(first, second, gap))
            for first, second in ways
            for gap in range(plan.slop + 1)
        ]
        return _any_of(phrases)

    def _in_order(self, name: str, first: str, second: str, slop: int) -> Iterator[Query]:
        """A sloppy phrase takes what lies up to the slop before or after its place:
        so its place is put in the middle, and an odd one out gets an exact phrase."""
        half = slop // 2
        yield Query.phrase_query(self._schema, name, [(0, first), (half + 1, second)], half)
        if slop % 2:
            yield Query.phrase_query(self._schema, name, [(0, first), (slop + 1, second)])

    def _having(self, name: str, terms: tuple[str, ...]) -> Query:
        """Documents that hold all of ``terms``."""
        wanted = [Query.term_query(self._schema, name, term) for term in dict.fromkeys(terms)]
        return Query.boolean_query([(Occur.Must, query) for query in wanted])

    def _placements(self, name: str, terms: tuple[str, ...], slop: int) -> list[Query]:
        """Return the exact phrases, order and gaps, that ``terms`` form in some document.

        A sloppy phrase of three words or more misses documents and, of four or
        more, finds wrong ones; which, depends on how frequent the words are.
        So words are placed one after another, and a beginning that stands in
        no document is not gone on with.
        """
        having = self._having(name, terms)
        documents = _total(self._searcher.search(having, 1))
        if not documents:
            return []
        found: list[Query] = []
        tried = 0
        beginnings: list[tuple[tuple[tuple[int, str], ...], tuple[str, ...]]]
        beginnings = [(((0, term),), _without(terms, term)) for term in dict.fromkeys(terms)]
        while beginnings:
            placed, rest = beginnings.pop()
            last_place = len(terms) + slop - len(rest)
            for term, offset in product(dict.fromkeys(rest), range(placed[-1][0] + 1, last_place + 1)):
                tried += 1
                if tried * max(documents, 50) > MAX_NEAR_WORK:
                    raise QueryLimitError(TOO_COMMON)
                longer = (*placed, (offset, term))
                phrase = Query.phrase_query(self._schema, name, list(longer))
                both = Query.boolean_query([(Occur.Must, phrase), (Occur.Must, having)])
                if not self._searcher.search(both, 1, count=False).hits:
                    continue
                if len(rest) == 1:
                    found.append(phrase)
                else:
                    beginnings.append((longer, _without(rest, term)))
        return found

    def _matching(self, name: str, pattern: str, regex: str) -> Query:
        """Any token that ``pattern`` matches, by automaton while that is small."""
        if kind_of(name) is Kind.KEYWORD and not pattern.strip("*"):
            return Query.const_score_query(Query.exists_query(_hash_field(name)), 1.0)
        try:
            return Query.regex_query(self._schema, name, f"(?s){regex}")
        except ValueError:  # more than 1,000 states
            tokens = filter(wildcard_matcher(pattern), self._tokens(name, literal_prefix(pattern)))
            return self._any_token(name, list(tokens))

    def _fuzzy(self, name: str, text: str, edits: int) -> Query:
        """Tantivy's own fuzzy query does not hold the first character, hence this."""
        if not text:
            return Query.empty_query()
        if edits == 1:
            try:
                return Query.regex_query(self._schema, name, _one_edit_regex(text))
            except ValueError:  # more than 1,000 states, from some 12 letters on
                pass
        return self._any_token(name, fuzzy_tokens(self._tokens(name, text[0]), text, edits))

    def _tokens(self, name: str, prefix: str) -> Iterator[str]:
        return (token for token, _ in self._searcher.terms_with_prefix(name, prefix))

    def _any_token(self, name: str, tokens: Sequence[str]) -> Query:
        return Query.term_set_query(self._schema, name, tokens) if tokens else Query.empty_query()

    def range(self, name: str, low: int | None, high: int | None) -> Query:
        if low is None and high is None:
            return Query.const_score_query(Query.exists_query(name), 1.0)
        first = MIN_I64 if low is None else max(low, MIN_I64)
        last = MAX_I64 if high is None else min(high - 1, MAX_I64)
        if first > last:
            return Query.empty_query()
        if first == last:  # a range is looked for in the column of all documents, one value in its postings
            return Query.const_score_query(Query.term_query(self._schema, name, first), 1.0)
        return Query.range_query(self._schema, name, tantivy.FieldType.Integer, first, last)


def _any_of(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _placed(first: tuple[str, ...], second: tuple[str, ...], gap: int) -> list[str | tuple[int, str]]:
    """Return the phrase of two with ``gap`` other tokens between them."""
    start = len(first) + gap
    return [*enumerate(first), *((start + place, term) for place, term in enumerate(second))]


def _without(terms: tuple[str, ...], term: str) -> tuple[str, ...]:
    at = terms.index(term)
    return terms[:at] + terms[at + 1 :]


def _total(result: tantivy.SearchResult) -> int:
    return int(result.count)  # type: ignore[attr-defined]  # there, but not in the stub of 0.27


def _escaped(text: str) -> str:
    """Quote ``text`` for a regular expression, by code point: no list of specials to get wrong."""
    return "".join(char if char.isalnum() else f"\\x{{{ord(char):x}}}" for char in text)


def _one_edit_regex(text: str) -> str:
    """Return the expression for what is one edit or none from ``text``, same first character."""
    rest = text[1:]
    regex = ".?"
    for at in range(len(rest) - 1, -1, -1):
        tail = _escaped(rest[at + 1 :])
        options = [_escaped(rest[at]) + regex, f".?{tail}", f".{_escaped(rest[at:])}"]
        if at + 1 < len(rest):
            options.append(_escaped(rest[at + 1] + rest[at] + rest[at + 2 :]))
        regex = f"(?:{'|'.join(options)})"
    return f"(?s){_escaped(text[0])}{regex}"


class _View:
    """One commit, ready to be searched by any number of threads."""

    def __init__(
        self, index: tantivy.Index, schema: tantivy.Schema, labels: dict[str, dict[int, str]]
    ) -> None:
        self.searcher = index.searcher()
        self.compiler = _Compiler(schema, self.searcher)
        self._labels = labels
        self._schema = schema
        self._title_order = lru_cache(maxsize=2)(self._order_by_title)

    def search(self, request: SearchRequest) -> SearchResponse:
        query = self.compiler.compile(request.plan)
        if request.after is not None:
            total, hits = self._after(query, request, request.after)
        elif request.sort is not Sort.RELEVANCE:
            total, hits = self._sorted(query, request)
        elif (score := constant_score(request.plan)) is not None:
            total, found = self._ordered(query, "id", Order.Asc, request.offset, request.limit)
            hits = [EngineHit(id_, score, score) for id_, _ in found]
        else:
            total, hits = self._ranked(query, request.offset, request.limit)
        facets: dict[str, tuple[Bucket, ...]] = {facet.field: () for facet in request.facets}
        if total:
            facets = self._facets(query, request.facets)
        return SearchResponse(
            total=total,
            hits=tuple(hits),
            facets=facets,
            histogram=self._histogram(query, request.histogram, total) if request.histogram else (),
            extent=self._extent(query, request.extent) if request.extent else None,
        )

    def _ranked(self, query: Query, offset: int, limit: int) -> tuple[int, list[EngineHit]]:
        """By score, ties by id: Tantivy's are by place, so a tie is fetched whole."""
        most = max(self.searcher.num_docs, 1)
        end = min(offset + limit, most)
        fetch = min(end + OVERSHOOT, most)
        while True:
            result = self.searcher.search(query, fetch)
            total = _total(result)
            end = min(end, total)
            if offset >= end or fetch >= total:
                break
            if round(result.hits[-1][0], DECIMALS) != round(result.hits[end - 1][0], DECIMALS):
                break
            fetch = min(fetch * 4, most)
        if offset >= end:
            return total, []
        scores = [round(score, DECIMALS) for score, _ in result.hits]
        first, last = offset, end
        while first > 0 and scores[first - 1] == scores[offset]:
            first -= 1
        while last < len(scores) and scores[last] == scores[end - 1]:
            last += 1
        ids = self._ids([address for _, address in result.hits[first:last]])
        tied = sorted(zip(ids, scores[first:last], strict=True), key=lambda hit: (-hit[1], hit[0]))
        return total, [EngineHit(id_, score, score) for id_, score in tied[offset - first : end - first]]

    def _sorted(self, query: Query, request: SearchRequest) -> tuple[int, list[EngineHit]]:
        """By date or title; what has none comes after all that have, by id."""
        field, order = ORDERS[request.sort]
        if request.sort is Sort.TITLE and request.offset + request.limit > TITLES:
            return self._titled(query, request, request.offset)
        total, found = self._ordered(query, field, order, request.offset, request.limit)
        if any(key is None for _, key in found):
            has = Query.exists_query(field)
            both = Query.boolean_query([(Occur.Must, query), (Occur.Must, has)])
            without = Query.boolean_query([(Occur.Must, query), (Occur.MustNot, has)])
            having = _total(self.searcher.search(both, 1))
            found = [hit for hit in found if hit[1] is not None]
            start = max(request.offset - having, 0)
            rest = self._ordered(without, "id", Order.Asc, start, request.limit - len(found))[1]
            found += [(id_, None) for id_, _ in rest]
        keyed = request.sort is not Sort.ADDED
        return total, [EngineHit(id_, 0.0, key if keyed else None) for id_, key in found]

    def _ordered(
        self, query: Query, field: str, order: Order, offset: int, limit: int
    ) -> tuple[int, list[tuple[int, Key]]]:
        """Return the total, and ids in the order of ``field``, each with its value there, if any."""
        most = max(self.searcher.num_docs, 1)
        if limit <= 0 or offset >= most:
            return _total(self.searcher.search(query, 1)), []
        result = self.searcher.search(
            query, min(limit, most - offset), order_by_field=field, order=order, offset=offset
        )
        ids = self._ids([address for _, address in result.hits])
        return _total(result), [(id_, hit[0]) for id_, hit in zip(ids, result.hits, strict=True)]

    def _after(self, query: Query, request: SearchRequest, after: After) -> tuple[int, list[EngineHit]]:
        """What follows ``after``: as cheap at any depth, but for relevance and title."""
        total = _total(self.searcher.search(query, 1))
        limit = min(request.limit, total)
        if limit <= 0:
            return total, []
        if request.sort is Sort.RELEVANCE:
            score = constant_score(request.plan)
            if score is None:
                return total, self._ranked_after(query, after, limit)
            rest = self._beyond(query, "id", Order.Asc, after.id, limit)
            return total, [EngineHit(id_, score, score) for id_, _ in rest]
        if request.sort is Sort.TITLE:
            return self._titled(query, request, None)
        field, order = ORDERS[request.sort]
        if request.sort is Sort.ADDED:
            return total, [
                EngineHit(id_, 0.0) for id_, _ in self._beyond(query, field, order, after.id, limit)
            ]
        found: list[tuple[int, Key]] = []
        last_id = after.id
        if isinstance(after.key, int):
            found, last_id = self._beyond(query, field, order, after.key, limit), MIN_I64
        if len(found) < limit:
            undated = [(Occur.Must, query), (Occur.MustNot, Query.exists_query(field))]
            without = Query.boolean_query(undated)
            rest = self._beyond(without, "id", Order.Asc, last_id, limit - len(found))
            found += [(id_, None) for id_, _ in rest]
        return total, [EngineHit(id_, 0.0, key) for id_, key in found]

    def _beyond(
        self, query: Query, field: str, order: Order, value: int, limit: int
    ) -> list[tuple[int, Key]]:
        """The first hits whose number in ``field`` comes after ``value`` in ``order``."""
        low, high = (value + 1, None) if order == Order.Asc else (None, value)
        narrowed = [(Occur.Must, query), (Occur.Must, self.compiler.range(field, low, high))]
        return self._ordered(Query.boolean_query(narrowed), field, order, 0, limit)[1]

    def _ranked_after(self, query: Query, after: After, limit: int) -> list[EngineHit]:
        """Look around the old position, and farther each way until both ends are sure."""
        most = max(self.searcher.num_docs, 1)
        score_now = self._score_now(query, after)
        step = OVERSHOOT
        first = max(min(after.position, most) - step, 0)
        end = min(after.position, most) + limit + step
        while True:
            size = max(end - first, 1)
            found = self.searcher.search(query, size, offset=first, count=False).hits
            scores = [round(score, DECIMALS) for score, _ in found]
            behind = bisect_right(scores, -score_now, key=lambda score: -score)
            sure = bool(scores) and scores[0] > score_now
            # Ties lie in no order of ours: the last score counts only if nothing can follow with it.
            enough = behind + limit < len(scores) and scores[behind + limit - 1] > scores[-1]
            if (first == 0 or sure) and (len(found) < size or enough):
                break
            step *= 4
            first = first if sure else max(first - step, 0)
            end = end if enough else end + step
        start = bisect_left(scores, -score_now, key=lambda score: -score)
        ids = self._ids([address for _, address in found[start:]])
        here = place(Sort.RELEVANCE, score_now, after.id)
        places = sorted(
            at
            for id_, score in zip(ids, scores[start:], strict=True)
            if (at := place(Sort.RELEVANCE, score, id_)) > here
        )
        return [EngineHit(id_, -low, -low) for _, low, id_ in places[:limit]]

    def stream_ranked(self, query: Query) -> Iterator[EngineHit]:
        """All hits by relevance, a window at a time; what is kept is one tie."""
        tied: list[tuple[float, tantivy.DocAddress]] = []
        window, position = paging.WINDOW, 0
        while position < self.searcher.num_docs:
            with SEARCHING:
                found = self.searcher.search(query, window, offset=position, count=False).hits
            position += window
            for hit in found:
                if tied and round(hit[0], DECIMALS) != round(tied[0][0], DECIMALS):
                    yield from self._by_id(tied)
                    tied = []
                tied.append(hit)
            if len(found) < window:
                break
        yield from self._by_id(tied)

    def _by_id(self, tied: Sequence[tuple[float, tantivy.DocAddress]]) -> Iterator[EngineHit]:
        if tied:
            score = round(tied[0][0], DECIMALS)
            with SEARCHING:
                ids = sorted(self._ids([address for _, address in tied]))
            yield from (EngineHit(id_, score, score) for id_ in ids)

    def _score_now(self, query: Query, after: After) -> float:
        """The score of the hit to go on after: every commit changes scores a little."""
        this = Query.const_score_query(Query.term_query(self._schema, "id", after.id), 0.0)
        both = Query.boolean_query([(Occur.Must, query), (Occur.Must, this)])
        found = self.searcher.search(both, 1, count=False).hits
        return round(found[0][0], DECIMALS) if found else float(after.key or 0)

    def _titled(
        self, query: Query, request: SearchRequest, offset: int | None
    ) -> tuple[int, list[EngineHit]]:
        """By title, deep: from ``offset``, or what follows ``request.after``; only
        the last hit has its key."""
        ids, titled = self._title_order(request.plan)
        after = request.after
        if offset is None and after is not None:
            offset = after.position
            if not 0 < offset <= len(ids) or ids[offset - 1] != after.id:
                offset = self._place_by_title(query, after, ids, titled)
        found = ids[offset : (offset or 0) + min(request.limit, len(ids))]
        hits = [EngineHit(id_, 0.0) for id_ in found]
        if found:
            last = Query.term_query(self._schema, "id", found[-1])
            key = self._ordered(last, "title_sort", Order.Asc, 0, 1)[1][0][1]
            hits[-1] = EngineHit(found[-1], 0.0, key)
        return len(ids), hits

    def _order_by_title(self, plan: Plan) -> tuple[array[int], int]:
        """Return all matches by title, and how many of them have one."""
        query = self.compiler.compile(plan)
        ids = array("q", (int(title.rpartition("\x00")[2]) for title, _ in self._titles(query)))
        titled = len(ids)
        without = Query.boolean_query(
            [(Occur.Must, query), (Occur.MustNot, Query.exists_query("title_sort"))]
        )
        ids.extend(id_ for id_, _ in self._ordered(without, "id", Order.Asc, 0, self.searcher.num_docs)[1])
        return ids, titled

    def _place_by_title(self, query: Query, after: After, ids: array[int], titled: int) -> int:
        if after.key is None:
            return bisect_right(ids, after.id, titled)
        return sum(1 for title, _ in self._titles(query) if title <= str(after.key))

    def _titles(self, query: Query) -> list[tuple[str, int]]:
        """The values of ``title_sort`` in order: each stands once, so all tie."""
        most = max(self.searcher.num_docs, 1)
        return self.searcher.terms_with_prefix("title_sort", "", filter_query=query, limit=most)

    def _ids(self, addresses: list[tantivy.DocAddress]) -> list[int]:
        return [int(id_ or 0) for id_ in self.searcher.fast_field_values("id", addresses)]

    def _facets(self, query: Query, requests: Sequence[FacetRequest]) -> dict[str, tuple[Bucket, ...]]:
        if not requests:
            return {}
        sizes = {request.field: min(request.size * 3 + 40, MAX_BUCKETS) for request in requests}
        counts = self._count(query, sizes)
        return {
            name: self._buckets(query, request, counts[name], sizes[name])
            for request in requests
            if (name := request.field)
        }

    def _count(self, query: Query, sizes: dict[str, int]) -> dict[str, list[tuple[int, int]]]:
        """Return hashes and exact counts, most frequent first, for each field."""
        wanted = {
            name: {"terms": {"field": _hash_field(name), "size": size, "segment_size": 2**31}}
            for name, size in sizes.items()
        }
        found = self.searcher.aggregate(query, wanted)
        return {
            name: [(bucket["key"], bucket["doc_count"]) for bucket in found[name]["buckets"]]
            for name in sizes
        }

    def _histogram(self, query: Query, request: HistogramRequest, total: int) -> tuple[int, ...]:
        if not total:
            return (0,) * (len(request.bounds) - 1)
        stretches = [{"from": low, "to": high} for low, high in pairwise(request.bounds)]
        wanted = {"histogram": {"range": {"field": request.field, "ranges": stretches}}}
        found = self.searcher.aggregate(query, wanted)["histogram"]["buckets"]
        # Beyond both ends stand two stretches more, without a beginning or an end.
        counts = {bucket.get("from"): bucket["doc_count"] for bucket in found}
        return tuple(counts.get(low, 0) for low in request.bounds[:-1])

    def _extent(self, query: Query, name: str) -> tuple[int, int] | None:
        wanted = {end: {end: {"field": name}} for end in ("min", "max")}
        found = self.searcher.aggregate(query, wanted)
        low, high = found["min"]["value"], found["max"]["value"]
        return None if low is None or high is None else (int(low), int(high))

    def _buckets(
        self, query: Query, request: FacetRequest, counts: list[tuple[int, int]], fetched: int
    ) -> tuple[Bucket, ...]:
        """The first ``size`` by count, then value; all are fetched if a tie goes on past what is there."""
        name, size = request.field, request.size
        if not counts or not size:
            return ()
        if len(counts) == fetched and counts[-1][1] == counts[min(size, fetched) - 1][1]:
            counts = self._count(query, {name: MAX_BUCKETS})[name]
            if len(counts) == MAX_BUCKETS:
                exact = self.searcher.terms_with_prefix(name, "", filter_query=query, limit=size)
                return tuple(Bucket(value, count) for value, count in exact)
        least = counts[min(size, len(counts)) - 1][1]
        kept = [(self._label(name, key), count) for key, count in counts if count >= least]
        kept.sort(key=lambda item: (-item[1], item[0]))
        return tuple(Bucket(value, count) for value, count in kept[:size])

    def _label(self, name: str, key: int) -> str:
        """Return the value that hashes to ``key``; a value once known stays true."""
        label = self._labels.get(name, {}).get(key)
        if label is None:
            values = self.searcher.terms_with_prefix(name, "")
            self._labels[name] = {_hash(value): value for value, _ in values}
            label = self._labels[name].get(key)
        if label is None:
            raise IndexDamagedError(f"The index has lost a value of {name!r}; run: archive reindex")
        return label


class TantivyEngine:
    """An index in a folder."""

    name = "tantivy"

    def __init__(
        self, path: Path, *, writable: bool, heap_bytes: int = HEAP_BYTES, threads: int = THREADS
    ) -> None:
        self._path = path
        self._writable = writable
        self._heap_bytes = heap_bytes
        self._threads = threads
        self._lock = threading.RLock()
        self._writer: tantivy.IndexWriter | None = None
        self._highest_id = 0  # of all that the writer knows of: what lies above replaces nothing
        self._labels: dict[str, dict[int, str]] = {}
        self._schema = _schema()
        self._view = self._open_view()

    def add(self, records: Iterable[Record]) -> int:
        added = 0
        with self._lock:
            writer = self._open_writer()
            for record in records:
                with WRITING:
                    if record.id <= self._highest_id:
                        writer.delete_documents_by_term("id", record.id)
                    writer.add_document(_document(record))
                self._highest_id = max(self._highest_id, record.id)
                added += 1
        return added

    def delete(self, ids: Iterable[int]) -> None:
        with self._lock:
            writer = self._open_writer()
            for id_ in ids:
                with WRITING:
                    writer.delete_documents_by_term("id", id_)

    def commit(self) -> None:
        with self._lock:
            writer = self._open_writer()
            with WRITING:
                writer.commit()
                _sync_folder(self._path)
                self._writer = None
                writer.wait_merging_threads()
                _sync_folder(self._path)
            self._view = self._open_view()

    def rollback(self) -> None:
        with self._lock:
            writer, self._writer = self._writer, None
            if writer is not None:
                with WRITING:
                    writer.rollback()
                    writer.wait_merging_threads()

    def refresh(self) -> None:
        self._view = self._open_view()

    def search(self, request: SearchRequest) -> SearchResponse:
        check_request(request)
        with SEARCHING:
            return self._view.search(request)

    def iterate(self, request: SearchRequest) -> Iterator[EngineHit]:
        check_request(request)
        view = self._view

        def search(window: SearchRequest) -> SearchResponse:
            with SEARCHING:
                return view.search(window)

        if request.sort is Sort.RELEVANCE and not request.after and constant_score(request.plan) is None:
            yield from view.stream_ranked(view.compiler.compile(request.plan))
        else:
            yield from in_windows(search, request)

    def count(self) -> int:
        return self._view.searcher.num_docs

    def ids(self) -> Iterable[int]:
        return self._ids(self._view.searcher)

    def terms(self, field: str, prefix: str = "", limit: int = 100) -> Sequence[tuple[str, int]]:
        if kind_of(field) is Kind.NUMBER:
            raise EngineError(f"The field {field!r} has no terms.")
        with SEARCHING:
            everything = Query.all_query()  # without it, deleted documents count too
            return self._view.searcher.terms_with_prefix(field, prefix, filter_query=everything, limit=limit)

    def close(self) -> None:
        self.rollback()

    def _ids(self, searcher: tantivy.Searcher, batch: int = 50_000) -> Iterator[int]:
        low = MIN_I64
        while True:
            with SEARCHING:
                query = Query.range_query(self._schema, "id", tantivy.FieldType.Integer, low)
                hits = searcher.search(query, batch, count=False, order_by_field="id", order=Order.Asc).hits
            yield from (id_ for id_, _ in hits)
            if len(hits) < batch:
                return
            low = hits[-1][0] + 1

    def _open_view(self) -> _View:
        with _LibraryErrors(
            f"The index in {self._path} is damaged; rebuild it with: archive reindex", IndexDamagedError
        ):
            return _View(_open(self._path), self._schema, self._labels)

    def _open_writer(self) -> tantivy.IndexWriter:
        if not self._writable:
            raise EngineError("The index was opened for reading only.")
        if self._writer is None:
            with WRITING:
                index = _open(self._path)
                self._writer = index.writer(self._heap_bytes, self._threads)
                self._highest_id = _highest_id(index)
        return self._writer


def _open(path: Path) -> tantivy.Index:
    index = tantivy.Index.open(str(path))
    index.config_reader("manual")  # the default polls the folder from a thread
    return index


def _highest_id(index: tantivy.Index) -> int:
    """The largest id of the last commit, 0 when there is none; ask under the writer's lock."""
    index.reload()
    hits = index.searcher().search(Query.all_query(), 1, order_by_field="id").hits
    return int(hits[0][0]) if hits else 0


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check_fields(path: Path) -> None:
    """Refuse a folder without an index, or with one of other fields."""
    try:
        meta = json.loads((path / "meta.json").read_text(encoding="utf-8"))
        names = {entry["name"] for entry in meta["schema"]}
    except FileNotFoundError as exc:
        if path.is_dir() and any(path.glob("*.store")):
            raise IndexDamagedError(
                f"The index in {path} has lost its meta.json; rebuild it with: archive reindex"
            ) from exc
        raise IndexMissingError(f"There is no index in {path}; build it with: archive reindex") from exc
    except (ValueError, KeyError, TypeError, OSError) as exc:
        raise IndexDamagedError(
            f"The index in {path} is damaged ({exc}); rebuild it with: archive reindex"
        ) from exc
    hashes = {_hash_field(field.name) for field in FIELDS if field.kind is Kind.KEYWORD}
    if names != hashes | {field.name for field in FIELDS}:
        raise IndexOutdatedError(
            f"The index in {path} has other fields than this program; rebuild it with: archive reindex"
        )


class _Factory:
    """Creates and opens Tantivy indexes."""

    def create(self, path: Path) -> TantivyEngine:
        with WRITING:
            tantivy.Index(_schema(), str(path), reuse=False)
            _sync_folder(path)
        return TantivyEngine(path, writable=True)

    def open(self, path: Path, *, writable: bool = False) -> TantivyEngine:
        _check_fields(path)
        return TantivyEngine(path, writable=writable)


factory: EngineFactory = _Factory()
