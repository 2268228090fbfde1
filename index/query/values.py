"""What belongs to a name or a word besides its own token: the value of a field, which
may be several (``date:10 september 2024``) or none, a boost, a number of mentions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from index.query.ast import Query, Span, Word
from index.query.fields import FieldHelp, Takes
from index.query.guard import MAX_BOOST, MIN_BOOST
from index.query.leaves import at_least, is_date, missing_leaf
from index.query.tokens import Kind, Token, Warnings

_COMPARISONS = frozenset({">", ">=", "<", "<=", "=", "≥", "≤"})
_SIGNS = "<>=≥≤"

#: Words between the two ends of a range, and the most words of one: from 1 september 2023 to 2 march 2024.
_RANGE_WORDS = frozenset({"to", "until", "till", "through"})
_MOST_WORDS = 8


def value_at(tokens: Sequence[Token], at: int, known: FieldHelp, today: dt.date) -> tuple[Token, int]:
    """Return the value at ``at``, and where the next token is.

    For a date it has as many words as make one, up to `_MOST_WORDS`.
    """
    token = tokens[at]
    if known.takes not in (Takes.DATE, Takes.NUMBER) or token.kind is not Kind.WORD:
        return token, at + 1
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if token.text in _COMPARISONS and following is not None and following.kind in (Kind.WORD, Kind.PHRASE):
        whole, after = following, at + 2
        if following.kind is Kind.WORD:
            whole, after = value_at(tokens, at + 1, known, today)
        return Token(Kind.WORD, token.text + whole.text, token.start, whole.end), after
    if known.takes is Takes.NUMBER:
        return token, at + 1
    is_range = following is not None and following.text.lower() in _RANGE_WORDS
    is_word = token.text.lstrip(_SIGNS)[:1].isalpha()
    if not (is_word or is_range) and is_date(known, token.text, today):
        return token, at + 1
    for count in range(_MOST_WORDS, 1, -1):
        words = tokens[at : at + count]
        if len(words) == count and all(map(_is_date_word, words)):
            text = " ".join(word.text for word in words)
            if is_date(known, text, today):
                return Token(Kind.WORD, text, token.start, words[-1].end), at + count
    return token, at + 1


def _is_date_word(token: Token) -> bool:
    """Whether a date of several words may have this one: ``10``, ``september,``, ``>=september``."""
    return token.kind is Kind.WORD and token.text.lstrip(_SIGNS).rstrip(",").replace("-", "").isalnum()


def missing(name: Token, known: FieldHelp, span: Span, warnings: Warnings, *, quiet: bool) -> Query:
    """Return the leaf for a field with nothing after its colon.

    ``warnings`` tell how it was read; not, if ``quiet``, where it asks for what is missing.
    """
    leaf = missing_leaf(known, span)
    if leaf is None:
        message = f"Nothing follows '{name.text}:'; it was searched as text."
        warnings.add("empty_field", message, name.start, name.end)
        return Word(text=name.text + ":", span=span)
    if quiet:
        return leaf
    what = "undated articles" if known.takes is Takes.DATE else f"articles without {known.name}"
    message = f"'{name.text}:' with nothing after it finds {what}."
    warnings.add("empty_field", message, name.start, name.end)
    return leaf


def boost_at(tokens: Sequence[Token], at: int, warnings: Warnings) -> float:
    """Return the boost that the token at ``at`` is; 1 if it is none."""
    if at >= len(tokens) or tokens[at].kind is not Kind.BOOST:
        return 1.0
    token = tokens[at]
    weight = float(token.text)
    bounded = min(max(weight, MIN_BOOST), MAX_BOOST)
    if bounded != weight:
        message = f"A boost is from {MIN_BOOST:g} to {MAX_BOOST:g}; {bounded:g} was taken."
        warnings.add("boost_bounded", message, token.start, token.end)
    return bounded


def counted(leaf: Query, count: Token, span: Span, warnings: Warnings) -> Query:
    """Return ``leaf`` asked for as many times as ``count`` says, if its mentions can be counted."""
    found = at_least(leaf, count.number, span)
    if found is None:
        message = f"'{count.text}' counts words of title, text or first paragraph; it was left out."
        warnings.add("not_counted", message, count.start, count.end)
    return found or leaf
