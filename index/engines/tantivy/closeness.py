"""Words near each other: sloppy phrases where they are right, exact ones where not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

import tantivy
from tantivy import Occur, Query

from index.engines.tantivy.expansion import any_of, escaped
from index.engines.tantivy.fields import total_of
from index.errors import QueryLimitError
from index.plan import Slot, TermWithin
from index.terms import forms_among

#: More words apart than any article is long.
MAX_SLOP = 10_000_000

#: Placements tried times documents looked through: some two seconds.
MAX_NEAR_WORK = 3_000_000

#: Phrases times documents that hold their words: the same.
MAX_PHRASE_WORK = 1_000_000

#: Tokens in one regular expression: its states are limited to some 1,000.
MOST_FORMS = 50

TOO_COMMON = (
    "These words are too common to be looked for near each other: use a smaller distance or fewer words."
)


class Closeness:
    """Makes queries for words near each other in one state of the index."""

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher) -> None:
        self._schema = schema
        self._searcher = searcher

    def near(self, name: str, terms: tuple[str, ...], slop: int) -> Query:
        """Two words: a sloppy phrase each way.  More, or one twice: `_placements`."""
        if len(terms) == 2 and terms[0] != terms[1]:
            most = min(slop, MAX_SLOP)
            ways = [Query.phrase_query(self._schema, name, list(way), most) for way in (terms, terms[::-1])]
        else:
            ways = self._placements(name, terms, slop)
        return any_of(ways)

    def within(self, plan: TermWithin) -> Query:
        """Two different words: sloppy phrases; others: an exact phrase for each gap."""
        if plan.forms:
            return self._forms_within(plan)
        left, right = _tokens(plan.left), _tokens(plan.right)
        if len(left) == len(right) == 1 and left != right:
            slop = min(plan.slop, MAX_SLOP)
            if not plan.ordered:
                return self.near(plan.field, (*left, *right), slop)
            return any_of(self._in_order(plan.field, left[0], right[0], slop))
        ways = [(left, right)] if plan.ordered or left == right else [(left, right), (right, left)]
        having = self._having(plan.field, (*left, *right))
        documents = total_of(self._searcher.search(having, 1))
        if (plan.slop + 1) * len(ways) * documents > MAX_PHRASE_WORK:
            raise QueryLimitError(TOO_COMMON)
        if not documents:
            return Query.empty_query()
        phrases = [
            Query.phrase_query(self._schema, plan.field, _placed(first, second, gap))
            for first, second in ways
            for gap in range(plan.slop + 1)
        ]
        return any_of(phrases)

    def _forms_within(self, plan: TermWithin) -> Query:
        """As `within`, by phrases with a regular expression at each place.

        A stem that both sides share would be near itself in a sloppy phrase.
        """
        named = {slot: self._tokens_of(plan.field, slot) for slot in dict.fromkeys((*plan.left, *plan.right))}
        if not all(named.values()):
            return Query.empty_query()
        single = len(plan.left) == len(plan.right) == 1
        slop = min(plan.slop, MAX_SLOP)
        ways = [(plan.left, plan.right)]
        if not plan.ordered and plan.left != plan.right:
            ways.append((plan.right, plan.left))
        sloppy = single and plan.left != plan.right
        if not sloppy:
            documents = total_of(self._searcher.search(self._having_forms(plan.field, named.values()), 1))
            if (slop + 1) * len(ways) * documents > MAX_PHRASE_WORK:
                raise QueryLimitError(TOO_COMMON)
        phrases = [
            Query.regex_phrase_query(self._schema, plan.field, places, most)
            for first, second in ways
            for gap, most in (_sloppy(slop) if sloppy else _exact(slop))
            for places in _chosen([*enumerate(first), *enumerate(second, len(first) + gap)], named)
        ]
        return Query.const_score_query(any_of(phrases), 1.0)

    def _tokens_of(self, name: str, slot: Slot) -> list[str]:
        """Return regular expressions, each for some of the tokens that ``slot`` stands for."""
        if isinstance(slot, str):
            return [escaped(slot)]
        found = forms_among(
            slot, lambda prefix: (token for token, _ in self._searcher.terms_with_prefix(name, prefix))
        )
        parts = (found[at : at + MOST_FORMS] for at in range(0, len(found), MOST_FORMS))
        return ["|".join(map(escaped, part)) for part in parts]

    def _having_forms(self, name: str, named: Iterable[Sequence[str]]) -> Query:
        """Documents that hold something that matches each of ``named``."""
        wanted = (
            any_of(Query.regex_query(self._schema, name, regex) for regex in regexes) for regexes in named
        )
        return Query.boolean_query([(Occur.Must, query) for query in wanted])

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
        documents = total_of(self._searcher.search(having, 1))
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


def _sloppy(slop: int) -> list[tuple[int, int]]:
    """Gaps, each with a slop, that are right for what stands in this order: see `Closeness._in_order`."""
    half = slop // 2
    return [(half, half), *([(slop, 0)] if slop % 2 else [])]


def _exact(slop: int) -> list[tuple[int, int]]:
    return [(gap, 0) for gap in range(slop + 1)]


def _chosen(
    places: Sequence[tuple[int, Slot]], named: Mapping[Slot, Sequence[str]]
) -> Iterator[list[str | tuple[int, str]]]:
    """Yield the phrases with one expression for each slot, in every combination."""
    for chosen in product(*(named[slot] for _, slot in places)):
        yield [(place, regex) for (place, _), regex in zip(places, chosen, strict=True)]


def _tokens(slots: Sequence[Slot]) -> tuple[str, ...]:
    return tuple(slot for slot in slots if isinstance(slot, str))


def _placed(first: tuple[str, ...], second: tuple[str, ...], gap: int) -> list[str | tuple[int, str]]:
    """Return the phrase of two with ``gap`` other tokens between them."""
    start = len(first) + gap
    return [*enumerate(first), *((start + place, term) for place, term in enumerate(second))]


def _without(terms: tuple[str, ...], term: str) -> tuple[str, ...]:
    at = terms.index(term)
    return terms[:at] + terms[at + 1 :]
