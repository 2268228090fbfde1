"""Lines that were broken for a terminal or a teleprinter, put together again for the page.

A break that somebody meant (verse, addresses, lists, a sentence a line) stays.
Only line ends become spaces, so that offsets into the text go on being right.
"""

from __future__ import annotations

import re

#: Lengths of lines that were broken to fit: all but the first and the last of a paragraph.
_SHORTEST, _LONGEST = 40, 100

#: A first line may be shorter, for it was indented.
_SHORTEST_FIRST = 25

_PARAGRAPH = re.compile(r"[^\n]+(?:\n[^\n]+)+")
_BULLET = re.compile(r"\s*(?:[-*•·>|+–—]|\(?[0-9A-Za-z]{1,3}[.)])(?:\s|$)")
_SENTENCE_END = re.compile(r"[.!?:;…][\"'”’»)\]]*$")


def unwrapped(text: str) -> str:
    """Return ``text``, as long as before, with the lines of hard-wrapped paragraphs joined."""
    return _PARAGRAPH.sub(_joined, text) if "\n" in text else text


def _joined(found: re.Match[str]) -> str:
    paragraph = found[0]
    return paragraph.replace("\n", " ") if _is_wrapped(paragraph.split("\n")) else paragraph


def _is_wrapped(lines: list[str]) -> bool:
    lengths = [len(line.rstrip()) for line in lines]
    if max(lengths) > _LONGEST or any(length < _SHORTEST for length in lengths[1:-1]):
        return False
    if lengths[0] < (_SHORTEST_FIRST if len(lines) > 2 else _SHORTEST):
        return False
    if any(map(_BULLET.match, lines)):
        return False
    within = sum(1 for line in lines[:-1] if not _SENTENCE_END.search(line.rstrip()))
    return 2 * within > len(lines) - 1
