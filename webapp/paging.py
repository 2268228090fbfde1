"""Links to other pages of a list: by number as far as numbers go, by cursor from there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from webapp.articlepages import AuthorPage
from webapp.cursors import MAX_DEPTH
from webapp.links import Link
from webapp.models import SearchPage, SearchParams
from webapp.urls import author_url, search_url


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


def search_pager(params: SearchParams, page: SearchPage) -> Pager:
    """Return the links of a page of results."""

    def url_of(number: int) -> str:
        return search_url(params, page=number)

    found = pager(page.page, page.total + page.partial_total, page.limit, url_of)
    if params.collapse:  # nobody has counted the groups: the pages have no numbers
        following = search_url(params, cursor=page.next) if page.next else ""
        return replace(found, next=following, numbers=(), end=False)
    return _going_on(found, search_url(params, cursor=page.next) if page.next else "")


def author_pager(page: AuthorPage) -> Pager:
    """Return the links of a page of an author's articles."""
    found = pager(page.page, page.total, page.limit, lambda number: author_url(page.slug, number))
    return _going_on(found, author_url(page.slug, cursor=page.next) if page.next else "")


def _going_on(found: Pager, following: str) -> Pager:
    """Return ``found`` with the link to what follows where numbers have ended."""
    return found if found.next or not following else replace(found, next=following, end=False)
