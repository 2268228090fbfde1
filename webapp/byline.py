"""An author's articles, a page at a time, to the last one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.engine import Engine, SearchRequest, Sort
from index.plan import Term
from index.snippets import Matchers
from webapp.articlepages import AuthorPage
from webapp.hits import HitMaker
from webapp.models import SearchParams
from webapp.searching import Asked, place_of_page

if TYPE_CHECKING:
    from archive.store import StoredAuthor


def author_page(
    engine: Engine, hits: HitMaker, author: StoredAuthor, *, limit: int, page: int = 1, cursor: str = ""
) -> AuthorPage:
    """Return the page ``page`` of an author's articles, newest first, or the one that ``cursor`` begins.

    Raises:
        QueryError: page numbers do not go so deep, or it is no cursor of this list.
    """
    plan = Term("author_key", author.key)
    asked = Asked(
        plan=plan,
        partial=None,
        sort=Sort.NEWEST,
        understood="",
        warnings=(),
        matchers=Matchers(),
        identity=f"author\n{author.key}",
    )
    offset, place = place_of_page(SearchParams(page=page, limit=limit, cursor=cursor), asked)
    wanted = SearchRequest(plan=plan, sort=Sort.NEWEST, offset=offset, limit=limit, after=place.after)
    found = engine.search(wanted)
    reached = offset + len(found.hits)
    return AuthorPage(
        slug=author.slug,
        name=author.name,
        total=found.total,
        hits=hits.hits(found.hits, Matchers()),
        first=offset + 1,
        page=offset // limit + 1,
        limit=limit,
        next=asked.cursor_after(found.hits, reached) if found.hits and reached < found.total else None,
    )
