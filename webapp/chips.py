"""What a search asks for, one by one, each with the address of the search without it."""

from __future__ import annotations

from webapp.links import Link
from webapp.models import SearchPage, SearchParams
from webapp.parameters import FILTERS, default_sort
from webapp.urls import search_url, without_exclusion, without_filter
from webapp.wording import FACET_TITLES, date_label, query_label, value_label


def chips_of(params: SearchParams, page: SearchPage) -> tuple[Link, ...]:
    """Return a link for each part of ``params``, which leads to the search without it."""
    chips = [
        Link(
            label=query_label(clause.text, params.q),
            url=search_url(params, q=clause.rest, sort=_sort_for(params, clause.rest)),
        )
        for clause in page.clauses
        if len(page.clauses) > 1 or has_filters(params) or params.engine or params.match != "auto"
    ]
    chips += [
        Link(
            label=f"{FACET_TITLES[name]}: {value_label(name, value, labels_of(page, name))}",
            url=without_filter(params, name, value),
        )
        for name in FILTERS
        for value in getattr(params, name)
    ]
    chips += [
        Link(
            label=f"Not {FACET_TITLES[name].lower()}: {value_label(name, value, labels_of(page, name))}",
            url=without_exclusion(params, name, value),
        )
        for name, value in params.excluded
    ]
    if params.date_from:
        chips.append(Link(label=f"From {date_label(params.date_from)}", url=search_url(params, date_from="")))
    if params.date_to:
        chips.append(Link(label=f"To {date_label(params.date_to)}", url=search_url(params, date_to="")))
    if params.match != "auto":
        label = "Any of the words" if params.match == "any" else "All of the words"
        chips.append(Link(label=label, url=search_url(params, match="auto")))
    if params.engine:
        chips.append(Link(label=f"Engine: {params.engine}", url=search_url(params, engine=None)))
    return tuple(chips)


def _sort_for(params: SearchParams, q: str) -> str:
    """Return the order that goes with ``q``: the default one if it was that."""
    return default_sort(q) if params.sort == default_sort(params.q) else params.sort


def labels_of(page: SearchPage, name: str) -> dict[str, str]:
    """Return what people read for the values of a facet of ``page``."""
    return {value.value: value.label for value in page.facets.get(name, ())}


def has_filters(params: SearchParams) -> bool:
    """Tell whether anything but words narrows the search."""
    return any(getattr(params, name) for name in FILTERS) or bool(
        params.excluded or params.date_from or params.date_to
    )
