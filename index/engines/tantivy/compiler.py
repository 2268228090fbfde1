"""Plans to queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import tantivy
from tantivy import Occur, Query

from index.engines.checks import RANKED, constant_score, kind_of
from index.engines.tantivy.closeness import Closeness
from index.engines.tantivy.expansion import Expansion
from index.engines.tantivy.remembering import remembering
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
    Term,
    TermFuzzy,
    TermNear,
    TermPhrase,
    TermPrefix,
    TermWildcard,
    TermWithin,
)

MIN_I64, MAX_I64 = -(2**63), 2**63 - 1


@dataclass(frozen=True, slots=True)
class Compiled:
    """A plan as queries; None stands for one that matches nothing.

    Attributes:
        scored: matches and ranks.
        matching: matches the same, as cheaply as can be: nothing in it is there
            for the score.
        score: of every match, None if they may differ.
    """

    scored: Query
    matching: Query
    score: float | None = None


class Compiler:
    """Turns plans into queries for one state of the index.

    Whatever asks for a term that no document has is left out: a word is asked
    for by its stem in every language of the archive, most of which stand nowhere.
    """

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher) -> None:
        self._schema = schema
        self._searcher = searcher
        self._closeness = Closeness(schema, searcher)
        self._expansion = Expansion(schema, searcher)
        self._nothing_added = Query.const_score_query(Query.all_query(), 0.0)
        self._leaf = remembering(self._compile_leaf, 512)

    def compile(self, plan: Plan) -> Compiled | None:
        match plan:
            case Every():
                return Compiled(Query.all_query(), Query.all_query(), 1.0)
            case Nothing():
                return None
            case All(children):
                return self._all(children)
            case Any(children, minimum):
                return self._any(children, minimum)
            case Except():
                return self._all((plan,))
            case Boost(child, weight):
                inner = self.compile(child)
                return None if inner is None else _boosted(inner, weight)
            case Constant(child, score):
                inner = self.compile(child)
                if inner is None:
                    return None
                return Compiled(Query.const_score_query(inner.matching, score), inner.matching, score)
            case Reward(match_, rewards):
                return self._reward(match_, rewards)
            case _:
                return self._leaf(plan)

    def _all(self, children: Sequence[Plan]) -> Compiled | None:
        wanted: list[Compiled] = []
        unwanted: list[tuple[Occur, Query]] = []
        for child in children:
            compiled = self.compile(child.child if isinstance(child, Except) else child)
            if isinstance(child, Except):
                if compiled is not None:
                    unwanted.append((Occur.MustNot, compiled.matching))
            elif compiled is None:
                return None
            else:
                wanted.append(compiled)
        if len(wanted) == 1 and not unwanted:
            return wanted[0]
        if not wanted:
            wanted = [Compiled(self._nothing_added, Query.all_query(), 0.0)]
        matching = Query.boolean_query([*((Occur.Must, it.matching) for it in wanted), *unwanted])
        scored = Query.boolean_query([*((Occur.Must, it.scored) for it in wanted), *unwanted])
        scores = [it.score for it in wanted if it.score is not None]
        return Compiled(scored, matching, sum(scores) if len(scores) == len(wanted) else None)

    def _any(self, children: Sequence[Plan], minimum: int) -> Compiled | None:
        kept: list[Compiled] = []
        for child in children:
            # One stem for each language of the archive, nearly all of which stand nowhere.
            if isinstance(child, Boost) and isinstance(child.child, Term):
                term = child.child
                if not self._stands(term.field, term.text):
                    continue
            compiled = self.compile(child)
            if compiled is not None:
                kept.append(compiled)
        if minimum > len(kept):
            return None
        if minimum == 1 and len(kept) == 1:
            return kept[0]
        parts = [(Occur.Should, it.scored) for it in kept]
        if minimum <= 0:
            scored = Query.boolean_query([(Occur.Must, self._nothing_added), *parts])
            return Compiled(scored, Query.all_query(), None if kept else 0.0)
        bare = [(Occur.Should, it.matching) for it in kept]
        return Compiled(
            Query.boolean_query(parts, minimum_number_should_match=minimum),
            Query.boolean_query(bare, minimum_number_should_match=minimum),
        )

    def _reward(self, match_: Plan, rewards: Sequence[Plan]) -> Compiled | None:
        matched = self.compile(match_)
        if matched is None:
            return None
        added = [compiled for reward in rewards if (compiled := self.compile(reward)) is not None]
        if not added:
            return matched
        parts = [(Occur.Must, matched.scored), *((Occur.Should, it.scored) for it in added)]
        return Compiled(Query.boolean_query(parts), matched.matching)

    def _compile_leaf(self, plan: Plan) -> Compiled | None:
        if not all(self._stands(field, term) for field, term in _needed(plan)):
            return None
        query = self._query_of_leaf(plan)
        return Compiled(query, query, constant_score(plan))

    def _stands(self, field: str, term: str) -> bool:
        """Whether any document, perhaps deleted since, has ``term``."""
        return self._searcher.doc_freq(field, term) > 0

    def _query_of_leaf(self, plan: Plan) -> Query:
        schema = self._schema
        match plan:
            case Term(name, text):
                query = Query.term_query(schema, name, text)
                return query if kind_of(name) in RANKED else Query.const_score_query(query, 1.0)
            case TermPhrase(name, terms):
                return Query.phrase_query(schema, name, list(terms))
            case TermNear(name, terms, slop):
                return self._closeness.near(name, terms, slop)
            case TermWithin():
                return self._closeness.within(plan)
            case TermPrefix():
                return self._expansion.prefix(plan)
            case TermWildcard():
                return self._expansion.wildcard(plan)
            case TermFuzzy():
                return self._expansion.fuzzy(plan)
            case Ids(ids):
                wanted = Query.term_set_query(schema, "id", list(ids)) if ids else Query.empty_query()
                return Query.const_score_query(wanted, 1.0)
            case NumberRange(name, low, high):
                return self.range(name, low, high)
        raise EngineError(f"The plan holds something unknown: {type(plan).__name__}.")

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


def _boosted(inner: Compiled, weight: float) -> Compiled:
    score = None if inner.score is None else inner.score * weight
    return Compiled(Query.boost_query(inner.scored, weight), inner.matching, score)


def _needed(plan: Plan) -> list[tuple[str, str]]:
    """Fields and terms of a leaf, without each of which it matches nothing."""
    match plan:
        case Term(name, text):
            return [(name, text)]
        case TermPhrase(name, terms) | TermNear(name, terms):
            return [(name, term) for term in terms]
        case TermWithin(name, left, right):
            return [(name, term) for term in (*left, *right) if isinstance(term, str)]
    return []
