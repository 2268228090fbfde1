"""Which boxes of an article are lists of links: trafilatura's test, but for paragraphs with a link.

trafilatura also takes a short ``div`` with a link for furniture, which is right for
teasers and wrong for pages that wrap every paragraph in a ``div`` of its own.
"""

from __future__ import annotations

from lxml.html import HtmlElement
from trafilatura.htmlprocessing import link_density_test
from trafilatura.utils import trim
from trafilatura.xml import delete_element

SHORT_CHARS = 200
PARAGRAPH_CHARS = 80
_ENDS = frozenset('.!?…。！？؟"”»’')


def delete_link_boxes(part: HtmlElement) -> None:
    """Delete the ``div`` elements of ``part`` that are links, or short and with links."""
    boxes = []
    for box in part.iter("div"):
        is_links, is_short = link_density_test(box, True)
        if is_links or (is_short and len(box) and _is_teaser(box)):
            boxes.append(box)
    for box in boxes:
        delete_element(box)


def _is_teaser(box: HtmlElement) -> bool:
    text = trim(box.text_content())
    if len(text) >= SHORT_CHARS:
        return False
    if len(text) < PARAGRAPH_CHARS or text[-1] not in _ENDS:
        return True
    return 2 * sum(len(trim(link.text_content())) for link in box.iter("ref")) >= len(text)
