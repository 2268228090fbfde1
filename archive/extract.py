"""HTML page to article: the text, and each field with where it came from."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from archive.body import Body, main_text
from archive.characters import normalise_text
from archive.datesearch import search_date
from archive.document import PartialDate, Provenance
from archive.encoding import decode
from archive.errors import EmptyItemError
from archive.htmlpage import Page
from archive.language import detect_language
from archive.metadata import Candidate, Metadata, read_metadata
from archive.pagetree import MAX_DEPTH, check_limits, nesting, parse_tree
from archive.smallpage import whole_if_small

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.IGNORECASE)
_HEAD_BYTES = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """An article as its page gives it.

    Attributes:
        text: paragraphs, headings and list items with one blank line between.
        provenance: one entry for each value that is there, by field name.
        candidates: every reading of each field, the chosen one first.
        warnings: what was lost or doubtful, in words for the user.
    """

    text: str
    title: str = ""
    authors: tuple[str, ...] = ()
    published: PartialDate | None = None
    published_at: dt.datetime | None = None
    language: str = ""
    source: str = ""
    url: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    provenance: dict[str, Provenance] = field(default_factory=dict)
    candidates: dict[str, tuple[Candidate, ...]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def extract_page(data: bytes, *, url: str = "", declared: str = "") -> Extracted:
    """Read one HTML page.

    ``url`` is where it was found, ``declared`` the character set that a header
    named; both may be empty.

    Raises:
        EmptyItemError: there is no text in the page.
        LimitExceededError: the markup would hang a parser.
    """
    decoded = decode(data, _charset(data, declared))
    return extract_markup(decoded.text, url=url, warnings=decoded.warnings)


def extract_markup(html: str, *, url: str = "", warnings: tuple[str, ...] = ()) -> Extracted:
    """`extract_page` for a page that is decoded already.

    Raises:
        EmptyItemError: there is no text in the page.
        LimitExceededError: the markup would hang a parser.
    """
    check_limits(html)
    tree = parse_tree(html)
    shallow = tree is not None or nesting(html) <= MAX_DEPTH
    page = Page(html if shallow else html[: max(0, html.lower().find("<body"))], url)
    metadata = read_metadata(page)
    if metadata.published is None and tree is not None:
        search_date(metadata, tree, html, url)
    body = main_text(html, tree, title=metadata.title, authors=metadata.authors)
    body = whole_if_small(body, html, title=metadata.title)
    text = normalise_text(body.text)
    if not text:
        raise EmptyItemError("there is no text in the page")
    if not metadata.language:
        _detect_language(metadata, text)
    return _extracted(text, body, metadata, warnings)


def _extracted(text: str, body: Body, metadata: Metadata, warnings: tuple[str, ...]) -> Extracted:
    provenance = dict(metadata.provenance)
    provenance["text"] = Provenance(method="extractor", detail=body.detail, confidence=body.confidence)
    return Extracted(
        text=text,
        title=metadata.title,
        authors=metadata.authors,
        published=metadata.published,
        published_at=metadata.published_at,
        language=metadata.language,
        source=metadata.source,
        url=metadata.url,
        section=metadata.section,
        tags=metadata.tags,
        provenance=provenance,
        candidates=metadata.candidates,
        warnings=(*warnings, *body.warnings),
    )


def _charset(data: bytes, declared: str) -> str:
    """UTF-8 if the bytes are UTF-8, whatever is said: tools re-encode pages and leave the meta."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    if declared:
        return declared
    match = _META_CHARSET.search(data[:_HEAD_BYTES])
    return match.group(1).decode("ascii") if match else ""


def _detect_language(metadata: Metadata, text: str) -> None:
    code, confidence = detect_language(text)
    if code:
        provenance = Provenance(method="detected", confidence=round(confidence, 2))
        metadata.language = code
        metadata.keep("language", [Candidate(value=code, provenance=provenance)])
