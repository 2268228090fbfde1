"""From a token, or a field and its value, to a leaf of the query tree."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from index.query.ast import (
    PRESENCE,
    AtLeast,
    DateRange,
    Everything,
    Fuzzy,
    Has,
    Length,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Span,
    Whole,
    Wildcard,
    Word,
)
from index.query.calendar import AmbiguousDateError
from index.query.dates import parse_bounds, print_bounds
from index.query.fields import BY_NAME, STATES, FieldHelp, Takes, suggest
from index.query.languages import is_language, language_code, suggest_language
from index.query.numbers import parse_numbers, print_numbers
from index.query.tokens import Kind, Token

#: Takes a warning: code, message, and the stretch of the cleaned text.
Warn = Callable[[str, str, int, int], None]

#: Fields in which mentions are counted; None is title and text together.
_COUNTED = (None, "title", "body", "lead")

_DIGIT = re.compile(r"[0-9]")

#: What may stand before the name of a site.
_SITE = re.compile(r"\A(?:https?://)?(?:www\.)?(?=.)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Value:
    """What stands after a field name: a token, and where the whole began.

    ``source`` is the cleaned text of name and value together.
    """

    token: Token
    start: int
    source: str


def text_leaf(token: Token, field: str | None, span: Span) -> Query:
    """Return the leaf for a token of text in one field of the tree."""
    match token.kind:
        case Kind.PHRASE:
            if token.number >= 0:
                return Near(text=token.text, slop=token.number, field=field, span=span)
            return Phrase(text=token.text, field=field, span=span)
        case Kind.WHOLE if field is not None:
            return Whole(text=token.text, field=field, span=span)
        case Kind.PREFIX:
            return Prefix(text=token.text, field=field, span=span)
        case Kind.WILDCARD:
            return Wildcard(pattern=token.text, field=field, span=span)
        case Kind.FUZZY:
            return Fuzzy(text=token.text, edits=token.number, field=field, span=span)
        case Kind.EVERY:
            return Has(name=field, span=span) if field and field in PRESENCE else Everything(span=span)
        case _:
            return Word(text=token.text, field=field, span=span)


def at_least(leaf: Query, times: int, span: Span) -> Query | None:
    """Return ``leaf`` asked for so many times; None if it cannot be counted."""
    if not isinstance(leaf, Word | Phrase | Prefix | Wildcard | Fuzzy):
        return None
    if leaf.field not in _COUNTED or times < 1:
        return None
    return AtLeast(child=leaf, times=times, span=span) if times > 1 else leaf


def field_leaf(field: FieldHelp, value: Value, span: Span, *, today: dt.date, warn: Warn) -> Query:
    """Return the leaf for ``field:value``; a value that it cannot take is text."""
    token = value.token
    if field.name == "from" and _DIGIT.search(token.text) and token.kind in (Kind.WORD, Kind.PHRASE):
        try:
            return _dated("from", token.text, value, span, today, warn)
        except ValueError:
            pass  # a name with a digit in it
    if field.takes is Takes.TEXT:
        if field.name == "lang" and token.kind in (Kind.WORD, Kind.PHRASE) and not is_language(token.text):
            meant = suggest_language(token.text)
            hint = f"Did you mean '{meant}'?" if meant else "It takes a code such as de, or an English name."
            message = f"'{token.text}' is no language that lang: knows. {hint}"
            warn("unknown_value", message, value.start, token.end)
        return _searched(field, token, span)
    if field.takes is Takes.DATE:
        if token.kind is Kind.EVERY:
            return Everything(span=span) if field.name == "added" else Has(name="date", span=span)
        said = f"is not a date that {field.name}: knows"
        if token.kind in (Kind.WORD, Kind.PHRASE, Kind.RANGE):
            try:
                return _dated(field.name, token.text, value, span, today, warn)
            except AmbiguousDateError:
                said = "may be two days, by who writes it; write the year first, as in 2024-09-10"
            except ValueError:
                pass  # said below, for every value alike
        warn("bad_date", f"'{token.text}' {said}; it was searched as text.", value.start, token.end)
        return _as_text(value, span)
    if field.takes is Takes.NUMBER:
        return _counted(field.name, value, span, warn)
    if token.kind in (Kind.WORD, Kind.PHRASE) and (found := _presence(field, token.text, span)):
        return found
    if field.takes is Takes.SCOPE:
        message = (
            f"'{value.source}' looks for the bare words beside it, without a sign, in one field of text; "
        )
        warn("unknown_value", f"{message}it was searched as text.", value.start, token.end)
        return _as_text(value, span)
    known = STATES if field.takes is Takes.STATE else PRESENCE
    meant = suggest(token.text, known)
    hint = f" Did you mean '{field.name}:{meant}'?" if meant else f" It knows: {', '.join(known)}."
    message = f"'{field.name}:' does not know '{token.text}'; it was searched as text.{hint}"
    warn("unknown_value", message, value.start, token.end)
    return _as_text(value, span)


def missing_leaf(field: FieldHelp, span: Span) -> Query | None:
    """Return the leaf for a field with nothing after the colon: the articles
    without a value; None if every article has one."""
    name = "date" if field.takes is Takes.DATE and field.name == "date" else field.name
    if name == "site":
        name = "source"
    elif name == "from":
        name = "author"
    return Not(child=Has(name=name, span=span), span=span) if name in PRESENCE else None


def is_date(field: FieldHelp, text: str, today: dt.date) -> bool:
    """Whether ``field`` takes ``text``."""
    try:
        parse_bounds(field.name, text, today)
    except ValueError:
        return False
    return True


def _searched(field: FieldHelp, token: Token, span: Span) -> Query:
    searches = field.searches
    if field.name == "lang" and token.kind in (Kind.WORD, Kind.PHRASE):
        token = replace(token, text=language_code(token.text))
    if field.name == "site" and token.kind in (Kind.WORD, Kind.PHRASE):
        token = replace(token, text=_SITE.sub("", token.text).rstrip("/") or token.text)
    if field.name == "site" and "." not in token.text:
        searches = searches[:1]
    if len(searches) == 1:
        return text_leaf(token, searches[0], span)
    return Or(children=tuple(text_leaf(token, name, span) for name in searches), span=span)


def _dated(name: str, text: str, value: Value, span: Span, today: dt.date, warn: Warn) -> DateRange:
    bounds = parse_bounds(name, text, today)
    of = "added" if name == "added" else "date"
    if bounds.swapped:
        message = f"The range ran backwards; it was read as {print_bounds(bounds.start, bounds.end, of)}."
        warn("reversed_range", message, value.start, value.token.end)
    return DateRange(start=bounds.start, end=bounds.end, of=of, span=span)


def _counted(name: str, value: Value, span: Span, warn: Warn) -> Query:
    token = value.token
    if token.kind is Kind.EVERY:
        return Everything(span=span)
    is_text = token.kind in (Kind.WORD, Kind.PHRASE, Kind.RANGE)
    try:
        bounds = parse_numbers(token.text if is_text else value.source)
    except ValueError:
        message = f"'{token.text}' is not a number that {name}: knows; it was searched as text."
        warn("bad_number", message, value.start, token.end)
        return _as_text(value, span)
    if bounds.swapped:
        message = f"The range ran backwards; it was read as {print_numbers(bounds.low, bounds.high)}."
        warn("reversed_range", message, value.start, token.end)
    return Length(low=bounds.low, high=bounds.high, span=span)


def _presence(field: FieldHelp, text: str, span: Span) -> Query | None:
    name = text.lower()
    if field.takes is Takes.STATE:
        if name not in STATES:
            return None
        name, absent = STATES[name]
    else:
        absent = field.name == "no"
        known = BY_NAME.get(name)
        name = known.name if known else name
        if name not in PRESENCE:
            return None
    has = Has(name=name, span=span)
    return Not(child=has, span=span) if absent else has


def _as_text(value: Value, span: Span) -> Query:
    """The value as it was typed: one word with the field's name, or a phrase."""
    spaced = value.token.kind in (Kind.PHRASE, Kind.RANGE) or any(char.isspace() for char in value.source)
    if spaced and value.token.text.strip():
        return Phrase(text=value.token.text, span=span)
    return Word(text=value.source, span=span)
