"""Plain text and spans to safe HTML: escaped first, marked after.

The only place that makes markup out of article text.  Nothing that a reader,
an article or a query holds can become an element here, because every piece is
escaped before it is put between the marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

from archive.differences import Kind, Piece
from webapp.models import Spans

#: Controls that hide, reorder or overprint what follows: C0 and C1 without tab
#: and newline, bidirectional embeddings, overrides and isolates, line and
#: paragraph separators, interlinear annotation, and tag characters.
_UNSAFE_TEXT = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    "\ufff9-\ufffb\ufeff\U000e0000-\U000e007f\ud800-\udfff]"
)


def visible_text(text: str) -> str:
    """Return ``text`` without characters that could disguise what it says."""
    return _UNSAFE_TEXT.sub("", text)


def pieces(text: str, spans: Spans, start: int = 0, end: int | None = None) -> Iterator[tuple[str, bool]]:
    """Cut ``text[start:end]`` at ``spans``: each piece, and whether it is marked.

    Spans that overlap, run backwards or leave the text are cut to what is left
    of them: a wrong offset never loses or doubles a character.
    """
    stop = len(text) if end is None else min(end, len(text))
    at = start
    for low, high in sorted(spans):
        low, high = max(low, at), min(high, stop)
        if high <= low:
            continue
        if low > at:
            yield text[at:low], False
        yield text[low:high], True
        at = high
    if at < stop:
        yield text[at:stop], False


def mark(text: str, spans: Spans = ()) -> Markup:
    """Return ``text`` as HTML with ``spans`` in ``<mark>`` elements."""
    return Markup("").join(
        Markup("<mark>{}</mark>").format(visible_text(piece)) if marked else escape(visible_text(piece))
        for piece, marked in pieces(text, spans)
    )


def code_spans(text: str) -> Markup:
    """Return ``text`` as HTML with what stands between backticks in ``<code>``."""
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )


@dataclass(slots=True)
class LinkedMarks:
    """Marks with anchors ``m1`` to ``m<total>``, each a link to the next one.

    The last leads back to the first, so that a reader without script walks
    round all places of an article with the same key.
    """

    total: int
    done: int = 0

    def mark(self, text: str, spans: Spans, start: int = 0, end: int | None = None) -> Markup:
        """Return ``text[start:end]`` as HTML; numbers go on from call to call."""
        return Markup("").join(
            self._link(visible_text(piece)) if marked else escape(visible_text(piece))
            for piece, marked in pieces(text, spans, start, end)
        )

    def _link(self, piece: str) -> Markup:
        self.done += 1
        following = self.done % self.total + 1 if self.total else 1
        return Markup('<a class="hit" id="m{}" href="#m{}"><mark>{}</mark></a>').format(
            self.done, following, piece
        )


_PARAGRAPH = re.compile(r"[^\n](?:.|\n(?!\n))*")


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the offsets of each paragraph of ``text``: they are separated by blank lines."""
    for match in _PARAGRAPH.finditer(text):
        yield match.start(), match.end()


def marked_article(
    title: str, title_spans: Spans, text: str, spans: Spans
) -> tuple[Markup, list[Markup], int]:
    """Return the title, the paragraphs and the number of marks of an article."""
    edges = list(paragraphs(text))
    total = _count(title, title_spans, [(0, len(title))]) + _count(text, spans, edges)
    marks = LinkedMarks(total)
    heading = marks.mark(title, title_spans)
    return heading, _mark_paragraphs(marks, text, spans, edges), total


_ELEMENTS = {Kind.SAME: "{}", Kind.GONE: "<del>{}</del>", Kind.NEW: "<ins>{}</ins>"}
_BREAK = re.compile(r"\n{2,}")


def changed_paragraphs(pieces_: Iterable[Piece]) -> list[Markup]:
    """Return a compared text as HTML, a paragraph each, what went and what came marked."""
    done: list[Markup] = []
    current = Markup("")
    for piece in pieces_:
        for place, part in enumerate(_BREAK.split(piece.text)):
            if place:
                done.append(current)
                current = Markup("")
            if part:
                # Spaces at the ends stand outside: a line through nothing looks like a mistake.
                inner = part.strip()
                before, _, after = part.partition(inner) if inner else (part, "", "")
                current += escape(visible_text(before))
                if inner:
                    current += Markup(_ELEMENTS[piece.kind]).format(visible_text(inner))  # noqa: S704 - a table
                current += escape(visible_text(after))
    done.append(current)
    return [paragraph for paragraph in done if paragraph.strip()]


def _mark_paragraphs(
    marks: LinkedMarks, text: str, spans: Spans, edges: list[tuple[int, int]]
) -> list[Markup]:
    return [marks.mark(text, inside, start, end) for (start, end), inside in _by_paragraph(spans, edges)]


def _by_paragraph(spans: Spans, edges: list[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], Spans]]:
    """Pair each paragraph with the spans that touch it, in one pass over both."""
    ordered = sorted(spans)
    first = 0
    for start, end in edges:
        while first < len(ordered) and ordered[first][1] <= start:
            first += 1
        last = first
        while last < len(ordered) and ordered[last][0] < end:
            last += 1
        yield (start, end), tuple(ordered[first:last])


def _count(text: str, spans: Spans, edges: list[tuple[int, int]]) -> int:
    return sum(
        marked
        for (start, end), inside in _by_paragraph(spans, edges)
        for _, marked in pieces(text, inside, start, end)
    )
