"""Feeds in XML: RSS 0.9 to 2.0, RSS 1.0 (RDF), Atom 0.3 and 1.0; one article an entry."""

from __future__ import annotations

import base64
import binascii
import dataclasses
from collections.abc import Iterator
from typing import Any, Final

import lxml.etree

from archive.document import Draft, Origin
from archive.encoding import decode
from archive.errors import EmptyItemError
from archive.readers import ReadFailure, ReadOptions
from archive.readers.entries import Entry, Value, draft_of, line_of
from archive.readers.feedxml import key_of, read_tree
from archive.safexml import local_name

_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
# The most of the text first; a summary only where there is nothing else.
_TEXTS: Final = (
    "content:encoded", "content", "xhtml:body", "xhtml:div", "body", "fullitem", "description", "summary",
    "dc:description", "dcterms:abstract", "itunes:summary", "media:description", "media:text",
)  # fmt: skip
_TITLES: Final = ("title", "dc:title", "media:title", "itunes:title")
_DATES: Final = (
    "pubdate", "published", "issued", "dc:date", "dcterms:issued", "dcterms:date", "dcterms:created",
    "created", "date", "updated", "modified", "dcterms:modified",
)  # fmt: skip
_BYLINES: Final = ("dc:creator", "author", "itunes:author", "dc:author", "media:credit")
_TAGS: Final = ("category", "dc:subject")
_MAX_TAGS: Final = 1_000
_MAX_BYLINE: Final = 10_000


@dataclasses.dataclass(slots=True)
class _Feed:
    """What is known of the feed that its entries do not say themselves."""

    title: str = ""
    base: str = ""
    language: str = ""
    authors: tuple[Value, ...] = ()
    warnings: tuple[str, ...] = ()


def read_feed(data: bytes, origin: Origin, options: ReadOptions) -> Iterator[Draft | ReadFailure]:
    """Read each entry of a feed; a broken one is a failure named ``entry N``.

    Raises:
        ReadError: the feed cannot be taken apart, or has no entry.
    """
    tree = read_tree(data, options.declared)
    feed = _feed_of(tree.head, options)
    feed.warnings = tree.warnings
    found = 0
    for number, element, warnings in tree.items:
        found += 1
        place = dataclasses.replace(origin, member=f"entry {number}")
        if isinstance(element, ReadFailure):
            yield dataclasses.replace(element, member=place.member)
            continue
        entry = _entry_of(element, feed)
        entry.warnings = [*feed.warnings, *warnings]
        yield draft_of(entry, place, options)
    if not found:
        shown = f" ({'; '.join(tree.warnings)})" if tree.warnings else ""
        raise EmptyItemError(f"the feed has no entry{shown}")


def _feed_of(head: Any, options: ReadOptions) -> _Feed:
    feed = _Feed(base=options.url)
    if head is None:
        return feed
    parts = _children(head)
    feed.title = next((line for each in parts.get("title", ()) if (line := line_of(_content(each)))), "")
    feed.language = _language(head) or _first(parts, "language") or _first(parts, "dc:language")
    site = head.get(f"{_XML}base") or next(iter(_links(parts)), Value(text="", name="")).text
    if site.startswith(("http://", "https://")):
        feed.base = site
    feed.authors = tuple(_authors(parts, ("author", "dc:creator", "itunes:author")))
    return feed


def _entry_of(element: Any, feed: _Feed) -> Entry:
    parts = _children(element)
    source = parts.get("source", ())
    entry = Entry(
        texts=[Value(text=text, name=name, is_html=is_html) for name, text, is_html in _texts(parts)],
        titles=[_value(each, name) for name in _TITLES for each in parts.get(name, ())],
        authors=list(_authors(parts, _BYLINES)),
        dates=[_value(each, name) for name in _DATES for each in parts.get(name, ())],
        urls=_addresses(element, parts),
        languages=[
            Value(text=text, name=name)
            for text, name in (
                (_language(element), "xml:lang"),
                (_first(parts, "dc:language") or _first(parts, "language"), "language"),
                (feed.language, "language of the feed"),
            )
            if text
        ],
        tags=_tags(parts),
        sources=[*_sources(source), Value(text=feed.title, name="title of the feed")],
        external_id=(_first(parts, "guid") or _first(parts, "id") or _about(element)).strip(),
        base=element.get(f"{_XML}base") or feed.base,
    )
    if not entry.authors:
        entry.authors = [dataclasses.replace(each, name=f"{each.name} of the feed") for each in feed.authors]
    return entry


def _children(element: Any) -> dict[str, list[Any]]:
    parts: dict[str, list[Any]] = {}
    for child in element:
        key = key_of(child)
        if key in {"media:group", "media:content"}:
            for name, inner in _children(child).items():
                parts.setdefault(name, []).extend(inner)
        elif key:
            parts.setdefault(key, []).append(child)
    return parts


def _value(element: Any, name: str) -> Value:
    return Value(text=_content(element), name=name)


def _first(parts: dict[str, list[Any]], name: str) -> str:
    return next((text for each in parts.get(name, ()) if (text := _content(each)).strip()), "")


def _content(element: Any) -> str:
    """The text of an element; the markup of those inside it, where it was not escaped."""
    if len(element) == 0:
        return element.text or ""
    pieces = [lxml.etree.tostring(child, encoding="unicode", method="html") for child in _bare(element)]
    return (element.text or "") + "".join(pieces)


def _bare(element: Any) -> Any:
    """The element with plain names, as an HTML parser expects them."""
    for each in element.iter():
        if isinstance(each.tag, str) and "}" in each.tag:
            try:
                each.tag = local_name(each)
            except ValueError:  # such as ``http:``, which passes in a damaged feed alone
                each.tag = "span"
    lxml.etree.cleanup_namespaces(element)
    return element


def _texts(parts: dict[str, list[Any]]) -> Iterator[tuple[str, str, bool | None]]:
    for name in _TEXTS:
        for each in parts.get(name, ()):
            kind = (each.get("type") or "").strip().lower()
            if name == "content" and each.get("src") and not _content(each).strip():
                continue  # the text is elsewhere
            if "/" in kind and not kind.startswith("text/") and "xml" not in kind and "html" not in kind:
                continue
            is_html: bool | None = None
            if name.startswith("xhtml:") or "html" in kind or len(each):
                is_html = True
            elif kind == "text" and name in {"content", "summary"}:
                is_html = False
            yield name, _decoded(each), is_html


def _decoded(element: Any) -> str:
    text = _content(element)
    if element.get("mode") != "base64":
        return text
    try:
        return decode(base64.b64decode(text)).text
    except binascii.Error:
        return ""


def _authors(parts: dict[str, list[Any]], names: tuple[str, ...]) -> Iterator[Value]:
    """The names in the first element that has any: the others repeat them."""
    for name in names:
        found = [Value(text=person, name=name) for each in parts.get(name, ()) if (person := _person(each))]
        if found:
            yield from found
            return


def _person(element: Any) -> str:
    if len(element):
        inner = _children(element)
        return line_of(_first(inner, "name"))
    if key_of(element) == "media:credit" and element.get("role") not in {None, "author"}:
        return ""
    return person_of(element.text or "")


def person_of(raw: str) -> str:
    """Return the name in ``jane@example.org (Jane Doe)`` or ``Jane Doe <jane@example.org>``.

    By places of signs, not by a pattern: the patterns in use for this are quadratic.
    """
    text = line_of(raw[:_MAX_BYLINE])
    if "@" not in text:
        return text
    if text.endswith(")") and "(" in text:
        return text[text.index("(") + 1 : -1].strip()
    if text.endswith(">") and "<" in text:
        return text[: text.index("<")].strip(" \"'")
    return " ".join(word for word in text.split(" ") if "@" not in word)


def _addresses(element: Any, parts: dict[str, list[Any]]) -> list[Value]:
    urls = [Value(text=_first(parts, "feedburner:origlink"), name="feedburner:origLink"), *_links(parts)]
    for each in parts.get("guid", ()):
        text = (each.text or "").strip()
        if (each.get("isPermaLink") or "true").lower() != "false" and text.startswith(
            ("http://", "https://")
        ):
            urls.append(Value(text=text, name="guid"))
    about = _about(element)
    if about.startswith(("http://", "https://")):
        urls.append(Value(text=about, name="rdf:about"))
    return [each for each in urls if each.text.strip()]


def _links(parts: dict[str, list[Any]]) -> list[Value]:
    links: list[Value] = []
    for each in parts.get("link", ()):
        address, relation = each.get("href"), (each.get("rel") or "alternate").lower()
        kind = (each.get("type") or "text/html").lower()
        if address and relation == "alternate" and "html" in kind:
            links.insert(0, Value(text=address, name="link"))
        elif address and relation == "alternate":
            links.append(Value(text=address, name="link"))
        elif not address and (each.text or "").strip():
            links.append(Value(text=each.text.strip(), name="link"))
    return links


def _about(element: Any) -> str:
    return element.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about") or ""


def _tags(parts: dict[str, list[Any]]) -> list[str]:
    found = []
    for name in _TAGS:
        for each in parts.get(name, ())[:_MAX_TAGS]:
            found.append(each.get("label") or each.get("term") or line_of(_content(each)))
    return found


def _sources(elements: Any) -> Iterator[Value]:
    """The publication that an entry was taken over from."""
    for each in elements:
        title = _first(_children(each), "title") if len(each) else (each.text or "")
        if title.strip():
            yield Value(text=line_of(title), name="source")


def _language(element: Any) -> str:
    return element.get(f"{_XML}lang") or ""
