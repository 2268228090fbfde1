"""The article's text by the strict rules of trafilatura, without its copies and repeated searches.

The rules are those of ``trafilatura.bare_extraction(favor_precision=True, fast=True)``
(Apache-2.0) and the handling of single elements is its own code.  What is done
otherwise: the tree is changed in place, elements are judged once (`archive.furniture`),
headers stay in a part that is plainly the article, so does text behind an empty element,
an article in several pieces is put together, and a page whose main part is short is left
to trafilatura itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import lxml.etree
from lxml.etree import _Element
from lxml.html import HtmlElement
from trafilatura.htmlprocessing import (
    convert_tags,
    delete_by_link_density,
    link_density_test_tables,
    process_node,
    prune_html,
    recover_math,
)
from trafilatura.main_extractor import handle_textelem
from trafilatura.settings import MANUALLY_CLEANED, MANUALLY_STRIPPED, TAG_CATALOG, Extractor
from trafilatura.utils import text_chars_test, trim
from trafilatura.xml import delete_element

from archive.blocks import Block, blocks_from_tree
from archive.furniture import Marks, marks
from archive.linkdensity import delete_link_boxes
from archive.pageparts import continued

LEAST_CHARS = 250
_GUARDED_SHARE = 1 / 7  # pruning that would leave less of a part is not done

_OPTIONS = Extractor(fast=True, precision=True, comments=False)
_CLEANED = tuple(tag for tag in MANUALLY_CLEANED if tag != "form")
_STRIPPED = tuple(MANUALLY_STRIPPED)
_TAGS = frozenset(TAG_CATALOG) | {"table", "td", "th", "tr"}
# Lists among paragraphs and headings over one are part of a text that nothing else marks as one.
_SCATTERED = lxml.etree.XPath(
    ".//code | .//p | .//quote | .//table | .//list[count(../p) > 1]"
    " | .//head[following-sibling::*[1][self::p or self::list]]"
)
_REBUILT = frozenset(["code", "quote", "list", "table"])
_INLINE = frozenset(["hi", "ref", "del", "span", "lb"])


def precise_blocks(tree: HtmlElement) -> list[Block]:
    """The blocks of the article, or none if no large part of ``tree`` is plainly it; ``tree`` is used up."""
    _clean(tree)
    found = marks(tree)
    _delete(found.comments)
    _demote_forms(tree)
    prune_html(tree)
    convert_tags(tree, _OPTIONS)
    used = False
    for candidates in found.bodies:
        part = next((element for element in candidates if _is_below(element, tree)), None)
        if part is None:
            continue
        _prune(part, found)
        if not len(part):
            continue
        body = _read(part)
        pieces = continued(part, candidates)
        for piece, within in zip(pieces, _parted(found, pieces), strict=True):
            _prune(piece, within)
            if len(piece):
                body.extend(_read(piece))
        if len(body) > 1 or _size(body) >= LEAST_CHARS:
            return _blocks(body)
        used = used or len(body) > 0
    return [] if used else _blocks(_scattered(tree, found))


def _parted(found: Marks, parts: Sequence[HtmlElement]) -> list[Marks]:
    """What of ``found`` lies below each of ``parts``, told in one go: a page can have thousands."""
    within = {part: replace(found, overall=[], strict=[], captions=[], teasers=[]) for part in parts}
    for name in ("overall", "strict", "captions", "teasers") if parts else ():
        for element in getattr(found, name):
            for ancestor in element.iterancestors():
                if ancestor in within:
                    getattr(within[ancestor], name).append(element)
    return [within[part] for part in parts]


def _scattered(tree: HtmlElement, found: Marks) -> _Element:
    """The paragraphs of a page no part of which says that it is the article, and what stands among them."""
    found.teasers.clear()  # on such pages they often are the text
    _delete(found.strict)
    _prune(tree, found)
    body = lxml.etree.Element("body")
    seen: set[str] = set()
    taken: set[_Element] = set()
    for element in _SCATTERED(tree):
        if any(ancestor in taken for ancestor in element.iterancestors()):
            continue
        handled = handle_textelem(element, set(_TAGS), _OPTIONS)
        if handled is None:
            continue
        if handled is element:
            taken.add(element)
        text = trim("".join(handled.itertext()))
        if text not in seen:
            seen.add(text)
            body.append(handled)
    return body


def _clean(tree: HtmlElement) -> None:
    """Drop what has no text of the article, as ``trafilatura.htmlprocessing.tree_cleaning`` does."""
    recover_math(tree)
    for element in tree.iter("figure", "table"):
        is_layout = element.get("role") in ("presentation", "none")
        if element.find(".//table") is not None if element.tag == "figure" else is_layout:
            element.tag = "div"
    lxml.etree.strip_elements(tree, *_CLEANED, with_tail=False)
    lxml.etree.strip_tags(tree, *_STRIPPED)


def _demote_forms(tree: HtmlElement) -> None:
    """Forms go, but for one that holds most of the page."""
    forms = list(tree.iter("form"))
    if not forms:
        return
    total = len(tree.text_content())
    for form in forms:
        if total and len(form.text_content()) > total / 2:
            form.tag = "div"
        else:
            delete_element(form)


def _delete(elements: Iterable[HtmlElement]) -> None:
    for element in elements:
        delete_element(element)


def _is_below(element: _Element, top: _Element) -> bool:
    return any(ancestor is top for ancestor in element.iterancestors())


def _prune(part: HtmlElement, found: Marks) -> None:
    """Delete the furniture of one part of the page."""
    _delete_guarded(part, [element for element in found.overall if _is_below(element, part)])
    strict = [element for element in found.strict if element.tag != "header"]
    _delete(element for element in found.captions if _is_below(element, part))
    _delete_boxes(part, [element for element in found.teasers if _is_below(element, part)])
    _delete(element for element in strict if _is_below(element, part))
    for _ in range(2):
        delete_link_boxes(part)
        delete_by_link_density(part, "list", favor_precision=True)
        delete_by_link_density(part, "p", favor_precision=True)
    for table in [element for element in part.iter("table") if link_density_test_tables(element)]:
        delete_element(table, keep_tail=False)
    while len(part) and part[-1].tag == "head":
        delete_element(part[-1], keep_tail=False)
    delete_by_link_density(part, "head", favor_precision=True)
    delete_by_link_density(part, "quote", favor_precision=True)
    lxml.etree.strip_tags(part, "span", "ref")


def _delete_guarded(part: HtmlElement, elements: list[HtmlElement]) -> None:
    matches = dict.fromkeys(elements)
    outer = [e for e in matches if not any(ancestor in matches for ancestor in e.iterancestors())]
    if not outer:
        return
    size = len(part.text_content())
    if size - sum(len(element.text_content()) for element in outer) > _GUARDED_SHARE * size:
        _delete(outer)


def _delete_boxes(part: HtmlElement, elements: list[HtmlElement]) -> None:
    """Delete each that is not the larger half of ``part``, as what a "read more" button opens is."""
    size = len(part.text_content()) if elements else 0
    _delete(element for element in elements if 2 * len(element.text_content()) <= size)


def _read(part: HtmlElement) -> _Element:
    """The elements of one part that have text, as trafilatura's own handlers see them."""
    body = lxml.etree.Element("body")
    tags = set(_TAGS)
    if sum(len(text) for p in part.iter("p") for text in p.itertext()) < LEAST_CHARS:
        tags.add("div")
    elements: list[_Element] = list(part.iterdescendants("*"))
    inside = {element.tag for element in elements}
    if inside == {"lb"} or (part.tag == "div" and "div" in tags and inside <= _INLINE):
        elements = [part]
    elif text_chars_test(part.text):
        lead = lxml.etree.Element("p")
        lead.text = part.text
        if (kept := process_node(lead, _OPTIONS)) is not None:
            body.append(kept)
    for element in elements:
        if element.tag == "done" or element.getroottree().getroot() is body:
            continue
        tag, tail = element.tag, element.tail
        handled = handle_textelem(element, tags, _OPTIONS)
        if handled is not None:
            body.append(handled)
            if handled is not element:
                element.tag = "done"
        if tag in _REBUILT and text_chars_test(tail) and (handled is None or handled.tail is None):
            after = lxml.etree.Element("p")
            after.text = tail
            if process_node(after, _OPTIONS) is not None:
                body.append(after)
    while len(body) and body[-1].tag in ("head", "ref"):
        delete_element(body[-1], keep_tail=False)
    return body


def _blocks(body: _Element) -> list[Block]:
    if _size(body) < LEAST_CHARS:
        return []
    lxml.etree.strip_elements(body, "done")
    lxml.etree.strip_tags(body, "div")
    return blocks_from_tree(body)


def _size(body: _Element) -> int:
    return sum(len(text) for text in body.itertext())
