"""From query text to the query tree, whatever the text.

User input never raises, except `QueryLimitError` for what is longer, deeper or
broader than allowed.  What cannot be taken as an operator is text, with a
warning that says where.  ``AND`` binds tighter than ``OR``; brackets keep
their shape in the tree, so that it can be printed and read back.

The parser keeps its own stack: no text can exhaust Python's.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from index.errors import QueryLimitError
from index.query.ast import And, Boosted, Everything, Not, ParsedQuery, Query, Word
from index.query.cleaning import Cleaned, clean
from index.query.escapes import unescape
from index.query.fields import BY_NAME, FieldHelp, Takes
from index.query.groups import Group, cover, warn_of_empty, warn_of_unclosed
from index.query.guard import DEFAULT_LIMITS, Limits, check_length, check_terms
from index.query.joining import Joining, joining_from
from index.query.leaves import Value, field_leaf, text_leaf
from index.query.lexer import lex
from index.query.scopes import OUTERMOST, take_scopes
from index.query.tokens import Kind, Token, Warnings
from index.query.values import boost_at, counted, missing, value_at

_BROAD = frozenset({Kind.PREFIX, Kind.WILDCARD, Kind.FUZZY})
_TEXT = _BROAD | {Kind.WORD, Kind.PHRASE, Kind.EVERY}
_VALUE = _TEXT | {Kind.RANGE, Kind.WHOLE}
_STARTS_OPERAND = _VALUE | {Kind.FIELD, Kind.COUNT, Kind.OPEN, Kind.MINUS, Kind.PLUS, Kind.NOT}


def parse(text: str, *, limits: Limits = DEFAULT_LIMITS, today: dt.date | None = None) -> ParsedQuery:
    """Return what ``text`` asks.

    Args:
        text: the query as typed.
        limits: what one query may ask.
        today: the day that ``yesterday`` and the like are counted from; the
            system's when not given.

    Raises:
        QueryLimitError: the text is longer than ``limits`` allow, or has too
            many words, brackets inside each other, or NOTs in a row.
    """
    check_length(text, limits)
    cleaned = clean(text)
    warnings = Warnings()
    try:
        tokens = lex(cleaned.text, limits, warnings)
        parser = _Parser(cleaned, tokens, limits, today, warnings)
        tree = parser.run()
    except QueryLimitError as error:
        if error.position is not None:
            error.position = cleaned.span(error.position, error.position)[0]
        raise
    return ParsedQuery(text=text, tree=tree, plain=parser.plain, warnings=warnings.placed(cleaned))


class _Parser:
    def __init__(
        self,
        cleaned: Cleaned,
        tokens: list[Token],
        limits: Limits,
        today: dt.date | None,
        warnings: Warnings,
    ) -> None:
        self.cleaned = cleaned
        self.tokens = tokens
        self.limits = limits
        self._today = today
        self.warnings = warnings
        self.frames: list[Group] = []
        self.scopes: dict[int, FieldHelp] = {}
        self.leaves: list[Query] = []
        self.exact = False
        self.terms = 0
        self.broad = 0

    @property
    def plain(self) -> bool:
        """Whether nothing but bare words was understood."""
        return not self.exact and all(isinstance(leaf, Word) and leaf.field is None for leaf in self.leaves)

    @property
    def today(self) -> dt.date:
        if self._today is None:
            self._today = dt.date.today()
        return self._today

    def run(self) -> Query:
        if any(token.kind is Kind.FIELD and self._field(token).takes is Takes.SCOPE for token in self.tokens):
            self.tokens, self.scopes = take_scopes(self.tokens)
        self.frames = [Group(0, self.scopes.get(OUTERMOST))]
        at = 0
        while at < len(self.tokens):
            at = self._step(at)
        self._close_all(len(self.cleaned.text))
        tree = self._finish(self.frames[0])
        warn_of_empty(self.frames[0], self.warnings)
        if tree is None:
            return Everything(span=self.cleaned.span(0, 0))
        if self.plain and len(self.leaves) > 1:  # brackets around plain words group nothing
            return And(children=tuple(self.leaves), span=cover(self.leaves))
        return tree

    def _field(self, token: Token) -> FieldHelp:
        return BY_NAME[token.text.lower()]

    def _kind(self, at: int) -> Kind | None:
        return self.tokens[at].kind if at < len(self.tokens) else None

    def _step(self, at: int) -> int:
        """Deal with the token at ``at``; return where the next one is."""
        token = self.tokens[at]
        frame = self.frames[-1]
        match token.kind:
            case Kind.OPEN:
                self.frames.append(Group(token.start, self.scopes.get(at, frame.scope), token.end))
            case Kind.CLOSE:
                if len(self.frames) > 1:
                    self._close(token.end, boost_at(self.tokens, at + 1, self.warnings))
                else:
                    message = "A closing bracket without an opening one was left out."
                    self.warnings.widen("unbalanced_bracket", message, token.start, token.end)
            case Kind.FIELD:
                return self._after_field(at)
            case Kind.COUNT:
                return self._after_count(at)
            case Kind.BOOST:
                self.exact = True  # whatever it weighs has taken it
            case Kind.JOIN:
                if frame.takes_operator:
                    frame.join, frame.dropped = token, False
                else:
                    self._operator_as_text(token)
            case Kind.MINUS:
                frame.negations.append(token.start)
                self.exact = True
            case Kind.PLUS:
                self.exact = True
            case Kind.NOT:
                if self._kind(at + 1) in _STARTS_OPERAND:
                    frame.negations.append(token.start)
                    self.exact = True
                else:
                    self._operator_as_text(token)
            case Kind.AND | Kind.OR:
                if frame.takes_operator:
                    frame.waiting, frame.dropped = token, False
                else:
                    self._operator_as_text(token)
            case _:
                self._leaf(token, boost=boost_at(self.tokens, at + 1, self.warnings))
        return at + 1

    def _after_count(self, at: int) -> int:
        """Take ``atleast3:`` with the word or phrase after its colon."""
        count = self.tokens[at]
        value = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        if value is None or value.kind not in _TEXT - {Kind.EVERY} or value.start != count.end:
            message = f"'{count.text}' takes a word or a phrase directly after it; it was searched as text."
            self.warnings.add("empty_field", message, count.start, count.end)
            self._leaf(Token(Kind.WORD, count.text, count.start, count.end))
            return at + 1
        self._leaf(value, boost=boost_at(self.tokens, at + 2, self.warnings), count=count)
        return at + 2

    def _leaf(self, token: Token, *, boost: float = 1.0, count: Token | None = None) -> None:
        """Take a word, phrase or pattern in the field of its group."""
        scope = self.frames[-1].scope
        token = self._counted(token)
        if token.kind is Kind.PHRASE and not token.text.strip():
            self.frames[-1].drop()
            if self.cleaned.text[token.start : token.end].strip() != '"':  # of an open one the lexer tells
                self.warnings.add("empty_phrase", "Empty quotes were left out.", token.start, token.end)
            return
        span = self.cleaned.span(token.start, token.end)
        if scope is None:
            leaf = text_leaf(token, None, span)
        else:
            source = self.cleaned.text[token.start : token.end]
            value = Value(token, token.start, source)
            leaf = field_leaf(scope, value, span, today=self.today, warn=self.warnings.add)
        if count is not None:
            start = self.cleaned.span(count.start, count.end)[0]
            leaf = counted(leaf, count, (start, leaf.span[1]), self.warnings)
        self._take(leaf, boost)

    def _counted(self, token: Token) -> Token:
        """Count the token's words; past the limit of patterns it is a word."""
        self.terms += len(token.text.split()) if token.kind is Kind.PHRASE else 1
        check_terms(self.terms, self.limits, token.start)
        if token.kind in _BROAD:
            self.broad += 1
            if self.broad > self.limits.broad_terms:
                most = self.limits.broad_terms
                message = f"At most {most} words may have a wildcard or ~; it was searched as text."
                self.warnings.add("wildcard_as_text", message, token.start, token.end)
                source = self.cleaned.text[token.start : token.end]
                return Token(Kind.WORD, unescape(source), token.start, token.end)
        return token

    def _after_field(self, at: int) -> int:
        """Take a field name with whatever stands after its colon."""
        name = self.tokens[at]
        known = self._field(name)
        following = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        glued = following is not None and following.start == name.end
        if following is None or not (following.kind in _VALUE or following.kind is Kind.OPEN):
            self._valueless(name, known)
            return at + 1
        if not glued:
            message = f"'{name.text}:' was taken to belong to what follows the space."
            self.warnings.add("space_after_colon", message, name.start, following.end)
        if following.kind is Kind.OPEN:
            self.frames.append(Group(name.start, self.scopes.get(at + 1, known), following.end))
            return at + 2
        token, after = value_at(self.tokens, at + 1, known, self.today)
        if token.kind is Kind.PHRASE and not token.text.strip():
            self._valueless(name, known, quiet=True)
            return after
        token = self._counted(token)
        source = self.cleaned.text[name.start : token.end]
        value = Value(token, name.start, unescape(source))
        span = self.cleaned.span(name.start, token.end)
        leaf = field_leaf(known, value, span, today=self.today, warn=self.warnings.add)
        self._take(leaf, boost_at(self.tokens, after, self.warnings))
        return after

    def _valueless(self, name: Token, known: FieldHelp, *, quiet: bool = False) -> None:
        """Take a field with nothing after its colon."""
        span = self.cleaned.span(name.start, name.end)
        leaf = missing(name, known, span, self.warnings, quiet=quiet)
        self.terms += 1
        check_terms(self.terms, self.limits, name.start)
        self._take(leaf)

    def _take(self, leaf: Query, boost: float = 1.0) -> None:
        self.leaves.append(leaf)
        self._operand(leaf, boost)

    def _operand(self, node: Query, boost: float = 1.0) -> None:
        """Give the open group its next operand, with the signs before it."""
        frame = self.frames[-1]
        frame.dropped = False
        if boost != 1.0:
            node = Boosted(child=node, weight=boost, span=node.span)
        if frame.join and self._join(frame, frame.join, node):
            return
        for start in reversed(frame.negations):
            first = self.cleaned.span(start, start + 1)[0]
            node = Not(child=node, span=(first, node.span[1]))
        frame.negations.clear()
        if frame.waiting and frame.waiting.kind is Kind.OR:
            frame.alternatives.append(frame.conjunction)
            frame.conjunction = []
        if frame.waiting:
            self.exact = True
        frame.waiting = None
        frame.conjunction.append(node)

    def _join(self, frame: Group, token: Token, node: Query) -> bool:
        """Join ``node`` to what stands before the operator ``token``; if they
        cannot be joined, say so."""
        self.exact = True
        how = joining_from(token.text, in_capitals=False) or Joining("words")
        how = replace(how, distance=min(how.distance, self.limits.slop))
        if frame.join_with(node, how):
            return True
        message = f"{token.text} joins words, phrases and (a OR b) of one field; it was read as AND."
        self.warnings.add("not_joined", message, token.start, token.end)
        return False

    def _operator_as_text(self, token: Token) -> None:
        message = f"{token.text} joins nothing here; it was searched as text."
        self.warnings.add("stray_operator", message, token.start, token.end)
        self._leaf(Token(Kind.WORD, token.text, token.start, token.end))

    def _close_all(self, end: int) -> None:
        """End the groups whose brackets are not closed."""
        unclosed = self.frames[1:]
        while len(self.frames) > 1:
            self._close(end, is_closed=False)
        warn_of_unclosed(unclosed, end, self.warnings, self.cleaned.text)

    def _close(self, end: int, boost: float = 1.0, *, is_closed: bool = True) -> None:
        """End the innermost group and give it to the one around it."""
        frame = self.frames[-1]
        node = self._finish(frame, end)
        self.frames.pop()
        if node is not None:
            warn_of_empty(frame, self.warnings)
            self._operand(node, boost)
            return
        around = self.frames[-1]
        around.drop()
        if is_closed:
            around.empties.append((frame.start, end))

    def _finish(self, frame: Group, end: int | None = None) -> Query | None:
        """The tree of a group, or None if it is empty."""
        for stray in frame.stray_operators():
            self._operator_as_text(stray)
        return frame.tree(None if end is None else self.cleaned.span(frame.start, end))
