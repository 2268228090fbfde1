"""Where the leaves of a plan occur in one text: by a scan, and by analysing it where that cannot tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TypeAlias

from index import plan as p
from index.analysis import stems, tokens
from index.engines.patterns import within_pairs
from index.locate import FoldedText, Places, locate
from index.passages import Match
from index.scan import (
    Wanted,
    may_hold_compound,
    scan,
    scan_phrase,
    wanted_expansion,
    wanted_stem,
    wanted_token,
)
from index.terms import expands, token_filter

#: Fields of stems, each for the articles of one language.
STEMMED = frozenset({"stem", "title_stem", "lead_stem"})

#: More matches than this in one text are not looked for: nobody reads them.
MAX_MATCHES = 5_000

_HYPHENATED = re.compile(r"[^\W_]+(?:[-‐‑][^\W_]+)+")

Leaf = p.Term | p.TermPhrase | p.TermNear | p.TermWithin | p.TermPrefix | p.TermWildcard | p.TermFuzzy

#: Leaves with their keys and what to scan for.
Looked: TypeAlias = tuple[tuple[Leaf, int, Wanted | None], ...]


def wanted_for(leaf: Leaf, language: str) -> Wanted | None:
    """Return what to scan for to find ``leaf``, None if it takes more than that."""
    if isinstance(leaf, p.TermPhrase | p.TermNear | p.TermWithin):
        return None
    if not isinstance(leaf, p.Term):
        return wanted_expansion(leaf)
    return wanted_stem(leaf.text, language) if leaf.field in STEMMED else wanted_token(leaf.text)


class SearchedText:
    """One text, asked for each leaf; analysed only when a leaf needs it."""

    def __init__(self, text: str, language: str) -> None:
        self.text = FoldedText(text)
        self.language = language

    @cached_property
    def words(self) -> list[str]:
        return tokens(self.text.text)

    @cached_property
    def distinct(self) -> list[str]:
        return list(dict.fromkeys(self.words))

    @cached_property
    def stems(self) -> list[str]:
        return stems(self.distinct, self.language)

    def matches(self, looked_for: Looked) -> list[Match]:
        found: list[Match] = []
        for leaf, key, wanted in looked_for:
            quick = self._scanned(leaf, key, wanted)
            found.extend(self._analysed(leaf, key) if quick is None else quick)
            if len(found) > MAX_MATCHES:
                break
        return found

    def _scanned(self, leaf: Leaf, key: int, wanted: Wanted | None) -> list[Match] | None:
        """Find a leaf by scanning, or return None if that cannot tell."""
        text = self.text
        if isinstance(leaf, p.TermPhrase) and leaf.field not in STEMMED:
            runs = scan_phrase(text, leaf.terms)
            return None if runs is None else [Match(*text.original(*run), key) for run in runs]
        places = scan(text, wanted) if wanted is not None else None
        if places is None:
            return None
        if not places and isinstance(leaf, p.Term) and leaf.field in STEMMED:
            return list(self._compounds(leaf.text, key))
        return [Match(start, end, key) for start, end in places]

    def _analysed(self, leaf: Leaf, key: int) -> list[Match]:
        choices = self._vocabulary(leaf)
        places = locate(self.text, self.words, {word for choice in choices for word in choice})
        if isinstance(leaf, p.TermPhrase):
            return list(self._phrase(choices, places, key))
        if isinstance(leaf, p.TermNear):
            return list(_near(choices, places, leaf.slop, key))
        if isinstance(leaf, p.TermWithin):
            return list(_within(leaf, choices, places, key))
        if not choices[0] and isinstance(leaf, p.Term) and leaf.field in STEMMED:
            return list(self._compounds(leaf.text, key))
        return [Match(token.start, token.end, key) for word in choices[0] for _, token in places[word]]

    def _vocabulary(self, leaf: Leaf) -> tuple[frozenset[str], ...]:
        """Return, for each token that ``leaf`` asks for, the words of this text
        that can stand for it."""
        terms: tuple[p.Slot, ...] = (
            leaf.terms
            if isinstance(leaf, p.TermPhrase | p.TermNear)
            else (*leaf.left, *leaf.right)
            if isinstance(leaf, p.TermWithin)
            else (leaf.text,)
            if isinstance(leaf, p.Term)
            else ()
        )
        if terms:
            return tuple(self._words_for(term, stemmed=leaf.field in STEMMED) for term in terms)
        matches = token_filter(leaf) if expands(leaf) else None
        return (frozenset(word for word in self.distinct if matches is not None and matches(word)),)

    def _words_for(self, slot: p.Slot, *, stemmed: bool) -> frozenset[str]:
        if isinstance(slot, p.Forms):
            return self._words_of_stem(slot.stem)
        return self._words_of_stem(slot) if stemmed else frozenset({slot}.intersection(self.distinct))

    def _words_of_stem(self, stem: str) -> frozenset[str]:
        return frozenset(w for w, s in zip(self.distinct, self.stems, strict=True) if s == stem)

    def _phrase(self, choices: tuple[frozenset[str], ...], places: Places, key: int) -> Iterator[Match]:
        for start, end in _stretches(choices, places).values():
            yield Match(start, end, key)

    def _compounds(self, stem: str, key: int) -> Iterator[Match]:
        """``longrange`` asked for, ``long-range`` written."""
        if may_hold_compound(self.text, stem):
            for start, end, joined in self.hyphenated:
                if joined == stem:
                    yield Match(start, end, key)

    @cached_property
    def hyphenated(self) -> list[tuple[int, int, str]]:
        """Where words with hyphens stand, and the stem of each written as one."""
        found = list(_HYPHENATED.finditer(self.text.text))
        joined = stems(["".join(tokens(written.group())) for written in found], self.language)
        return [(*written.span(), stem) for written, stem in zip(found, joined, strict=True)]


_last: SearchedText | None = None


def searched_text(text: str, language: str) -> SearchedText:
    """Return ``text``, ready to be searched: both sides of a question about
    sentences are looked for in one text, which is told by being the same object."""
    global _last
    last = _last
    if last is None or last.text.text is not text or last.language != language:
        last = _last = SearchedText(text, language)
    return last


def _stretches(choices: tuple[frozenset[str], ...], places: Places) -> dict[tuple[int, int], tuple[int, int]]:
    """Return where one of each of ``choices`` stand side by side: from positions,
    half open, to offsets in the text."""
    at = [{index: token for word in choice for index, token in places[word]} for choice in choices]
    found = {}
    for index, first in at[0].items():
        last = at[-1].get(index + len(at) - 1)
        if last is not None and all(index + n in positions for n, positions in enumerate(at)):
            found[index, index + len(at)] = (first.start, last.end)
    return found


def _within(
    leaf: p.TermWithin, choices: tuple[frozenset[str], ...], places: Places, key: int
) -> Iterator[Match]:
    """Mark both sides wherever they stand close enough, and in the order asked for."""
    lefts = _stretches(choices[: len(leaf.left)], places)
    rights = _stretches(choices[len(leaf.left) :], places)
    marked = set()
    for left, right in within_pairs(lefts, rights, leaf.slop, leaf.ordered):
        marked |= {lefts[left], rights[right]}
    yield from (Match(start, end, key) for start, end in sorted(marked))


def _near(choices: tuple[frozenset[str], ...], places: Places, slop: int, key: int) -> Iterator[Match]:
    """Mark the words of every stretch in which all terms stand close enough."""
    events = sorted(
        (index, token.start, token.end, number)
        for number, choice in enumerate(choices)
        for word in choice
        for index, token in places[word]
    )
    width = slop + len(choices)
    marked: set[tuple[int, int]] = set()
    for left, (first, _, _, _) in enumerate(events):
        window: dict[int, tuple[int, int]] = {}
        taken: set[int] = set()
        for index, start, end, number in events[left:]:
            if index >= first + width:
                break
            if number not in window and index not in taken:
                window[number] = (start, end)
                taken.add(index)
        if len(window) == len(choices):
            marked.update(window.values())
    yield from (Match(start, end, key) for start, end in sorted(marked))


def merged(found: list[Match]) -> list[Match]:
    """Sort, and join what overlaps; the longer match of two keeps its key."""
    if len(found) < 2:
        return found
    out: list[Match] = []
    for match in sorted(found, key=lambda m: (m.start, -m.end)):
        if out and match.start < out[-1].end:
            if match.end > out[-1].end:
                out[-1] = Match(out[-1].start, match.end, out[-1].key)
            continue
        out.append(match)
    return out[:MAX_MATCHES]
