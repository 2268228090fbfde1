"""Filters of a search: parameters to query nodes (to be read) and plans (to be run).

Values of one filter widen it, filters narrow each other, and none of them ranks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from archive.document import PartialDate, Precision
from index.analysis import fold_key, tokens
from index.errors import QueryError
from index.plan import Any, Constant, Except, Plan, Term
from index.query.ast import DateRange, Has, Near, Not, Or, Phrase, Query, Whole
from index.query.rewrite import plan_from_query
from index.schema import BREAKS
from webapp.models import HAS, MISSING, SearchParams, WholeName

#: Most words that `index.plan.TermNear` takes.
_NEAR_WORDS = 5

#: What `Has` calls the value that each filter asks for.
_PRESENCE = {
    "author": "author",
    "source": "source",
    "tag": "tag",
    "language": "lang",
    "year": "date",
    "month": "date",
    "duplicate": "duplicate",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: as part of the query text, and as the clause that is run.

    Attributes:
        name: the parameter; ``dates`` for both ends of a time.
    """

    tree: Query
    plan: Plan
    name: str = ""


def filters_from_params(params: SearchParams, languages: Sequence[str]) -> tuple[Filter, ...]:
    """Return the filters of ``params``, the same ones in the same order however
    they were given.

    Raises:
        QueryError: a value cannot be; the message begins with its parameter.
    """
    makers: dict[str, Callable[[str], Filter]] = {
        "author": lambda value: _author(value, languages),
        "source": lambda value: _source(value, languages),
        "tag": lambda value: _tag(value, languages),
        "language": _language,
        "year": lambda value: _year(value, languages),
        "month": lambda value: _month(value, languages),
        "duplicate": lambda value: _duplicate(value, languages),
    }

    def choice(name: str, value: str) -> Filter:
        return _missing(name, languages) if value == MISSING else makers[name](value)

    found = []
    for name in makers:
        choices = [choice(name, value) for value in sorted(set(getattr(params, name)))]
        if choices:
            found.append(replace(_either(choices), name=name))
        unwanted = sorted({value for other, value in params.excluded if other == name})
        found.extend(replace(_not(choice(name, value)), name=name) for value in unwanted)
    dated = _dates(params, languages)
    return (*found, replace(dated, name="dates")) if dated else tuple(found)


def _not(wanted: Filter) -> Filter:
    if isinstance(wanted.tree, Not):
        return Filter(wanted.tree.child, Constant(Except(wanted.plan), 0.0))
    return Filter(Not(child=wanted.tree), Constant(Except(wanted.plan), 0.0))


def _either(choices: list[Filter]) -> Filter:
    if len(choices) == 1:
        tree, plan = choices[0].tree, choices[0].plan
    else:
        tree = Or(children=tuple(choice.tree for choice in choices))
        plan = Any(tuple(choice.plan for choice in choices))
    return Filter(tree, Constant(plan, 0.0))


def _missing(name: str, languages: Sequence[str]) -> Filter:
    return _from_tree(Not(child=Has(name=_PRESENCE[name])), languages)


def _author(value: str, languages: Sequence[str]) -> Filter:
    if isinstance(value, WholeName):  # the facet "Eric" must not count what "Eric Mill" wrote
        return _from_tree(Whole(text=value, field="author"), languages)
    words = tokens(value)
    if not words:
        raise QueryError(f"author: there is no word in {value[:30]!r}.")
    if 2 <= len(words) <= _NEAR_WORDS:  # in any order, but within one name
        return _from_tree(Near(text=value, slop=BREAKS - 1, field="author"), languages)
    return _from_tree(Phrase(text=value, field="author"), languages)


def _source(value: str, languages: Sequence[str]) -> Filter:
    # By the whole name: the facet "BBC" must not count what "BBC News" wrote.
    if not fold_key(value):
        raise QueryError("source: it is empty.")
    return _from_tree(Whole(text=value, field="source"), languages)


def _tag(value: str, languages: Sequence[str]) -> Filter:
    if not fold_key(value):
        raise QueryError("tag: it is empty.")
    return _from_tree(Whole(text=value, field="tag"), languages)


def _language(value: str) -> Filter:
    code = value.strip().lower()
    if not code or len(code) > 20:
        raise QueryError(f"language: {value[:30]!r} is not a language code such as en.")
    return Filter(Phrase(text=code, field="lang"), Term("lang", code))


def _year(value: str, languages: Sequence[str]) -> Filter:
    if not (len(value) == 4 and value.isascii() and value.isdigit() and value != "0000"):
        raise QueryError(f"year: {value[:30]!r} is not a year such as 2024.")
    first = dt.date(int(value), 1, 1)
    following = dt.date(int(value) + 1, 1, 1) if int(value) < dt.MAXYEAR else None
    return _from_tree(DateRange(start=first, end=following), languages)


def _month(value: str, languages: Sequence[str]) -> Filter:
    date = _date("month", value)
    if date is None or date.precision is not Precision.MONTH:
        raise QueryError(f"month: {value[:30]!r} is not a month such as 2024-09.")
    following = dt.date.fromordinal(date.end) if date.end <= dt.date.max.toordinal() else None
    return _from_tree(DateRange(start=date.first, end=following), languages)


def _duplicate(value: str, languages: Sequence[str]) -> Filter:
    if value != HAS:
        raise QueryError(f"duplicate: {value[:30]!r} is not '{HAS}' or '{MISSING}'.")
    return _from_tree(Has(name="duplicate"), languages)


def _dates(params: SearchParams, languages: Sequence[str]) -> Filter | None:
    """Return the filter for the days from the first of ``date_from`` to the last of ``date_to``."""
    if not params.date_from and not params.date_to:
        return None
    first = _date("from", params.date_from)
    last = _date("to", params.date_to)
    if first and last and first.start >= last.end:
        raise QueryError(f"from: {params.date_from} lies after {params.date_to}, the end.")
    end = None if last is None or last.end > dt.date.max.toordinal() else dt.date.fromordinal(last.end)
    start = first.first if first else None
    tree: Query = Has(name="date") if start is None and end is None else DateRange(start=start, end=end)
    found = _from_tree(tree, languages)
    return Filter(found.tree, Constant(found.plan, 0.0))


def _date(name: str, text: str) -> PartialDate | None:
    if not text:
        return None
    try:
        return PartialDate.from_iso(text.strip())
    except ValueError as exc:
        raise QueryError(f"{name}: {text[:30]!r} is not a date such as 2024, 2024-09 or 2024-09-10.") from exc


def _from_tree(tree: Query, languages: Sequence[str]) -> Filter:
    return Filter(tree, plan_from_query(tree, plain=False, match="all", languages=languages).plan)
