"""``in:title``: a field for the bare words of the group that it stands in."""

from __future__ import annotations

from index.query.fields import BY_NAME, FieldHelp, Takes
from index.query.tokens import Kind, Token

#: The group that no bracket opens.
OUTERMOST = -1

_SIGNS = (Kind.MINUS, Kind.PLUS)
_MARKS = (Kind.FIELD, Kind.CLOSE, *_SIGNS)


def take_scopes(tokens: list[Token]) -> tuple[list[Token], dict[int, FieldHelp]]:
    """Return the tokens without ``in:field``, and the field of each group that
    had one; a group is named by the index, among the tokens returned, of the
    bracket that opens it.

    With nothing else in the query there is nothing to look for in the field,
    and the tokens come back as they are.
    """
    kept: list[Token] = []
    scopes: dict[int, FieldHelp] = {}
    open_groups = [OUTERMOST]
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if scope := _scope(tokens, at):
            scopes[open_groups[-1]] = scope
            at += 2
            continue
        if token.kind is Kind.OPEN:
            open_groups.append(len(kept))
        elif token.kind is Kind.CLOSE and len(open_groups) > 1:
            open_groups.pop()
        kept.append(token)
        at += 1
    return (kept, scopes) if any(token.kind not in _MARKS for token in kept) else (tokens, {})


def _scope(tokens: list[Token], at: int) -> FieldHelp | None:
    """The field that the token at ``at`` and its value name; None if they are
    no ``in:field``, or a sign stands before them."""
    token = tokens[at]
    if token.kind is not Kind.FIELD or BY_NAME[token.text.lower()].takes is not Takes.SCOPE:
        return None
    value = tokens[at + 1] if at + 1 < len(tokens) else None
    if value is None or value.kind is not Kind.WORD or value.start != token.end:
        return None
    if at and tokens[at - 1].kind in _SIGNS:
        return None
    named = BY_NAME.get(value.text.lower())
    return named if named is not None and named.takes is Takes.TEXT else None
