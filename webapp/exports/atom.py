"""Atom 1.0 (RFC 4287)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from html import escape

from archive.document import Document, Precision
from webapp.exports.head import Head, block, line, second, summary
from webapp.urls import outside_link

#: Longest text of an entry.
MAX_TEXT_CHARS = 20_000

#: What a feed without entries was updated at.
_NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def write(documents: Iterable[Document], head: Head) -> Iterator[str]:
    """Yield a feed; it was updated when its latest article was."""
    found = list(documents) if head.feed else documents  # a served feed is a page; a file is streamed
    updated = last_changed(found) if isinstance(found, list) else head.exported
    yield '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    yield f"  <id>{head.urn_of(f'search/{head.query}')}</id>\n"
    yield f"  <title>{_text(head.title)}</title>\n"
    yield f"  <updated>{second(updated)}</updated>\n"
    yield "  <author><name>Article Archive</name></author>\n"
    if head.feed:
        yield f'  <link rel="self" type="application/atom+xml" href="{_text(head.feed)}"/>\n'
    if head.page:
        yield f'  <link rel="alternate" type="text/html" href="{_text(head.page)}"/>\n'
    for document in found:
        yield _entry(document, head)
    yield "</feed>\n"


def last_changed(documents: Iterable[Document]) -> dt.datetime:
    """Return when the latest of ``documents`` changed."""
    return max((changed(document) for document in documents), default=_NEVER)


def changed(document: Document) -> dt.datetime:
    """Return when the archive last changed ``document``."""
    return document.updated or document.added or _NEVER


def published_instant(document: Document) -> dt.datetime | None:
    """Return when ``document`` was published, where that is known to the day."""
    published = document.published
    if document.published_at is not None:
        return document.published_at
    if published is None or published.precision is not Precision.DAY:
        return None
    return dt.datetime.combine(published.first, dt.time(), tzinfo=dt.UTC)


def shortened(text: str) -> str:
    """Return ``text``, cut at `MAX_TEXT_CHARS`."""
    return text if len(text) <= MAX_TEXT_CHARS else text[:MAX_TEXT_CHARS].rstrip() + " …"


def _entry(document: Document, head: Head) -> str:
    lines = [
        f"<id>{head.urn(document)}</id>",
        f"<title>{_text(document.title)}</title>",
        f"<updated>{second(changed(document))}</updated>",
    ]
    if (published := published_instant(document)) is not None:
        lines.append(f"<published>{second(published)}</published>")
    lines += [f"<author><name>{_text(name)}</name></author>" for name in document.authors if line(name)]
    if permalink := head.permalink(document):
        lines.append(f'<link rel="alternate" type="text/html" href="{_text(permalink)}"/>')
    if link := outside_link(document.url):
        lines.append(f'<link rel="{"via" if permalink else "alternate"}" href="{_text(link)}"/>')
    lines += [f'<category term="{_text(tag)}"/>' for tag in document.tags if line(tag)]
    lines.append(f"<summary>{_text(summary(document))}</summary>")
    # Escaped twice: the text is made HTML, and the HTML is text of the feed.
    paragraphs = "".join(
        f"<p>{escape(line(part))}</p>" for part in block(shortened(document.text)).split("\n\n") if part
    )
    language = f' xml:lang="{_text(document.language)}"' if document.language else ""
    lines.append(f'<content type="html"{language}>{escape(paragraphs)}</content>')
    return "  <entry>\n    " + "\n    ".join(lines) + "\n  </entry>\n"


def _text(text: str) -> str:
    """Return ``text`` for XML; `line` has dropped the characters that XML cannot hold."""
    return escape(line(text))
