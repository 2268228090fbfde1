"""Pages of a few lines, of which an extractor must not lose any.

The rules that tell an article from what surrounds it need text to go by.  On a page
of a few dozen words they guess, and a yardstick by the same kind of rules guesses
with them.  What a reader sees of the page is the witness here: such a page has little
that is not worth keeping.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from archive import rescue
from archive.body import Body

#: Of visible text without its spaces.  Of 1,479 pages of news and blogs one has so little.
SMALL_CHARS: Final = 400
_KEPT_SHARE: Final = 0.95
_UNSEEN: Final = "head, title, script, style, template, noscript, noembed, iframe, textarea"
_WHOLE_WARNING: Final = (
    "the page is short and not all of it was recognised as the article; its whole text was kept"
)
_LOST_WARNING: Final = (
    "the page is short and some of its text was not taken for the article; compare with the page"
)


def whole_if_small(body: Body, html: str, *, title: str) -> Body:
    """``body``, or what the rescue parser gives where a small page lost text; with a warning then."""
    if body.warnings or not body.text or len(body.text) > 2 * SMALL_CHARS:
        return body
    visible = _characters(_visible(html))
    if not 0 < visible.total() <= SMALL_CHARS or _share(visible, body.text, title) >= _KEPT_SHARE:
        return body
    text = rescue.page_text(html)
    if _share(visible, text, title) <= _share(visible, body.text, title):
        return replace(body, confidence=0.5, warnings=(_LOST_WARNING,))
    return Body(text=text, detail="beautifulsoup", confidence=0.5, warnings=(_WHOLE_WARNING,))


def _visible(html: str) -> str:
    tree = LexborHTMLParser(html)
    for node in tree.css(_UNSEEN):
        node.decompose()
    return tree.root.text() if tree.root is not None else ""


def _characters(text: str) -> Counter[str]:
    return Counter("".join(text.split()))


def _share(visible: Counter[str], *kept: str) -> float:
    """Which part of the visible characters is kept, wherever it stands."""
    return (visible & _characters(" ".join(kept))).total() / visible.total()
