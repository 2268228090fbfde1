"""One parsed HTML page, as the metadata code asks it questions.

The page is decoded once and parsed once with lexbor; everything else reads
from here.  Values come out as one trimmed line without entities.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.jsonld import Graph, graph_from_blocks

MAX_TITLE_CHARS = 1000
_SPACE = re.compile(r"\s+")
_TAG = re.compile(r"<[^<>]{1,200}>")
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")  # soft hyphens and other places where a line may break


def one_line(text: str | None) -> str:
    """``text`` without entities and with single spaces; empty for None."""
    if not text:
        return ""
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if not text.isascii():
        text = _UNSEEN.sub("", text)
    return _SPACE.sub(" ", text).strip()


def plain(text: str | None) -> str:
    """`one_line` for values into which a site put markup."""
    line = one_line(text)
    return one_line(_TAG.sub(" ", line)) if "<" in line else line


@dataclass
class Page:
    """A page and its address.

    Attributes:
        text: the decoded markup.
        url: where the page was found, or empty.
    """

    text: str
    url: str = ""
    tree: LexborHTMLParser = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.tree = LexborHTMLParser(self.text)

    @cached_property
    def metas(self) -> dict[str, list[str]]:
        """Contents of ``<meta>`` by lower-case name, property, itemprop or http-equiv."""
        found: dict[str, list[str]] = {}
        for node in self.tree.css("meta"):
            attributes = node.attributes
            content = attributes.get("content") or attributes.get("value")
            if not content:
                continue
            for key in ("property", "name", "itemprop", "http-equiv"):
                name = attributes.get(key)
                if name:
                    values = found.setdefault(name.strip().lower(), [])
                    if content not in values:
                        values.append(content)
        return found

    def meta(self, *names: str) -> Iterator[tuple[str, str]]:
        """``(name, content)`` of the metas that are there, in the order of ``names``."""
        for name in names:
            for content in self.metas.get(name, ()):
                value = one_line(content)
                if value:
                    yield name, value

    def first_meta(self, *names: str) -> str:
        return next((value for _, value in self.meta(*names)), "")

    @cached_property
    def graph(self) -> Graph:
        """The JSON-LD of the page."""
        return graph_from_blocks(
            node.text(strip=False)
            for node in self.tree.css("script[type]")
            if "ld+json" in (node.attributes.get("type") or "").lower()
        )

    @cached_property
    def article(self) -> dict[str, Any]:
        """The first JSON-LD article, or an empty object."""
        return self.graph.article()

    @cached_property
    def title_tag(self) -> str:
        node = self.tree.css_first("head > title") or self.tree.css_first("title")
        return one_line(node.text())[:MAX_TITLE_CHARS] if node is not None else ""

    @cached_property
    def canonical(self) -> str:
        """The address that the page calls its own, absolute, or empty."""
        for node in self.tree.css("link[rel]"):
            if "canonical" in (node.attributes.get("rel") or "").lower().split():
                target = self.absolute(node.attributes.get("href"))
                if target:
                    return target
        return self.absolute(self.first_meta("og:url"))

    def absolute(self, address: str | None) -> str:
        if not address:
            return ""
        try:
            joined = urljoin(self.url, address.strip())
            parts = urlsplit(joined)
        except ValueError:
            return ""
        return joined if parts.scheme in ("http", "https") and parts.hostname else ""

    @cached_property
    def host(self) -> str:
        """Host of the page's address, without ``www.``."""
        try:
            name = urlsplit(self.url or self.canonical).hostname or ""
        except ValueError:
            return ""
        return name.removeprefix("www.")

    def css(self, selector: str, limit: int = 50) -> list[LexborNode]:
        return list(self.tree.css(selector))[:limit]
