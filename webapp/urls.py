"""Addresses inside the archive: the query string holds the whole state of a search.

Every link of a page is made here from `SearchParams`, in one order and without
what is default, so that the same search has the same address everywhere.  A
page of results has eighty of them: made by hand they take a tenth of the time
that `flask.url_for` needs.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from flask import current_app, request

from webapp.models import SearchParams
from webapp.parameters import EXCLUDE, FILTERS, default_sort

_CONTROLS_OR_SPACE = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029]")


def state_from_params(params: SearchParams) -> dict[str, Any]:
    """Return the query parameters that stand for ``params``, defaults left out."""
    state: dict[str, Any] = {
        **search_state(params),
        "explain": "1" if params.explain else "",
        "limit": "" if params.limit == current_app.config["PAGE_SIZE"] else params.limit,
        "cursor": params.cursor,
        "page": "" if params.page == 1 or params.cursor else params.page,
    }
    return {name: value for name, value in state.items() if value}


def search_state(params: SearchParams) -> dict[str, Any]:
    """Return the parameters that say what is searched for, without those of the page."""
    state: dict[str, Any] = {
        "q": params.q,
        **{name: list(getattr(params, name)) for name in FILTERS},
        **{
            f"{EXCLUDE}{name}": [value for other, value in params.excluded if other == name]
            for name in FILTERS
        },
        "from": params.date_from,
        "to": params.date_to,
        "sort": "" if params.sort == default_sort(params.q) else params.sort,
        "match": "" if params.match == "auto" else params.match,
        "engine": params.engine or "",
        "collapse": "1" if params.collapse else "",
    }
    return {name: value for name, value in state.items() if value}


def search_url(params: SearchParams, **changes: Any) -> str:
    """Return the page of ``params`` with ``changes``; any change but of page goes to page 1."""
    if "page" not in changes and "cursor" not in changes:
        changes = {**changes, "page": 1, "cursor": ""}
    elif "cursor" not in changes:
        changes = {**changes, "cursor": ""}
    query = urlencode(state_from_params(replace(params, **changes)), doseq=True)
    return f"{_root()}/?{query}" if query else f"{_root()}/"


def export_url(params: SearchParams, name: str) -> str:
    """Return the address of everything that ``params`` find, as ``/<name>`` gives it."""
    query = query_string(params)
    return f"{_root()}/{name}{f'?{query}' if query else ''}"


def query_string(params: SearchParams) -> str:
    """Return ``params`` as they stand in an address, without those of the page."""
    return urlencode(search_state(params), doseq=True)


def saved_url(slug: str = "", rest: str = "") -> str:
    """Return the address of the saved searches, of one, or of something of one."""
    return f"{_root()}/saved" + (f"/{quote(slug, safe='')}" if slug else "") + (f"/{rest}" if rest else "")


def feed_url(params: SearchParams, extension: str) -> str:
    """Return the address of the feed of ``params``: what was stored last first."""
    return export_url(replace(params, sort=default_sort(params.q)), f"feed.{extension}")


def with_filter(params: SearchParams, name: str, value: str) -> str:
    """Return the address of the search narrowed to ``value`` of filter ``name``."""
    values: tuple[str, ...] = getattr(params, name)
    return search_url(params, **{name: (*values, value)})


def with_exclusion(params: SearchParams, name: str, value: str) -> str:
    """Return the address of the search without the articles that ``value`` of ``name`` finds."""
    values = tuple(other for other in getattr(params, name) if other != value)
    return search_url(params, **{name: values, "excluded": (*params.excluded, (name, value))})


def without_exclusion(params: SearchParams, name: str, value: str) -> str:
    """Return the address of the search that leaves ``value`` of ``name`` in again."""
    left = tuple(pair for pair in params.excluded if pair != (name, value))
    return search_url(params, excluded=left)


def facet_url(params: SearchParams, name: str, **more: Any) -> str:
    """Return the address of all values of a facet of the search."""
    state = state_from_params(replace(params, page=1, cursor=""))
    state.pop("limit", None)
    state.pop("explain", None)
    query = urlencode({**state, **{key: value for key, value in more.items() if value}}, doseq=True)
    return f"{_root()}/facet/{name}{f'?{query}' if query else ''}"


def without_filter(params: SearchParams, name: str, value: str) -> str:
    """Return the address of the search without ``value`` of filter ``name``."""
    values: tuple[str, ...] = getattr(params, name)
    return search_url(params, **{name: tuple(other for other in values if other != value)})


def article_url(slug: str, state: str = "") -> str:
    """Return an article's permanent address.

    Args:
        state: query string of the search that led there, as `article_state`
            gives it: its words are marked, and it is the way back.
    """
    return f"{_root()}/article/{quote(slug, safe='')}{f'?{state}' if state else ''}"


def article_state(params: SearchParams) -> str:
    """Return what the articles that ``params`` find carry in their addresses; nothing without a query."""
    return urlencode(state_from_params(params), doseq=True)


def author_url(slug: str, page: int = 1, cursor: str = "") -> str:
    """Return the address of an author's articles."""
    query = urlencode({"cursor": cursor} if cursor else {"page": page} if page > 1 else {})
    return f"{_root()}/author/{quote(slug, safe='')}{f'?{query}' if query else ''}"


def base_url() -> str:
    """Return the address of the archive as it was asked, without a slash at the end."""
    return request.url_root.rstrip("/")


def absolute(path: str) -> str:
    """Return the address of ``path``, which begins with the prefix the archive is served under."""
    return request.host_url.rstrip("/") + path


def _root() -> str:
    """Return the prefix that the archive is served under, mostly none."""
    return quote(request.environ.get("SCRIPT_NAME", "").rstrip("/"))


def outside_link(url: str) -> str:
    """Return ``url`` if a reader may follow it: absolute http(s) with a host; else empty."""
    if not url or _CONTROLS_OR_SPACE.search(url) or "\\" in url:
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host or "@" in parts.netloc:
        return ""
    return url
