"""Short names for the nodes of query trees."""

from __future__ import annotations

import datetime as dt

from index.query.ast import (
    And,
    DateRange,
    Has,
    Not,
    Or,
    Query,
    Word,
)

TODAY = dt.date(2024, 9, 18)  # a Wednesday


def w(text: str, field: str | None = None) -> Word:
    return Word(text=text, field=field)


def a(*children: Query) -> And:
    return And(children=children)


def o(*children: Query) -> Or:
    return Or(children=children)


def n(child: Query) -> Not:
    return Not(child=child)


def d(first: str | None, end: str | None) -> DateRange:
    """Half-open: published on or after ``first`` and before ``end``."""
    return DateRange(
        start=dt.date.fromisoformat(first) if first else None, end=dt.date.fromisoformat(end) if end else None
    )


A, B, C, D = w("a"), w("b"), w("c"), w("d")


NO_AUTHOR, UNDATED = n(Has(name="author")), n(Has(name="date"))
