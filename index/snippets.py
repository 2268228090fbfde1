"""Snippets and marks: plain text with offsets, the same for every engine and door.

Nothing here knows HTML: whoever shows a snippet escapes the text first and
marks the spans after.
"""

from __future__ import annotations

from dataclasses import dataclass

from index.matching import Matcher, Matchers, matchers_from_plan
from index.occurrences import MAX_MATCHES
from index.passages import Match, ends_inside, passages, sentence_end, starts_inside
from index.query.ast import Span

__all__ = ["Matcher", "Matchers", "Snippet", "make_snippets", "mark", "mark_text", "matchers_from_plan"]

_CHUNK_CHARS = 12_000


@dataclass(frozen=True, slots=True)
class Snippet:
    """A stretch of the text around matches, as it is stored.

    Attributes:
        text: at most ``max_chars`` code points of the text, not HTML.
        spans: half-open ``(start, end)`` offsets into ``text``, sorted and
            disjoint.
        start: offset of ``text`` in the whole text.
        cut_before, cut_after: it begins, or ends, in the middle of a sentence.
    """

    text: str
    spans: tuple[Span, ...]
    start: int = 0
    cut_before: bool = False
    cut_after: bool = False


def mark(text: str, matcher: Matcher, language: str) -> tuple[Span, ...]:
    """Return the spans of ``text`` that ``matcher`` matched, in order."""
    return tuple((match.start, match.end) for match in matcher.find(text, language))


def mark_text(text: str, matchers: Matchers, language: str) -> tuple[Span, ...]:
    """Return the spans of an article's whole text that its query matched."""
    return tuple((match.start, match.end) for match in _text_matches(text, matchers, language))


def make_snippets(
    text: str, matchers: Matchers, language: str, *, max_snippets: int = 3, max_chars: int = 240
) -> tuple[Snippet, ...]:
    """Return the best passages of ``text``, or its beginning when none matched.

    The whole text is searched, a chunk of paragraphs at a time, and the search
    ends early once a chunk has yielded everything that the query asks for: the
    cost for a very long text is that of the chunks read.

    Args:
        text: paragraphs separated by a blank line.
        matchers: from `matchers_from_plan`.
        language: the article's.
        max_snippets: the most to return.
        max_chars: the longest snippet.
    """
    chosen: list[Match] = []
    asked = matchers.body.keys(language) | matchers.lead.keys(language)
    if asked:
        for start, end in _chunks(text):
            chunk = text[start:end]
            found = _text_matches(chunk, matchers, language, with_lead=start == 0)
            if start:
                found = [Match(match.start + start, match.end + start, match.key) for match in found]
            chosen += found
            if len(chosen) > MAX_MATCHES or {match.key for match in chosen} >= asked:
                break
    if not chosen:
        return _opening(text, max_chars)
    best = passages(text, chosen, max_chars=max_chars, count=max_snippets)
    return tuple(
        Snippet(
            text[passage.start : passage.end],
            tuple((m.start - passage.start, m.end - passage.start) for m in passage.matches),
            passage.start,
            starts_inside(text, passage.start),
            ends_inside(text, passage.end),
        )
        for passage in best
    )


def _text_matches(text: str, matchers: Matchers, language: str, *, with_lead: bool = True) -> list[Match]:
    found = matchers.body.find(text, language)
    if not (matchers.lead and with_lead):
        return found
    lead_end = text.find("\n\n")
    lead = matchers.lead.find(text if lead_end < 0 else text[:lead_end], language)
    merged: list[Match] = []
    for match in sorted([*found, *lead], key=lambda m: (m.start, -m.end)):
        if not merged or match.start >= merged[-1].end:
            merged.append(match)
    return merged


def _chunks(text: str) -> list[tuple[int, int]]:
    """Cut ``text`` at paragraphs into stretches of some 12,000 characters."""
    bounds = []
    start = 0
    while len(text) - start > 2 * _CHUNK_CHARS:
        cut = text.find("\n\n", start + _CHUNK_CHARS, start + 2 * _CHUNK_CHARS)
        if cut < 0:
            cut = text.rfind(" ", start + _CHUNK_CHARS, start + 2 * _CHUNK_CHARS)
        end = start + 2 * _CHUNK_CHARS if cut < 0 else cut
        bounds.append((start, end))
        start = end
    bounds.append((start, len(text)))
    return bounds


def _opening(text: str, max_chars: int) -> tuple[Snippet, ...]:
    if not text:
        return ()
    end = min(len(text), max_chars)
    paragraph = text.find("\n\n", 0, end)
    if paragraph > 0:
        return (Snippet(text[:paragraph], ()),)
    last = sentence_end(text, 0, end)
    while last < end // 2:
        further = sentence_end(text, last + 1, end)
        if further <= last:
            break
        last = further
    return (Snippet(text[:last], (), cut_after=ends_inside(text, last)),)
