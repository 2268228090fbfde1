"""The slow parser that loses nothing: BeautifulSoup, for whole pages.

lxml drops what lies deeper than 255 elements without an error, and any fast
extractor can fail on a page.  BeautifulSoup over lxml's events, or over Python's
own parser, keeps the text; it costs ten times as much, so it is asked only when
something went wrong.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, XMLParsedAsHTMLWarning
from bs4.element import (
    Comment,
    Declaration,
    Doctype,
    NavigableString,
    PageElement,
    ProcessingInstruction,
    Tag,
)

from archive.blocks import Block, text_from_blocks

PARSERS = ("lxml", "html.parser")
UNSEEN = frozenset(
    re.findall(
        r"\w+",
        "script style template noscript head title svg math iframe object embed select option button input "
        "textarea canvas audio video",
    )
)
FURNITURE = frozenset(["nav", "footer", "aside", "form", "menu", "dialog"])
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_BLOCK = _HEADINGS | frozenset(
    re.findall(
        r"\w+",
        "p div article section main header li ul ol dl dt dd blockquote pre table tr td th thead tbody tfoot "
        "caption figure figcaption address details summary body html center hr nav footer aside form "
        "fieldset menu dialog hgroup",
    )
)
_SPACE = re.compile(r"[ \t\r\f\v\u00a0]+")
_LINE_EDGE = re.compile(r"\s*\n\s*")
_BR = re.compile(r"(?:\s*\n){2,}\s*")


def page_text(html: str) -> str:
    """The text of a whole page without its navigation, from whichever parser kept the most of it.

    The ``<article>`` or ``<main>`` element is taken when it holds half of the
    text, else everything outside navigation and forms.
    """
    best = ""
    for parser in PARSERS:
        soup = _soup(html, parser)
        text = text_from_blocks(_blocks(_container(soup), skip=UNSEEN | FURNITURE))
        if len(text) > len(best) * 1.1:
            best = text
    return best


def _soup(html: str, parser: str = PARSERS[0]) -> BeautifulSoup:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return BeautifulSoup(html, parser)


def _container(soup: BeautifulSoup) -> Tag:
    whole = len(soup.get_text())
    for name in ("article", "main"):
        found = soup.find_all(name, limit=20)
        if found:
            longest = max(found, key=lambda tag: len(tag.get_text()))
            if len(longest.get_text()) * 2 >= whole:
                return longest
    return soup


def _blocks(root: Tag, *, skip: frozenset[str]) -> list[Block]:
    found: list[Block] = []
    pending: list[str] = []
    kind = "p"

    def flush() -> None:
        text = _SPACE.sub(" ", "".join(pending))
        for part in _BR.split(text):
            line = _LINE_EDGE.sub("\n", part).strip()
            if line:
                found.append(Block(kind, line))
        pending.clear()

    for event, element in _walk(root, skip):
        if isinstance(element, Tag):
            if element.name == "br":
                pending.append("\n" if event == "start" else "")
            elif element.name in ("td", "th"):
                pending.append(" ")
            elif element.name in _BLOCK:
                flush()
                kind = _kind(element.name) if event == "start" else "p"
        elif isinstance(element, NavigableString):
            pending.append(element.replace("\n", " ") if kind != "code" else str(element))
    flush()
    return found


def _kind(name: str) -> str:
    if name in _HEADINGS:
        return "head"
    return {"li": "item", "dd": "item", "dt": "item", "blockquote": "quote", "pre": "code", "tr": "row"}.get(
        name, "p"
    )


def _walk(root: Tag, skip: frozenset[str]) -> Iterator[tuple[str, PageElement]]:
    """``start`` and ``end`` of what is seen, without recursion: a page can be 100,000 elements deep."""
    stack: list[tuple[str, PageElement]] = [("start", root)]
    while stack:
        event, element = stack.pop()
        if isinstance(element, Tag):
            if element.name in skip:
                continue
            yield event, element
            if event == "start":
                stack.append(("end", element))
                stack.extend(("start", child) for child in reversed(element.contents))
        elif not isinstance(element, Comment | Declaration | Doctype | ProcessingInstruction):
            yield event, element
