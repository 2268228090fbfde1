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
    alike = [e for e in candidates if e is not part and e.tag == part.tag and e.get("class") == classes]
    if not alike:
        return []
    around = set(part.iterancestors())
    articles = list(part.iterancestors("article"))
    headlines: dict[HtmlElement, int] = {}  # many pieces, few that hold them
    pieces = []
    for element in alike:
        above = list(element.iterancestors())
        # what was deleted with its surroundings has no ancestor in common
        common = next((ancestor for ancestor in above if ancestor in around), None)
        if common is None or common.tag in ("body", "html") or part in above:
            continue
        if common not in headlines:
            headlines[common] = _headlines(common)
        if headlines[common] <= 1 and list(element.iterancestors("article")) == articles:
            pieces.append(element)
    return pieces


def _headlines(element: HtmlElement) -> int:
    return sum(heading.get("rend") == "h1" for heading in element.iter("head"))
