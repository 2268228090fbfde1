"""What the templates show of a search besides its hits: links, and words on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from markupsafe import Markup

from archive.document import PartialDate
from index.analysis import fold_key
from index.query.ast import QueryWarning
from webapp.cursors import MAX_DEPTH
from webapp.marking import mark
from webapp.models import MISSING, Alternative, FacetValue, Repair, SearchPage, SearchParams
from webapp.params import SORTS
from webapp.presenters import date_words
from webapp.timeline import Timeline, timeline_from
from webapp.urls import (
    EXCLUDE,
    FILTERS,
    default_sort,
    facet_url,
    search_url,
    state_from_params,
    with_exclusion,
    with_filter,
    without_exclusion,
    without_filter,
)

#: Values of a facet that are shown before "more".
FACET_HEAD = 7

#: A facet of so many values has more than fit, on a page of its own.
_LONG_FACET = 20

FACET_TITLES = {
    "author": "Author",
    "source": "Source",
    "tag": "Tag",
    "language": "Language",
    "year": "Year",
    "month": "Month",
}

_MISSING_LABELS = {
    "author": "No author",
    "source": "No source",
    "tag": "No tag",
    "language": "Language unknown",
    "year": "Undated",
    "month": "Undated",
}

_SORT_TITLES = {
    "relevance": "Relevance",
    "newest": "Newest",
    "oldest": "Oldest",
    "title": "Title",
    "added": "Latest stored",
}

_LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "ga": "Irish", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian",
    "hy": "Armenian", "id": "Indonesian", "is": "Icelandic", "it": "Italian", "ja": "Japanese",
    "ka": "Georgian", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian",
    "nb": "Norwegian Bokmål", "nl": "Dutch", "nn": "Norwegian Nynorsk", "no": "Norwegian", "pl": "Polish",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian",
    "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian",
    "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link, or plain text where ``url`` is empty.

    Attributes:
        current: it stands for what is shown already.
        excluded: it stands for what is left out; following it takes it in again.
        exclude_url: leaves out what it stands for.
    """

    label: str
    url: str = ""
    count: int | None = None
    current: bool = False
    excluded: bool = False
    exclude_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetView:
    """A facet: its first values, those behind "more", and where all of them are, if there are more."""

    name: str
    title: str
    head: tuple[Link, ...]
    rest: tuple[Link, ...]
    all_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """Links to other pages.

    Attributes:
        numbers: None where pages are left out.
        end: there is more, but pages do not go deeper.
    """

    previous: str
    next: str
    numbers: tuple[Link | None, ...]
    end: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningView:
    """A warning, and the query with its place marked."""

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
    """Everything around the hits of a search page."""

    chips: tuple[Link, ...]
    sorts: tuple[Link, ...]
    facets: tuple[FacetView, ...]
    pager: Pager
    warnings: tuple[WarningView, ...]
    first: int
    last: int
    sort_field: str
    any_url: str
    bare_url: str
    clear_url: str
    collapse_url: str
    timeline: Timeline | None = None
    repair: RepairView | None = None


def search_view(params: SearchParams, page: SearchPage) -> SearchView:
    """Return what surrounds the hits of ``page``, the answer to ``params``."""
    first = (page.page - 1) * page.limit + 1
    return SearchView(
        chips=_chips(params, page),
        sorts=_sorts(params),
        facets=tuple(
            _facet(params, name, page.facets[name]) for name in FACET_TITLES if page.facets.get(name)
        ),
        pager=_search_pager(params, page),
        warnings=tuple(_warning(page.query, warning) for warning in page.warnings),
        first=first,
        last=first + len(page.hits) - 1,
        sort_field="" if params.sort == default_sort(params.q) else params.sort,
        any_url=search_url(params, match="any") if _can_widen(params) else "",
        bare_url=_bare_url(params),
        clear_url=search_url(SearchParams()),
        collapse_url=search_url(params, collapse=not params.collapse),
        repair=repair_view(page.repair),
        timeline=timeline_from(params, page.histogram),
    )


def is_cut(passage: str) -> bool:
    """Tell whether ``passage`` ends in the middle of a sentence."""
    return not passage.rstrip("\"'”’»)]").endswith((".", "!", "?", "…", "。", "！", "？", "।", "؟"))


def language_name(code: str) -> str:
    """Return the English name of a language code, or the code itself."""
    return _LANGUAGES.get(code, code)


def value_label(name: str, value: str, labels: dict[str, str] | None = None) -> str:
    """Return what people read for ``value`` of the filter ``name``."""
    if value == MISSING:
        return _MISSING_LABELS[name]
    label = (labels or {}).get(value, value)
    if name == "month":
        return date_label(label)
    return language_name(label) if name == "language" else label


def date_label(text: str) -> str:
    """Return an ISO date in words."""
    return date_words(PartialDate.from_iso(text))


def field_author(params: SearchParams, page: SearchPage | None = None) -> str:
    """Return what stands in the author field of the form: the one name searched for."""
    if len(params.author) != 1 or params.author[0] == MISSING:
        return ""
    labels = _labels(page, "author") if page else {}
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


def page_numbers(page: int, pages: int) -> tuple[int | None, ...]:
    """Return the page numbers to offer, None for a gap: first, last and two around ``page``."""
    wanted = sorted({1, pages, *range(max(1, page - 2), min(pages, page + 2) + 1)})
    numbers: list[int | None] = []
    for number in wanted:
        if numbers and (before := numbers[-1]) is not None and number - before > 1:
            numbers.append(None if number - before > 2 else number - 1)
        numbers.append(number)
    return tuple(numbers)


def pager(page: int, total: int, limit: int, url_of: Callable[[int], str]) -> Pager:
    """Return the links of page ``page`` of a list of ``total`` entries, as deep as pages go."""
    pages = max(1, -(-total // limit))
    reach = min(pages, MAX_DEPTH // limit)
    numbers = tuple(
        None if number is None else Link(label=f"{number:,}", url=url_of(number), current=number == page)
        for number in page_numbers(min(page, reach), reach)
    )
    return Pager(
        previous=url_of(min(page - 1, reach)) if page > 1 else "",
        next=url_of(page + 1) if page < reach else "",
        numbers=numbers if reach > 1 else (),
        end=page == reach < pages,
    )


def _search_pager(params: SearchParams, page: SearchPage) -> Pager:
    def url_of(number: int) -> str:
        return search_url(params, page=number)

    found = pager(page.page, page.total + page.partial_total, page.limit, url_of)
    if params.collapse:  # nobody has counted the groups: the pages have no numbers
        following = search_url(params, cursor=page.next) if page.next else ""
        return replace(found, next=following, numbers=(), end=False)
    if found.next or page.next is None:
        return found
    return replace(found, next=search_url(params, cursor=page.next), end=False)


def _labels(page: SearchPage, name: str) -> dict[str, str]:
    return {value.value: value.label for value in page.facets.get(name, ())}


def _chips(params: SearchParams, page: SearchPage) -> tuple[Link, ...]:
    chips = [
        Link(label=clause.text, url=search_url(params, q=clause.rest, sort=_sort_for(params, clause.rest)))
        for clause in page.clauses
        if len(page.clauses) > 1 or _has_filters(params)
    ]
    chips += [
        Link(
            label=f"{FACET_TITLES[name]}: {value_label(name, value, _labels(page, name))}",
            url=without_filter(params, name, value),
        )
        for name in FILTERS
        for value in getattr(params, name)
    ]
    chips += [
        Link(
            label=f"Not {FACET_TITLES[name].lower()}: {value_label(name, value, _labels(page, name))}",
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
    return tuple(chips)


def _sort_for(params: SearchParams, q: str) -> str:
    """Return the order that goes with ``q``: the default one if it was that."""
    return default_sort(q) if params.sort == default_sort(params.q) else params.sort


def repair_view(repair: Repair | None) -> RepairView | None:
    """Return the links of what may help."""
    if repair is None:
        return None

    def link(other: Alternative | None) -> Link | None:
        if other is None:
            return None
        params = replace(other.params, sort=default_sort(other.params.q))
        return Link(label=other.text, url=search_url(params), count=other.total)

    return RepairView(
        corrected=link(repair.corrected),
        without=tuple(found for other in repair.without if (found := link(other))),
        widened=link(repair.widened),
    )


def _sorts(params: SearchParams) -> tuple[Link, ...]:
    offered = [sort for sort in SORTS if sort != "relevance" or params.q]
    return tuple(
        Link(label=_SORT_TITLES[sort], url=search_url(params, sort=sort), current=sort == params.sort)
        for sort in offered
    )


def _facet(params: SearchParams, name: str, values: tuple[FacetValue, ...]) -> FacetView:
    links = facet_view(params, name, values)
    # One value more than the head is no reason to hide it.
    cut = len(links) if len(links) <= FACET_HEAD + 1 else FACET_HEAD
    # What is chosen must be in sight.
    links = (*links[:cut], *sorted(links[cut:], key=lambda link: not (link.current or link.excluded)))
    cut += sum(1 for link in links[cut:] if link.current or link.excluded)
    return FacetView(
        name=name,
        title=FACET_TITLES[name],
        head=links[:cut],
        rest=links[cut:],
        all_url=facet_url(params, name) if len(values) >= _LONG_FACET and name != "month" else "",
    )


def facet_view(params: SearchParams, name: str, values: tuple[FacetValue, ...]) -> tuple[Link, ...]:
    """Return the links of ``values``: to narrow the search to each, and to leave each out."""
    if name in ("year", "month"):  # time order reads better than frequency; undated last
        values = tuple(sorted(values, key=lambda v: (v.value != MISSING, v.value), reverse=True))
    return tuple(_facet_link(params, name, value) for value in values)


def _facet_link(params: SearchParams, name: str, value: FacetValue) -> Link:
    chosen = _as_given(getattr(params, name), value.value)
    left_out = _as_given([other for key, other in params.excluded if key == name], value.value)
    url = with_filter(params, name, value.value)
    if value.excluded:
        url = without_exclusion(params, name, left_out)
    elif value.selected:
        url = without_filter(params, name, chosen)
    return Link(
        label=value_label(name, value.value, {value.value: value.label}),
        count=value.count,
        current=value.selected,
        excluded=value.excluded,
        url=url,
        exclude_url="" if value.selected or value.excluded else with_exclusion(params, name, value.value),
    )


def _as_given(values: Iterable[str], value: str) -> str:
    """Return the one of ``values`` that means ``value``, however it was written."""
    return next((other for other in values if fold_key(other) == fold_key(value)), value)


def state_fields(params: SearchParams) -> tuple[tuple[str, str], ...]:
    """Return everything that a search is, as form fields."""
    state = state_from_params(replace(params, page=1, cursor=""))
    return tuple(
        (name, value)
        for name, values in state.items()
        if name not in ("sort", "limit")
        for value in (values if isinstance(values, list) else [values])
    )


def _warning(query: str, warning: QueryWarning) -> WarningView:
    start, end = warning.span
    return WarningView(message=warning.message, place=mark(query, ((start, end),) if end > start else ()))


def _has_filters(params: SearchParams) -> bool:
    return any(getattr(params, name) for name in FILTERS) or bool(
        params.excluded or params.date_from or params.date_to
    )


def _can_widen(params: SearchParams) -> bool:
    return params.match != "any" and len(params.q.split()) > 1


def _bare_url(params: SearchParams) -> str:
    """Return the same words without filters, or nothing where there are none."""
    return search_url(SearchParams(q=params.q)) if _has_filters(params) and params.q else ""
