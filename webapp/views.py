"""What the templates show of a search besides its hits: links, and words on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from index.query.ast import QueryWarning
from webapp.chips import chips_of, has_filters, labels_of
from webapp.facetlinks import FacetView, facet_box
from webapp.links import Link
from webapp.marking import mark
from webapp.models import MISSING, RECENT, Alternative, Repair, SearchPage, SearchParams
from webapp.paging import Pager, search_pager
from webapp.parameters import EXCLUDE, FILTERS, SORTS, default_sort
from webapp.timeline import Timeline, timeline_from
from webapp.urls import search_url, state_from_params
from webapp.wording import FACET_TITLES, query_label

_SORT_TITLES = {
    "relevance": "Relevance",
    "recent": "Best and recent",
    "newest": "Newest",
    "oldest": "Oldest",
    "title": "Title",
    "added": "Latest stored",
    "longest": "Longest",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningView:
    """A warning, and the query with its places marked."""

    message: str
    place: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairView:
    """Links to searches that find more."""

    corrected: Link | None
    without: tuple[Link, ...]
    widened: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchView:
    """Everything around the hits of a search page.

    Attributes:
        understood: how the query was read, where that cannot be seen otherwise.
        all_words_url: where any of the words was enough, the same with all of them.
    """

    chips: tuple[Link, ...]
    sorts: tuple[Link, ...]
    facets: tuple[FacetView, ...]
    pager: Pager
    warnings: tuple[WarningView, ...]
    first: int
    last: int
    sort_field: str
    bare_url: str
    clear_url: str
    collapse_url: str
    explain_url: str
    understood: str
    all_words_url: str = ""
    timeline: Timeline | None = None
    repair: RepairView | None = None


def search_view(params: SearchParams, page: SearchPage) -> SearchView:
    """Return what surrounds the hits of ``page``, the answer to ``params``."""
    first = (page.page - 1) * page.limit + 1
    chips = chips_of(params, page)
    return SearchView(
        chips=chips,
        sorts=_sorts(params),
        facets=tuple(
            facet_box(params, name, page.facets[name]) for name in FACET_TITLES if page.facets.get(name)
        ),
        pager=search_pager(params, page),
        warnings=_warnings(page.query, page.warnings),
        first=first,
        last=first + len(page.hits) - 1,
        sort_field="" if params.sort == default_sort(params.q) else params.sort,
        bare_url=_bare_url(params),
        clear_url=search_url(SearchParams()),
        collapse_url=search_url(params, collapse=not params.collapse),
        explain_url=search_url(params, explain=not params.explain),
        understood=_understood(page, chips),
        all_words_url=search_url(params, match="all") if page.match in ("any", "best") else "",
        repair=repair_view(page.repair, page.query),
        timeline=timeline_from(params, page.histogram),
    )


def _understood(page: SearchPage, chips: tuple[Link, ...]) -> str:
    """Return how the query was read, where neither the field nor the chips say it."""
    typed = " ".join(page.query.split())
    understood = query_label(page.understood, typed)
    return "" if chips or understood == typed else understood


def field_author(params: SearchParams, page: SearchPage | None = None) -> str:
    """Return what stands in the author field of the form: the one name searched for."""
    if len(params.author) != 1 or params.author[0] == MISSING:
        return ""
    labels = labels_of(page, "author") if page else {}
    return labels.get(params.author[0], params.author[0])


def hidden_fields(params: SearchParams) -> tuple[tuple[str, str], ...]:
    """Return the filters that the form has no visible field for."""
    hidden = [(name, value) for name in FILTERS[1:] for value in getattr(params, name)]
    hidden += [(EXCLUDE + name, value) for name, value in params.excluded]
    if not field_author(params):
        hidden += [("author", value) for value in params.author]
    if params.match != "auto":
        hidden.append(("match", params.match))
    if params.collapse:
        hidden.append(("collapse", "1"))
    if params.engine:
        hidden.append(("engine", params.engine))
    return tuple(hidden)


def repair_view(repair: Repair | None, typed: str) -> RepairView | None:
    """Return the links of what may help where ``typed`` was searched for."""
    if repair is None:
        return None

    def link(other: Alternative | None) -> Link | None:
        if other is None:
            return None
        params = replace(other.params, sort=default_sort(other.params.q))
        return Link(label=query_label(other.text, typed), url=search_url(params), count=other.total)

    return RepairView(
        corrected=link(repair.corrected),
        without=tuple(found for other in repair.without if (found := link(other))),
        widened=link(repair.widened),
    )


def _sorts(params: SearchParams) -> tuple[Link, ...]:
    offered = [sort for sort in SORTS if sort not in ("relevance", RECENT) or params.q]
    return tuple(
        Link(label=_SORT_TITLES[sort], url=search_url(params, sort=sort), current=sort == params.sort)
        for sort in offered
    )


def state_fields(params: SearchParams) -> tuple[tuple[str, str], ...]:
    """Return everything that a search is, as form fields."""
    state = state_from_params(replace(params, page=1, cursor=""))
    return tuple(
        (name, value)
        for name, values in state.items()
        if name not in ("limit", "explain")
        for value in (values if isinstance(values, list) else [values])
    )


def _warnings(query: str, warnings: Sequence[QueryWarning]) -> tuple[WarningView, ...]:
    """Return each message once, with every place that it tells of."""
    places: dict[str, list[tuple[int, int]]] = {}
    for warning in warnings:
        places.setdefault(warning.message, []).append(warning.span)
    return tuple(
        WarningView(message=message, place=mark(query, tuple(span for span in spans if span[1] > span[0])))
        for message, spans in places.items()
    )


def _bare_url(params: SearchParams) -> str:
    """Return the same words without filters, or nothing where there are none."""
    return search_url(SearchParams(q=params.q)) if has_filters(params) and params.q else ""
