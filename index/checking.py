"""What only the text itself can tell: the same sentence, the same paragraph, how often.

No index here knows where sentences end, nor can the default engine be asked how
often a word occurs; both would cost every article a fifth of its time to index.
So the articles that may match are found first, as any query finds them, and
their texts are read and looked through, some at a time, however many there are.
What is found that way is exact, and takes the place of the question in the plan;
the engine goes on with totals, facets, sorting and pages as ever.  A server ends
what takes longer than its deadline, which is an error and never a smaller total.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from threading import Lock
from typing import Protocol

from index.engine import Engine, EngineHit, Record, SearchRequest, SearchResponse, Sort
from index.matching import Matchers, matchers_from_plan
from index.passages import Match, paragraph_ends_between, sentence_ends_between
from index.plan import (
    All,
    Any,
    Boost,
    Checked,
    Constant,
    Except,
    Ids,
    Mentions,
    Nothing,
    Plan,
    Reward,
    Together,
    below,
)

#: Articles read from the store at a time.
BATCH = 200

#: Answers remembered for one state of the index.
_REMEMBERED = 32


class Readable(Protocol):
    """What is read of an article; an `archive.document.Document` has it."""

    @property
    def id(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def lead(self) -> str: ...
    @property
    def language(self) -> str: ...


#: Returns the articles with these ids, those that are there.
Read = Callable[[Sequence[int]], Iterable[Readable]]


class CheckingEngine:
    """An engine that also answers `Checked`, by reading texts.

    Args:
        engine: answers the rest.
        read: from the store.
    """

    def __init__(self, engine: Engine, read: Read) -> None:
        self._engine = engine
        self._read = read
        self._lock = Lock()
        self._known: OrderedDict[Plan, Plan] = OrderedDict()
        self.name = engine.name

    def search(self, request: SearchRequest) -> SearchResponse:
        return self._engine.search(self._checked(request))

    def iterate(self, request: SearchRequest) -> Iterator[EngineHit]:
        return self._engine.iterate(self._checked(request))

    def refresh(self) -> None:
        self._engine.refresh()
        with self._lock:
            self._known.clear()

    def commit(self) -> None:
        self._engine.commit()
        with self._lock:
            self._known.clear()

    def add(self, records: Iterable[Record]) -> int:
        return self._engine.add(records)

    def delete(self, ids: Iterable[int]) -> None:
        self._engine.delete(ids)

    def commit_size(self, total: int) -> int:
        return self._engine.commit_size(total)

    def rollback(self) -> None:
        self._engine.rollback()

    def count(self) -> int:
        return self._engine.count()

    def ids(self) -> Iterable[int]:
        return self._engine.ids()

    def terms(self, field: str, prefix: str = "", limit: int = 100) -> Sequence[tuple[str, int]]:
        return self._engine.terms(field, prefix, limit)

    def close(self) -> None:
        self._engine.close()

    def _checked(self, request: SearchRequest) -> SearchRequest:
        if not asks_text(request.plan):
            return request
        return replace(request, plan=self._answered(request.plan, ()))

    def _answered(self, plan: Plan, beside: tuple[Plan, ...]) -> Plan:
        """Return ``plan`` with `Ids` for each `Checked`, right wherever all of
        ``beside`` match too."""
        match plan:
            case Checked():
                return self._found(plan, beside)
            case All(children):
                simple = tuple(child for child in children if not asks_text(child))
                within = (*beside, *simple)
                answered = (c if not asks_text(c) else self._answered(c, within) for c in children)
                return All(tuple(answered))
            case Any(children, minimum):
                return Any(tuple(self._answered(child, beside) for child in children), minimum)
            case Except(child):
                return Except(self._answered(child, beside))
            case Boost(child, weight):
                return Boost(self._answered(child, beside), weight)
            case Constant(child, score):
                return Constant(self._answered(child, beside), score)
            case Reward(match_, rewards):
                matched = self._answered(match_, beside)
                return Reward(matched, tuple(self._answered(reward, beside) for reward in rewards))
        return plan

    def _found(self, plan: Checked, beside: tuple[Plan, ...]) -> Plan:
        asked = All((plan.among, *beside)) if beside else plan.among
        key = Checked(asked, plan.check)
        with self._lock:
            known = self._known.get(key)
        if known is None:
            known = self._look(Constant(asked, 0.0), plan.check)
            with self._lock:
                self._known[key] = known
                while len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
        return All((Constant(known, 0.0), plan.among))

    def _look(self, candidates: Plan, check: Mentions | Together) -> Plan:
        request = SearchRequest(plan=candidates, sort=Sort.ADDED)
        candidate_ids = (hit.id for hit in self._engine.iterate(request))
        sides = [matchers_from_plan(side) for side in check.sides]
        found: list[int] = []
        while ids := sorted(islice(candidate_ids, BATCH)):
            found.extend(article.id for article in self._read(ids) if _passes(article, check, sides))
        return Ids(tuple(sorted(found))) if found else Nothing()


def asks_text(plan: Plan) -> bool:
    """Whether there is a `Checked` in ``plan``."""
    rest: list[Plan] = [plan]
    while rest:
        node = rest.pop()
        if type(node) is Checked:
            return True
        rest += below(node)
    return False


def _passes(article: Readable, check: Mentions | Together, sides: Sequence[Matchers]) -> bool:
    if isinstance(check, Together):
        return any(_are_together(article, part, check.unit, sides) for part in check.parts)
    times = 0
    for part in check.parts:
        times += len(_places(article, part, sides[0]))
        if times >= check.times:
            return True
    return False


def _are_together(article: Readable, part: str, unit: str, sides: Sequence[Matchers]) -> bool:
    left = _places(article, part, sides[0])
    right = _places(article, part, sides[1]) if left else []
    if not right:
        return False
    text = _text(article, part)
    ends_between = sentence_ends_between if unit == "sentence" else paragraph_ends_between
    gaps = chain(_gaps(left, right), _gaps(right, left))
    return any(not ends_between(text, start, end) for start, end in gaps)


def _gaps(first: Sequence[Match], second: Sequence[Match]) -> Iterator[tuple[int, int]]:
    """Yield from where to where the nearest of ``first`` and ``second`` stand that come in
    this order without overlapping: if a sentence ends between those, so it does between all."""
    starts = [match.start for match in second]
    for number, match in enumerate(first):
        at = bisect_left(starts, match.end)
        if at == len(starts):
            return
        is_last = number + 1 == len(first) or first[number + 1].end > starts[at]
        if is_last:
            yield match.start, starts[at]


def _text(article: Readable, part: str) -> str:
    return {"title": article.title, "lead": article.lead}.get(part, article.text)


def _places(article: Readable, part: str, matchers: Matchers) -> list[Match]:
    matcher = {"title": matchers.title, "lead": matchers.lead}.get(part, matchers.body)
    return matcher.find(_text(article, part), article.language)
