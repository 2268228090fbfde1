"""A query, clause by clause: what each is, and what is left without it."""

from __future__ import annotations

from index.query.ast import And, Everything, ParsedQuery, Query
from index.query.printer import print_part
from webapp.models import Clause


def top_clauses(parsed: ParsedQuery) -> tuple[Query, ...]:
    """Return what must all match, in order; nothing for the empty query."""
    tree = parsed.tree
    if isinstance(tree, Everything):
        return ()
    return tree.children if isinstance(tree, And) else (tree,)


def clauses_of(parsed: ParsedQuery) -> tuple[Clause, ...]:
    """Return each clause as text, with the query that is left without it."""
    parts = top_clauses(parsed)
    return tuple(
        Clause(
            text=print_part(parsed, part).removeprefix("+"),
            rest=_text(parsed, parts[:number] + parts[number + 1 :]),
        )
        for number, part in enumerate(parts)
    )


def _text(parsed: ParsedQuery, parts: tuple[Query, ...]) -> str:
    if not parts:
        return ""
    tree: Query = parts[0] if len(parts) == 1 else And(children=parts)
    return print_part(parsed, tree)
