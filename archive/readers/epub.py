"""E-books: one article a chapter, in the order of reading.

A small reader of our own: the one library that is in wide use for EPUB is under the
AGPL, and opens the zip file without limits.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import unquote

from archive.characters import normalise_line, normalise_text
from archive.containers import ENCRYPTED, member_path
from archive.document import Draft, Origin, Provenance
from archive.encoding import decode
from archive.errors import EmptyItemError, MalformedItemError, ReadError
from archive.fragments import text_from_fragment
from archive.readers import ReadFailure, ReadOptions
from archive.readers.fields import FieldMapper
from archive.readers.zipfiles import ZipReader
from archive.safexml import attribute, local_name, parse_xml, text_of

_CONTAINER: Final = "META-INF/container.xml"
_ENCRYPTION: Final = "META-INF/encryption.xml"
_FONT_HIDING: Final = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_TEXTS: Final = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml"})
_SELF_CLOSED: Final = re.compile(
    r"<(?!(?:br|hr|img|input|link|meta|col|area|base|wbr)\b)([a-zA-Z]\w*)\b([^<>]*)/>"
)
_HEADING: Final = re.compile(r"<h([1-6])\b[^>]*>(.{1,3000}?)</h\1\s*>", re.IGNORECASE | re.DOTALL)
_PROLOGUE: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
_MIN_WORDS: Final = 10
_MAX_CHAPTERS: Final = 10_000
_NO_CHAPTERS: Final = frozenset({"cover", "toc", "title-page", "titlepage"})


@dataclass(slots=True)
class _Book:
    """What the package file says.

    Attributes:
        chapters: names in the zip file, in the order of reading.
        titles: name in the zip file -> title in the table of contents.
    """

    record: dict[str, Any] = field(default_factory=dict)
    chapters: list[str] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)


def read_epub(zipped: ZipReader, origin: Origin, options: ReadOptions) -> Iterator[Draft | ReadFailure]:
    """Read one article a chapter; the book's title is the source, its creators are the authors.

    Raises:
        MalformedItemError: the book's own description cannot be read.
        EmptyItemError: no chapter has text.
        ReadError: the book is protected.
    """
    _check_protection(zipped)
    book = _read_book(zipped)
    common = FieldMapper(options, method="front-matter").draft(book.record, origin, text=" ")
    found = 0
    for name in book.chapters:
        place = replace(origin, member=member_path(origin.member, name))
        try:
            draft = _chapter(zipped, name, book, place, options)
        except ReadError as error:
            found += 1
            yield ReadFailure(member=place.member, code=error.code, reason=str(error))
            continue
        if draft is not None:
            found += 1
            yield _with_book(draft, common, book)
    if not found:
        raise EmptyItemError("no chapter of the e-book has text")


def _with_book(draft: Draft, common: Draft, book: _Book) -> Draft:
    provenance = {
        name: replace(value, detail=f"package: {value.detail}"[:100])
        for name, value in common.provenance.items()
        if name not in {"title", "text"}
    }
    if common.title:
        provenance["source"] = Provenance(method="front-matter", detail="package: title of the book")
    return replace(
        draft,
        title=draft.title or (common.title if len(book.chapters) == 1 else ""),
        authors=common.authors,
        published=common.published,
        published_at=common.published_at,
        language=common.language,
        source=common.title or common.source,
        tags=common.tags,
        provenance=provenance | draft.provenance,
        warnings=(*common.warnings, *draft.warnings),
    )


def _chapter(zipped: ZipReader, name: str, book: _Book, place: Origin, options: ReadOptions) -> Draft | None:
    decoded = decode(zipped.read(name))
    markup = _SELF_CLOSED.sub(r"<\1\2></\1>", _PROLOGUE.sub("", decoded.text))
    text, lost = text_from_fragment(markup, limits=options.limits)
    text = normalise_text(text)
    if len(text.split()) < _MIN_WORDS and len(text) < 5 * _MIN_WORDS:
        return None
    title, provenance = book.titles.get(name, ""), Provenance(method="header", detail="table of contents")
    heading = _HEADING.search(markup)
    stated = normalise_line(text_from_fragment(heading[2], limits=options.limits)[0]) if heading else ""
    if not title and stated:
        title, provenance = stated, Provenance(method="heading", detail="first heading", confidence=0.9)
    body = _without_first(text, {title, stated})
    return Draft(
        text=body or text,
        origin=place,
        title=title,
        provenance={"title": provenance} if title else {},
        warnings=(*decoded.warnings, *lost),
    )


def _without_first(text: str, titles: set[str]) -> str:
    """The text without a first paragraph that only repeats the title."""
    first, _, rest = text.partition("\n\n")
    return rest.strip() if normalise_line(first) in titles else text


def _check_protection(zipped: ZipReader) -> None:
    if _ENCRYPTION not in zipped:
        return
    root = parse_xml(zipped.read(_ENCRYPTION), _ENCRYPTION)
    methods = [attribute(each, "Algorithm") for each in root.iter() if local_name(each) == "EncryptionMethod"]
    if any(method not in _FONT_HIDING for method in methods):
        raise _ProtectedError("the e-book is protected (DRM); its text cannot be read")


class _ProtectedError(ReadError):
    code = ENCRYPTED


def _read_book(zipped: ZipReader) -> _Book:
    if _CONTAINER not in zipped:
        raise MalformedItemError(f"not a sound e-book: {_CONTAINER} is missing")
    root = parse_xml(zipped.read(_CONTAINER), _CONTAINER)
    paths = [attribute(each, "full-path") for each in root.iter() if local_name(each) == "rootfile"]
    package = next((path for path in paths if path in zipped), "")
    if not package:
        raise MalformedItemError("not a sound e-book: its package file is missing")
    return _read_package(zipped, package)


def _read_package(zipped: ZipReader, package: str) -> _Book:
    root = parse_xml(zipped.read(package), package)
    book = _Book(record=_record(root))
    folder = posixpath.dirname(package)
    items = {attribute(each, "id"): each for each in root.iter() if local_name(each) == "item"}
    left_out = {
        _target(folder, attribute(each, "href"))
        for each in root.iter()
        if local_name(each) == "reference" and attribute(each, "type") in _NO_CHAPTERS
    }
    for reference in [each for each in root.iter() if local_name(each) == "itemref"][:_MAX_CHAPTERS]:
        item = items.get(attribute(reference, "idref"))
        if item is None or attribute(item, "media-type") not in _TEXTS:
            continue
        name = _target(folder, attribute(item, "href"))
        is_list = "nav" in attribute(item, "properties").split()
        if name in zipped and not is_list and name not in left_out:
            book.chapters.append(name)
    book.titles = _titles(zipped, folder, items)
    return book


def _record(root: Any) -> dict[str, Any]:
    """The package's metadata under names that `FieldMapper` reads."""
    record: dict[str, Any] = {}
    creators: list[str] = []
    others: list[str] = []
    tags: list[str] = []
    roles = {
        attribute(each, "refines").lstrip("#"): text_of(each)
        for each in root.iter()
        if local_name(each) == "meta" and attribute(each, "property") == "role"
    }
    for element in root.iter():
        name, text = local_name(element), text_of(element) if isinstance(element.tag, str) else ""
        if not text or "purl.org/dc/" not in str(element.tag):
            continue
        if name == "creator":
            role = attribute(element, "role") or roles.get(attribute(element, "id"), "aut")
            (creators if role == "aut" else others).append(text)
        elif name == "date":
            if attribute(element, "event") in {"", "publication", "original-publication"}:
                record.setdefault("date", text)
        elif name == "subject":
            tags.append(text)
        elif name in {"title", "language", "publisher"}:
            record.setdefault(name, text)
    if creators or others:
        record["creator"] = creators or others
    if tags:
        record["tags"] = tags
    return record


def _titles(zipped: ZipReader, folder: str, items: dict[str, Any]) -> dict[str, str]:
    """The table of contents: the first title that leads to each chapter."""
    titles: dict[str, str] = {}
    for item in items.values():
        name = _target(folder, attribute(item, "href"))
        is_nav = "nav" in attribute(item, "properties").split()
        is_ncx = attribute(item, "media-type") == "application/x-dtbncx+xml"
        if name not in zipped or not (is_nav or is_ncx):
            continue
        try:
            root = parse_xml(zipped.read(name), name)
        except ReadError:
            continue  # the chapters have headings of their own
        base = posixpath.dirname(name)
        for href, title in _links(root) if is_nav else _points(root):
            titles.setdefault(_target(base, href), normalise_line(title))
    return {name: title for name, title in titles.items() if title}


def _links(root: Any) -> Iterator[tuple[str, str]]:
    for nav in root.iter():
        if local_name(nav) == "nav" and attribute(nav, "type") in {"", "toc"}:
            for link in nav.iter():
                if local_name(link) == "a":
                    yield attribute(link, "href"), text_of(link)


def _points(root: Any) -> Iterator[tuple[str, str]]:
    for point in root.iter():
        if local_name(point) != "navPoint":
            continue
        label = next((text_of(each) for each in point if local_name(each) == "navLabel"), "")
        yield next((attribute(each, "src") for each in point if local_name(each) == "content"), ""), label


def _target(folder: str, href: str) -> str:
    """The name in the zip file that a reference means."""
    return posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))
