"""Markdown, with or without front matter, as plain paragraphs.

markdown-it-py parses.  It drops what is nested beyond its limit without a word,
so the words of the result are counted against those of the source, and where
too few came through the source itself is kept.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from archive.characters import fold_key, loses_characters
from archive.document import Draft, Origin, Provenance
from archive.encoding import decode
from archive.errors import EmptyItemError
from archive.fragments import text_from_fragment
from archive.limits import Limits
from archive.readers import ReadOptions
from archive.readers.fields import FieldMapper
from archive.readers.frontmatter import split_front_matter

_WORD: Final = re.compile(r"\w+")
_MARKUP: Final = re.compile(
    r"<[^<>]*>|!?\[[^\[\]]*\]\([^()]*\)|^ {0,3}\[[^\]]+\]:.*$|&#?\w{1,10};|\w+://\S+|\]\([^()]*\)",
    re.MULTILINE,
)
_HIDDEN_TAG: Final = re.compile(r"<(/?)(script|style)\b", re.IGNORECASE)
_BREAK_TAG: Final = re.compile(r"<br\b", re.IGNORECASE)
_FIRST_HEADING: Final = re.compile(r"#{1,6}[ \t]+(\S.*?)[ \t#]*(?:\n|$)")
_MAX_NESTING: Final = 60
_COMPLETE: Final = 0.85
_SLACK_WORDS: Final = 10
_EARLY_BLOCKS: Final = 3


@dataclasses.dataclass(frozen=True, slots=True)
class _Block:
    """One paragraph; ``level`` is the heading's, 0 for text; a ``tight`` one follows without a blank line."""

    text: str
    level: int = 0
    tight: bool = False


def read_markdown(data: bytes, origin: Origin, options: ReadOptions) -> Draft:
    """Read one article; its title is the front matter's, else the first heading.

    Raises:
        EmptyItemError: there is no text.
    """
    decoded = decode(data, options.declared)
    # Not `normalise_text`: spaces at the end of a line are markup here.
    source = decoded.text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    warnings = list(decoded.warnings)
    if loses_characters(decoded.text):
        warnings.append("control characters were removed from the text")
    values, body = split_front_matter(source, options.limits, warnings)
    draft = FieldMapper(options, method="front-matter").draft(values, origin, text="")
    blocks = _blocks(body, options.limits, warnings)
    title, blocks = _take_title(blocks, draft.title)
    text = "".join(("\n" if block.tight else "\n\n") + block.text for block in blocks).strip()
    provenance = dict(draft.provenance)
    if title and not draft.title:
        provenance["title"] = Provenance(method="heading", detail="first heading", confidence=0.9)
    text = text or title
    if not text:
        raise EmptyItemError(
            "there is no text beside the front matter" if values else "there is no text in it"
        )
    return dataclasses.replace(
        draft,
        title=title or draft.title,
        text=text,
        provenance=provenance,
        warnings=(*warnings, *draft.warnings),
    )


def _blocks(body: str, limits: Limits, warnings: list[str]) -> list[_Block]:
    if len(body) > limits.markdown_chars or body.count("\n") > limits.markdown_lines:
        warnings.append("the Markdown is too long to be parsed; its source was kept as text")
        return _unparsed(body)
    tokens = _parser().parse(body)
    blocks = list(_from_tokens(tokens, limits, warnings))
    expected = len(_WORD.findall(_MARKUP.sub(" ", body)))
    found = sum(len(_WORD.findall(block.text)) for block in blocks)
    deepest = max((token.level for token in tokens), default=0)
    if deepest >= _MAX_NESTING - 2 or found < _COMPLETE * expected - _SLACK_WORDS:
        warnings.append("the Markdown is nested too deeply to be parsed; its source was kept as text")
        return _unparsed(body)
    return blocks


def _unparsed(body: str) -> list[_Block]:
    heading = _FIRST_HEADING.match(body)
    if heading is None:
        return [_Block(body)]
    return [_Block(heading[1], level=1), _Block(body[heading.end() :].strip())]


def _parser() -> MarkdownIt:
    options = {"html": True, "maxNesting": _MAX_NESTING}
    return MarkdownIt("commonmark", options).enable(["table", "strikethrough"])


def _take_title(blocks: list[_Block], stated: str) -> tuple[str, list[_Block]]:
    """The heading that is the title, and the blocks without it."""
    for position, block in enumerate(blocks):
        if block.level and (block.level == 1 or position < _EARLY_BLOCKS):
            if stated and fold_key(block.text) != fold_key(stated):
                break
            return block.text, [*blocks[:position], *blocks[position + 1 :]]
    return "", blocks


def _from_tokens(tokens: list[Token], limits: Limits, warnings: list[str]) -> Iterator[_Block]:
    heading = 0
    hidden = False  # in a tight list, whose items stand on lines of their own
    cells: list[str] | None = None
    for token in tokens:
        if token.type == "heading_open":
            heading = int(token.tag[1:])
        elif token.type == "paragraph_open":
            heading, hidden = 0, token.hidden
        elif token.type == "tr_open":
            cells = []
        elif token.type == "tr_close" and cells is not None:
            yield _Block(" | ".join(cells), tight=True)
            cells = None
        elif token.type == "inline":
            text = _inline_text(token.children or [])
            if cells is not None:
                cells.append(text)
            elif text:
                yield _Block(text, heading, tight=hidden)
        elif token.type in {"fence", "code_block"}:
            yield _Block(token.content.rstrip("\n"))
        elif token.type == "html_block":
            text, lost = text_from_fragment(token.content, limits=limits)
            warnings.extend(lost)
            if text:
                yield _Block(text)


def _inline_text(children: list[Token]) -> str:
    pieces: list[str] = []
    hidden = ""
    for child in children:
        if child.type == "html_inline":
            match = _HIDDEN_TAG.match(child.content)
            if match is not None:
                hidden = "" if match[1] else match[2].lower()
            elif _BREAK_TAG.match(child.content):
                pieces.append("\n")
        elif hidden:
            continue
        elif child.type == "softbreak":
            pieces.append(" ")
        elif child.type == "hardbreak":
            pieces.append("\n")
        elif child.type in {"text", "code_inline"}:
            pieces.append(child.content)
    return "".join(pieces).strip()
