"""Every parameter of a search, once: pages, JSON, feeds, exports, command line and OpenAPI read this table.

`webapp.params` reads values by it, `webapp.openapi` describes it, and
`webapp.cli.options` makes options of it; tests hold every door to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum, auto

from index.engine import Sort
from index.engines import ENGINES
from webapp.cursors import MAX_DEPTH
from webapp.models import DEFAULT_LIMIT, FACETS, HAS, MAX_LIMIT, MISSING, RECENT

#: Longest value of a filter, most values of one, and longest cursor.
MAX_VALUE_CHARS = 200
MAX_VALUES = 20
MAX_CURSOR_CHARS = 500

MATCHES = ("auto", "all", "any")
#: The engines' orders, and ``recent``: relevance that wanes with age.
SORTS = ("relevance", RECENT, *(sort.value for sort in Sort if sort is not Sort.RELEVANCE))

#: Filters that may stand several times, in the order in which they are shown.
FILTERS = FACETS

#: What stands before the name of a filter to leave out what it finds.
EXCLUDE = "-"


class Kind(StrEnum):
    """What a value looks like."""

    TEXT = auto()
    VALUES = auto()  # may be given several times
    DATE = auto()
    CHOICE = auto()
    NUMBER = auto()
    SWITCH = auto()  # 0 or 1
    CURSOR = auto()


class About(StrEnum):
    """What a parameter says something about, which tells the doors that take it."""

    MATCHES = auto()  # which articles match: every door
    ORDER = auto()  # which of them stand where: all but lists of facet values
    PAGE = auto()  # where a page begins, and how long it is
    BESIDE = auto()  # what is told besides the hits


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a search.

    Attributes:
        name: in addresses.
        field: of `webapp.models.SearchParams`; ``excluded`` for all exclusions.
        help: a sentence for people and programs, with a stop.
        options: names on the command line, none for the query, which is an argument.
        choices: allowed values of a choice.
        default: what counts when it is absent, as it would be written; empty
            where there is none or it depends.
        low, high: ends of a number; no upper one if None.
        form: of each value, and what that is called.
        metavar: how the command line's help writes a value.
        examples: one for each value shown.
    """

    name: str
    field: str
    help: str
    kind: Kind
    about: About = About.MATCHES
    options: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    default: str = ""
    low: int = 1
    high: int | None = None
    form: re.Pattern[str] | None = None
    formed: str = ""
    metavar: str = ""
    example: str = ""

    @property
    def is_repeatable(self) -> bool:
        """Whether it may be given several times."""
        return self.kind is Kind.VALUES


def default_sort(q: str) -> str:
    """Return the order when none is asked for: without words there is no relevance."""
    return "relevance" if q.strip() else "newest"


def parameters_about(*about: About) -> tuple[Parameter, ...]:
    """Return the parameters about any of ``about``, in the order of the table."""
    return tuple(each for each in PARAMETERS if each.about in about)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filter:
    """A filter as people know it; each makes two parameters, to have and to leave out."""

    name: str
    only: str
    missing: str
    options: tuple[str, ...]
    metavar: str
    examples: tuple[str, str]  # to have, to leave out
    form: re.Pattern[str] | None = None
    formed: str = ""


_FILTERS = (
    _Filter(
        name="author",
        only="by this author",
        missing="without an author",
        options=("author",),
        metavar="NAME",
        examples=("Ada Lovelace", "Ada Lovelace"),
    ),
    _Filter(
        name="source",
        only="of this source, named whole",
        missing="without a source",
        options=("source",),
        metavar="NAME",
        examples=("The Daily Planet", "The Daily Planet"),
    ),
    _Filter(
        name="tag",
        only="with this tag or section",
        missing="without any",
        options=("tag", "section"),
        metavar="TAG",
        examples=("shipping", "sport"),
    ),
    _Filter(
        name="language",
        only="in this language",
        missing="in an unknown one",
        options=("lang", "language"),
        metavar="CODE",
        examples=("en", "de"),
        form=re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*"),
        formed="a language code such as 'en'",
    ),
    _Filter(
        name="year",
        only="published in this year",
        missing="undated",
        options=("year",),
        metavar="YEAR",
        examples=("2024", "2023"),
        form=re.compile(r"[0-9]{4}"),
        formed="a year such as 2024",
    ),
    _Filter(
        name="month",
        only="published in this month",
        missing="undated",
        options=("month",),
        metavar="MONTH",
        examples=("2024-09", "2023-12"),
        form=re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])"),
        formed="a month such as 2024-09",
    ),
    _Filter(
        name="duplicate",
        only=f"with near-duplicates ('{HAS}')",
        missing="without any",
        options=("duplicate",),
        metavar=HAS,
        examples=(HAS, HAS),
        form=re.compile(HAS),
        formed=f"'{HAS}'",
    ),
)


def _filter(each: _Filter, *, leaves_out: bool) -> Parameter:
    what = "Leave out" if leaves_out else "Only"
    return Parameter(
        name=(EXCLUDE if leaves_out else "") + each.name,
        field="excluded" if leaves_out else each.name,
        help=f"{what} articles {each.only}; '{MISSING}' for those {each.missing}.",
        kind=Kind.VALUES,
        options=tuple(f"--{'not-' if leaves_out else ''}{option}" for option in each.options),
        form=each.form,
        formed=each.formed,
        metavar=each.metavar,
        example=each.examples[leaves_out],
    )


def _switch(name: str, help_: str, *, default: str = "0", about: About = About.BESIDE) -> Parameter:
    return Parameter(
        name=name,
        field=name,
        help=help_,
        kind=Kind.SWITCH,
        about=about,
        options=(f"--{name}",),
        default=default,
    )


#: The table.
PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        name="q",
        field="q",
        help="What to look for, in the query language; all articles without it.",
        kind=Kind.TEXT,
        example="harbour strike",
    ),
    *(_filter(each, leaves_out=False) for each in _FILTERS),
    *(_filter(each, leaves_out=True) for each in _FILTERS),
    Parameter(
        name="from",
        field="date_from",
        help="Published in this year, month or day, or later.",
        kind=Kind.DATE,
        options=("--from", "--since"),
        metavar="DATE",
        example="2024-09",
    ),
    Parameter(
        name="to",
        field="date_to",
        help="Published in this year, month or day, or earlier.",
        kind=Kind.DATE,
        options=("--to", "--until"),
        metavar="DATE",
        example="2024",
    ),
    Parameter(
        name="match",
        field="match",
        help="How many of the bare words an article must have; auto: all of them, then most.",
        kind=Kind.CHOICE,
        options=("--match",),
        choices=MATCHES,
        default="auto",
    ),
    Parameter(
        name="engine",
        field="engine",
        help="The search engine to ask instead of the configured one.",
        kind=Kind.CHOICE,
        options=("--engine",),
        choices=tuple(ENGINES),
    ),
    Parameter(
        name="sort",
        field="sort",
        help="Order of the articles, undated ones last; relevance unless told, or newest without words. "
        "recent is relevance that wanes with age.",
        kind=Kind.CHOICE,
        about=About.ORDER,
        options=("--sort",),
        choices=SORTS,
    ),
    _switch(
        "collapse",
        "Fold near-duplicates under the one that comes first; totals still count articles.",
        about=About.ORDER,
    ),
    Parameter(
        name="limit",
        field="limit",
        help="How many articles.",
        kind=Kind.NUMBER,
        about=About.PAGE,
        options=("--limit",),
        default=str(DEFAULT_LIMIT),
        high=MAX_LIMIT,
        metavar="N",
    ),
    Parameter(
        name="page",
        field="page",
        help=f"Which page of them, from 1 as far as hit {MAX_DEPTH:,}; a cursor goes on from there.",
        kind=Kind.NUMBER,
        about=About.PAGE,
        options=("--page",),
        default="1",
        metavar="N",
    ),
    Parameter(
        name="cursor",
        field="cursor",
        help="Where an earlier answer to the same search ended: its 'next', instead of a page.",
        kind=Kind.CURSOR,
        about=About.PAGE,
        options=("--cursor",),
        metavar="TEXT",
    ),
    _switch(
        "facets",
        "Count authors, sources, tags, languages, dates and near-duplicates of what matches.",
        default="1",
    ),
    _switch("histogram", "Count the matches over time, by day to decade."),
    _switch("explain", "Tell why each article matched, and what made its score."),
)

BY_NAME = {each.name: each for each in PARAMETERS}
