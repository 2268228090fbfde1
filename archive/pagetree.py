"""The markup of a page as a tree: limits that are checked before, and the fast parser."""

from __future__ import annotations

import re

import lxml.etree
import lxml.html

from archive.errors import LimitExceededError

MAX_TAGS = 500_000
MAX_ATTRIBUTES = 1_000
MAX_DEPTH = 5_000

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
_INVALID_BYTES = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
_INVALID_CHARACTERS = ("\ufffe".encode(), "\uffff".encode())
# lxml.html's own lookup asks Python for the class of every element; nothing here needs forms or inputs.
_CLASSES = lxml.etree.ElementDefaultClassLookup(element=lxml.html.HtmlElement)


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
    doctype = _DOCTYPE.match(html)
    text = html[doctype.end() :] if doctype else html
    data = text.encode("utf-8", "ignore").translate(None, _INVALID_BYTES)
    for invalid in _INVALID_CHARACTERS:
        data = data.replace(invalid, b"")
    parser = lxml.etree.HTMLParser(
        collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True
    )
    parser.set_element_class_lookup(_CLASSES)
    try:
        tree: lxml.html.HtmlElement = lxml.html.document_fromstring(data, parser=parser)
    except (lxml.etree.LxmlError, ValueError):
        return None
    if any("Excessive depth" in entry.message for entry in parser.error_log.filter_from_level(3)):
        return None
    return tree
