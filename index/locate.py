"""Where tokens stand in a text, without analysing all of it twice.

`index.analysis.tokens` is fast and gives no offsets.  For the few tokens that a
query asks for, their places are found again by plain substring search; where
that does not give exactly as many places as there are tokens (``don`` inside
``don't``, a script without spaces), the plain analyzer with offsets decides.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from functools import cached_property

from index.analysis import Token, fold_simple, folded_length, tokenize
from index.simplefolding import distinct_beyond_ascii

#: Token to its places: position among all tokens, and where it stands.
Places = dict[str, list[tuple[int, Token]]]


class FoldedText:
    """A text folded character by character, that knows the way back.

    Attributes:
        folded: the folded text, right for Latin letters.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        if text.isascii():
            self.folded = text.lower()
            self.is_even = True
        else:
            others = distinct_beyond_ascii(text)
            self.folded = fold_simple(text, others)
            self.is_even = len(self.folded) == len(text) and all(folded_length(char) == 1 for char in others)
        self._bare: str | None = None
        self._unhyphened: str | None = None

    def may_join(self, head: str) -> bool:
        """May a word begin with ``head`` with signs inside it?  Cheap, and never wrong to say no.

        Signs taken out, ``head`` then stands in more places than before.
        """
        bare = self._bare
        if bare is None:
            bare = self._bare = _without_signs(self.folded)
        there = bare.count(head)
        return there > 0 and (there != self.folded.count(head) or _overlaps_itself(head))

    def may_hyphenate(self, head: str) -> bool:
        """May a word begin with ``head`` with a hyphen inside it or behind?  As `may_join`."""
        plain = self._unhyphened
        if plain is None:
            plain = self._unhyphened = self.folded.replace("-", "")
        there = plain.count(head)
        if not there:
            return False
        return there != self.folded.count(head) or head + "-" in self.folded or _overlaps_itself(head)

    @cached_property
    def _offsets(self) -> _Offsets:
        return _Offsets(self.text)

    @cached_property
    def joined(self) -> str:
        """The words with a sign inside: ``o'brien``, ``u.s``, ``1,000``, with what else touches them."""
        return _words_around(self.folded, _SIGN_INSIDE)

    @cached_property
    def joined_plain(self) -> str:
        """`joined` without the signs."""
        return self.joined.translate(_NO_SIGNS)

    @cached_property
    def hyphened(self) -> str:
        """The words with a hyphen inside."""
        return _words_around(self.folded, _HYPHEN_INSIDE)

    @cached_property
    def hyphened_plain(self) -> str:
        """`hyphened` without the hyphens."""
        return self.hyphened.replace("-", "")

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return where ``folded[start:end]`` stands in the text."""
        if self.is_even:
            return start, end
        return self._offsets.start(start), self._offsets.end(end)


def locate(text: FoldedText, words: Sequence[str], needed: Collection[str]) -> Places:
    """Return the places of each token of ``needed`` in ``text``.

    Args:
        text: the original text, folded.
        words: its tokens.
        needed: tokens that occur among ``words``.
    """
    if not needed:
        return {}
    found: Places = {}
    for token in needed:
        positions = _positions(words, token)
        starts = _whole_words(text.folded, token)
        if len(positions) != len(starts):
            return _by_analysis(text.text, needed)
        found[token] = [
            (position, Token(token, *text.original(start, start + len(token))))
            for position, start in zip(positions, starts, strict=True)
        ]
    return found


#: Signs that may stand inside a token.
SIGNS = "'.,&"

_NO_SIGNS = str.maketrans("", "", SIGNS)


def _without_signs(folded: str) -> str:
    if folded.isascii():  # four times as fast
        return folded.encode().translate(None, SIGNS.encode()).decode()
    for sign in SIGNS:
        folded = folded.replace(sign, "")
    return folded


def _overlaps_itself(head: str) -> bool:
    """Can two places of ``head`` overlap, so that counting them may miss one?"""
    return any(head.startswith(head[at:]) for at in range(1, len(head)))


_SIGN_INSIDE = re.compile(rf"[{SIGNS}](?<=[\w{SIGNS}].)(?=[^\W_])")
_HYPHEN_INSIDE = re.compile(r"-(?=[^\W_])")


def _words_around(folded: str, inside: re.Pattern[str]) -> str:
    """Return what stands between spaces wherever ``inside`` matches, joined by spaces."""
    words = []
    stop = 0
    for match in inside.finditer(folded):
        place = match.start()
        if place < stop:
            continue
        stop = folded.find(" ", place)
        stop = len(folded) if stop < 0 else stop
        words.append(folded[folded.rfind(" ", 0, place) + 1 : stop])
    return " ".join(words)


class _Offsets:
    """From places in a folded text back to places in the original."""

    def __init__(self, text: str) -> None:
        lengths = {char: folded_length(char) for char in distinct_beyond_ascii(text)}
        uneven = {char for char, length in lengths.items() if length != 1}
        #: where each uneven character begins in the folded text, and how far
        #: the original lies behind from its end on
        self._begins: list[int] = []
        self._lengths: list[int] = []
        self._shifts: list[int] = []
        shift = 0
        for match in re.finditer("[" + re.escape("".join(uneven)) + "]", text):
            length = lengths[match.group()]
            self._begins.append(match.start() + shift)
            self._lengths.append(length)
            shift += length - 1
            self._shifts.append(shift)

    def start(self, place: int) -> int:
        """The original offset of the character that gave the folded one at ``place``."""
        last = bisect_right(self._begins, place) - 1
        if last < 0:
            return place
        inside = place - self._begins[last]
        if inside < self._lengths[last]:
            return place - inside - (self._shifts[last] - self._lengths[last] + 1)
        return place - self._shifts[last]

    def end(self, place: int) -> int:
        """The original offset after the character that gave the folded one before ``place``."""
        return self.start(place - 1) + 1


def _by_analysis(text: str, needed: Collection[str]) -> Places:
    wanted = set(needed)
    found: Places = {token: [] for token in wanted}
    for position, token in enumerate(tokenize(text)):
        if token.text in wanted:
            found[token.text].append((position, token))
    return found


def _positions(words: Sequence[str], token: str) -> list[int]:
    positions = []
    position = -1
    try:
        while True:
            position = words.index(token, position + 1)
            positions.append(position)
    except ValueError:
        return positions


def _whole_words(folded: str, token: str) -> list[int]:
    starts = []
    size = len(token)
    start = folded.find(token)
    while start >= 0:
        end = start + size
        if not (start and folded[start - 1].isalnum()) and not folded[end : end + 1].isalnum():
            starts.append(start)
        start = folded.find(token, end)
    return starts
