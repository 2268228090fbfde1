"""CSV (RFC 4180, UTF-8) that a spreadsheet can open without running it.

A cell that a spreadsheet would take for a formula gets an apostrophe in front,
as OWASP advises.  The query and the day stand in columns of their own, because
a comment line above the header is a broken row to most readers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from archive.document import Document
from webapp.exports.head import Head, block, day, line

COLUMNS = (
    "id", "slug", "title", "authors", "published", "source", "url", "language", "section", "tags",
    "words", "lead", "added", "permalink", "query", "exported",
)  # fmt: skip

#: What a formula begins with, the full-width forms that Excel takes for the same included.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write(documents: Iterable[Document], head: Head) -> Iterator[str]:
    """Yield a header and a row for each article, ``text`` last if it is wanted."""
    columns = (*COLUMNS, "text") if head.text else COLUMNS
    yield ("\ufeff" if head.bom else "") + _row(columns)
    query, exported = cell(line(head.query)), day(head.exported)
    for document in documents:
        texts = (
            document.slug,
            line(document.title),
            "; ".join(map(line, document.authors)),
            document.published.isoformat() if document.published else "",
            line(document.source),
            line(document.url),
            document.language,
            line(document.section),
            "; ".join(map(line, document.tags)),
        )
        row = [
            str(document.id),
            *map(cell, texts),
            str(document.words),
            cell(line(document.lead)),
            day(document.added) if document.added else "",
            cell(head.permalink(document)),
            query,
            exported,
        ]
        if head.text:
            row.append(cell(block(document.text)))
        yield _row(row)


def cell(text: str) -> str:
    """Return ``text`` so that no spreadsheet takes it for a formula."""
    return "'" + text if text.lstrip(" \u00a0\u3000").startswith(FORMULA) else text


def _row(values: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(values)
    return out.getvalue()
