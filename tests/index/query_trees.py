"""Strategies for query trees and query texts."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from index.query.ast import (
    FIELDS,
    PRESENCE,
    WHOLE_FIELDS,
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
    Phrase,
    Prefix,
    Query,
    Whole,
    Wildcard,
    Within,
    Word,
)
from index.query.cleaning import clean
from index.query.guard import Limits
from index.query.languages import language_code

#: Wide enough for any tree that is made here.
WIDE = Limits(
    chars=1 << 30,
    terms=1 << 30,
    nesting=1 << 30,
    nots=1 << 30,
    term_chars=1 << 30,
    wildcard_lead=0,
    wildcards=1 << 30,
    broad_terms=1 << 30,
    fuzzy_chars=0,
)

#: Bits of query language that texts are put together from.
BITS = (
    *'"()[]{}:*?~+-!&|\\<>=^.,; \t\n“”«»（：',
    *("AND", "OR", "NOT", "&&", "||", "TO", "title:", "author:", "date:", "since:", "from:", "site:"),
    *("is:undated", "in:title", "has:", "autor:", "https://x.org/a?b", "10:30", "U.S.", "AT&T", "don't"),
    *("THE", "NATO", "OF", "||"),
    *("2024", "2024-13", "2024-01..2023", "last", "week", "monday", "~5", "alpha", "beta", "é", "日本", "ß"),
    *(
        "NEAR/5",
        "BEFORE/2",
        "SENT",
        "PARA",
        "NEAR/S",
        "W/P",
        "^2",
        "^.5",
        "a^2",
        "atleast2:",
        "words:",
        "[5 TO 6]",
    ),
    *('source:="', "tag:=", "author:=a^2", "title:=", "from:=x"),
    *("\x00", "\u200b", "\ud800", "\u202e", "🏴", "a*", "al*pha", "alp?a"),
)

_words = st.one_of(
    st.sampled_from(
        [
            "alpha",
            "THE",
            "OF",
            "NATO",
            "AND",
            "OR",
            "NOT",
            "&&",
            "-",
            "+",
            "-x",
            "title:",
            "a:b",
            "what?",
            "x\\",
            "\\AND",
            "NEAR/5",
            "SENT",
            "PARA",
            "mc^2",
            "10",
            "atleast3:",
        ]
    ),
    st.text(min_size=1, max_size=8),
    st.text('ab1"\\()*?~:+-! é日', min_size=1, max_size=6),
).filter(lambda text: clean(text).text == text)
_fields = st.none() | st.sampled_from(FIELDS)
_days = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)) | st.sampled_from(
    [dt.date.min, dt.date.max, dt.date(2024, 1, 1), dt.date(2024, 2, 1), dt.date(2025, 1, 1)]
)
_ranges = st.tuples(st.none() | _days, st.none() | _days).filter(
    lambda pair: pair[0] is None or pair[1] is None or pair[0] < pair[1]
)
_lengths = st.tuples(st.none() | st.integers(0, 9_999), st.none() | st.integers(1, 9_999)).filter(
    lambda pair: pair[0] is None or pair[1] is None or pair[0] < pair[1]
)
_patterns = st.from_regex(r"[a-z0-9][a-z0-9-]{1,4}[?*]{1,2}[a-z]{0,2}[?*]?", fullmatch=True).filter(
    lambda text: text.count("*") + text.count("?") > 1 or not text.endswith("*")
)


def _is_canonical(node: Word | Phrase) -> bool:
    return node.field != "lang" or language_code(node.text) == node.text


def _sides(field: str | None, *, exact: bool) -> st.SearchStrategy[Query]:
    """What may stand on a side of a `Within` in one field."""
    kinds: list[st.SearchStrategy[Query]] = [
        st.builds(Word, text=_words, field=st.just(field)),
        st.builds(Phrase, text=_words.filter(str.strip), field=st.just(field)),
    ]
    if not exact:
        kinds += [
            st.builds(Near, text=_words.filter(str.strip), slop=st.integers(0, 100), field=st.just(field)),
            st.builds(Prefix, text=_words, field=st.just(field)),
            st.builds(Wildcard, pattern=_patterns, field=st.just(field)),
            st.builds(Fuzzy, text=_words, edits=st.integers(1, 2), field=st.just(field)),
        ]
    side = st.one_of(kinds)
    return st.one_of(side, st.builds(Or, children=st.lists(side, min_size=2, max_size=3).map(tuple)))


@st.composite
def _within(draw: st.DrawFn) -> Within:
    if draw(st.booleans()):
        sides = _sides(draw(st.sampled_from([None, "title", "author"])), exact=True)
        return Within(
            left=draw(sides),
            right=draw(sides),
            distance=draw(st.integers(0, 100)),
            ordered=draw(st.booleans()),
        )
    sides = _sides(draw(st.sampled_from([None, "title", "lead"])), exact=False)
    return Within(left=draw(sides), right=draw(sides), unit=draw(st.sampled_from(["sentence", "paragraph"])))


@st.composite
def _at_least(draw: st.DrawFn) -> AtLeast:
    field = draw(st.sampled_from([None, "title", "body", "lead"]))
    child = draw(_sides(field, exact=False).filter(lambda side: not isinstance(side, Or | Near)))
    return AtLeast(child=child, times=draw(st.integers(2, 100)))


leaves: st.SearchStrategy[Query] = st.one_of(
    st.builds(Word, text=st.sampled_from(["THE", "OF", "NATO", "EU", "AND", "OR", "NOT"])),
    st.builds(Word, text=_words, field=_fields).filter(_is_canonical),
    st.builds(Whole, text=_words.filter(str.strip), field=st.sampled_from(WHOLE_FIELDS)),
    st.builds(Phrase, text=_words.filter(str.strip), field=_fields).filter(_is_canonical),
    st.builds(Near, text=_words.filter(str.strip), slop=st.integers(0, 100), field=_fields),
    st.builds(Prefix, text=_words, field=_fields),
    st.builds(Wildcard, pattern=_patterns, field=_fields),
    st.builds(Fuzzy, text=_words, edits=st.integers(1, 2), field=_fields),
    st.builds(
        lambda pair, of: DateRange(start=pair[0], end=pair[1], of=of),
        _ranges,
        st.sampled_from(["date", "added"]),
    ),
    st.builds(lambda pair: Length(low=pair[0], high=pair[1]), _lengths),
    _within(),
    _at_least(),
    st.builds(Has, name=st.sampled_from(PRESENCE)),
    st.builds(Everything),
)


def _branches(children: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    several = st.lists(children, min_size=2, max_size=4).map(tuple)
    return st.one_of(
        st.builds(Boosted, child=children, weight=st.sampled_from([0.1, 0.5, 2.0, 3.25, 10.0])),
        st.builds(And, children=several),
        st.builds(Or, children=several),
        st.builds(Not, child=children),
    )


trees: st.SearchStrategy[Query] = st.recursive(leaves, _branches, max_leaves=12)
_SHOUTED = (
    "THE",
    "OF",
    "NATO",
    "EU",
    "AND",
    "OR",
    "NOT",
    "&&",
    "||",
    "(",
    ")",
    "-",
    "+",
    "\\OR",
    "NOT (",
    "-(",
)
texts: st.SearchStrategy[str] = st.one_of(
    st.lists(st.sampled_from(_SHOUTED), max_size=12).map(" ".join),
    st.text(max_size=60),
    st.lists(st.sampled_from(BITS), max_size=30).map("".join),
    st.lists(st.sampled_from(BITS), max_size=20).map(" ".join),
)
