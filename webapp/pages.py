"""The pages: search, article, author, help.  All of them work without script."""

from __future__ import annotations

import logging
from dataclasses import replace

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from index.errors import EngineError
from webapp import views
from webapp.context import answers, page_size
from webapp.facetlinks import facet_view
from webapp.help import HELP
from webapp.marking import changed_paragraphs, marked_article
from webapp.models import FACETS, Hit, SearchParams
from webapp.paging import author_pager, pager
from webapp.params import OF_ORDER, facet_params, history_params, no_params, page_params, search_params
from webapp.presenters import last_part
from webapp.reflow import unwrapped
from webapp.urls import article_state, article_url, author_url, facet_url, outside_link

log = logging.getLogger(__name__)

pages = Blueprint("pages", __name__)


@pages.get("/")
def search() -> str:
    """The search page; without words or filters it lists the newest articles."""
    params = search_params(request.args, page_size=page_size())
    if not request.args.get("histogram", "").strip():  # the page draws it unless it is told not to
        params = replace(params, histogram=True)
    try:
        page = answers().search(params)
    except EngineError:
        # An archive without articles needs them, not an index.
        if answers().status().articles == 0:
            return render_template("welcome.html", params=params)
        raise
    status = answers().status() if not page.total or _is_start(params) else None
    if status is not None and status.articles == 0:
        return render_template("welcome.html", params=params)
    return render_template(
        "search.html",
        params=params,
        page=page,
        view=views.search_view(params, page),
        status=status,
        start=_is_start(params),
        author_field=views.field_author(params, page),
        hidden=views.hidden_fields(params),
    )


@pages.get("/facet/<name>")
def facet(name: str) -> str:
    """All values of a facet of a search, with a search among them."""
    if name not in FACETS:
        raise NotFound
    params, find, number = facet_params(request.args, keep=OF_ORDER)
    page = answers().facet(params, name, find=find, page=number)
    return render_template(
        "facet.html",
        params=params,
        page=page,
        view=facet_view(params, name, page.values),
        hidden=tuple((key, value) for key, value in views.state_fields(params)),
        pager=pager(
            page.page, page.total, page.limit, lambda other: facet_url(params, name, find=find, page=other)
        ),
    )


@pages.get("/article/<slug>")
def article(slug: str) -> str | BaseResponse:
    """One article, the words of ``q`` marked; the other parameters are those of the way back."""
    params = search_params(request.args, page_size=page_size())
    page = answers().article(slug, params.q)
    if page.document.slug != slug:
        return redirect(article_url(page.document.slug, article_state(params)), code=301)
    document = page.document
    heading, paragraphs, marks = marked_article(
        document.title, page.title_spans, unwrapped(document.text), page.body_spans
    )
    return render_template(
        "article.html",
        document=document,
        authors=_with_slugs(document.authors, page.author_slugs),
        heading=heading,
        paragraphs=paragraphs,
        marks=marks,
        params=params,
        has_way_back=not _is_start(params),
        link=outside_link(document.url),
        alike=_alike(slug),
        origin=last_part(document.origin.path),
    )


@pages.get("/article/<slug>/history")
def history(slug: str) -> str | BaseResponse:
    """An article's versions, and what changed between two of them."""
    before, after = history_params(request.args)
    page = answers().history(slug, before, after)
    if page.document.slug != slug:
        return redirect(f"{article_url(page.document.slug)}/history", code=301)
    return render_template(
        "history.html",
        page=page,
        document=page.document,
        paragraphs=changed_paragraphs(page.difference.text),
    )


@pages.get("/author/<slug>")
def author(slug: str) -> str | BaseResponse:
    """An author's articles, newest first."""
    number, cursor = page_params(request.args, page_size=page_size())
    page = answers().author(slug, number, cursor)
    if page.slug != slug:
        return redirect(author_url(page.slug, number, cursor), code=301)
    return render_template(
        "author.html",
        page=page,
        pager=author_pager(page),
    )


@pages.get("/help")
def query_help() -> str:
    """The query language, from the tables that the parser itself reads."""
    no_params(request.args)
    return render_template("help.html", help=HELP)


@pages.get("/robots.txt")
def robots() -> Response:
    """Nobody's crawler is invited into a private archive."""
    return Response("User-agent: *\nDisallow: /\n", mimetype="text/plain")


def _alike(slug: str) -> tuple[Hit, ...]:
    """Return a few articles like the one at ``slug``; without an index it can still be read."""
    try:
        return answers().similar(slug, limit=4)
    except EngineError as exc:
        log.warning("no similar articles: %s", exc)
        return ()


def _is_start(params: SearchParams) -> bool:
    return not (
        params.q
        or params.author
        or params.source
        or params.language
        or params.year
        or params.tag
        or params.month
        or params.excluded
        or params.date_from
        or params.date_to
        or params.page > 1
        or params.cursor
    )


def _with_slugs(authors: tuple[str, ...], slugs: tuple[str, ...]) -> list[tuple[str, str]]:
    padded = (*slugs, *[""] * len(authors))
    return list(zip(authors, padded, strict=False))
