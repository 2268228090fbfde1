"""Web pages saved as MHTML: the page among its images and styles, with its address.

The parts are found by their boundary and only the page's is decoded: parsing all of
a large message costs many times its size.
"""

from __future__ import annotations

from dataclasses import replace
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from typing import Final

from archive.characters import normalise_line
from archive.document import Draft, Origin, Provenance
from archive.errors import EmptyItemError, MalformedItemError
from archive.readers import ReadOptions
from archive.readers.html import read_html
from archive.readers.mimeparts import MimePart, decoded_body, inner_parts, part_of

_MAX_HEAD: Final = 64_000
_MAX_PARTS: Final = 5_000
_MAX_DEPTH: Final = 5
_PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})
_WEB: Final = ("http://", "https://")


def read_mhtml(data: bytes, origin: Origin, options: ReadOptions) -> Draft:
    """Read the page of an MHTML file.

    The time of saving is kept as the time of capture, never as a publication date.

    Raises:
        MalformedItemError: there is no page in it.
        LimitExceededError: it has too many parts.
        EmptyItemError: there is no text in the page.
    """
    whole = part_of(data, _MAX_HEAD)
    if whole is None:
        raise MalformedItemError("not an MHTML file: its header has no end")
    page = _find_page(whole)
    if page is None:
        raise MalformedItemError("there is no HTML page in the MHTML file")
    body, warnings = decoded_body(page)
    if not body.strip():
        raise EmptyItemError("the page in the MHTML file is empty")
    url = options.url or _address(whole.head, page.head)
    charset = page.head.get_content_charset("")
    draft = read_html(body, origin, replace(options, url=url, declared=charset or options.declared))
    return _with_head(draft, whole.head, url, warnings)


def _with_head(draft: Draft, head: Message, url: str, warnings: tuple[str, ...]) -> Draft:
    provenance = dict(draft.provenance)
    title = draft.title or normalise_line(_header(head, "Subject"))
    if title and not draft.title:
        provenance["title"] = Provenance(method="header", detail="Subject", confidence=0.6)
    if url and not draft.url:
        provenance["url"] = Provenance(method="header", detail="Snapshot-Content-Location", raw=url[:500])
    saved = _header(head, "Date")[:100]
    if saved:
        provenance["fetched"] = Provenance(method="header", detail="Date", raw=saved)
    return replace(
        draft,
        title=title,
        url=draft.url or url,
        provenance=provenance,
        warnings=(*warnings, *draft.warnings),
    )


def _address(whole: Message, page: Message) -> str:
    candidates = (_header(whole, "Snapshot-Content-Location"), _header(page, "Content-Location"))
    return next((each for each in candidates if each.startswith(_WEB)), "")


def _header(head: Message, name: str) -> str:
    raw = str(head.get(name, ""))[:4000]
    try:
        return " ".join(str(make_header(decode_header(raw))).split())
    except (LookupError, ValueError, MessageError):
        return " ".join(raw.split())


def _find_page(part: MimePart, depth: int = 0) -> MimePart | None:
    """The root page: the part that ``start`` names, else the first page."""
    media_type = part.head.get_content_type()
    if media_type in _PAGES:
        return part
    if not media_type.startswith("multipart/") or depth >= _MAX_DEPTH:
        return None
    start = str(part.head.get_param("start", "") or "").strip()
    first: MimePart | None = None
    for inner in inner_parts(part, _MAX_HEAD, _MAX_PARTS):
        found = _find_page(inner, depth + 1)
        if found is None:
            continue
        if not start or str(inner.head.get("Content-ID", "")).strip() == start:
            return found
        first = first or found
    return first
