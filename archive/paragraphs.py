"""Where paragraphs end in text that does not say so with blank lines."""

from __future__ import annotations

import re
from typing import Final

_LONG_LINE: Final = 110
_WRAPPED_LINE: Final = 50
_SENTENCE_END: Final = re.compile(r"[.!?…:;。！？][\"'”’»)\]]*$")


def shape_paragraphs(text: str) -> str:
    """Return normalised ``text`` with a blank line between paragraphs.

    Text that has blank lines is left as it is.  Without any, each line is a
    paragraph where lines are long, as in news text; lines of one width are
    wrapped by hand and are joined; short lines of all widths (verse, lists)
    are left.
    """
    if "\n" not in text or "\n\n" in text:
        return text
    lines = text.split("\n")
    widths = sorted(len(line) for line in lines)
    if widths[-1] > _LONG_LINE:
        return "\n\n".join(lines)
    if is_wrapped(lines):
        return _joined(lines)
    return text


def is_wrapped(lines: list[str]) -> bool:
    """Say whether lines look wrapped by hand to one width."""
    widths = sorted(len(line) for line in lines)
    return (
        len(lines) > 2
        and widths[-1] <= _LONG_LINE
        and widths[len(widths) // 2] >= _WRAPPED_LINE
        and sum(bool(_SENTENCE_END.search(line)) for line in lines) <= 0.6 * len(lines)
    )


def _joined(lines: list[str]) -> str:
    width = max(len(line) for line in lines)
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line.startswith((" ", "\t")) and paragraphs[-1]:
            paragraphs.append([])
        paragraphs[-1].append(line.strip())
        if len(line) < 0.75 * width and _SENTENCE_END.search(line):
            paragraphs.append([])
    return "\n\n".join(" ".join(parts) for parts in paragraphs if parts)
