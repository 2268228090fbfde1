"""CSL-JSON: one array of items, as Zotero, Pandoc and citeproc read it.

Names are ``literal``, as printed: which part is the family name is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from archive.document import Document
from webapp.exports.head import Head, line


def write(documents: Iterable[Document], head: Head) -> Iterator[str]:
    """Yield an array, an item a line."""
    between = "[\n"
    for document in documents:
        yield between + orjson.dumps(_item(document, head)).decode()
        between = ",\n"
    yield "[]\n" if between == "[\n" else "\n]\n"


def _item(document: Document, head: Head) -> dict[str, Any]:
    published = document.published
    item: dict[str, Any] = {
        "id": document.slug,
        "type": "article-newspaper" if document.source else "article",
        "title": line(document.title),
        "author": [{"literal": line(name)} for name in document.authors],
        "container-title": line(document.source),
        "URL": line(document.url) or head.permalink(document),
        "language": document.language,
        "keyword": ", ".join(line(tag).replace(",", " ") for tag in document.tags),
        "abstract": line(document.lead),
    }
    if published is not None:
        parts = [part for part in (published.year, published.month, published.day) if part is not None]
        item["issued"] = {"date-parts": [parts]}
    return {name: value for name, value in item.items() if value}
