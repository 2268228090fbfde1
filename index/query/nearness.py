"""Clauses for words that stand close to each other, in any of their forms.

Places are known of exact tokens only, so a stem is looked for as the tokens that
have it (`index.plan.Forms`).  Which those are depends on the language; the
articles of one language are those that have a stem with its mark.
"""

from __future__ import annotations

from collections.abc import Iterator

from index.plan import Constant, Plan, Slot, Term, TermWithin
from index.query.ast import Or, Phrase, Query, Within, Word
from index.query.words import Languages, either, every, placed, query_tokens, query_word
from index.schema import BREAKS

#: Fields of several values: words must be near within one.
MANY_VALUED = frozenset({"author", "tag"})

#: Where the stems of a field's words are; the words of other fields have no forms.
_STEMS = {"title": "title_stem", "body": "stem", "lead": "lead_stem"}


def near_each_other(node: Within, field: str | None, languages: Languages) -> Plan:
    """Return the clause for the two sides of ``node``, which both hold words.

    Args:
        field: in which both stand; None for title or text.
    """
    slop = min(node.distance, BREAKS - 1) if field in MANY_VALUED else node.distance
    clauses = (
        _close(name, first, second, slop, node.ordered)
        for name in ((field,) if field is not None else ("title", "body"))
        for language in (languages.codes if name in _STEMS else (None,))
        for first in _runs(node.left, language)
        for second in _runs(node.right, language)
    )
    return either(*clauses)


def _close(field: str, left: tuple[Slot, ...], right: tuple[Slot, ...], slop: int, ordered: bool) -> Plan:
    found = TermWithin(field, left, right, slop, ordered)
    stems = (Term(_STEMS[field], forms.stem) for forms in found.forms)
    return every(*(Constant(stem, 0.0, marked=False) for stem in stems), found)


def _runs(node: Query, language: str | None) -> Iterator[tuple[Slot, ...]]:
    """Yield what a side stands for: tokens side by side, or the forms of a word."""
    for leaf in node.children if isinstance(node, Or) else (node,):
        if isinstance(leaf, Phrase) and (tokens := query_tokens(leaf.text)):
            yield tokens
        elif isinstance(leaf, Word) and (word := query_word(leaf.text)):
            yield from placed(word, language)
