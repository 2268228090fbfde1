"""Fields of the query language, as a table.

The lexer and the parser read `FIELD_TABLE`; the documentation and the help in
the page are drawn from it and from `index.query.operators`, so that they cannot
differ from what the parser does.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Takes(StrEnum):
    """What stands after the colon."""

    TEXT = "text"  # a word, a phrase or a group
    DATE = "date"  # a date or a range of dates
    NUMBER = "number"  # a whole number or a range of them
    PRESENCE = "presence"  # the name of a field: has:author, no:date
    STATE = "state"  # one of STATES: is:undated
    SCOPE = "scope"  # the name of a text field: in:title


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldHelp:
    """One name that can stand before a colon.

    Attributes:
        name: as printed.
        takes: what stands after the colon.
        help: what it finds, in one sentence.
        example: a query that uses it.
        understood: the canonical form of ``example`` on 2024-09-18.
        aliases: other names for it.
        searches: the fields of the tree that it asks, any of which may match;
            empty unless it takes text.
    """

    name: str
    takes: Takes
    help: str
    example: str
    understood: str
    aliases: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()


def _text(
    name: str, help_: str, example: str, *aliases: str, searches: tuple[str, ...] = (), understood: str = ""
) -> FieldHelp:
    return FieldHelp(
        name=name,
        takes=Takes.TEXT,
        help=help_,
        example=example,
        understood=understood or example,
        aliases=aliases,
        searches=searches or (name,),
    )


def _date(name: str, help_: str, example: str, understood: str, *aliases: str) -> FieldHelp:
    return FieldHelp(
        name=name, takes=Takes.DATE, help=help_, example=example, understood=understood, aliases=aliases
    )


FIELD_TABLE: tuple[FieldHelp, ...] = (
    _text("title", "Words of the title.", "title:harbour", "headline", "intitle"),
    _text("body", "Words of the text.", "body:harbour", "text", "inbody", "intext"),
    _text("lead", "Words of the first paragraph.", "lead:harbour", "intro"),
    _text(
        "author",
        "Names of the authors, never the text. With nothing after the colon: articles without an author.",
        'author:"jane doe"',
        "authors",
        "by",
        "byline",
    ),
    _text("source", "The site or publication.", "source:reuters", "publication", "publisher"),
    _text("lang", "The language, as a code or an English name.", "lang:en", "language"),
    _text("tag", "Tags and the section.", "tag:politics", "tags", "section", "topic", "category"),
    _text("url", "Words of the address.", "url:example.com", "link", "inurl"),
    _text(
        "site",
        "The source, or the address: whichever names it.",
        "site:bbc.co.uk",
        "domain",
        searches=("source", "url"),
        understood="source:bbc.co.uk OR url:bbc.co.uk",
    ),
    _text(
        "from",
        "An author or a source; with a date, the same as `since:`.",
        "from:reuters",
        searches=("author", "source"),
        understood="author:reuters OR source:reuters",
    ),
    _date(
        "date",
        "Published in this period or range. With nothing after the colon: undated articles.",
        "date:2024-01..2024-03",
        "date:2024-01..2024-03",
        "published",
        "pubdate",
        "year",
    ),
    _date("after", "Published when this period was over.", "after:2024-09-10", "date:2024-09-11.."),
    _date("before", "Published before this period began.", "before:2024", "date:..2023"),
    _date("since", "Published in this period or later.", "since:2024-09-10", "date:2024-09-10.."),
    _date("until", "Published in this period or earlier.", "until:2024", "date:..2024", "to"),
    _date(
        "added",
        "Added to the archive in this period, counted in days of UTC. Takes whatever `date:` takes.",
        "added:>=2024-09",
        "added:2024-09..",
        "stored",
        "imported",
    ),
    FieldHelp(
        name="words",
        takes=Takes.NUMBER,
        help="How many words the text has: `words:>500`, `words:100..500`, `words:<=200`.",
        example="words:>500",
        understood="words:501..",
        aliases=("length", "wordcount"),
    ),
    FieldHelp(
        name="is",
        takes=Takes.STATE,
        help="`undated`, `dated`, `anonymous` (no author), or `duplicate` (another article "
        "says the same, or nearly).",
        example="is:undated",
        understood="is:undated",
    ),
    FieldHelp(
        name="has",
        takes=Takes.PRESENCE,
        help="There is a value: `author`, `date`, `source`, `lang`, `tag` or `url`.",
        example="has:author",
        understood="has:author",
        aliases=("with",),
    ),
    FieldHelp(
        name="no",
        takes=Takes.PRESENCE,
        help="There is no value, for the same names as `has:`.",
        example="no:url",
        understood="-has:url",
        aliases=("without",),
    ),
    FieldHelp(
        name="in",
        takes=Takes.SCOPE,
        help="Looks for the bare words beside it in one field only.",
        example="harbour strike in:title",
        understood="title:(harbour strike)",
    ),
)

#: Every name and alias, in lower case.
BY_NAME: dict[str, FieldHelp] = {
    name: field for field in FIELD_TABLE for name in (field.name, *field.aliases)
}

#: What ``is:`` takes: the value asked for, and whether it must be missing.
STATES: dict[str, tuple[str, bool]] = {
    "undated": ("date", True),
    "dated": ("date", False),
    "anonymous": ("author", True),
    "unsigned": ("author", True),
    "duplicate": ("duplicate", False),
}


def suggest(name: str, known: Iterable[str]) -> str | None:
    """Return the one of ``known`` that ``name`` was probably meant to be."""
    close = difflib.get_close_matches(name.lower(), list(known), n=1, cutoff=0.7)
    return close[0] if close else None
