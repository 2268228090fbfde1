"""What two versions of an article say differently, word by word.

Paragraphs are compared first and words only within those that changed: the matcher's
time grows with the square of what it compares.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from archive.document import Document

#: With the space behind it, which does not count: spaces alone would be found everywhere.
_WORD: Final = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
#: A stretch with more words than this is shown as replaced as a whole.
_MOST_WORDS: Final = 10_000


class Kind(StrEnum):
    """What became of a stretch of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; those that are not NEW make up the earlier text, not GONE the later."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A value that changed, as text; empty where there is none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changed between two versions.

    Attributes:
        text: the whole text in pieces, also where nothing changed.
    """

    fields: tuple[FieldChange, ...]
    text: tuple[Piece, ...]

    @property
    def text_changed(self) -> bool:
        """Whether the texts differ."""
        return any(piece.kind is not Kind.SAME for piece in self.text)


def compare(before: Document, after: Document) -> Difference:
    """Return what changed from one version to another."""
    old, new = _values(before), _values(after)
    changed = (name for name in old if old[name] != new[name])
    return Difference(
        fields=tuple(FieldChange(name=name, before=old[name], after=new[name]) for name in changed),
        text=compare_texts(before.text, after.text),
    )


def compare_texts(before: str, after: str) -> tuple[Piece, ...]:
    """Return the pieces of two texts in order; neighbours are of different kinds."""
    return _joined(_by_paragraph(before, after))


def _values(document: Document) -> dict[str, str]:
    return {
        "title": document.title,
        "author": "; ".join(document.authors),
        "date": document.published.isoformat() if document.published else "",
        "source": document.source,
        "url": document.url,
        "language": document.language,
        "section": document.section,
        "tag": "; ".join(document.tags),
    }


def _by_paragraph(before: str, after: str) -> Iterator[Piece]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for kind, low, high, start, end in _opcodes(old, new):
        if kind == "equal":
            yield Piece(Kind.SAME, "".join(old[low:high]))
        else:
            yield from _by_word("".join(old[low:high]), "".join(new[start:end]))


def _by_word(before: str, after: str) -> Iterator[Piece]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    if max(len(old), len(new)) > _MOST_WORDS:
        yield Piece(Kind.GONE, before)
        yield Piece(Kind.NEW, after)
        return
    for kind, low, high, start, end in _opcodes(_compared(old), _compared(new)):
        if kind == "equal":
            for one, other in zip(old[low:high], new[start:end], strict=True):
                yield from _same_word(one, other)
        else:
            yield Piece(Kind.GONE, "".join(old[low:high]))
            yield Piece(Kind.NEW, "".join(new[start:end]))


def _compared(words: Sequence[str]) -> list[str]:
    """What counts of each word: not the space behind it, but whether a sign has one or ends the text."""
    last = len(words) - 1
    return [
        word.rstrip() + (" " if not word[0].isalnum() and (word[-1].isspace() or at == last) else "")
        for at, word in enumerate(words)
    ]


def _same_word(before: str, after: str) -> Iterator[Piece]:
    """A word that stayed, though perhaps not the space behind it."""
    shorter = min(before, after, key=len)
    kept = len(shorter if before.startswith(shorter) and after.startswith(shorter) else before.rstrip())
    yield Piece(Kind.SAME, before[:kept])
    yield Piece(Kind.GONE, before[kept:])
    yield Piece(Kind.NEW, after[kept:])


def _opcodes(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    # With its heuristic for frequent items: a text of one word repeated would take minutes.
    return list(SequenceMatcher(None, old, new, autojunk=True).get_opcodes())


def _joined(pieces: Iterator[Piece]) -> tuple[Piece, ...]:
    """Put neighbours of one kind together, and between two that stayed what went before what came."""
    joined: list[Piece] = []
    waiting: dict[Kind, list[str]] = {Kind.GONE: [], Kind.NEW: []}

    def flush() -> None:
        for kind, texts in waiting.items():
            if texts:
                joined.append(Piece(kind, "".join(texts)))
                texts.clear()

    for piece in pieces:
        if not piece.text:
            continue
        if piece.kind is not Kind.SAME:
            waiting[piece.kind].append(piece.text)
            continue
        flush()
        before = joined.pop().text if joined and joined[-1].kind is Kind.SAME else ""
        joined.append(Piece(Kind.SAME, before + piece.text))
    flush()
    return tuple(joined)
