"""Results for other programs: exports, feeds, and the description for a browser's search box."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import replace

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from index.query.escapes import for_people
from webapp.context import answers
from webapp.exports import FEEDS, FORMATS, Format, Head, chunks
from webapp.exports.atom import last_changed
from webapp.exports.params import export_params, feed_params
from webapp.models import SearchParams
from webapp.params import no_params
from webapp.urls import absolute, base_url, search_url

takeaway = Blueprint("takeaway", __name__)

_BY_EXTENSION = {each.extension: each for each in FORMATS.values()}


@takeaway.get("/export/<name>")
def export(name: str) -> Response:
    """Every article of a search, streamed."""
    if name not in FORMATS:
        raise NotFound
    wanted = FORMATS[name]
    params = export_params(request.args)
    found = answers().matches(params.search, most=params.most)
    head = Head(
        query=found.understood,
        exported=dt.datetime.now(dt.UTC),
        total=found.total if params.most is None else min(found.total, params.most),
        base=base_url(),
        store_id=answers().store_id(),
        text=wanted.text if params.text is None else params.text,
        bom=params.bom,
        page=absolute(search_url(params.search)),
    )
    return _download(chunks(wanted.write(found.documents, head)), wanted, f"articles.{wanted.extension}")


@takeaway.get("/article/<slug>.<extension>")
def article(slug: str, extension: str) -> Response:
    """One article in a format, or 404."""
    if extension not in _BY_EXTENSION:
        raise NotFound
    wanted = _BY_EXTENSION[extension]
    no_params(request.args)
    document = answers().article(slug).document
    head = Head(
        query="",
        exported=dt.datetime.now(dt.UTC),
        base=base_url(),
        store_id=answers().store_id(),
        text=True,
    )
    return _download(chunks(wanted.write([document], head)), wanted, f"{document.slug}.{wanted.extension}")


@takeaway.get("/feed.<extension>")
def feed(extension: str) -> BaseResponse:
    """A search as a feed: what the archive stored last comes first."""
    params = feed_params(request.args)
    search = replace(params.search, sort="relevance" if params.search.q else "newest")
    return feed_response(extension, params.search, params.most or 0, page=search_url(search))


@takeaway.get("/opensearch.xml")
def opensearch() -> Response:
    """What a browser needs to add the archive to its search engines (OpenSearch 1.1)."""
    no_params(request.args)
    text = render_template("opensearch.xml", base=base_url())
    return Response(text, mimetype="application/opensearchdescription+xml")


def feed_response(
    extension: str, search: SearchParams, most: int, *, page: str, title: str = ""
) -> BaseResponse:
    """Return a feed, or 304 where it is as the reader knows it.

    Args:
        page: address of the page that shows the same.
        title: of the feed; made from the query unless given.
    """
    wanted = next((each for each in FEEDS.values() if each.extension == extension), None)
    if wanted is None:
        raise NotFound
    found = answers().matches(search, most=most)
    documents = list(found.documents)
    changed = last_changed(documents)
    head = Head(
        query=found.understood,
        exported=changed,
        base=base_url(),
        store_id=answers().store_id(),
        page=absolute(page),
        feed=request.url,
        title=title
        or (f"{for_people(found.understood)} · Article Archive" if found.understood else "Article Archive"),
    )
    body = b"".join(chunks(wanted.write(documents, head)))
    response = Response(body, content_type=wanted.media_type)
    response.set_etag(hashlib.blake2b(body, digest_size=12).hexdigest())
    response.last_modified = changed
    return response.make_conditional(request)


def _download(body: Iterator[bytes], wanted: Format, name: str) -> Response:
    response = Response(body, content_type=wanted.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
