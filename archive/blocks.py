"""Text blocks (paragraphs, headings, list items, table rows) out of an extractor's tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_SPACE = re.compile(r"[^\S\n]+")
_LINE_EDGE = re.compile(r" ?\n ?")
_KINDS = {
    **dict.fromkeys(("p", "div", "section", "figcaption", "td", "th"), "p"),
    **dict.fromkeys(("head", "h1", "h2", "h3", "h4", "h5", "h6"), "head"),
    **dict.fromkeys(("item", "li", "dd", "dt"), "item"),
    **dict.fromkeys(("quote", "blockquote"), "quote"),
    **dict.fromkeys(("code", "pre"), "code"),
    **dict.fromkeys(("row", "tr"), "row"),
    **dict.fromkeys(("list", "table", "body", "html", "ul", "ol", "article", "main"), ""),
}


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its kind (``p``, ``head``, ``item``, ``quote``, ``code``, ``row``) and its text."""

    kind: str
    text: str


def text_from_blocks(blocks: list[Block]) -> str:
    """Blocks as paragraphs with one blank line between them."""
    return "\n\n".join(block.text for block in blocks)


def blocks_from_tree(body: Any) -> list[Block]:
    """The blocks of an lxml tree as trafilatura gives it, in reading order."""
    found: list[Block] = []
    pending: list[str] = []
    kind = "p"

    def flush(next_kind: str) -> None:
        nonlocal kind
        text = _LINE_EDGE.sub("\n", _SPACE.sub(" ", "".join(pending))).strip()
        if text:
            found.append(Block(kind, text))
        pending.clear()
        kind = next_kind

    for event, element in _walk(body):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            own = _kind_of(element, tag)
            if own is not None:
                if own == "p" and kind in ("item", "quote") and not "".join(pending).strip():
                    own = kind
                flush(own or "p")
            elif tag in ("lb", "br"):
                pending.append("\n")
            elif tag in ("cell", "td", "th") and pending:
                pending.append(" ")
            pending.append(_one_line(element.text, tag))
        else:
            if _kind_of(element, tag) is not None:
                flush("p")
            elif tag in ("cell", "td", "th"):
                pending.append(" ")
            if element is not body:
                pending.append(_one_line(element.tail, tag))
    flush("p")
    return found


def _kind_of(element: Any, tag: str) -> str | None:
    """The kind of block that an element is; None where it is part of one, as a cell is of its row."""
    if tag in ("td", "th") and element.getparent().tag in ("tr", "row"):
        return None
    return _KINDS.get(tag)


def _one_line(text: str | None, tag: str) -> str:
    if not text:
        return ""
    return text if tag in ("code", "pre") else text.replace("\n", " ")


def _walk(body: Any) -> Iterator[tuple[str, Any]]:
    """``start`` and ``end`` of every element, without recursion."""
    stack: list[tuple[str, Any]] = [("start", body)]
    while stack:
        event, element = stack.pop()
        yield event, element
        if event == "start":
            stack.append(("end", element))
            stack.extend(("start", child) for child in reversed(element))
