"""Answers plans from the postings of one segment, document by document.

For an engine whose library stores postings but whose own queries are slower
or other than what a plan means.  Documents here are numbers of the segment.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Protocol

from index.engines.checks import RANKED, constant_score, kind_of
from index.engines.distance import fuzzy_tokens
from index.engines.patterns import literal_prefix, near_count, phrase_count, wildcard_matcher, within_count
from index.engines.scoring import Scores, all_of, any_of, rewarded, saturated
from index.errors import EngineError
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
from index.terms import forms_among


class Segment(Protocol):
    """What can be read from a segment; deleted documents never show.

    ``among`` asks for nothing else; None asks for all.
    """

    def documents(self) -> Collection[int]:
        """All documents."""

    def having(self, field: str, token: str) -> int:
        """About how many documents hold ``token``."""

    def postings(self, field: str, token: str, among: Collection[int] | None) -> Iterator[tuple[int, float]]:
        """Documents that hold ``token``, ascending, and how often."""

    def positions(
        self, field: str, terms: Sequence[str], among: Collection[int] | None
    ) -> Iterator[tuple[int, Mapping[str, Sequence[int]]]]:
        """Documents that hold all of ``terms``, and where."""

    def lengths(self, field: str) -> Sequence[int]:
        """Number of tokens, by document."""

    def tokens(self, field: str, prefix: str) -> Iterator[str]:
        """Distinct tokens that begin with ``prefix``."""

    def numbers(self, field: str) -> Sequence[int | None]:
        """Values of a number field, by document."""


class Evaluator:
    """Evaluates plans on one segment.

    Args:
        segment: what to read.
        idf: inverse frequency of a token in a field, over the whole index.
        average: average length of a field, over the whole index.
    """

    def __init__(
        self, segment: Segment, idf: Callable[[str, str], float], average: Callable[[str], float]
    ) -> None:
        self._segment = segment
        self._idf = idf
        self._average = average

    def scores(self, plan: Plan, among: Collection[int] | None = None) -> Scores:
        """Return the documents that match ``plan``, out of ``among``, with scores."""
        match plan:
            case Every():
                return dict.fromkeys(self._all(among), 1.0)
            case Nothing():
                return {}
            case Ids(ids):
                wanted, values = frozenset(ids), self._segment.numbers("id")
                return {document: 1.0 for document in self._all(among) if values[document] in wanted}
            case All(children):
                return self._every(children, among)
            case Any(children, minimum):
                found = [self.scores(child, among) for child in children]
                return any_of(found, minimum, self._all(among))
            case Except(child):
                documents = self._all(among)
                unwanted = self.scores(_unscored(child), documents)
                return {document: 0.0 for document in documents if document not in unwanted}
            case Boost(child, weight):
                return {document: score * weight for document, score in self.scores(child, among).items()}
            case Constant(child, score):
                return dict.fromkeys(self.scores(_unscored(child), among), score)
            case Reward(match_, rewards):
                matches = self.scores(match_, among)
                return rewarded(matches, [self.scores(reward, matches) for reward in rewards])
            case _:
                return self._leaf(plan, among)

    def _all(self, among: Collection[int] | None) -> Collection[int]:
        return self._segment.documents() if among is None else among

    def _every(self, children: Sequence[Plan], among: Collection[int] | None) -> Scores:
        """Rarest first, each looked for only where those before it matched."""
        found: list[Scores] = []
        for child in sorted(children, key=self._cost):
            matches = self.scores(child, among)
            if not matches:
                return {}
            found.append(matches)
            among = matches
        return all_of(found[::-1], self._all(among))

    def _cost(self, plan: Plan) -> float:
        """Return about how many documents ``plan`` matches; only the order counts."""
        everything = len(self._segment.documents())
        match plan:
            case Nothing():
                return 0
            case Term(name, text):
                return self._segment.having(name, text)
            case TermPhrase(name, terms) | TermNear(name, terms):
                return min(self._segment.having(name, term) for term in terms)
            case TermWithin(name, left, right):
                held = (self._segment.having(name, s) for s in (*left, *right) if isinstance(s, str))
                return min(held, default=everything)
            case All(children) if children:
                return min(map(self._cost, children))
            case Any(children):
                return sum(map(self._cost, children))
            case Boost(child) | Constant(child) | Reward(child):
                return self._cost(child)
            case Every() | Except():
                return everything * 2
        return everything

    def _leaf(self, plan: Plan, among: Collection[int] | None) -> Scores:
        segment = self._segment
        match plan:
            case Term(name, text) if kind_of(name) in RANKED:
                return self._ranked(name, (text,), dict(segment.postings(name, text, among)))
            case Term(name, text):
                return self._holding(name, [text], among)
            case TermPhrase(name, terms):
                placed = segment.positions(name, terms, among)
                return self._ranked(name, terms, {doc: phrase_count(where, terms) for doc, where in placed})
            case TermNear(name, terms, slop):
                placed = segment.positions(name, terms, among)
                times = {doc: near_count(where, terms, slop) for doc, where in placed}
                return self._ranked(name, terms, times)
            case TermWithin():
                return self._within(plan, among)
            case TermPrefix(name, text):
                return self._holding(name, segment.tokens(name, text), among)
            case TermWildcard(name, pattern):
                tokens = filter(wildcard_matcher(pattern), segment.tokens(name, literal_prefix(pattern)))
                return self._holding(name, tokens, among)
            case TermFuzzy(name, text, edits):
                close = fuzzy_tokens(segment.tokens(name, text[:1]), text, edits) if text else []
                return self._holding(name, close, among)
            case NumberRange(name, low, high):
                values = segment.numbers(name)
                return {
                    document: 1.0
                    for document in self._all(among)
                    if (value := values[document]) is not None
                    and (low is None or low <= value)
                    and (high is None or value < high)
                }
        raise EngineError(f"The plan holds something unknown: {type(plan).__name__}.")

    def _within(self, plan: TermWithin, among: Collection[int] | None) -> Scores:
        left, right = plan.left, plan.right
        if plan.forms:
            found = self._slots(plan, among).items()
            return {d: 1.0 for d, where in found if within_count(where, left, right, plan.slop, plan.ordered)}
        terms = [slot for slot in (*left, *right) if isinstance(slot, str)]
        first, second = terms[: len(left)], terms[len(left) :]
        placed = self._segment.positions(plan.field, terms, among)
        times = {doc: within_count(where, first, second, plan.slop, plan.ordered) for doc, where in placed}
        return self._ranked(plan.field, terms, times)

    def _slots(self, plan: TermWithin, among: Collection[int] | None) -> dict[int, dict[Slot, list[int]]]:
        """Documents that hold something for every slot of ``plan``, and where."""
        slots = dict.fromkeys((*plan.left, *plan.right))
        found: dict[int, dict[Slot, list[int]]] = {}
        for slot in slots:
            tokens = (
                [slot]
                if isinstance(slot, str)
                else forms_among(slot, partial(self._segment.tokens, plan.field))
            )
            places: dict[int, list[int]] = {}
            for token in tokens:
                for doc, where in self._segment.positions(plan.field, [token], among):
                    places.setdefault(doc, []).extend(where[token])
            among = places.keys()
            found = {doc: {**found.get(doc, {}), slot: sorted(where)} for doc, where in places.items()}
        return found

    def _holding(self, name: str, tokens: Iterable[str], among: Collection[int] | None) -> Scores:
        scores: Scores = {}
        for token in tokens:
            for document, _ in self._segment.postings(name, token, among):
                scores[document] = 1.0
        return scores

    def _ranked(self, name: str, terms: Sequence[str], times: Mapping[int, float]) -> Scores:
        """BM25; the idf of a phrase is the sum of its words'."""
        if not times:
            return {}
        idf = sum(self._idf(name, term) for term in terms)
        average = self._average(name)
        lengths = self._segment.lengths(name)
        return {doc: idf * saturated(count, lengths[doc], average) for doc, count in times.items() if count}


def _unscored(plan: Plan) -> Plan:
    """Return ``plan`` without what only scores."""
    return _unscored(plan.match) if isinstance(plan, Reward) and constant_score(plan) is None else plan
