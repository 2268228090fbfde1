"""The guard: how long, deep and broad a query may be, before anything runs it.

Two kinds of limit.  What makes a query costly as a whole raises
`QueryLimitError` (``chars``, ``terms``, ``nesting``, ``nots``): there is no
sensible part of it to answer.  What makes one word of it costly takes that
word as plain text, with a warning, and answers the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

from index.errors import QueryLimitError


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one query may ask.

    Attributes:
        chars: length of the text in code points; more raises.
        terms: words, those in quotes too, and dates; more raises.
        nesting: brackets inside brackets; more raises.
        nots: ``NOT`` in a row; more raises.
        term_chars: length of one word; a longer one finds nothing and warns,
            and takes no wildcard.
        wildcard_lead: letters or digits that must stand before the first
            ``*`` or ``?`` of a word; with fewer it is text.
        wildcards: ``*`` and ``?`` in one word; with more it is text.
        broad_terms: words with wildcards or ``~`` in one query; those after
            are text.
        edits: most edits of a fuzzy word; more are lowered to it.
        fuzzy_chars: length of the shortest fuzzy word; a shorter one is text.
        slop: most words between near words; more are lowered to it.
    """

    chars: int = 1_000
    terms: int = 128
    nesting: int = 20
    nots: int = 20
    term_chars: int = 100
    wildcard_lead: int = 2
    wildcards: int = 2
    broad_terms: int = 8
    edits: int = 2
    fuzzy_chars: int = 2
    slop: int = 100


#: What a boost may be; one beyond is lowered or raised to it.
MIN_BOOST, MAX_BOOST = 0.1, 10.0

#: Most times of ``atleast``; a higher number is lowered to it.
MAX_TIMES = 100

DEFAULT_LIMITS = Limits()


def check_length(text: str, limits: Limits) -> None:
    """Raise `QueryLimitError` if ``text`` is too long to be looked at."""
    if len(text) > limits.chars:
        raise QueryLimitError(
            f"The query has {len(text):,} characters; at most {limits.chars:,} are allowed.",
            position=limits.chars,
        )


def check_terms(count: int, limits: Limits, position: int) -> None:
    """Raise `QueryLimitError` if ``count`` terms are too many."""
    if count > limits.terms:
        raise QueryLimitError(f"The query has more than {limits.terms:,} words.", position=position)


def check_nesting(depth: int, limits: Limits, position: int) -> None:
    """Raise `QueryLimitError` if ``depth`` open brackets are too many."""
    if depth > limits.nesting:
        raise QueryLimitError(
            f"The query is too deep: more than {limits.nesting:,} brackets inside each other.",
            position=position,
        )


def check_nots(count: int, limits: Limits, position: int) -> None:
    """Raise `QueryLimitError` if ``count`` times NOT in a row are too many."""
    if count > limits.nots:
        raise QueryLimitError(
            f"The query is too deep: more than {limits.nots:,} times NOT in a row.", position=position
        )
