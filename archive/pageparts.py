"""Articles that a page holds in several pieces, as between advertisements."""

from __future__ import annotations

from collections.abc import Sequence

from lxml.html import HtmlElement


def continued(part: HtmlElement, candidates: Sequence[HtmlElement]) -> list[HtmlElement]:
    """The pieces that go on where ``part`` ends, in the order of the page.

    They have its tag and class and stand in the same article.  Where what holds them
    all has a second main headline, they are other articles: the next ones of a page
    without end.
    """
    classes = part.get("class")
    if not classes or part.tag == "article":
        return []
    around = set(part.iterancestors())
    articles = list(part.iterancestors("article"))
    pieces = []
    for element in candidates:
        if element is part or element.tag != part.tag or element.get("class") != classes:
            continue
        above = list(element.iterancestors())
        common = next((ancestor for ancestor in above if ancestor in around), None)
        if common is None or common.tag in ("body", "html") or part in above:
            continue
        if list(element.iterancestors("article")) == articles and _headlines(common) <= 1:
            pieces.append(element)
    return pieces


def _headlines(element: HtmlElement) -> int:
    return sum(heading.get("rend") == "h1" for heading in element.iter("head"))
