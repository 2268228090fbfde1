"""The XML of feeds: hostile or broken, read without entities, without the network, and without silent loss.

feedparser is not used: it has a known quadratic expression over authors, takes
seconds for many attributes, rewrites what it sanitizes, and gives no way to tell
an entry that it lost from one that was never there.

A feed that is well-formed is parsed as a whole.  One that is not is mended
(stray ``&``, HTML entities, characters that XML forbids) and parsed again; if that
fails too, each entry is parsed by itself, so that one broken entry costs no other.
What libxml2 recovers of an entry is measured against the entry's own text.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import lxml.etree

from archive.encoding import decode
from archive.errors import EmptyItemError, LimitExceededError, MalformedItemError, ReadError
from archive.readers import ReadFailure

_MAX_DOCTYPE: Final = 100_000
_DECLARED: Final = re.compile(rb"<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})")
_DECLARATION: Final = re.compile(r"<\?xml\b[^>]{0,500}\?>", re.IGNORECASE)
# Possessive throughout: linear whatever stands in it.
_DOCTYPE: Final = re.compile(
    r"<!DOCTYPE(?:[^<>\[\"']++|\"[^\"]*+\"|'[^']*+')*+"
    r"(?:\[(?:[^\]\"'<]++|\"[^\"]*+\"|'[^']*+'|<(?!!--)|<!--(?>.*?-->))*+\]\s*+)?+>",
    re.IGNORECASE | re.DOTALL,
)
_ENTITIES: Final = re.compile(r"<!ENTITY\b", re.IGNORECASE)
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PLACES: Final = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r"|&(?:\#(?P<hex>[xX])?(?P<code>[0-9A-Fa-f]{1,8});|(?P<name>[A-Za-z][A-Za-z0-9]{0,31});)?"
    r"|<(?![A-Za-z_/!?])",
    re.DOTALL,
)
_OF_XML: Final = frozenset({"amp", "lt", "gt", "quot", "apos"})
_ROOT: Final = re.compile(r"<(?:[\w.-]{1,40}:)?(?:rss|feed|rdf)\b[^<>]*>", re.IGNORECASE)
_NAMESPACE: Final = re.compile(r"\bxmlns(?::([\w.-]{1,40}))?\s*=\s*(\"[^\"<]*\"|'[^'<]*')")
_PREFIX: Final = re.compile(r"[<\s/]([A-Za-z_][\w.-]{0,39}):[A-Za-z_]")
_ITEM: Final = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r"|<(?P<end>/)?(?:[A-Za-z_][\w.-]{0,39}:)?(?:item|entry)(?=[\s>/])(?:[^<>]*>)?",
    re.IGNORECASE | re.DOTALL,
)
_TAG: Final = re.compile(r"<!\[CDATA\[|\]\]>|<[^<>]*>")
_LIMIT_WORDS: Final = ("depth", "huge", "too long", "Memory", "amplification", "Excessive")

_CORE: Final = """
http://www.w3.org/2005/Atom http://purl.org/atom/ns# http://purl.org/rss/1.0/
http://my.netscape.com/rdf/simple/0.9/ http://channel.netscape.com/rdf/simple/0.9/
http://backend.userland.com/rss2 http://blogs.law.harvard.edu/tech/rss http://backend.userland.com/RSS2
"""
NAMESPACES: Final = {
    **dict.fromkeys(_CORE.split(), ""),
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/elements/1.0/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://www.itunes.com/DTDs/PodCast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss/": "media",
    "http://search.yahoo.com/mrss": "media",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/1999/xhtml": "xhtml",
}
_PREFIXES: Final = {
    **{prefix: uri for uri, prefix in reversed(NAMESPACES.items()) if prefix},
    "atom": "http://www.w3.org/2005/Atom",
}


@dataclass(slots=True, kw_only=True)
class FeedTree:
    """A feed taken apart.

    Attributes:
        head: the element whose children describe the feed; None if there is none.
        items: number of an entry, its element or why it has none, and warnings.
        warnings: what holds for the whole feed.
    """

    head: Any
    items: Iterator[tuple[int, Any, tuple[str, ...]]]
    warnings: tuple[str, ...] = ()


def read_tree(data: bytes, declared: str = "") -> FeedTree:
    """Take a feed apart.

    Raises:
        MalformedItemError: it is not XML, and no entry can be found in it.
        LimitExceededError: it is nested too deeply, or its document type is too large.
        EmptyItemError: there is nothing in it.
    """
    source = _Source.of(data, declared)
    try:
        root = _parsed(source.text)
    except ReadError as error:
        source.mend()
        try:
            root = _parsed(source.text)
        except ReadError as second:
            return _by_entries(source, second)
        source.warnings.append(f"the feed is not well-formed and was mended: {error}"[:300])
    head, items = _whole(root)
    return FeedTree(head=head, items=items, warnings=tuple(source.warnings))


def read_root(data: bytes, declared: str = "") -> tuple[Any, tuple[str, ...]]:
    """Return the root of a list in XML, and warnings; of a broken one, what can be had.

    Raises:
        MalformedItemError, LimitExceededError, EmptyItemError: as `read_tree`.
    """
    source = _Source.of(data, declared)
    try:
        return _parsed(source.text), tuple(source.warnings)
    except ReadError as error:
        source.mend()
        root = _parsed(source.text, recover=True)
        if len(root) == 0:
            raise
        warning = f"it is not well-formed; some of it may be lost: {error}"[:300]
        return root, (*source.warnings, warning)


def key_of(element: Any) -> str:
    """Return an element's name: ``title``, ``dc:creator``; empty for what is no element of a feed."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    uri, _, name = tag.rpartition("}")
    if not uri:
        return name.lower()
    prefix = NAMESPACES.get(uri[1:])
    if prefix is None:
        return f"?:{name.lower()}"
    return f"{prefix}:{name.lower()}" if prefix else name.lower()


@dataclass(slots=True)
class _Source:
    text: str
    warnings: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, data: bytes, declared: str) -> _Source:
        stated = _DECLARED.search(data[:1000])
        label = stated[1].decode("ascii", "replace") if stated else declared
        decoded = decode(data, label)
        source = cls(decoded.text, list(decoded.warnings))
        source._clean()
        return source

    def _clean(self) -> None:
        if _FORBIDDEN.search(self.text):
            self.text = _FORBIDDEN.sub("", self.text)
            self.warnings.append("control characters were removed from the feed")
        start = self.text.find("<")
        if start < 0:
            raise EmptyItemError("there is no markup in the feed")
        if self.text[:start].strip("\ufeff \t\r\n"):
            self.warnings.append("what stands before the feed was left out")
        text = self.text[start:]
        declaration = _DECLARATION.search(text, 0, 8_000)
        if declaration is not None:
            text = text[: declaration.start()] + text[declaration.end() :]
        self.text = self._without_doctype(text)

    def _without_doctype(self, text: str) -> str:
        """Without it nothing is declared, so nothing can be resolved or fetched."""
        place = text[:_MAX_DOCTYPE].upper().find("<!DOCTYPE")
        first = _ROOT.search(text)
        if place < 0 or (first is not None and first.start() < place):
            return text
        doctype = _DOCTYPE.match(text, place, place + _MAX_DOCTYPE)
        if doctype is None:
            raise LimitExceededError("its document type is not closed, or is larger than 100 KB")
        if _ENTITIES.search(doctype[0]):
            self.warnings.append("the feed declares entities; they are not resolved")
        return text[:place] + text[doctype.end() :]

    def mend(self) -> None:
        self.text = _PLACES.sub(_mended, self.text)


def _mended(match: re.Match[str]) -> str:
    found = match[0]
    if found[0] == "<":
        return "&lt;" if len(found) == 1 else found
    name, code = match["name"], match["code"]
    if name:
        if name in _OF_XML:
            return found
        meant = html.entities.html5.get(f"{name};")
        return html.escape(meant, quote=False) if meant else f"&amp;{name};"
    if code:
        return found if _is_character(code, bool(match["hex"])) else ""
    return "&amp;"


def _is_character(code: str, is_hex: bool) -> bool:
    try:
        number = int(code, 16 if is_hex else 10)
    except ValueError:
        return False
    return number in {9, 10, 13} or (
        32 <= number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF and number not in {0xFFFE, 0xFFFF}
    )


def _parsed(text: str, *, recover: bool = False) -> Any:
    parser = lxml.etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=recover,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        root = lxml.etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (lxml.etree.XMLSyntaxError, ValueError) as error:
        message = " ".join(str(error)[:200].split())
        if any(word in message for word in _LIMIT_WORDS):
            raise LimitExceededError(f"the feed is nested too deeply or too large: {message}") from error
        raise MalformedItemError(message) from error
    if root is None:
        raise MalformedItemError("there is no element in it")
    return root


def _whole(root: Any) -> tuple[Any, Iterator[tuple[int, Any, tuple[str, ...]]]]:
    head = next((child for child in root if key_of(child) == "channel"), root)
    found = list(_items_in(root, 0))
    return head, ((number, each, ()) for number, each in enumerate(found, 1))


def _items_in(element: Any, depth: int) -> Iterator[Any]:
    for child in element:
        if key_of(child) in {"item", "entry"}:
            yield child
        elif depth < 3:
            yield from _items_in(child, depth + 1)


def _by_entries(source: _Source, error: ReadError) -> FeedTree:
    blocks = _blocks(source.text)
    if not blocks:
        raise (
            error
            if isinstance(error, LimitExceededError)
            else MalformedItemError(f"the feed is not well-formed and has no entry: {error}")
        )
    root = _ROOT.search(source.text, 0, blocks[0][0])
    names = {name or "": uri for name, uri in _NAMESPACE.findall(root[0])} if root else {}
    try:
        head = _parsed(source.text[: blocks[0][0]], recover=True)
        head = next((child for child in head if key_of(child) == "channel"), head)
    except ReadError:
        head = None
    source.warnings.append(f"the feed is not well-formed; each entry was read by itself: {error}"[:300])
    return FeedTree(
        head=head, items=_parsed_blocks(source.text, blocks, names), warnings=tuple(source.warnings)
    )


def _blocks(text: str) -> list[tuple[int, int]]:
    """Where the entries are; one that is not closed goes on to the next one, or to the end."""
    blocks: list[tuple[int, int]] = []
    start = -1
    for match in _ITEM.finditer(text):
        if match[0].startswith("<!"):
            continue
        if match["end"]:
            if start >= 0:
                blocks.append((start, match.end()))
                start = -1
            continue
        if start >= 0:
            blocks.append((start, match.start()))
        start = -1 if match[0].endswith("/>") else match.start()
    if start >= 0:
        blocks.append((start, len(text)))
    return blocks


def _parsed_blocks(
    text: str, blocks: list[tuple[int, int]], names: dict[str, str]
) -> Iterator[tuple[int, Any, tuple[str, ...]]]:
    for number, (start, end) in enumerate(blocks, 1):
        block = text[start:end]
        wrapped = f"<feed{_declarations(block, names)}>{block}</feed>"
        try:
            yield number, _parsed(wrapped)[0], ()
        except (ReadError, IndexError) as error:
            yield number, *_recovered(wrapped, block, error)


def _declarations(block: str, names: dict[str, str]) -> str:
    known = dict(names)
    for prefix in set(_PREFIX.findall(block)):
        if prefix not in known and prefix not in {"xml", "xmlns"}:
            known[prefix] = f'"{_PREFIXES.get(prefix.lower(), "urn:undeclared:" + prefix)}"'
    return "".join(f" xmlns:{name}={uri}" if name else f" xmlns={uri}" for name, uri in known.items())


def _recovered(wrapped: str, block: str, error: Exception) -> tuple[Any, tuple[str, ...]]:
    """What can be had of a broken entry, if it is most of it."""
    try:
        element = _parsed(wrapped, recover=True)[0]
    except (ReadError, IndexError):
        element = None
    size = _size("".join(element.itertext())) if element is not None else 0
    if size * 10 < _size(block) * 7 or not size:
        code = error.code if isinstance(error, ReadError) else MalformedItemError.code
        return ReadFailure(code=code, reason=f"the entry is not well-formed: {error}"[:300]), ()
    return element, ("the entry is not well-formed; some of it may be lost",)


def _size(markup: str) -> int:
    return len("".join(_TAG.sub(" ", markup).split()))
