"""RIS: tagged lines that end in CR LF, an article from ``TY`` to ``ER``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archive.document import Document, PartialDate
from webapp.exports.head import Head, day, line


def write(documents: Iterable[Document], head: Head) -> Iterator[str]:
    """Yield a record for each article; ``N1`` notes query and day."""
    note = f"Query: {line(head.query)}; exported on {day(head.exported)}" if head.total is not None else ""
    for document in documents:
        yield _record(document, head, note)


def date(published: PartialDate) -> str:
    """Return ``2024/09/10/``, ``2024/09//`` or ``2024///``."""
    month = f"{published.month:02d}" if published.month else ""
    number = f"{published.day:02d}" if published.day else ""
    return f"{published.year:04d}/{month}/{number}/"


def _record(document: Document, head: Head, note: str) -> str:
    published = document.published
    tags = [
        ("TY", "NEWS" if document.source else "GEN"),
        ("ID", document.slug),
        ("TI", document.title),
        *(("AU", name) for name in document.authors),
        ("T2", document.source),
        ("PY", f"{published.year:04d}" if published else ""),
        ("DA", date(published) if published else ""),
        ("UR", document.url or head.permalink(document)),
        ("LA", document.language),
        *(("KW", tag) for tag in document.tags),
        ("AB", document.lead),
        ("N1", note),
    ]
    # One line each: a line end in a value would begin a tag of its own.
    lines = [f"{tag}  - {text}" for tag, value in tags if (text := line(value))]
    return "\r\n".join([*lines, "ER  - ", "", ""])
