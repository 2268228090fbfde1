"""Which stretches of a text a query matched: the same plan the engine ran, run on one text.

Engines answer with ids only, so marks are made here, once for every engine: from
the plan's leaves, never from the query text, so that a stem marks its surface
forms, a phrase is marked whole, and a prefix, wildcard or fuzzy term marks the
words it stood for.  What a query excludes or only filters by is never marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
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
from index.stemming import mark_of, split_mark
from index.terms import expands, token_filter

_BODY = frozenset({"body", "stem"})
_TITLE = frozenset({"title", "title_stem", "stem", "title_key"})
_LEAD = frozenset({"lead", "lead_stem"})
_STEMMED = frozenset({"stem", "title_stem", "lead_stem"})
#: Kinds of text, with the fields whose words stand in them.
_KINDS = {
    "title": _TITLE,
    "body": _BODY,
    "lead": _LEAD,
    "author": frozenset({"author"}),
    "source": frozenset({"source"}),
}
_KINDS_OF = {
    field: tuple(kind for kind, fields in _KINDS.items() if field in fields)
    for field in frozenset().union(*_KINDS.values())
}
_HYPHENATED = re.compile(r"[^\W_]+(?:[-‐‑][^\W_]+)+")

#: More matches than this in one text are not looked for: nobody reads them.
MAX_MATCHES = 5_000

_Leaf = p.Term | p.TermPhrase | p.TermNear | p.TermWithin | p.TermPrefix | p.TermWildcard | p.TermFuzzy


#: Leaves with their keys and what to scan for.
_Looked: TypeAlias = tuple[tuple[_Leaf, int, Wanted | None], ...]


@dataclass(frozen=True, slots=True)
class Matcher:
    """The leaves of a plan that can match in one kind of text.

    Attributes:
        leaves: each with its key; leaves of equal key answer the same part of
            the query.
    """

    leaves: tuple[tuple[_Leaf, int], ...] = ()
    _by_language: dict[str, _Looked] = field(default_factory=dict, repr=False, compare=False)
    _keys: dict[str, frozenset[int]] = field(default_factory=dict, repr=False, compare=False)

    def __bool__(self) -> bool:
        return bool(self.leaves)

    def keys(self, language: str) -> frozenset[int]:
        """The keys of the leaves that can match in a text of ``language``."""
        known = self._keys.get(language)
        if known is None:
            known = self._keys[language] = frozenset(key for _, key, _ in self._looked_for(language))
        return known

    def find(self, text: str, language: str) -> list[Match]:
        """Return what matched in ``text``, in order and without overlaps.

        Args:
            text: plain text.
            language: the article's, whose stemmer reads the words.
        """
        if not self.leaves or not text:
            return []
        looked_for = self._looked_for(language)
        return _merged(_search(text, language).matches(looked_for)) if looked_for else []

    def _looked_for(self, language: str) -> _Looked:
        """Return the leaves that can match in a text of ``language``, each with its key and what to
        scan for; worked out once for all the articles of a page."""
        known = self._by_language.get(language)
        if known is None:
            mark = mark_of(language)
            known = self._by_language[language] = tuple(
                (leaf, key, _wanted(leaf, language))
                for leaf, key in self.leaves
                if not (isinstance(leaf, p.Term) and leaf.field in _STEMMED)
                or split_mark(leaf.text)[1] == mark
            )
        return known


@dataclass(frozen=True, slots=True)
class Matchers:
    """One `Matcher` for each kind of text that is shown with marks."""

    title: Matcher = field(default_factory=Matcher)
    body: Matcher = field(default_factory=Matcher)
    lead: Matcher = field(default_factory=Matcher)
    author: Matcher = field(default_factory=Matcher)
    source: Matcher = field(default_factory=Matcher)


def matchers_from_plan(plan: p.Plan) -> Matchers:
    """Return the matchers of every leaf that ``plan`` asks for."""
    kinds: dict[str, list[tuple[_Leaf, int]]] = {name: [] for name in _KINDS}
    for key, (leaf, body_only) in enumerate(dict.fromkeys(_leaves(plan, frozenset()))):
        for kind in _KINDS_OF.get(leaf.field, ()):
            if not (body_only and kind == "title"):
                kinds[kind].append((leaf, key))
    return Matchers(**{kind: Matcher(tuple(keyed)) for kind, keyed in kinds.items()})


def _leaves(plan: p.Plan, body_only: frozenset[str]) -> Iterator[tuple[_Leaf, bool]]:
    """Yield the positive leaves of ``plan``, each with whether it is the body's alone.

    ``body:word`` is planned as its stem without the articles that have it in
    the title alone; ``body_only`` carries those stems, so that the title stays
    unmarked.
    """
    if type(plan) is p.Term:  # most are
        yield plan, plan.field == "stem" and plan.text in body_only
    elif isinstance(plan, p.All):
        excluded = frozenset(_title_only(plan.children))
        for child in plan.children:
            yield from _leaves(child, body_only | excluded)
    elif isinstance(plan, p.Any):
        for child in plan.children:
            inner = child.child if type(child) is p.Boost else child
            if type(inner) is p.Term:  # a stem of one of many languages
                yield inner, inner.field == "stem" and inner.text in body_only
            else:
                yield from _leaves(child, body_only)
    elif isinstance(plan, p.Checked):
        yield from _leaves(plan.among, body_only)
    elif isinstance(plan, p.Reward):
        yield from _leaves(plan.match, body_only)
    elif isinstance(plan, p.Boost) or (isinstance(plan, p.Constant) and plan.marked):
        yield from _leaves(plan.child, body_only)
    elif isinstance(plan, _Leaf):
        yield plan, False


def _title_only(children: Iterable[p.Plan]) -> Iterator[str]:
    for child in children:
        if not isinstance(child, p.Except):
            continue
        inner = child.child.children if isinstance(child.child, p.Any) else (child.child,)
        for leaf in inner:
            if isinstance(leaf, p.Term) and leaf.field == "title_only":
                yield leaf.text


def _wanted(leaf: _Leaf, language: str) -> Wanted | None:
    """Return what to scan for to find ``leaf``, None if it takes more than that."""
    if isinstance(leaf, p.TermPhrase | p.TermNear | p.TermWithin):
        return None
    if not isinstance(leaf, p.Term):
        return wanted_expansion(leaf)
    return wanted_stem(leaf.text, language) if leaf.field in _STEMMED else wanted_token(leaf.text)


class _Search:
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

    def matches(self, looked_for: _Looked) -> list[Match]:
        found: list[Match] = []
        for leaf, key, wanted in looked_for:
            quick = self._scanned(leaf, key, wanted)
            found.extend(self._analysed(leaf, key) if quick is None else quick)
            if len(found) > MAX_MATCHES:
                break
        return found

    def _scanned(self, leaf: _Leaf, key: int, wanted: Wanted | None) -> list[Match] | None:
        """Find a leaf by scanning, or return None if that cannot tell."""
        text = self.text
        if isinstance(leaf, p.TermPhrase) and leaf.field not in _STEMMED:
            runs = scan_phrase(text, leaf.terms)
            return None if runs is None else [Match(*text.original(*run), key) for run in runs]
        places = scan(text, wanted) if wanted is not None else None
        if places is None:
            return None
        if not places and isinstance(leaf, p.Term) and leaf.field in _STEMMED:
            return list(self._compounds(leaf.text, key))
        return [Match(start, end, key) for start, end in places]

    def _analysed(self, leaf: _Leaf, key: int) -> list[Match]:
        choices = self._vocabulary(leaf)
        places = locate(self.text, self.words, {word for choice in choices for word in choice})
        if isinstance(leaf, p.TermPhrase):
            return list(self._phrase(choices, places, key))
        if isinstance(leaf, p.TermNear):
            return list(_near(choices, places, leaf.slop, key))
        if isinstance(leaf, p.TermWithin):
            return list(_within(leaf, choices, places, key))
        if not choices[0] and isinstance(leaf, p.Term) and leaf.field in _STEMMED:
            return list(self._compounds(leaf.text, key))
        return [Match(token.start, token.end, key) for word in choices[0] for _, token in places[word]]

    def _vocabulary(self, leaf: _Leaf) -> tuple[frozenset[str], ...]:
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
            return tuple(self._words_for(term, stemmed=leaf.field in _STEMMED) for term in terms)
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
        text = self.text.text
        if not may_hold_compound(self.text, stem):
            return
        for written in _HYPHENATED.finditer(text):
            joined = "".join(tokens(written.group()))
            if stem in stems([joined], self.language):
                yield Match(written.start(), written.end(), key)


_last: _Search | None = None


def _search(text: str, language: str) -> _Search:
    """Return ``text``, ready to be searched: both sides of a question about
    sentences are looked for in one text, which is told by being the same object."""
    global _last
    last = _last
    if last is None or last.text.text is not text or last.language != language:
        last = _last = _Search(text, language)
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


def _merged(found: list[Match]) -> list[Match]:
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
