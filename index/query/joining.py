"""Operators that join two words by how close they stand: ``NEAR/5``, ``BEFORE/5``,
``SENT``, ``PARA``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from index.query.ast import And, Fuzzy, Near, Or, Phrase, Prefix, Query, Span, Wildcard, Within, Word

#: What the operators are called: the first of each is how it is printed.
SENTENCE, PARAGRAPH = "SENT", "PARA"

_OPERATOR = re.compile(
    r"(?:(?i:NEAR|WITHIN)|W)/(?:(?P<near>[0-9]{1,9})|(?P<sent>(?i:S|SENT))|(?P<para>(?i:P|PARA)))"
    r"|(?:(?i:BEFORE)|PRE)/(?P<before>[0-9]{1,9})"
)

#: What looks like such an operator, in other programs or with its distance forgotten.
_NEARLY = re.compile(
    r"NEAR|ADJ|WITHIN|BEFORE|(?:NEAR|ADJ)[0-9]{1,3}|(?i:ADJ|N|ONEAR|PRE|W)/(?:[0-9]{1,3}|[sp])"
)

#: Fields in which words stand at places, and those of them that have sentences.
_PLACED = frozenset({None, "title", "body", "lead", "author", "source", "tag", "url"})
_WRITTEN = frozenset({None, "title", "body", "lead"})

_TEXT = (Word, Phrase, Near, Prefix, Wildcard, Fuzzy)


@dataclass(frozen=True, slots=True)
class Joining:
    """What an operator asks of the two that it joins; see `index.query.ast.Within`."""

    unit: str
    distance: int = 0
    ordered: bool = False


def is_joining(text: str) -> bool:
    """Whether ``text`` is an operator of this kind, wherever it stands."""
    return _OPERATOR.fullmatch(text) is not None


def is_nearly_joining(text: str, *, in_capitals: bool) -> bool:
    """Whether ``text`` is no operator of this kind, but may be meant as one.

    Args:
        in_capitals: the whole query is, so that words are too.
    """
    return not (in_capitals and text.isalpha()) and _NEARLY.fullmatch(text) is not None


def joining_from(text: str, *, in_capitals: bool) -> Joining | None:
    """Return what the operator ``text`` asks; None if it is none.

    Args:
        in_capitals: the whole query is, so that ``SENT`` and ``PARA`` are words.
    """
    if text in (SENTENCE, PARAGRAPH):
        return None if in_capitals else Joining("sentence" if text == SENTENCE else "paragraph")
    match = _OPERATOR.fullmatch(text)
    if match is None:
        return None
    if match["near"] or match["before"]:
        return Joining("words", int(match["near"] or match["before"]), ordered=bool(match["before"]))
    return Joining("sentence" if match["sent"] else "paragraph")


def print_joining(node: Within, *, in_capitals: bool) -> str:
    """Return the operator of ``node``."""
    if node.unit == "words":
        return f"{'BEFORE' if node.ordered else 'NEAR'}/{node.distance}"
    if in_capitals:
        return "NEAR/S" if node.unit == "sentence" else "NEAR/P"
    return SENTENCE if node.unit == "sentence" else PARAGRAPH


def joined(left: Query, right: Query, how: Joining) -> Within | None:
    """Return the node that joins ``left`` and ``right``, in the one field that they
    ask; None if they cannot be joined."""
    leaves = [*_leaves(left, how), *_leaves(right, how)]
    if None in leaves:
        return None
    fields = {leaf.field for leaf in leaves if leaf is not None}
    named = fields - {None}
    if len(named) > 1 or not fields <= (_PLACED if how.unit == "words" else _WRITTEN):
        return None
    if named and None in fields:
        name = named.pop()
        left, right = _in_field(left, name), _in_field(right, name)
    span: Span = (left.span[0], right.span[1])
    return Within(
        left=left, right=right, unit=how.unit, distance=how.distance, ordered=how.ordered, span=span
    )


def chained(before: Query, right: Query, how: Joining) -> Query | None:
    """Return what ``a NEAR/5 b NEAR/5 c`` asks: ``before``, and its last with ``right``."""
    parts = before.children if isinstance(before, And) else (before,)
    last = parts[-1]
    following = joined(last.right, right, how) if isinstance(last, Within) else None
    if following is None:
        return None
    return And(children=(*parts, following), span=(before.span[0], right.span[1]))


def _leaves(node: Query, how: Joining) -> Iterator[Word | Phrase | Near | Prefix | Wildcard | Fuzzy | None]:
    """Yield the leaves of an operand; None for what cannot be one."""
    for leaf in node.children if isinstance(node, Or) else (node,):
        allowed = isinstance(leaf, Word | Phrase) or (how.unit != "words" and isinstance(leaf, _TEXT))
        yield leaf if allowed and isinstance(leaf, _TEXT) else None


def _in_field(node: Query, name: str | None) -> Query:
    if isinstance(node, Or):
        return replace(node, children=tuple(_in_field(child, name) for child in node.children))
    return replace(node, field=name) if isinstance(node, _TEXT) else node
