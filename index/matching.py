"""Which stretches of a text a query matched: the same plan the engine ran, run on one text.

Engines answer with ids only, so marks are made here, once for every engine: from
the plan's leaves, never from the query text, so that a stem marks its surface
forms, a phrase is marked whole, and a prefix, wildcard or fuzzy term marks the
words it stood for.  What a query excludes or only filters by is never marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from index import plan as p
from index.occurrences import STEMMED, Leaf, Looked, merged, searched_text, wanted_for
from index.passages import Match
from index.stemming import mark_of, split_mark

_BODY = frozenset({"body", "stem"})
_TITLE = frozenset({"title", "title_stem", "stem", "title_key"})
_LEAD = frozenset({"lead", "lead_stem"})
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


@dataclass(frozen=True, slots=True)
class Matcher:
    """The leaves of a plan that can match in one kind of text.

    Attributes:
        leaves: each with its key; leaves of equal key answer the same part of
            the query.
    """

    leaves: tuple[tuple[Leaf, int], ...] = ()
    _by_language: dict[str, Looked] = field(default_factory=dict, repr=False, compare=False)
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
        return merged(searched_text(text, language).matches(looked_for)) if looked_for else []

    def _looked_for(self, language: str) -> Looked:
        """Return the leaves that can match in a text of ``language``, each with its key and what to
        scan for; worked out once for all the articles of a page."""
        known = self._by_language.get(language)
        if known is None:
            mark = mark_of(language)
            known = self._by_language[language] = tuple(
                (leaf, key, wanted_for(leaf, language))
                for leaf, key in self.leaves
                if not (isinstance(leaf, p.Term) and leaf.field in STEMMED)
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
    kinds: dict[str, list[tuple[Leaf, int]]] = {name: [] for name in _KINDS}
    for key, (leaf, body_only) in enumerate(dict.fromkeys(_leaves(plan, frozenset()))):
        for kind in _KINDS_OF.get(leaf.field, ()):
            if not (body_only and kind == "title"):
                kinds[kind].append((leaf, key))
    return Matchers(**{kind: Matcher(tuple(keyed)) for kind, keyed in kinds.items()})


def _leaves(plan: p.Plan, body_only: frozenset[str]) -> Iterator[tuple[Leaf, bool]]:
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
    elif isinstance(plan, Leaf):
        yield plan, False


def _title_only(children: Iterable[p.Plan]) -> Iterator[str]:
    for child in children:
        if not isinstance(child, p.Except):
            continue
        inner = child.child.children if isinstance(child.child, p.Any) else (child.child,)
        for leaf in inner:
            if isinstance(leaf, p.Term) and leaf.field == "title_only":
                yield leaf.text
