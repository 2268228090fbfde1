"""Plans to queries."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import tantivy
from tantivy import Occur, Query

from index.engines.checks import RANKED, kind_of
from index.engines.tantivy.closeness import Closeness
from index.engines.tantivy.expansion import Expansion
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


class Compiler:
    """Turns plans into queries for one state of the index."""

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher) -> None:
        self._schema = schema
        self._closeness = Closeness(schema, searcher)
        self._expansion = Expansion(schema, searcher)
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
