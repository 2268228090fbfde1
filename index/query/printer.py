"""From the query tree to its canonical text.

``parse(print_query(tree)).tree == tree`` for every tree that the parser can
give, with the same limits or wider ones: ``And`` and ``Or`` have two or more
children, text is not empty and as `index.query.cleaning.clean` leaves it, a
`Wildcard` is not what a `Prefix` can say, and a `DateRange` is not empty.
"""

from __future__ import annotations

from index.query.ast import (
    And,
    DateRange,
    Everything,
    Fuzzy,
    Has,
    Near,
    Not,
    Or,
    ParsedQuery,
    Phrase,
    Prefix,
    Query,
    Wildcard,
    Word,
)
from index.query.dates import print_bounds
from index.query.escapes import escape, escape_quoted
from index.query.guard import Limits
from index.query.lexer import lex
from index.query.tokens import Kind, Warnings

#: Under these, whatever some limits read as an operator is one.
_WIDEST = Limits(
    term_chars=1 << 30, wildcard_lead=0, wildcards=1 << 30, fuzzy_chars=0, edits=1 << 30, slop=1 << 30
)


def print_query(tree: Query) -> str:
    """Return the canonical text of ``tree``; empty for `Everything`."""
    if isinstance(tree, Everything):
        return ""
    text = _bare(tree, None)
    # Brackets around bare words alone would be read as punctuation.
    if isinstance(tree, And) and any(isinstance(child, And) for child in tree.children) and _only_words(tree):
        return "+" + text
    return text


def print_understood(parsed: ParsedQuery) -> str:
    """Return the canonical text of ``parsed`` that also keeps whether it is
    plain: words joined by ``AND`` print as ``+a b``."""
    text = print_query(parsed.tree)
    if not parsed.plain and _only_words(parsed.tree) and not text.startswith("+"):
        return "+" + text
    return text


def _only_words(tree: Query) -> bool:
    if isinstance(tree, And):
        return all(_only_words(child) for child in tree.children)
    return isinstance(tree, Word) and tree.field is None


def _bare(tree: Query, scope: str | None) -> str:
    """Text of ``tree`` inside a group of the field ``scope``, without brackets
    around the whole."""
    if isinstance(tree, And | Or):
        field = _common_field(tree)
        if field != scope:
            return f"{field}:({_bare(tree, field)})"
        joint = " " if isinstance(tree, And) else " OR "
        return joint.join(_operand(child, scope) for child in tree.children)
    if isinstance(tree, Not):
        return _not(tree, scope)
    return _leaf(tree, scope)


def _operand(tree: Query, scope: str | None) -> str:
    if isinstance(tree, And | Or) and _common_field(tree) == scope:
        return f"({_bare(tree, scope)})"
    return _bare(tree, scope)


def _not(tree: Not, scope: str | None) -> str:
    child = tree.child
    if isinstance(child, Has) and child.name == "date":
        return "is:undated"
    text = _operand(child, scope)
    if text.startswith("+") and text[1].isalnum():
        return "-" + text[1:]
    simple = not isinstance(child, Not) and text[0] not in "-+"
    return f"-{text}" if simple else f"NOT {text}"


def _common_field(tree: Query) -> str | None:
    """The one field that every leaf of ``tree`` asks, or None."""
    if isinstance(tree, And | Or):
        first = _common_field(tree.children[0])
        return first if all(_common_field(child) == first for child in tree.children) else None
    if isinstance(tree, Not):
        return _common_field(tree.child)
    if isinstance(tree, DateRange | Has | Everything):
        return None
    return tree.field


def _leaf(tree: Query, scope: str | None) -> str:
    match tree:
        case Everything():
            return "*"
        case Has(name=name):
            return f"has:{name}"
        case DateRange(start=start, end=end):
            return print_bounds(start, end)
        case Word(text=text, field=field):
            return _word(text, "" if field == scope or field is None else f"{field}:")
        case Phrase() | Near() | Prefix() | Wildcard() | Fuzzy():
            name = "" if tree.field == scope or tree.field is None else f"{tree.field}:"
            return _pattern(tree, name)
        case _:
            raise TypeError(f"not a leaf of a query: {tree!r}")


def _pattern(tree: Phrase | Near | Prefix | Wildcard | Fuzzy, name: str) -> str:
    match tree:
        case Phrase(text=text):
            return f'{name}"{escape_quoted(text)}"'
        case Near(text=text, slop=slop):
            return f'{name}"{escape_quoted(text)}"~{slop}'
        case Prefix(text=text):
            return f"{name}{escape(text)}*"
        case Fuzzy(text=text, edits=edits):
            return f"{name}{escape(text)}~{'' if edits == 1 else edits}"
        case Wildcard(pattern=pattern):
            # Bare, a question mark that ends a word is punctuation.
            signed = not name and not {"*", "?"} & set(pattern.rstrip("?"))
            return f"+{pattern}" if signed else name + pattern


def _word(text: str, name: str) -> str:
    """A word as typed if it is read back so, else with escapes."""
    if text.isalnum() and text not in ("AND", "OR", "NOT"):
        return name + text
    bare = name + text
    tokens = lex(f"{bare} x", _WIDEST, Warnings())
    kinds = [Kind.FIELD] if name else []
    if [token.kind for token in tokens] == [*kinds, Kind.WORD, Kind.WORD] and tokens[-2].text == text:
        return bare
    return name + escape(text)
