"""A group of the query, in brackets or the whole, while the parser reads it."""

from __future__ import annotations

from dataclasses import dataclass, field

from index.query.ast import Not, Query
from index.query.fields import FieldHelp
from index.query.joining import Joining, chained, joined
from index.query.tokens import Token


@dataclass(slots=True)
class Group:
    """One level of brackets while it is being read.

    ``alternatives`` are finished ANDs; ``conjunction`` is the one being read;
    ``negations`` are where the signs stand that wait for their operand; ``waiting``
    is an AND or OR that waits for its right-hand side; ``join`` is a NEAR or the
    like that does; ``closest`` is the last operand if a join made it.
    """

    start: int
    scope: FieldHelp | None
    alternatives: list[list[Query]] = field(default_factory=list)
    conjunction: list[Query] = field(default_factory=list)
    negations: list[int] = field(default_factory=list)
    waiting: Token | None = None
    join: Token | None = None
    closest: Query | None = None

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
