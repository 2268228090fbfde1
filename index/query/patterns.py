"""Words with ``*``, ``?`` or ``~``: which are patterns, and which stay text."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from index.query.escapes import BLANK, blank_escapes, unescape
from index.query.guard import Limits
from index.query.tokens import Kind


class Pattern(NamedTuple):
    """What a word is; ``code`` and ``message`` warn if they are not empty."""

    kind: Kind
    text: str
    number: int = -1
    code: str = ""
    message: str = ""


_FUZZY = re.compile(r"(.*[^~])~([0-9.]*)", re.DOTALL)
_WILD = re.compile(r"[*?]")
_LIVE_QUESTION = re.compile(r"\?(?=[\w?*])")


def read_pattern(raw: str, limits: Limits, *, bare: bool) -> Pattern:
    """Return what the word ``raw`` (with its escapes) is.

    ``bare`` words, without sign or field, may be ordinary writing: a question
    mark that ends one, or stands before no letter, is punctuation there.
    """
    live = blank_escapes(raw)
    if "://" in live:
        return _word(raw)
    if fuzzy := _FUZZY.fullmatch(live):
        return _read_fuzzy(raw, fuzzy, limits)
    wild = len(_WILD.findall(live))
    if not live.strip("*"):
        return Pattern(Kind.EVERY, "*")
    if not wild or ("*" not in live and not _meant(live, bare=bare)):
        return _word(raw)
    if reason := _too_broad(live, wild, limits):
        return _as_text(raw, "wildcard_as_text", reason)
    if wild == 1 and live.endswith("*"):
        return Pattern(Kind.PREFIX, unescape(raw[:-1]))
    if BLANK in live:
        return _as_text(raw, "wildcard_as_text", "An escaped character cannot stand beside a wildcard")
    return Pattern(Kind.WILDCARD, raw)


def _word(raw: str) -> Pattern:
    return Pattern(Kind.WORD, unescape(raw))


def _as_text(raw: str, code: str, reason: str) -> Pattern:
    return Pattern(Kind.WORD, unescape(raw), -1, code, f"{reason}; it was searched as text.")


def _meant(live: str, *, bare: bool) -> bool:
    """Whether a question mark of ``live`` is a wildcard."""
    inner = live.rstrip("?")
    return _LIVE_QUESTION.search(inner) is not None or (not bare and "?" not in inner)


def _too_broad(live: str, wild: int, limits: Limits) -> str:
    """Why these wildcards are not allowed, or nothing."""
    if wild > limits.wildcards:
        return f"A word may have at most {limits.wildcards} wildcards"
    if len(live) > limits.term_chars:
        return f"A word with a wildcard may have at most {limits.term_chars} characters"
    lead = unicodedata.normalize("NFC", _WILD.split(live, maxsplit=1)[0])
    letters = 0
    while letters < len(lead) and lead[-1 - letters].isalnum():
        letters += 1
    if letters < limits.wildcard_lead:
        return f"A wildcard needs at least {limits.wildcard_lead} letters or digits before it"
    return ""


def _read_fuzzy(raw: str, match: re.Match[str], limits: Limits) -> Pattern:
    live, digits = match.groups()
    text = unescape(raw[: len(live)])
    code = "fuzzy_as_text"
    if "*" in live or "?" in live.rstrip("?") or "~" in live:
        return _as_text(raw, code, "A word takes wildcards or ~, not both")
    if not limits.fuzzy_chars <= len(text) <= limits.term_chars:
        return _as_text(raw, code, f"~ needs a word of {limits.fuzzy_chars} to {limits.term_chars} letters")
    if not digits:
        return Pattern(Kind.FUZZY, text, min(1, limits.edits))
    if not digits.strip("0."):
        return _as_text(raw, code, "~0 allows no edits")
    if not digits.isdigit():
        return Pattern(Kind.FUZZY, text, 1, "edits_lowered", "~ takes a whole number of edits; 1 was taken.")
    if len(digits) > 4 or int(digits) > limits.edits:
        message = f"The number of edits was lowered to {limits.edits}."
        return Pattern(Kind.FUZZY, text, limits.edits, "edits_lowered", message)
    return Pattern(Kind.FUZZY, text, int(digits))
