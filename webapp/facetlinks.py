"""The facets as links: to narrow a search to a value, to leave it out, to take that back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from index.analysis import fold_key
from webapp.links import Link
from webapp.models import MISSING, FacetValue, SearchParams
from webapp.urls import facet_url, with_exclusion, with_filter, without_exclusion, without_filter
from webapp.wording import FACET_TITLES, value_label

#: Values of a facet that are shown before "more".
FACET_HEAD = 7

#: Facets whose values all stand behind "more".
_LISTED_WHOLE = ("year", "month")

#: A facet of so many values has more than fit, on a page of its own.
_LONG_FACET = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetView:
    """A facet: its first values, those behind "more", and where all of them are, if there are more."""

    name: str
    title: str
    head: tuple[Link, ...]
    rest: tuple[Link, ...]
    all_url: str = ""


def facet_box(params: SearchParams, name: str, values: tuple[FacetValue, ...]) -> FacetView:
    """Return the box of a facet beside the results."""
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
        all_url=facet_url(params, name) if len(values) >= _LONG_FACET and name not in _LISTED_WHOLE else "",
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
