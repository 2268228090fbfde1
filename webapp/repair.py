"""When nothing matches, or little: what was meant, and which word or filter is too much."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter

from index.analysis import STOP_WORDS, tokens
from index.engine import Engine, SearchRequest
from index.plan import All, Constant, Plan
from index.query.ast import And, Near, Not, Or, ParsedQuery, Phrase, Query, Word
from index.query.guard import Limits
from index.query.parser import parse
from index.query.printer import print_understood
from index.query.rewrite import plan_from_query
from index.reader import Lease
from index.spelling import COMMONER, Vocabulary, beside, vocabulary_from
from webapp.clauses import clauses_of
from webapp.models import Alternative, Repair, SearchParams
from webapp.parameters import FILTERS
from webapp.searching import asked_from_params

#: With fewer matches than this, words that the archive does not have are looked into.
FEW = 10

#: Most clauses and filters that are tried one by one.
_MOST = 12

#: A vocabulary may be so much smaller or larger than the index before it is read anew.
_STALE = 0.02

#: Where the words of each field of a query stand.
_FIELDS = {
    None: ("body", "title"),
    "title": ("title",),
    "body": ("body",),
    "lead": ("body",),
    "author": ("author",),
    "source": ("source",),
    "tag": ("tag",),
}


class Vocabularies:
    """The words of an index, read when they are first wanted.

    They are read anew when articles have come or gone in some number: a guess
    is checked by a search before it is made, so it need not be of this minute.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str | None, tuple[str, ...]], tuple[int, tuple[int, int], Vocabulary]] = {}

    def ready(self, lease: Lease, fields: tuple[str, ...]) -> Vocabulary | None:
        """Return the words of ``fields`` if they have been read, though perhaps a while ago."""
        known = self._known.get((f"{lease.engine.name}/{lease.generation}", fields))
        return known[2] if known else None

    def of(self, lease: Lease, fields: tuple[str, ...]) -> Vocabulary:
        """Return the words of ``fields``."""
        count = lease.engine.count()
        key = (f"{lease.engine.name}/{lease.generation}", fields)
        with self._lock:
            known = self._known.get(key)
            if known is not None and (known[1] == lease.stamp or abs(known[0] - count) <= count * _STALE):
                return known[2]
            vocabulary = vocabulary_from(lease.engine, fields)
            kept = {other: value for other, value in self._known.items() if other[0] == key[0]}
            self._known = {**kept, key: (count, lease.stamp, vocabulary)}
            return vocabulary


@dataclass(frozen=True, slots=True)
class Mender:
    """Looks for better searches than one with few matches.

    Attributes:
        ends_at: when to be content with what was found, by `time.perf_counter`: what
            may help must not cost the answer itself its deadline.
    """

    lease: Lease
    vocabularies: Vocabularies
    languages: Sequence[str]
    limits: Limits
    ends_at: float = math.inf

    def repair(self, params: SearchParams, parsed: ParsedQuery, total: int) -> Repair | None:
        """Return what else to search for; None if there is nothing better.

        Args:
            total: matches of ``params``, whose query text is ``parsed``.
        """
        if total >= FEW:
            return None
        params = replace(params, page=1, cursor="", facets=False, histogram=False)
        corrected = self._corrected(params, parsed, total)
        without = () if total else self._without(params, parsed)
        widened = None
        if not total and parsed.plain and params.match != "any" and len(clauses_of(parsed)) > 1:
            widened = self._alternative("any of the words", replace(params, match="any"))
        if corrected is None and not without and widened is None:
            return None
        return Repair(corrected=corrected, without=without, widened=widened)

    def _corrected(self, params: SearchParams, parsed: ParsedQuery, total: int) -> Alternative | None:
        """The query with the words that no article has put right, if it then finds more.

        Where nothing has all of several words, those that few articles have may be slips too,
        which others made before: they are put right if nothing else helps, or much less.
        """
        others = self._others(parsed.tree)
        best: Alternative | None = None
        for rare in (False, True) if isinstance(parsed.tree, And) and not total else (False,):
            tree = _mapped(parsed.tree, partial(self._corrected_leaf, others, rare))
            if tree == parsed.tree:
                continue
            text = print_understood(replace(parsed, tree=tree))
            found = self._alternative(text, replace(params, q=text))
            if found is not None and found.total > (best.total * COMMONER if best else total):
                best = found
        return best

    def _others(self, tree: Query) -> tuple[Plan, ...]:
        """What the words that stand in the query side by side ask, of those that some article has."""
        children = tree.children if isinstance(tree, And) else ()
        words = [child for child in children if isinstance(child, Word | Phrase) and self._has(child)]
        return tuple(self._plan(word) for word in words)

    def _corrected_leaf(self, others: tuple[Plan, ...], rare: bool, leaf: Word | Phrase | Near) -> Query:
        fields = _FIELDS.get(leaf.field)
        if fields is None:
            return leaf
        corrected = partial(self._corrected_word, field=leaf.field, fields=fields, others=others, rare=rare)
        if isinstance(leaf, Word):
            # Nobody looks for articles with "the" in them; between quotes it counts.
            return replace(leaf, text=corrected(leaf.text, never=STOP_WORDS))
        return replace(leaf, text=" ".join(corrected(word) for word in leaf.text.split()))

    def _corrected_word(
        self,
        text: str,
        *,
        field: str | None,
        fields: tuple[str, ...],
        others: tuple[Plan, ...],
        rare: bool,
        never: Set[str] = frozenset(),
    ) -> str:
        found = tokens(text)
        if len(found) != 1 or self._is_late() or (not rare and self._has(Word(text=text, field=field))):
            return text
        guesses = self.vocabularies.of(self.lease, fields).corrections(found[0], rare=rare)
        guesses = [guess for guess in guesses if guess.word not in never]
        if others and len(guesses) > 1:
            guesses = beside(guesses, lambda word: self._together(Word(text=word, field=field), others))
        return next((guess.word for guess in guesses if self._has(Word(text=guess.word, field=field))), text)

    def _together(self, word: Word, others: tuple[Plan, ...]) -> int:
        return _total(self.lease.engine, All((self._plan(word), *others)))

    def _plan(self, leaf: Word | Phrase) -> Plan:
        return plan_from_query(leaf, plain=False, match="all", languages=self.languages).plan

    def _has(self, leaf: Word | Phrase) -> bool:
        return _total(self.lease.engine, self._plan(leaf)) > 0

    def _without(self, params: SearchParams, parsed: ParsedQuery) -> tuple[Alternative, ...]:
        """The searches without one clause or filter each, that find something, most first."""
        tried = [(clause.text, replace(params, q=clause.rest)) for clause in clauses_of(parsed)]
        if len(tried) == 1 and not _has_filters(params):
            return ()  # without its only word a search is for everything
        for name in FILTERS:
            values = getattr(params, name)
            tried += [(f"{name}: {value}", _without_value(params, name, value)) for value in values]
        tried += [
            (f"not {name}: {value}", replace(params, excluded=_less(params.excluded, (name, value))))
            for name, value in params.excluded
        ]
        if params.date_from or params.date_to:
            tried.append(("the dates", replace(params, date_from="", date_to="")))
        found = (self._alternative(text, lessened) for text, lessened in tried[:_MOST])
        return tuple(sorted((entry for entry in found if entry), key=lambda entry: -entry.total))

    def _is_late(self) -> bool:
        return perf_counter() > self.ends_at

    def _alternative(self, text: str, params: SearchParams) -> Alternative | None:
        """Return the search ``params`` with its number of matches, None if there are none
        or no time is left to look."""
        if self._is_late():
            return None
        asked = asked_from_params(params, parse(params.q, limits=self.limits), self.languages)
        total = _total(self.lease.engine, asked.plan)
        return Alternative(text=text, params=params, total=total) if total else None


def _total(engine: Engine, plan: Plan) -> int:
    return engine.search(SearchRequest(plan=Constant(plan, 0.0), limit=0)).total


def _mapped(tree: Query, change: Callable[[Word | Phrase | Near], Query]) -> Query:
    """Return ``tree`` with its words and phrases changed; what is excluded stays."""
    if isinstance(tree, And | Or):
        return replace(tree, children=tuple(_mapped(child, change) for child in tree.children))
    if isinstance(tree, Not):
        return tree
    return change(tree) if isinstance(tree, Word | Phrase | Near) else tree


def _has_filters(params: SearchParams) -> bool:
    return bool(
        params.excluded
        or params.date_from
        or params.date_to
        or any(getattr(params, name) for name in FILTERS)
    )


def _without_value(params: SearchParams, name: str, value: str) -> SearchParams:
    change: dict[str, tuple[str, ...]] = {name: tuple(v for v in getattr(params, name) if v != value)}
    return replace(params, **change)  # type: ignore[arg-type]  # names of filters only


def _less(pairs: tuple[tuple[str, str], ...], pair: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(other for other in pairs if other != pair)
