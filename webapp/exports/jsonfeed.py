"""JSON Feed 1.1 (jsonfeed.org)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from archive.document import Document
from webapp.exports.atom import changed, published_instant, shortened
from webapp.exports.head import Head, block, line, second, summary
from webapp.urls import outside_link


def write(documents: Iterable[Document], head: Head) -> Iterator[str]:
    """Yield a feed, an item a line."""
    top = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": line(head.title),
        "home_page_url": head.page,
        "feed_url": head.feed,
        "description": line(head.query),
    }
    text = orjson.dumps({name: value for name, value in top.items() if value}).decode()
    yield text[:-1] + ',"items":['
    between = "\n"
    for document in documents:
        yield between + orjson.dumps(_item(document, head)).decode()
        between = ",\n"
    yield "\n]}\n"


def _item(document: Document, head: Head) -> dict[str, Any]:
    published = published_instant(document)
    item = {
        "id": head.urn(document),
        "url": head.permalink(document) or outside_link(document.url),
        "external_url": outside_link(document.url) if head.base else "",
        "title": line(document.title),
        "summary": line(summary(document)),
        "content_text": block(shortened(document.text)),
        "date_published": second(published) if published else "",
        "date_modified": second(changed(document)),
        "authors": [{"name": line(name)} for name in document.authors],
        "tags": [line(tag) for tag in document.tags],
        "language": document.language,
    }
    return {name: value for name, value in item.items() if value or name == "content_text"}
