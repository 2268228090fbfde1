"""Web pages saved as MHTML: the page among its images and styles, with its address.

The parts are found by their boundary and only the page's is decoded: parsing all of
a large message costs many times its size.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import Final

from archive.characters import normalise_line
from archive.document import Draft, Origin, Provenance
from archive.errors import EmptyItemError, LimitExceededError, MalformedItemError
from archive.readers import ReadOptions
from archive.readers.html import read_html

_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_MAX_HEAD: Final = 64_000
_MAX_PARTS: Final = 5_000
_MAX_DEPTH: Final = 5
_PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})
_WEB: Final = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class _Part:
    head: Message
    body: bytes


def read_mhtml(data: bytes, origin: Origin, options: ReadOptions) -> Draft:
    """Read the page of an MHTML file.

    The time of saving is kept as the time of capture, never as a publication date.

    Raises:
        MalformedItemError: there is no page in it.
        LimitExceededError: it has too many parts.
        EmptyItemError: there is no text in the page.
    """
    whole = _part(data)
    if whole is None:
        raise MalformedItemError("not an MHTML file: its header has no end")
    page = _find_page(whole)
    if page is None:
        raise MalformedItemError("there is no HTML page in the MHTML file")
    body, warnings = _decoded(page)
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


def _find_page(part: _Part, depth: int = 0) -> _Part | None:
    """The root page: the part that ``start`` names, else the first page."""
    media_type = part.head.get_content_type()
    if media_type in _PAGES:
        return part
    if not media_type.startswith("multipart/") or depth >= _MAX_DEPTH:
        return None
    start = str(part.head.get_param("start", "") or "").strip()
    first: _Part | None = None
    for inner in _inner_parts(part):
        found = _find_page(inner, depth + 1)
        if found is None:
            continue
        if not start or str(inner.head.get("Content-ID", "")).strip() == start:
            return found
        first = first or found
    return first


def _inner_parts(part: _Part) -> Iterator[_Part]:
    boundary = str(part.head.get_param("boundary", "") or "")
    if not boundary:
        return
    delimiter = b"--" + boundary.encode("utf-8", "surrogateescape")
    place, body = 0, part.body
    begin = -1
    count = 0
    while (place := body.find(delimiter, place)) >= 0:
        at_line_start = place == 0 or body[place - 1 : place] == b"\n"
        if at_line_start:
            if begin >= 0 and (inner := _part(body[begin:place])) is not None:
                yield inner
            count += 1
            if count > _MAX_PARTS:
                raise LimitExceededError(f"more than {_MAX_PARTS:,} parts")
            line_end = body.find(b"\n", place)
            if line_end < 0 or body.startswith(b"--", place + len(delimiter)):
                return
            begin = line_end + 1
        place += len(delimiter)
    if begin >= 0 and (inner := _part(body[begin:])) is not None:
        yield inner  # the closing boundary is missing: the file was cut


def _part(data: bytes) -> _Part | None:
    end = _HEAD_END.search(data, 0, _MAX_HEAD)
    if end is None:
        return None
    return _Part(BytesHeaderParser(policy=compat32).parsebytes(data[: end.end()].lstrip()), data[end.end() :])


def _decoded(page: _Part) -> tuple[bytes, tuple[str, ...]]:
    encoding = str(page.head.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding == "quoted-printable":
        return quopri.decodestring(page.body), ()
    if encoding != "base64":
        return page.body, ()
    packed = re.sub(rb"[^A-Za-z0-9+/]", b"", page.body)
    try:
        return base64.b64decode(packed + b"=" * (-len(packed) % 4)), ()
    except binascii.Error:
        cut = packed[: len(packed) // 4 * 4]
        return base64.b64decode(cut), ("its base64 is damaged; the text may be incomplete",)
