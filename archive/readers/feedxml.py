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

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import lxml.etree

from archive.errors import LimitExceededError, MalformedItemError, ReadError
from archive.readers import ReadFailure
from archive.readers.feedsource import ROOT, FeedSource

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
    source = FeedSource.of(data, declared)
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
    source = FeedSource.of(data, declared)
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


def _by_entries(source: FeedSource, error: ReadError) -> FeedTree:
    blocks = _blocks(source.text)
    if not blocks:
        raise (
            error
            if isinstance(error, LimitExceededError)
            else MalformedItemError(f"the feed is not well-formed and has no entry: {error}")
        )
    root = ROOT.search(source.text, 0, blocks[0][0])
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
