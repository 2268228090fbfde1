"""The plan: a query after analysis, in terms of index fields and tokens.

`index.query.rewrite` makes it from the query tree; an engine compiles it and
decides nothing.  Text in a plan is final: tokens as `index.analysis` gives
them.  These kinds of leaf and node are all that an engine must know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Term:
    """The token ``text`` occurs in ``field`` (of any text or keyword kind)."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class TermPhrase:
    """``terms`` (two or more) stand side by side in this order in ``field``."""

    field: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TermNear:
    """``terms`` (two to five) occur, in any order, at distinct positions of one
    stretch of ``field`` that holds at most ``slop`` other tokens: last position
    - first position + 1 - len(terms) <= slop."""

    field: str
    terms: tuple[str, ...]
    slop: int


@dataclass(frozen=True, slots=True)
class Forms:
    """In place of a token: any whose stem, in the language of its mark, is ``stem``."""

    stem: str


#: What stands at one place of a `TermWithin`.
Slot: TypeAlias = str | Forms


@dataclass(frozen=True, slots=True)
class TermWithin:
    """``left`` and ``right``, each one token or several side by side, stand in
    ``field`` without overlapping, at most ``slop`` other tokens between them;
    ``left`` comes first if ``ordered``.  With `Forms` in it every match scores 1."""

    field: str
    left: tuple[Slot, ...]
    right: tuple[Slot, ...]
    slop: int
    ordered: bool = False

    @property
    def forms(self) -> tuple[Forms, ...]:
        """The distinct `Forms` in it."""
        return tuple(dict.fromkeys(slot for slot in (*self.left, *self.right) if isinstance(slot, Forms)))


@dataclass(frozen=True, slots=True)
class TermPrefix:
    """A token of ``field`` begins with ``text``."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class TermWildcard:
    """A token of ``field`` matches ``pattern`` whole: ``?`` is one character,
    ``*`` any number, everything else itself."""

    field: str
    pattern: str


@dataclass(frozen=True, slots=True)
class TermFuzzy:
    """A token of ``field`` is within ``edits`` (1 or 2) of ``text`` by optimal
    string alignment and shares its first character."""

    field: str
    text: str
    edits: int


@dataclass(frozen=True, slots=True)
class NumberRange:
    """``low <= value < high`` in a number field; None is open; a document
    without a value never matches."""

    field: str
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Ids:
    """The documents with these ``ids``, ascending."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Mentions:
    """What ``sides``, the only one, matches stands at ``times`` places or more.

    Attributes:
        sides: plans of what is looked for in the stored text.
        parts: of the article, where: ``title``, ``body``, ``lead``.
    """

    sides: tuple[Plan]
    parts: tuple[str, ...]
    times: int


@dataclass(frozen=True, slots=True)
class Together:
    """Something that each of the two ``sides`` matches stands in the same
    ``unit``, ``sentence`` or ``paragraph``; see `Mentions`."""

    sides: tuple[Plan, Plan]
    parts: tuple[str, ...]
    unit: str


@dataclass(frozen=True, slots=True)
class Checked:
    """Those of ``among`` whose stored text passes ``check``.

    No engine is asked this: `index.checking` reads the texts and puts `Ids` in
    its place.
    """

    among: Plan
    check: Mentions | Together


@dataclass(frozen=True, slots=True)
class Every:
    """Every document."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No document."""


@dataclass(frozen=True, slots=True)
class All:
    """Documents that match every one of ``children``; scores add up."""

    children: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Documents that match at least ``minimum`` of ``children``; the scores of
    those that match add up."""

    children: tuple[Plan, ...]
    minimum: int = 1


@dataclass(frozen=True, slots=True)
class Except:
    """Documents that ``child`` does not match; scores 0."""

    child: Plan


@dataclass(frozen=True, slots=True)
class Boost:
    """As ``child``, its score multiplied by ``weight``."""

    child: Plan
    weight: float


@dataclass(frozen=True, slots=True)
class Constant:
    """As ``child``, its score ``score`` (0 makes it a filter).

    Attributes:
        marked: whether what ``child`` matches is marked in texts.
    """

    child: Plan
    score: float
    marked: bool = True


@dataclass(frozen=True, slots=True)
class Reward:
    """Matches exactly what ``match`` does; each of ``rewards`` that matches a
    document too adds its score to the document's."""

    match: Plan
    rewards: tuple[Plan, ...]


Plan: TypeAlias = (
    Term
    | TermPhrase
    | TermNear
    | TermWithin
    | TermPrefix
    | TermWildcard
    | TermFuzzy
    | NumberRange
    | Ids
    | Checked
    | Every
    | Nothing
    | All
    | Any
    | Except
    | Boost
    | Constant
    | Reward
)


def below(plan: Plan) -> tuple[Plan, ...]:
    """Return the plans that ``plan`` is made of; of `Checked`, which no engine is asked, none."""
    if type(plan) is Term:  # most are, and a match statement asks one class after another
        return ()
    if isinstance(plan, Boost | Except | Constant):
        return (plan.child,)
    if isinstance(plan, All | Any):
        return plan.children
    return (plan.match, *plan.rewards) if isinstance(plan, Reward) else ()
