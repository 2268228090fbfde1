"""The query tree: what was asked, before any analysis, the same for every engine.

Every node knows the stretch of the query text that it came from, as half-open
code-point offsets, and compares equal without it: ``parse(print(q)) == q``.
``field`` is a name from `FIELDS`, or None for the default (title and body).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]

NOWHERE: Span = (0, 0)

#: Fields that a query can name.  ``tag`` covers tags and section.
FIELDS = ("title", "body", "lead", "author", "source", "lang", "tag", "url")

#: Fields whose whole values can be asked for, as facets count them.
WHOLE_FIELDS = ("author", "source", "tag")

#: Values that `Has` can ask for; ``date`` is the publication date, and
#: ``duplicate`` another article that says nearly the same.
PRESENCE = ("author", "date", "source", "lang", "tag", "url", "duplicate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Base of all nodes; ``span`` never takes part in comparison."""

    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word(Node):
    """One word as typed; may analyse to several tokens (``long-range``)."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase(Node):
    """A quoted phrase: these words, in this order, without stemming."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole(Node):
    """``source:="BBC"``: the whole value of ``field``, one of `WHOLE_FIELDS`, is ``text``."""

    text: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Near(Node):
    """Quoted words in any order with at most ``slop`` other words among them."""

    text: str
    slop: int
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefix(Node):
    """``missile*``: words that begin with ``text`` (without the star)."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wildcard(Node):
    """A word with ``?`` (one character) and ``*`` (any number) in it."""

    pattern: str
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fuzzy(Node):
    """``word~`` or ``word~2``: words within ``edits`` edits (1 or 2).

    An edit inserts, deletes or replaces one character, or swaps two
    neighbours (optimal string alignment); the first character must agree.
    """

    text: str
    edits: int = 1
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Within(Node):
    """``left`` and ``right`` close to each other in one field.

    Attributes:
        left, right: a `Word`, a `Phrase`, or an `Or` of them; for a sentence or
            paragraph any other leaf of text too.
        unit: ``words`` (at most ``distance`` other words between the two, and
            ``left`` first if ``ordered``), ``sentence`` or ``paragraph``.
    """

    left: Query
    right: Query
    unit: str = "words"
    distance: int = 0
    ordered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast(Node):
    """``child``, a leaf of text, matches at ``times`` places or more of an article."""

    child: Query
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Boosted(Node):
    """What ``child`` matches; its score counts ``weight`` times."""

    child: Query
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRange(Node):
    """Published on or after ``start`` and before ``end``; None is open.

    An article matches when its whole interval lies inside: one dated ``2024``
    is in ``date:2024`` but not in ``date:2024-09``.

    ``of`` is ``date``, or ``added`` for the day, in UTC, on which an article
    was first stored.
    """

    start: dt.date | None = None
    end: dt.date | None = None
    of: str = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Length(Node):
    """The text has ``low`` words or more, and fewer than ``high``; None is open."""

    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Has(Node):
    """The article has a value for ``name``, one of `PRESENCE`.

    ``is:undated`` is ``Not(Has("date"))``; an empty ``author:`` is
    ``Not(Has("author"))``.
    """

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class And(Node):
    """All of ``children`` (two or more)."""

    children: tuple[Query, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Or(Node):
    """Any of ``children`` (two or more)."""

    children: tuple[Query, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not(Node):
    """Every article that ``child`` does not match."""

    child: Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything(Node):
    """Every article; the empty query."""


Query: TypeAlias = (
    Word
    | Phrase
    | Whole
    | Near
    | Prefix
    | Wildcard
    | Fuzzy
    | Within
    | AtLeast
    | Boosted
    | DateRange
    | Length
    | Has
    | And
    | Or
    | Not
    | Everything
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryWarning:
    """Something in the query that was not taken as the asker may have meant.

    Attributes:
        code: stable word, such as ``unknown_field`` or ``unbalanced_quote``.
        message: for the asker, in plain words.
        span: where in the query text.
    """

    code: str
    message: str
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedQuery:
    """What the lenient parser made of a text.

    Attributes:
        text: the query as typed.
        tree: what was understood.
        plain: True when it holds nothing but bare words, so that
            ``match=auto`` may apply; any operator, quote, sign or field
            makes it False.
        warnings: in order of their place in the text.
    """

    text: str
    tree: Query
    plain: bool
    warnings: tuple[QueryWarning, ...] = ()
