"""Text of the HTML fragments that fields of feeds, exports and Markdown hold.

BeautifulSoup reads them: of the parsers at hand it is the one that neither hangs
nor drops text on hostile nesting.  Nothing of the markup stays; scripts, styles
and comments are dropped.  A result that came back short is not believed.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Final

from bs4 import BeautifulSoup
from bs4.element import CData, NavigableString, PageElement, PreformattedString, Tag

from archive.limits import LIMITS, Limits

_TAG: Final = re.compile(
    r"</(?:p|div|a|span|em|strong|b|i|u|h[1-6]|ul|ol|li|blockquote|figure|figcaption|article|section|table|tr|td|pre"
    r"|code|sup|sub|small|script|style|iframe|svg)\s*>|<br\s*/?>|<p(?:\s[^<>]*)?>|<(?:img|hr)\s[^<>]*/>",
    re.IGNORECASE,
)
_ENTITY: Final = re.compile(
    r"&(?:amp|quot|apos|nbsp|[lr][sd]quo|mdash|ndash|hellip|#\d{2,6}|#x[0-9a-f]{2,5});", re.IGNORECASE
)
_ANY_TAG: Final = re.compile(r"<[^<>]{1,2000}>")
_UNSEEN: Final = re.compile(
    r"<(script|style|template|noscript)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL
)
_DROPPED: Final = frozenset({"script", "style", "template", "head", "title", "iframe", "object", "noframes"})
_PARAGRAPH_NAMES: Final = """
address article aside blockquote body center details dialog div dl fieldset figcaption figure footer form
h1 h2 h3 h4 h5 h6 header hr html main nav ol p pre section summary table ul
"""
_PARAGRAPHS: Final = frozenset(_PARAGRAPH_NAMES.split())
_LINES: Final = frozenset({"li", "tr", "dt", "dd", "option"})
_MAX_ANCESTORS: Final = 60
_BREAK: Final = "\n"
_SPACES: Final = re.compile(r"\s+")


def looks_like_html(text: str) -> bool:
    """Say whether ``text`` is a fragment of HTML rather than text that has a ``<`` in it."""
    return "<" in text and _TAG.search(text) is not None


def unescape_entities(text: str) -> str:
    """Resolve the entities that exports leave in plain text; ``&lt;`` alone is left."""
    return html.unescape(text) if "&" in text and _ENTITY.search(text) else text


def text_from_fragment(fragment: str, *, limits: Limits = LIMITS) -> tuple[str, tuple[str, ...]]:
    """Return the paragraphs of an HTML fragment, and warnings about what may be lost."""
    if len(fragment) > limits.fragment_chars:
        return _stream_text(fragment), ("the HTML is too large for a parse tree; only its text was taken",)
    text = _tree_text(BeautifulSoup(fragment, "lxml"))
    shown = _ANY_TAG.sub(" ", _UNSEEN.sub(" ", fragment))
    if _size(text) * 2 >= _size(shown):
        return text, ()
    # An unclosed comment or script swallows what follows it.
    text = _stream_text(_UNSEEN.sub(" ", fragment))
    if _size(text) * 2 < _size(shown):
        text = html.unescape(_tidy(shown))
    return text, ("the HTML is broken; only its text was taken",)


def _size(text: str) -> int:
    return len("".join(text.split()))


def _tree_text(soup: BeautifulSoup) -> str:
    pieces: list[str] = []
    previous: PageElement | None = None
    for node in soup.descendants:
        if isinstance(node, Tag):
            if node.name == "br":
                pieces.append(_BREAK)
            elif node.name in {"td", "th"}:
                pieces.append(" ")
            continue
        if not isinstance(node, NavigableString) or _is_unseen(node):
            continue
        block, seen, preformatted = _place(node)
        if not seen:
            continue
        if block is not previous and pieces:
            both_lines = _is_line(block) and _is_line(previous)
            pieces.append("\n" if both_lines else "\n\n")
        previous = block
        pieces.append(str(node) if preformatted else _SPACES.sub(" ", str(node)))
    return _tidy("".join(pieces))


def _is_unseen(node: NavigableString) -> bool:
    """Comments, declarations and processing instructions are no text; CDATA is."""
    return isinstance(node, PreformattedString) and not isinstance(node, CData)


def _place(node: PageElement) -> tuple[PageElement | None, bool, bool]:
    """The block that holds a string, whether the string is shown, and whether its spaces count."""
    block: PageElement | None = None
    preformatted = False
    for depth, parent in enumerate(node.parents):
        if parent.name in _DROPPED:
            return None, False, False
        if block is None and (parent.name in _PARAGRAPHS or parent.name in _LINES):
            block = parent
        preformatted = preformatted or parent.name == "pre"
        if depth > _MAX_ANCESTORS:
            break
    return block, True, preformatted


def _is_line(block: PageElement | None) -> bool:
    return isinstance(block, Tag) and block.name in _LINES


def _tidy(text: str) -> str:
    lines = [line.strip(" ") if not line.startswith("  ") else line.rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _TextOnly(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._hidden += tag in {"script", "style"}
        if tag in _PARAGRAPHS:
            self.pieces.append("\n\n")
        elif tag in _LINES or tag == "br":
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"} and self._hidden:
            self._hidden -= 1
        if tag in _PARAGRAPHS:
            self.pieces.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(_SPACES.sub(" ", data))


def _stream_text(fragment: str) -> str:
    """The text without a tree, in linear time and with whatever the tree would have swallowed."""
    parser = _TextOnly()
    parser.feed(fragment)
    parser.close()
    return _tidy("".join(parser.pieces))
