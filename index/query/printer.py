"""From the query tree to its canonical text.

``parse(print_query(tree)).tree == tree`` for every tree that the parser can
give, with the same limits or wider ones: ``And`` and ``Or`` have two or more
children, text is not empty and as `index.query.cleaning.clean` leaves it, a
`Wildcard` is not what a `Prefix` can say, a language is a code, and a
`DateRange` is not empty.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.query.ast import (
    And,
    AtLeast,
    Boosted,
    DateRange,
    Everything,
    Fuzzy,
    Has,
    Length,
    Near,
    Not,
    Or,
    ParsedQuery,
    Phrase,
    Prefix,
    Query,
    Whole,
    Wildcard,
    Within,
    Word,
)
from index.query.dates import print_bounds
from index.query.escapes import OPERATOR_WORDS, escape, escape_quoted
from index.query.guard import Limits
from index.query.joining import print_joining
from index.query.lexer import is_sentence_in_capitals, lex
from index.query.numbers import print_numbers
from index.query.tokens import Kind, Warnings

_SIGNS = {"-": Kind.MINUS, "+": Kind.PLUS}

#: Under these, whatever some limits read as an operator is one.
_WIDEST = Limits(
    nesting=1 << 30,
    nots=1 << 30,
    term_chars=1 << 30,
    wildcard_lead=0,
    wildcards=1 << 30,
    fuzzy_chars=0,
    edits=1 << 30,
    slop=1 << 30,
)


def print_query(tree: Query) -> str:
    """Return the canonical text of ``tree``; empty for `Everything`."""
    if isinstance(tree, Everything):
        return ""
    # Brackets around bare words alone would be read as punctuation.
    nested = isinstance(tree, And) and any(isinstance(child, And) for child in tree.children)
    return _printed(tree, exactly=nested and _only_words(tree))


def print_understood(parsed: ParsedQuery, *filters: Query) -> str:
    """Return the canonical text of ``parsed``, narrowed by ``filters``, that also
    keeps whether it is plain: words joined by ``AND`` print as ``+a b``."""
    tree = _narrowed(parsed.tree, filters)
    if not parsed.plain and _only_words(parsed.tree):
        return _printed(tree, exactly=True)
    return print_query(tree)


def print_part(parsed: ParsedQuery, tree: Query) -> str:
    """Return the canonical text of ``tree``, some of ``parsed``, taken as that was."""
    if not parsed.plain and _only_words(tree):
        return _printed(tree, exactly=True)
    return print_query(tree)


def _narrowed(tree: Query, filters: Sequence[Query]) -> Query:
    parts = tree.children if isinstance(tree, And) else () if isinstance(tree, Everything) else (tree,)
    together = (*parts, *filters)
    if not filters:
        return tree
    return together[0] if len(together) == 1 else And(children=together)


def _printed(tree: Query, *, exactly: bool) -> str:
    def text_by(printer: _Printer) -> str:
        return printer.exactly(tree) if exactly else printer.bare(tree, None)

    text = text_by(_Printer())
    if not text.isupper():
        return text
    return text_by(_Printer(is_upper=True, in_capitals=is_sentence_in_capitals(text)))


def _only_words(tree: Query) -> bool:
    if isinstance(tree, And):
        return all(_only_words(child) for child in tree.children)
    return isinstance(tree, Word) and tree.field is None


def _common_field(tree: Query) -> str | None:
    """The one field that every leaf of ``tree`` asks, or None."""
    if isinstance(tree, And | Or):
        first = _common_field(tree.children[0])
        return first if all(_common_field(child) == first for child in tree.children) else None
    if isinstance(tree, Within):
        return _common_field(tree.left)
    if isinstance(tree, Not | AtLeast | Boosted):
        return _common_field(tree.child)
    if isinstance(tree, DateRange | Length | Has | Everything | Whole):
        return None
    return tree.field


def _name(field: str | None, scope: str | None) -> str:
    return "" if field is None or field == scope else f"{field}:"


class _Printer:
    """Prints for a text that is, or is not, all in capitals: there SENT and PARA
    are words, and in a sentence AND, OR and NOT are too, and operators are signs."""

    def __init__(self, *, is_upper: bool = False, in_capitals: bool = False) -> None:
        self.is_upper = is_upper
        self.in_capitals = in_capitals
        self.either = " || " if in_capitals else " OR "

    def exactly(self, tree: Query) -> str:
        """Text of a tree of bare words, with the sign that makes it an exact query."""
        match tree:
            case Word(text=text):
                return self.word(text, "", "+")
            case And(children=(Word(text=text), *others)):
                return " ".join([self.word(text, "", "+"), *(self.operand(other, None) for other in others)])
            case _:
                return "+" + self.bare(tree, None)

    def bare(self, tree: Query, scope: str | None) -> str:
        """Text of ``tree`` inside a group of the field ``scope``, without brackets
        around the whole."""
        if isinstance(tree, And | Or):
            field = _common_field(tree)
            if field != scope:
                return f"{field}:({self.bare(tree, field)})"
            joint = " " if isinstance(tree, And) else self.either
            return joint.join(self.operand(child, scope) for child in tree.children)
        if isinstance(tree, Within | AtLeast) and (field := _common_field(tree)) != scope:
            return f"{field}:({self.bare(tree, field)})"
        match tree:
            case Within(left=left, right=right):
                operator = print_joining(tree, in_capitals=self.is_upper)
                return f"{self.operand(left, scope)} {operator} {self.operand(right, scope)}"
            case AtLeast(child=Word(text=text), times=times):
                return self.word(text, f"atleast{times}:", "")
            case AtLeast(child=Phrase() | Prefix() | Wildcard() | Fuzzy() as child, times=times):
                return self.pattern(child, f"atleast{times}:")
            case Boosted():
                return self.boosted(tree, scope)
            case Not():
                return self.negated(tree, scope)
        return self.leaf(tree, scope)

    def boosted(self, tree: Boosted, scope: str | None) -> str:
        """What is weighed, in brackets unless it is read back without."""
        text, weight = self.operand(tree.child, scope), f"^{tree.weight:g}"
        warnings = Warnings()
        alone = [token.kind for token in lex(f"{text} x", _WIDEST, warnings)]
        weighed = [token.kind for token in lex(f"{text}{weight} x", _WIDEST, warnings)]
        simple = not isinstance(tree.child, Not | Boosted) and text[0] not in "+-"
        if simple and weighed == [*alone[:-1], Kind.BOOST, *alone[-1:]]:
            return text + weight
        return f"({text}){weight}"

    def operand(self, tree: Query, scope: str | None) -> str:
        if isinstance(tree, And | Or | Within) and _common_field(tree) == scope:
            return f"({self.bare(tree, scope)})"
        return self.bare(tree, scope)

    def negated(self, tree: Not, scope: str | None) -> str:
        child = tree.child
        if isinstance(child, Has) and child.name == "date":
            return "is:undated"
        if isinstance(child, Word):
            return self.word(child.text, _name(child.field, scope), "-")
        text = self.operand(child, scope)
        if text.startswith("+") and text[1].isalnum():
            return "-" + text[1:]
        simple = not isinstance(child, Not) and text[0] not in "-+"
        if simple:
            return f"-{text}"
        return f"-({text})" if self.in_capitals else f"NOT {text}"

    def leaf(self, tree: Query, scope: str | None) -> str:
        match tree:
            case Everything():
                return "*"
            case Has(name=name):
                return "is:duplicate" if name == "duplicate" else f"has:{name}"
            case DateRange(start=start, end=end, of=of):
                return print_bounds(start, end, of)
            case Length(low=low, high=high):
                return print_numbers(low, high)
            case Whole(text=text, field=field):
                return f'{field}:="{escape_quoted(text)}"'
            case Word(text=text, field=field):
                return self.word(text, _name(field, scope), "")
            case Phrase() | Near() | Prefix() | Wildcard() | Fuzzy():
                return self.pattern(tree, _name(tree.field, scope))
            case _:
                raise TypeError(f"not a leaf of a query: {tree!r}")

    def pattern(self, tree: Phrase | Near | Prefix | Wildcard | Fuzzy, name: str) -> str:
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

    def _is_word(self, text: str) -> bool:
        """Whether a word that can be an operator is none here."""
        return self.is_upper if text in ("SENT", "PARA") else self.in_capitals

    def word(self, text: str, name: str, sign: str) -> str:
        """A word as typed if it is read back so, else with escapes."""
        if text.isalnum() and (sign or text not in OPERATOR_WORDS or self._is_word(text)):
            return sign + name + text
        bare = sign + name + text
        named = Kind.COUNT if name.startswith("atleast") else Kind.FIELD
        expected = ([_SIGNS[sign]] if sign else []) + ([named] if name else []) + [Kind.WORD, Kind.WORD]
        tokens = lex(f"{bare} x", _WIDEST, Warnings())
        if [token.kind for token in tokens] == expected and tokens[-2].text == text:
            return bare
        return sign + name + escape(text)
