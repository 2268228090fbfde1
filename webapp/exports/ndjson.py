"""NDJSON: one article a line, as the API gives it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import orjson

from archive.document import Document
from webapp.exports.head import Head
from webapp.presenters import article_json


def write(documents: Iterable[Document], head: Head) -> Iterator[str]:
    """Yield a line for each article."""
    for document in documents:
        found = article_json(document, whole_origin=head.whole_origin)
        yield orjson.dumps(found, option=orjson.OPT_APPEND_NEWLINE).decode()
