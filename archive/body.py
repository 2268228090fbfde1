"""The text of an article without what surrounds it.

trafilatura in its strict mode is right most often, but now and then loses a
whole text.  Resiliparse, which is quick and loses little, is the yardstick: a
text that is much shorter than its own is read again in the lenient mode, and by
the rescue parser when that too comes back short.
"""

from __future__ import annotations

import logging
import re
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
from archive.errors import LimitExceededError

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

MAX_TAGS = 500_000
MANY_TAGS = 150_000
MAX_ATTRIBUTES = 1_000
MAX_DEPTH = 5_000
SHORT_CHARS = 200
LOST_RATIO = 20
DOUBT_RATIO = 10
_LARGE_WARNING = "the page has too many tags for the article extractor; its main part was taken whole"
_SHORT_WARNING = "most of the page's text was not taken for the article; compare with the page"
OTHER_SHARE = 0.05
OTHER_CHARS = 80

# From strict and quick to lenient and slow; a text must have this share of the
# yardstick's length to be believed.  Shares were chosen on half of the sites of a
# benchmark and checked on the other half.
_ATTEMPTS: tuple[tuple[str, float, dict[str, bool]], ...] = (
    ("trafilatura precise", 0.4, {"favor_precision": True, "fast": True}),
    ("trafilatura precise with fallbacks", 0.2, {"favor_precision": True}),
    ("trafilatura", 0.0, {}),
)

_OPEN_OR_CLOSE = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)([^<>]*)>")
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{3000,}")
_ATTRIBUTE = re.compile(r"[^\s\"'<>/=]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'>]*))?")
_SCRIPT = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
_DOCTYPE = re.compile(r"\s*<!doctype[^>]*>", re.IGNORECASE)
_INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
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


def check_limits(html: str) -> None:
    """Refuse markup that would hang a parser.

    Raises:
        LimitExceededError: too many tags, or too many attributes in one.
    """
    if html.count("<") > 2 * MAX_TAGS:
        raise LimitExceededError(f"more than {MAX_TAGS:,} tags in one page")
    if any(_attributes(match.group()) > MAX_ATTRIBUTES for match in _LONG_TAG.finditer(html)) and any(
        _attributes(match.group()) > MAX_ATTRIBUTES for match in _LONG_TAG.finditer(_SCRIPT.sub("", html))
    ):
        raise LimitExceededError(f"more than {MAX_ATTRIBUTES:,} attributes in one tag")


def _attributes(tag: str) -> int:
    """How many attributes a start tag has, counted only if there may be many."""
    if tag.count("=") + tag.count(" ") <= MAX_ATTRIBUTES:
        return 0
    return len(_ATTRIBUTE.findall(tag))


def nesting(html: str) -> int:
    """The deepest nesting of elements, as written."""
    depth = deepest = 0
    for match in _OPEN_OR_CLOSE.finditer(html):
        closing, name, rest = match.groups()
        if closing:
            depth = max(0, depth - 1)
        elif name.lower() not in _VOID and not rest.endswith("/"):
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def parse_tree(html: str) -> lxml.html.HtmlElement | None:
    """The lxml tree of a page; None when lxml cannot hold all of it."""
    text = _INVALID.sub("", html)
    parser = lxml.html.HTMLParser(
        collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True
    )
    doctype = _DOCTYPE.match(text)
    if doctype:
        text = text[doctype.end() :]
    try:
        tree = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.LxmlError, ValueError):
        return None
    if any("Excessive depth" in entry.message for entry in parser.error_log.filter_from_level(3)):
        return None
    return tree


def main_text(
    html: str,
    tree: lxml.html.HtmlElement | None,
    *,
    url: str = "",
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
    detail, blocks = _tried(tree, url, len(yardstick), title, authors)
    size = sum(len(block.text) for block in blocks)
    if len(yardstick) > max(SHORT_CHARS, LOST_RATIO * size):
        return Body(text=_paragraphs(yardstick), detail="resiliparse", confidence=0.5)
    if not blocks:
        return _rescued(html, "no article was recognised in the page; all of its text was kept")
    running, other = weigh(blocks)
    if other > max(OTHER_CHARS, OTHER_SHARE * running):
        second = clean_blocks(_readability(tree), title=title, authors=authors)
        its_running, its_other = weigh(second)
        if its_running >= 0.8 * running and its_other <= 0.7 * other and its_running:
            detail, blocks = "readability", second
    text = text_from_blocks(blocks)
    if len(yardstick) > DOUBT_RATIO * len(text):
        return Body(text=text, detail=detail, confidence=0.5, warnings=(_SHORT_WARNING,))
    return Body(text=text, detail=detail, confidence=0.8)


def _tried(
    tree: lxml.html.HtmlElement, url: str, yardstick: int, title: str, authors: Sequence[str]
) -> tuple[str, list[Block]]:
    """The first reading by trafilatura, from strict to lenient, that is long enough for the yardstick."""
    for detail, share, options in _ATTEMPTS:
        found = _trafilatura(tree, url, options)
        if found and sum(len(block.text) for block in found) >= share * yardstick:
            return detail, clean_blocks(found, title=title, authors=authors)
    return "", []


def quick_text(html: str) -> str:
    """Resiliparse's main content: quick, loses little, keeps too much."""
    return str(
        extract_plain_text(
            html, main_content=True, preserve_formatting=True, alt_texts=False, list_bullets=False
        )
    )


def _trafilatura(tree: lxml.html.HtmlElement, url: str, options: dict[str, Any]) -> list[Block]:
    try:
        document: Any = trafilatura.bare_extraction(
            tree, url=url or None, include_comments=False, with_metadata=False, **options
        )
    except _PARSER_ERRORS:
        return []
    if document is None or document.body is None:
        return []
    return blocks_from_tree(document.body)


def _readability(tree: lxml.html.HtmlElement) -> list[Block]:
    """trafilatura's fork of readability, which is better with old table layouts; it uses ``tree`` up."""
    try:
        return blocks_from_tree(try_readability(tree))
    except _PARSER_ERRORS:
        return []


def _rescued(html: str, warning: str) -> Body:
    text = rescue.page_text(html)
    return Body(text=text, detail="beautifulsoup", confidence=0.3, warnings=(warning,) if text else ())


def _paragraphs(text: str) -> str:
    return "\n\n".join(line.strip() for line in text.splitlines() if line.strip())
