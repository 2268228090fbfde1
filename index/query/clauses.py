"""Clauses of a plan that need no rewriter: leaves of the tree, and what they ask."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TypeAlias

from index.plan import Nothing, NumberRange, Plan, Term, TermFuzzy, TermPrefix, TermWildcard
from index.query.ast import DateRange, Fuzzy, Near, Or, Phrase, Prefix, Query, Wildcard, Word
from index.query.words import QueryWord, either, every, folded_pattern, query_word, side_by_side

#: A clause, once the field is known.
Clause: TypeAlias = Callable[[str], Plan]

#: The parts of an article that a field of the tree is about, where texts are read.
PARTS: dict[str | None, tuple[str, ...]] = {
    None: ("title", "body"),
    "title": ("title",),
    "body": ("body",),
    "lead": ("lead",),
}


def field_of(node: Query) -> str | None:
    """The field that all leaves of a side of a `Within` ask."""
    leaf = node.children[0] if isinstance(node, Or) else node
    return leaf.field if isinstance(leaf, Word | Phrase | Near | Prefix | Wildcard | Fuzzy) else None


def exact_word(field: str, word: QueryWord) -> Plan:
    return TermPrefix(field, word.tokens[0]) if word.is_prefix else side_by_side(field, word.tokens)


def broad_leaves(node: Prefix | Wildcard | Fuzzy) -> list[Clause]:
    """One maker of a clause for each token that a broad word gives; the last one is broad."""
    if isinstance(node, Wildcard):
        return [_wildcard(pattern) for pattern in folded_pattern(node.pattern)]
    word = query_word(node.text)
    if word is None:
        return []
    *first, last = word.tokens
    exact = [_term(token) for token in first]
    if isinstance(node, Fuzzy):
        return [*exact, lambda field: TermFuzzy(field, last, node.edits)]
    return [*exact, lambda field: TermPrefix(field, last)]


def _term(token: str) -> Clause:
    return lambda field: Term(field, token)


def _wildcard(pattern: str) -> Clause:
    if "*" not in pattern and "?" not in pattern:
        return _term(pattern)
    return lambda field: TermWildcard(field, pattern)


def _instant(day: dt.date | None) -> int | None:
    """The second with which ``day`` begins in UTC, since 1970."""
    return None if day is None else (day.toordinal() - _EPOCH) * 86_400


_EPOCH = dt.date(1970, 1, 1).toordinal()


def date_range(node: DateRange) -> Plan:
    """The whole interval must lie inside, hence the end against the end."""
    if node.start is not None and node.end is not None and node.start >= node.end:
        return Nothing()
    if node.of == "added":
        return NumberRange("added", _instant(node.start), _instant(node.end))
    years = _whole_years(node.start, node.end)
    if years:  # a date lies in its year whole, and a term is found without looking at all dates
        return either(*(Term("year", f"{year:04d}") for year in years))
    parts: list[Plan] = []
    if node.start is not None:
        parts.append(NumberRange("published_start", low=node.start.toordinal()))
    if node.end is not None:
        parts.append(NumberRange("published_end", high=node.end.toordinal() + 1))
    return every(*parts) if parts else NumberRange("published_start")


def _whole_years(start: dt.date | None, end: dt.date | None) -> range:
    """Return the years from ``start`` to ``end`` if these are whole ones and few; else none."""
    if start is None or end is None or (start.month, start.day, end.month, end.day) != (1, 1, 1, 1):
        return range(0)
    return range(start.year, end.year) if end.year - start.year <= _MOST_YEARS else range(0)


#: More years than this are looked for as a stretch of days.
_MOST_YEARS = 20
