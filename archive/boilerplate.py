"""Dropping what extractors leave around an article: related links, credits, sign-up lines.

Works on blocks in reading order and knows no site.  Each rule only removes what
stands at an edge, is short, or was there before, and never a large part of a
text; what they cost and gain is measured with ``benchmarks/extraction.py``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive import boilerplatewords as words
from archive.blocks import Block

SENTENCE_CHARS = 40
REPEATED_CHARS = 50
HEADING_CHARS = 70
NOTICE_CHARS = 300
EDGE_BLOCKS = 3
MAX_TRIMMED = 0.2
MAX_RELATED = 0.4
PARAGRAPH_CHARS = 120
GOING_ON = 0.8

_SENTENCE_END = re.compile(r"[.!?…。！？؟:;][\"'”’»)\]]*$|[.!?][\"”’»)]?\s|[。！？]")
_NO_SPACES = re.compile("[\u3040-\u9fff]")
_RELATED = re.compile(rf"^\W*(?:{words.RELATED})\W*$", re.IGNORECASE)
_END = re.compile(rf"\W*(?:{words.ENDS})", re.IGNORECASE)
_NOTICE = re.compile(words.NOTICES, re.IGNORECASE)
_CREDIT = re.compile(words.CREDITS, re.IGNORECASE)
_ABOUT = re.compile(rf"\W*(?:{words.ABOUT})\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")


def clean_blocks(blocks: Sequence[Block], *, title: str = "", authors: Sequence[str] = ()) -> list[Block]:
    """The blocks of the article alone; never none of them."""
    kept = _once(blocks)
    kept = _before_related(kept)
    kept = [block for block in kept if not _is_credit(block)] or kept
    kept = _without_author_box(kept, authors)
    kept = _without_notices(kept)
    if len(kept) > 1 and title and _WORD.findall(kept[0].text.casefold()) == _WORD.findall(title.casefold()):
        kept = kept[1:]
    return _trim(kept)


def is_sentence(block: Block) -> bool:
    """Whether a block is running text, not a label, a link or a caption."""
    enough = len(block.text) >= SENTENCE_CHARS or (len(block.text) >= 12 and _NO_SPACES.search(block.text))
    return bool(enough and _SENTENCE_END.search(block.text))


def weigh(blocks: Sequence[Block]) -> tuple[int, int]:
    """Characters of running text, and of everything else."""
    running = sum(len(block.text) for block in blocks if is_sentence(block))
    return running, sum(len(block.text) for block in blocks) - running


def _once(blocks: Sequence[Block]) -> list[Block]:
    seen: set[str] = set()
    kept = []
    for block in blocks:
        if len(block.text) >= REPEATED_CHARS:
            if block.text in seen:
                continue
            seen.add(block.text)
        kept.append(block)
    return kept


def _before_related(blocks: list[Block]) -> list[Block]:
    """Everything before a "Related articles" heading in the last part of the text.

    A heading over a link in the middle of an article says the same; the article goes on after it.
    """
    least = (1 - MAX_RELATED) * sum(len(block.text) for block in blocks)
    before = 0
    for position, block in enumerate(blocks):
        is_heading = position and before >= least and len(block.text) < HEADING_CHARS
        if (
            is_heading
            and _RELATED.match(block.text)
            and (_END.match(block.text) or not _goes_on(blocks[position + 1 :]))
        ):
            return blocks[:position]
        before += len(block.text)
    return blocks


def _goes_on(blocks: Sequence[Block]) -> bool:
    """Whether nearly all of ``blocks`` is whole paragraphs of running text."""
    size = sum(len(block.text) for block in blocks)
    running = sum(
        len(block.text) for block in blocks if len(block.text) >= PARAGRAPH_CHARS and is_sentence(block)
    )
    return running > GOING_ON * size


def _is_credit(block: Block) -> bool:
    return len(block.text) < 160 and _CREDIT.search(block.text) is not None


def _without_author_box(blocks: list[Block], authors: Sequence[str]) -> list[Block]:
    """``Jane Doe is a reporter …`` at the end, where Jane Doe wrote the article."""
    names = [name for name in authors if " " in name]
    for position in range(max(1, len(blocks) - 4), len(blocks)):
        text = blocks[position].text
        if any(text.startswith(name) and _ABOUT.match(text[len(name) :]) for name in names):
            return [*blocks[:position], *blocks[position + 1 :]]
    return blocks


def _without_notices(blocks: list[Block]) -> list[Block]:
    """Short sign-up, copyright and cookie lines at both ends."""
    last = len(blocks) - EDGE_BLOCKS
    kept = [
        block
        for position, block in enumerate(blocks)
        if not (
            (position < 2 or position >= last)
            and len(block.text) < NOTICE_CHARS
            and _NOTICE.search(block.text)
        )
    ]
    return kept or blocks


def _trim(blocks: list[Block]) -> list[Block]:
    """Without labels and links before the first and after the last running text or list."""
    size = sum(len(block.text) for block in blocks)
    end = len(blocks)
    while end > 1 and blocks[end - 1].kind != "item" and not is_sentence(blocks[end - 1]):
        end -= 1
    if end > 1 and sum(len(block.text) for block in blocks[end:]) <= MAX_TRIMMED * size:
        blocks = blocks[:end]
    size = sum(len(block.text) for block in blocks)
    start = 0
    while start < len(blocks) - 1 and not is_sentence(blocks[start]):
        start += 1
    return (
        blocks[start:] if sum(len(block.text) for block in blocks[:start]) <= MAX_TRIMMED * size else blocks
    )
