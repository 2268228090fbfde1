"""Which tokens a prefix, wildcard or fuzzy term stands for: one definition.

It rests on the definitions that the engines expand terms by, so marks and
matches cannot disagree on what ``wom?n`` or ``ukrane~`` means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from index.engines.distance import is_fuzzy_match
from index.engines.patterns import wildcard_matcher
from index.plan import Forms, TermFuzzy, TermPrefix, TermWildcard
from index.stemming import beginning, language_of, split_mark, stem


def expands(leaf: object) -> bool:
    """Does ``leaf`` stand for several tokens?"""
    return isinstance(leaf, TermPrefix | TermWildcard | TermFuzzy)


def token_filter(leaf: object) -> Callable[[str], bool]:
    """Return a test for the tokens that ``leaf`` stands for.

    Raises:
        TypeError: ``leaf`` is not a `TermPrefix`, `TermWildcard` or `TermFuzzy`.
    """
    if isinstance(leaf, TermPrefix):
        prefix = leaf.text
        return lambda token: token.startswith(prefix)
    if isinstance(leaf, TermWildcard):
        return wildcard_matcher(leaf.pattern)
    if isinstance(leaf, TermFuzzy):
        text, edits = leaf.text, leaf.edits
        return lambda token: is_fuzzy_match(token, text, edits)
    raise TypeError(f"not a leaf that stands for several tokens: {leaf!r}")


def form_filter(forms: Forms) -> Callable[[str], bool]:
    """Return a test for the tokens that ``forms`` stands for."""
    wanted, language = forms.stem, language_of(split_mark(forms.stem)[1])
    return lambda token: stem(token, language) == wanted


def forms_among(forms: Forms, tokens: Callable[[str], Iterable[str]]) -> list[str]:
    """Return the tokens that ``forms`` stands for, of those there are.

    Args:
        tokens: gives the distinct ones that begin with some text.
    """
    return list(filter(form_filter(forms), tokens(beginning(forms.stem))))
