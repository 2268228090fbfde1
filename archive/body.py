"""The text of an article without what surrounds it.

trafilatura in its strict mode is right most often, but now and then loses a
whole text.  Resiliparse, which is quick and loses little, is the yardstick: a
text that is much shorter than its own is read again in the lenient mode, and by
the rescue parser when that too comes back short.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import lxml.etree
import lxml.html
import trafilatura
from resiliparse.extract.html2text import extract_plain_text
from trafilatura.external import try_readability

from archive import rescue
from archive.blocks import Block, blocks_from_tree, text_from_blocks
from archive.boilerplate import clean_blocks, weigh
from archive.pagetree import parse_tree
from archive.precise import precise_blocks

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

MANY_TAGS = 150_000
SHORT_CHARS = 200
LOST_RATIO = 20
DOUBT_RATIO = 10
_LARGE_WARNING = "the page has too many tags for the article extractor; its main part was taken whole"
_SHORT_WARNING = "most of the page's text was not taken for the article; compare with the page"
# What schema.org calls pages of many short reports, of which extractors take the first.
_LIVE = "LiveBlogPosting"
LIVE_SHARE = 0.6
_EXPECTED = (0.8, 1.1)  # shares of the yardstick
OTHER_SHARE = 0.05
OTHER_CHARS = 80

# What the extractors are known to raise on markup that they did not expect.
_PARSER_ERRORS = (
    lxml.etree.LxmlError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    KeyError,
    AssertionError,
    RecursionError,
)
# Nothing of the text is in these, and every copy of the tree that an extractor makes is the smaller.
_UNSEEN_TAGS = (
    *(
        "script",
        "style",
        "svg",
        "noscript",
        "template",
        "head",
        "iframe",
        "object",
        "select",
        "button",
        "input",
    ),
    *("link", "meta"),
)


# From strict and quick to lenient and slow; a text must have this share of the
# yardstick's length to be believed.  Shares were chosen on half of the sites of a
# benchmark and checked on the other half.
_ATTEMPTS: tuple[tuple[str, float, dict[str, bool] | None], ...] = (
    ("precise", 0.4, None),
    ("trafilatura precise with fallbacks", 0.2, {"favor_precision": True}),
    ("trafilatura", 0.0, {}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A text and how it was found.

    Attributes:
        detail: the extractor that gave it.
        confidence: 0 to 1.
        warnings: what was lost or doubtful, for the user.
    """

    text: str
    detail: str
    confidence: float
    warnings: tuple[str, ...] = ()


def main_text(
    html: str,
    tree: lxml.html.HtmlElement | None,
    *,
    title: str = "",
    authors: Sequence[str] = (),
) -> Body:
    """The article's text; empty when the page has none.

    ``tree`` is used up.  ``title`` and ``authors``, where known, help to tell the
    article from what surrounds it.
    """
    if tree is None:
        return _rescued(html, "the page is nested deeper than the fast parser reads")
    if html.count("<") > MANY_TAGS:
        text = _paragraphs(quick_text(html))
        return Body(text=text, detail="resiliparse", confidence=0.4, warnings=(_LARGE_WARNING,))
    lxml.etree.strip_elements(tree, *_UNSEEN_TAGS, with_tail=False)
    yardstick = quick_text(html)
    least = LIVE_SHARE if _LIVE in html else 0.0
    detail, blocks = _tried(tree, html, len(yardstick), title, authors, least=least)
    size = sum(len(block.text) for block in blocks)
    if len(yardstick) > max(SHORT_CHARS, LOST_RATIO * size):
        return Body(text=_paragraphs(yardstick), detail="resiliparse", confidence=0.5)
    if not blocks:
        return _rescued(html, "no article was recognised in the page; all of its text was kept")
    running, other = weigh(blocks)
    if other > max(OTHER_CHARS, OTHER_SHARE * running):
        second = clean_blocks(_readability(html), title=title, authors=authors)
        its_running, its_other = weigh(second)
        if its_running >= 0.8 * running and its_other <= 0.7 * other and its_running:
            detail, blocks = "readability", second
    elif detail != _ATTEMPTS[0][0] and len(yardstick) > SHORT_CHARS:
        detail, blocks = _fuller(detail, blocks, html, len(yardstick), title, authors)
    text = text_from_blocks(blocks)
    if len(yardstick) > DOUBT_RATIO * len(text):
        return Body(text=text, detail=detail, confidence=0.5, warnings=(_SHORT_WARNING,))
    return Body(text=text, detail=detail, confidence=0.8)


def quick_text(html: str) -> str:
    """Resiliparse's main content: quick, loses little, keeps too much."""
    return str(
        extract_plain_text(
            html, main_content=True, preserve_formatting=True, alt_texts=False, list_bullets=False
        )
    )


def _tried(
    tree: lxml.html.HtmlElement,
    html: str,
    yardstick: int,
    title: str,
    authors: Sequence[str],
    *,
    least: float,
) -> tuple[str, list[Block]]:
    """The first reading, from strict to lenient, that is long enough for the yardstick."""
    for detail, own_share, options in _ATTEMPTS:
        share = max(own_share, least)
        found = _precise(tree) if options is None else _trafilatura(html, options)
        if found and sum(len(block.text) for block in found) >= share * yardstick:
            return detail, clean_blocks(found, title=title, authors=authors)
    return "", []


def _fuller(
    detail: str, blocks: list[Block], html: str, yardstick: int, title: str, authors: Sequence[str]
) -> tuple[str, list[Block]]:
    """Readability's text where the strict rules failed, if it loses nothing and is as long as expected."""
    second = clean_blocks(_readability(html), title=title, authors=authors)
    running, other = weigh(second)
    low, high = _EXPECTED
    if running >= weigh(blocks)[0] and low * yardstick <= running + other <= high * yardstick:
        return "readability", second
    return detail, blocks


def _precise(tree: lxml.html.HtmlElement) -> list[Block]:
    try:
        return precise_blocks(tree)
    except _PARSER_ERRORS:
        return []


def _trafilatura(html: str, options: dict[str, Any]) -> list[Block]:
    try:
        document: Any = trafilatura.bare_extraction(
            _seen_tree(html), include_comments=False, with_metadata=False, **options
        )
    except _PARSER_ERRORS:
        return []
    if document is None or document.body is None:
        return []
    return blocks_from_tree(document.body)


def _readability(html: str) -> list[Block]:
    """trafilatura's fork of readability, which is better with old table layouts."""
    try:
        return blocks_from_tree(try_readability(_seen_tree(html)))
    except _PARSER_ERRORS:
        return []


def _seen_tree(html: str) -> lxml.html.HtmlElement:
    """A new tree of a page, of which only what readers may see."""
    tree = parse_tree(html)
    if tree is None:
        raise ValueError("the page has no tree")
    lxml.etree.strip_elements(tree, *_UNSEEN_TAGS, with_tail=False)
    return tree


def _rescued(html: str, warning: str) -> Body:
    text = rescue.page_text(html)
    return Body(text=text, detail="beautifulsoup", confidence=0.3, warnings=(warning,) if text else ())


def _paragraphs(text: str) -> str:
    return "\n\n".join(line.strip() for line in text.splitlines() if line.strip())
