"""Where to cut a text for showing: sentences, and the best passages around matches.

The rules are those of Lucene's unified highlighter: cut at sentences, prefer
passages that hold more *different* things asked for, then more of them, then
earlier ones, and show the chosen ones in the order of the text.  Boundaries are
looked for around matches only, so the cost follows the matches and not the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

#: One set of characters first, which is searched for twice as fast as three.
_SENTENCE_END = re.compile(
    r"""[.!?…。！？｡\n](?:(?<=[.!?…])["'”’»)\]]*(?=\s)|(?<=[。！？｡])["'”’」』）]*|(?<=\n)\s*\n)"""
)
_SENTENCE_SIGNS = frozenset('.!?…。！？”"’»)')
_STOPS = tuple("!?…。！？｡।؟")
_CLOSING = "\"'”’»)]」』）"
_BLANK_LINE = re.compile(r"\n\s*\n")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"'“‘])(?:[A-Za-z]|[A-Za-z]\.(?:[A-Za-z]\.?)*|Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|Gen|Col|Lt|Sgt|Capt|Sen|Rep|Gov|Pres|"
    r"No|Nos|vs|etc|cf|ca|al|Inc|Ltd|Co|Corp|Bros|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|approx|Rev|Hon)\.$"
)
_LONGEST_ABBREVIATION = 16
_LONGEST_SPACE = 16


class Match(NamedTuple):
    """One stretch of text that the query matched.

    Attributes:
        start, end: half-open code-point offsets into the text.
        key: which part of the query it answers; equal for equal parts.
    """

    start: int
    end: int
    key: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text to show, and the matches that lie in it."""

    start: int
    end: int
    matches: tuple[Match, ...]

    @property
    def worth(self) -> tuple[int, float]:
        """Order of preference: different keys, then matches, the first counting most."""
        keys = len({match.key for match in self.matches})
        repeats = len(self.matches) - keys
        return keys, keys + repeats / (repeats + 4)


def sentence_start(text: str, position: int, earliest: int) -> int:
    """Return where the sentence around ``position`` begins, not before ``earliest``.

    When no sentence begins there, the first word after ``earliest`` does.
    """
    begin = earliest
    for end in reversed(list(_SENTENCE_END.finditer(text, earliest, position))):
        if _ends_sentence(text, end):
            begin = _skip_space(text, end.end(), position)
            break
    if begin == earliest and earliest > 0 and not _at_boundary(text, earliest):
        begin = _next_word(text, earliest, position)
    return begin


def sentence_end(text: str, position: int, latest: int) -> int:
    """Return where the sentence around ``position`` ends, not after ``latest``.

    When no sentence ends there, the last word before ``latest`` does.
    """
    for end in _SENTENCE_END.finditer(text, position, latest):
        if _ends_sentence(text, end):
            return end.start() if text[end.start()] == "\n" else end.end()
    if latest >= len(text):
        return len(text)
    return max(position, _last_word(text, position, latest))


def starts_inside(text: str, position: int) -> bool:
    """Whether a stretch of ``text`` from ``position`` on begins in the middle of a sentence."""
    head = text[max(0, position - _LONGEST_SPACE) : position]
    before = head.rstrip()
    if position - len(head) + len(before) == 0 or "\n\n" in head[len(before) :]:
        return False
    return not _is_end(text, position - len(head) + len(before))


def ends_inside(text: str, position: int) -> bool:
    """Whether a stretch of ``text`` up to ``position`` ends in the middle of a sentence."""
    after = _skip_space(text, position, len(text))
    if after == len(text) or "\n\n" in text[position:after]:
        return False
    return not _is_end(text, position)


def _is_end(text: str, position: int) -> bool:
    """Whether what stands before ``position``, brackets and quotes aside, ends a sentence."""
    head = text[max(0, position - _LONGEST_ABBREVIATION) : position]
    bare = head.rstrip(_CLOSING)
    if not bare.endswith("."):
        return bare.endswith(_STOPS)
    after = _skip_space(text, position, len(text))
    if after < len(text) and text[after].islower():
        return False
    return not head.endswith(".") or _ABBREVIATION.search(head) is None


def sentence_ends_between(text: str, start: int, end: int) -> bool:
    """Whether a sentence ends behind ``start`` and up to ``end``, each the start of a word."""
    return any(_ends_sentence(text, found) for found in _SENTENCE_END.finditer(text, start, end))


def paragraph_ends_between(text: str, start: int, end: int) -> bool:
    """Whether a paragraph ends behind ``start`` and up to ``end``, each the start of a word."""
    return _BLANK_LINE.search(text, start, end) is not None


def passages(text: str, matches: Sequence[Match], *, max_chars: int, count: int) -> list[Passage]:
    """Return the best ``count`` passages in the order of the text.

    Matches are first grouped by nearness, which is cheap, and the groups
    chosen; only for those are sentences looked for.

    Args:
        text: the whole text.
        matches: sorted by start, not overlapping.
        max_chars: the longest passage.
    """
    shown: list[Passage] = []
    for group in _choose(_groups(text, matches, max_chars), count):
        floor = shown[-1].end if shown else 0
        if group.matches[0].start >= floor:
            shown.append(_cut(text, group.matches, max_chars, floor))
    return shown


def _groups(text: str, matches: Sequence[Match], max_chars: int) -> list[Passage]:
    found: list[Passage] = []
    index = 0
    while index < len(matches):
        first = matches[index]
        stop = index + 1
        while stop < len(matches) and matches[stop].end - first.start <= max_chars * 4 // 5:
            if text.find("\n\n", matches[stop - 1].end, matches[stop].start) >= 0:
                break
            stop += 1
        found.append(Passage(first.start, matches[stop - 1].end, tuple(matches[index:stop])))
        index = stop
    return found


def _choose(found: list[Passage], count: int) -> list[Passage]:
    """Take passages greedily by what each adds that the taken ones lack."""
    if len(found) <= count:
        return found
    seen: set[int] = set()
    # The best first, of equals the first in the text: ``max`` takes the first of equals.
    rest = sorted(
        ((passage.worth, {m.key for m in passage.matches}, passage) for passage in found),
        key=lambda entry: entry[0],
        reverse=True,
    )
    chosen = [rest.pop(0)]
    while rest and len(chosen) < count:
        seen |= chosen[-1][1]
        most = max(rest, key=lambda entry: len(entry[1] - seen))
        chosen.append(most)
        rest.remove(most)
    return sorted((passage for _, _, passage in chosen), key=lambda passage: passage.start)


def _cut(text: str, matches: Sequence[Match], max_chars: int, floor: int) -> Passage:
    first = matches[0]
    start = _passage_start(text, first, max_chars, floor)
    latest = min(len(text), max(start + max_chars, first.end))
    inside = [match for match in matches if match.end <= latest]
    end = sentence_end(text, inside[-1].end, latest)
    return Passage(start, _grown(text, start, end, latest), tuple(inside))


def _passage_start(text: str, first: Match, max_chars: int, floor: int) -> int:
    """Begin at the sentence when it leaves room for some words after the match,
    else at a word about half a passage before it."""
    room = max(0, max_chars - (first.end - first.start))
    start = sentence_start(text, first.start, max(floor, first.start - room * 3 // 4))
    if start == 0 or start == floor or _at_boundary(text, start):
        return start
    return sentence_start(text, first.start, max(floor, first.start - room // 2))


def _grown(text: str, start: int, end: int, latest: int) -> int:
    """Add whole following sentences of the same paragraph while they fit."""
    while end < latest and end - start < (latest - start) // 2:
        begin = _skip_space(text, end, latest)
        if begin >= latest or "\n\n" in text[end:begin]:
            return end
        further = sentence_end(text, begin, latest)
        if further <= end or (further < len(text) and not _at_boundary(text, further)):
            return end
        end = further
    return end


def _ends_sentence(text: str, end: re.Match[str]) -> bool:
    mark = text[end.start()]
    if mark != ".":
        return True
    after = _skip_space(text, end.end(), len(text))
    if after < len(text) and text[after].islower():
        return False
    before = text[max(0, end.start() - _LONGEST_ABBREVIATION) : end.start() + 1]
    return _ABBREVIATION.search(before) is None


def _at_boundary(text: str, position: int) -> bool:
    """Is ``position`` the end of a sentence or the start of the text or one?"""
    head = text[max(position - 8, 0) : position].rstrip()
    return position == 0 or text[position - 2 : position] == "\n\n" or head[-1:] in _SENTENCE_SIGNS


def _skip_space(text: str, position: int, limit: int) -> int:
    while position < limit and text[position].isspace():
        position += 1
    return position


def _next_word(text: str, position: int, limit: int) -> int:
    probe = position
    while probe < limit and not text[probe].isspace():
        probe += 1
    begin = _skip_space(text, probe, limit)
    return begin if begin < limit else position


def _last_word(text: str, position: int, limit: int) -> int:
    probe = limit
    while probe > position and not text[probe].isspace():
        probe -= 1
    while probe > position and text[probe - 1].isspace():
        probe -= 1
    return probe if probe > position else limit
