"""A group of the query, in brackets or the whole, while the parser reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from index.query.ast import And, Not, Or, Query, Span
from index.query.fields import FieldHelp
from index.query.joining import Joining, chained, joined
from index.query.tokens import Token, Warnings


@dataclass(slots=True)
class Group:
    """One level of brackets while it is being read.

    ``start`` is where it begins, ``inside`` where what it holds does.
    ``alternatives`` are finished ANDs; ``conjunction`` is the one being read;
    ``negations`` are where the signs stand that wait for their operand; ``waiting``
    is an AND or OR that waits for its right-hand side; ``join`` is a NEAR or the
    like that does; ``closest`` is the last operand if a join made it; ``empties``
    are where brackets without anything in them stand; ``dropped`` says that what
    came last held nothing and was left out.
    """

    start: int
    scope: FieldHelp | None
    inside: int = 0
    alternatives: list[list[Query]] = field(default_factory=list)
    conjunction: list[Query] = field(default_factory=list)
    negations: list[int] = field(default_factory=list)
    waiting: Token | None = None
    join: Token | None = None
    closest: Query | None = None
    empties: list[Span] = field(default_factory=list)
    dropped: bool = False

    @property
    def takes_operator(self) -> bool:
        """Whether an operator that joins may stand here."""
        return bool(self.conjunction) and not (self.join or self.waiting or self.negations)

    @property
    def is_empty(self) -> bool:
        return not self.conjunction

    def drop(self) -> None:
        """Leave out what holds nothing, and the signs that belong to it."""
        self.negations.clear()
        self.dropped = True

    def join_with(self, node: Query, how: Joining) -> bool:
        """Join the last operand to ``node``, signs before it staying outermost.

        Nothing changes, and it is False, if they cannot be joined.
        """
        self.join = None
        left = core = self.conjunction[-1]
        nots: list[Not] = []
        while isinstance(core, Not):
            nots.append(core)
            core = core.child
        if self.negations:
            return False
        found = chained(core, node, how) if left is self.closest else joined(core, node, how)
        if found is None:
            return False
        for negation in reversed(nots):
            found = Not(child=found, span=(negation.span[0], found.span[1]))
        self.conjunction[-1] = self.closest = found
        return True

    def stray_operators(self) -> list[Token]:
        """Take the operators that wait in vain; none if what they waited for was left out."""
        strays = [] if self.dropped else [token for token in (self.join, self.waiting) if token]
        self.negations.clear()
        self.join = self.waiting = None
        return strays

    def tree(self, span: Span | None) -> Query | None:
        """Return what was read, or None if it is nothing.

        Args:
            span: of the brackets around it; None if there are none.
        """
        if self.is_empty:
            return None
        alternatives = [
            part[0] if len(part) == 1 else And(children=tuple(part), span=cover(part))
            for part in [*self.alternatives, self.conjunction]
        ]
        if len(alternatives) > 1:
            return Or(children=tuple(alternatives), span=span or cover(alternatives))
        if span and len(self.conjunction) > 1:
            return And(children=tuple(self.conjunction), span=span)
        return alternatives[0]


def cover(nodes: Sequence[Query]) -> Span:
    """Return the stretch from the first of ``nodes`` to the last."""
    return (nodes[0].span[0], nodes[-1].span[1])


def warn_of_empty(group: Group, warnings: Warnings) -> None:
    """Tell of the brackets in ``group`` that hold nothing."""
    for start, end in group.empties:
        warnings.add("empty_group", "Empty brackets were left out.", start, end)


def warn_of_unclosed(unclosed: Sequence[Group], end: int, warnings: Warnings, text: str) -> None:
    """Tell of brackets that were not closed: once for those that stand side by side."""
    runs: list[list[Group]] = []
    for group in unclosed:
        last = runs[-1][-1] if runs else None
        if last and not text[last.inside : group.start].strip() and last.is_empty == group.is_empty:
            runs[-1].append(group)
        else:
            runs.append([group])
    for run in runs:
        one = len(run) == 1
        said = "The bracket is not closed" if one else f"{len(run)} brackets are not closed"
        if run[0].is_empty:
            said += f" and {'holds' if one else 'hold'} nothing; {'it was' if one else 'they were'} left out."
        else:
            said += f"; {'it was' if one else 'they were'} closed at the end."
        warnings.add("unbalanced_bracket", said, run[0].start, end)
