"""The backslash: what it takes as text, and the forms that the printer needs."""

from __future__ import annotations

import re

from index.query.joining import is_joining

#: Words that join or negate; escaped, they are text.
OPERATOR_WORDS = ("AND", "OR", "NOT", "&&", "||", "SENT", "PARA")

_ESCAPE = re.compile(r"\\([\W_])")
_SPECIAL = re.compile(r'[\\()"*?~:^]|\s')
_IN_QUOTES = re.compile(r'\\(?=["\\]|\Z)|"')
_ESCAPED = re.compile(r'"(?:\\["\\]|[^"])*"|\\(.)', re.DOTALL)
_QUOTED_ESCAPE = re.compile(r'\\(["\\])')


def escape(text: str) -> str:
    """Return query text that is read as the word ``text``, whatever is in it."""
    if text in OPERATOR_WORDS or is_joining(text):
        return "\\" + text
    escaped = _SPECIAL.sub(r"\\\g<0>", text)
    return "\\" + escaped if text[:1] in ("-", "+") else escaped


def unescape(raw: str) -> str:
    """Take away the backslash before whatever is neither letter nor digit, and
    before a whole operator."""
    if "\\" not in raw:
        return raw
    return raw[1:] if raw[1:] in OPERATOR_WORDS or is_joining(raw[1:]) else _ESCAPE.sub(r"\1", raw)


def for_people(query: str) -> str:
    """Return canonical query text as a person would write it, without its escapes: to be
    read, not to be parsed, for what was text may be an operator then."""
    return _ESCAPED.sub(lambda found: found[1] or _QUOTED_ESCAPE.sub(r"\1", found[0]), query)


def blank_escapes(raw: str) -> str:
    """Return ``raw``, no longer and no shorter, without the characters that
    are escaped, so that the operators left in it are meant."""
    return _ESCAPE.sub(BLANK + BLANK, raw) if "\\" in raw else raw


#: Stands for an escaped character in `blank_escapes`; private use, never a letter.
BLANK = "\ue000"


def escape_quoted(text: str) -> str:
    """Return ``text`` as it must stand between quotes."""
    return _IN_QUOTES.sub(r"\\\g<0>", text)


def unescape_quoted(raw: str) -> str:
    """Return what stands between quotes as it is meant."""
    return _QUOTED_ESCAPE.sub(r"\1", raw)
