"""Prefixes, wildcards and fuzzy terms: automata while they are small, else the list of terms."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Sequence

import tantivy
from tantivy import Occur, Query

from index.engines.distance import fuzzy_tokens, one_edit_within
from index.engines.patterns import literal_prefix, wildcard_matcher
from index.engines.tantivy.numbering import NONE, number_column
from index.plan import TermFuzzy, TermPrefix, TermWildcard
from index.schema import FACETS

#: Of so many characters at its beginning a fuzzy word's edits are tried one by one.
_KEPT = 3

#: So many tokens are looked for one by one.
_FEW = 50

#: What most tokens are made of.
_PLAIN = string.ascii_lowercase + string.digits


class Expansion:
    """Makes queries for every token of a pattern in one state of the index."""

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher) -> None:
        self._schema = schema
        self._searcher = searcher

    def prefix(self, plan: TermPrefix) -> Query:
        if not plan.text:
            return self._matching(plan.field, "*", ".*")
        # a fuzzy query without edits: a regular expression takes 0.2 ms to make
        return Query.fuzzy_term_query(self._schema, plan.field, plan.text, distance=0, prefix=True)

    def wildcard(self, plan: TermWildcard) -> Query:
        parts = ({"?": ".", "*": ".*"}.get(char) or escaped(char) for char in plan.pattern)
        return self._matching(plan.field, plan.pattern, "".join(parts))

    def fuzzy(self, plan: TermFuzzy) -> Query:
        """Tantivy's own fuzzy query does not hold the first character, hence this."""
        name, text, edits = plan.field, plan.text, plan.edits
        if not text:
            return Query.empty_query()
        if edits == 1:
            try:
                return self._one_edit(name, text)
            except ValueError:  # more than 1,000 states
                pass
        return self._any_token(name, fuzzy_tokens(self._tokens(name, text[0]), text, edits))

    def _one_edit(self, name: str, text: str) -> Query:
        """What is one edit or none from ``text``, with its first character.

        One expression for all of it takes milliseconds to make.  So edits near
        the beginning are tried one by one with plain letters, and an expression
        takes the other characters there; after later edits a token keeps the
        beginning, which few do.
        """
        kept = min(_KEPT, len(text))
        tried = one_edit_within(text, range(1, kept), _PLAIN)
        found = {token for token in tried if self._searcher.doc_freq(name, token)}
        found.update(fuzzy_tokens(self._tokens(name, text[:kept]), text, 1))
        these = self._any_token(name, sorted(found))
        if kept == 1:
            return these
        others = Query.regex_query(self._schema, name, _other_letters(text, range(1, kept)))
        return Query.const_score_query(any_of([these, others]), 1.0)

    def _matching(self, name: str, pattern: str, regex: str) -> Query:
        """Any token that ``pattern`` matches, by automaton while that is small."""
        if name in FACETS and not pattern.strip("*"):
            unsigned = tantivy.FieldType.Unsigned
            some = Query.range_query(self._schema, number_column(name), unsigned, NONE + 1)
            return Query.const_score_query(some, 1.0)
        try:
            return Query.regex_query(self._schema, name, f"(?s){regex}")
        except ValueError:  # more than 1,000 states
            tokens = filter(wildcard_matcher(pattern), self._tokens(name, literal_prefix(pattern)))
            return self._any_token(name, list(tokens))

    def _tokens(self, name: str, prefix: str) -> Iterator[str]:
        return (token for token, _ in self._searcher.terms_with_prefix(name, prefix))

    def _any_token(self, name: str, tokens: Sequence[str]) -> Query:
        if not tokens:
            return Query.empty_query()
        if len(tokens) > _FEW:
            return Query.term_set_query(self._schema, name, tokens)
        # found a few times as fast one by one as by an automaton for all
        each = any_of(Query.term_query(self._schema, name, token) for token in tokens)
        return Query.const_score_query(each, 1.0)


def any_of(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def escaped(text: str) -> str:
    """Quote ``text`` for a regular expression, by code point: no list of specials to get wrong."""
    return "".join(char if char.isalnum() else f"\\x{{{ord(char):x}}}" for char in text)


def _other_letters(text: str, places: range) -> str:
    """Return the expression for ``text`` with a character that is not plain at one of ``places``, put in
    or in the place of what stands there."""
    ways = (
        f"{escaped(text[:place])}[^a-z0-9]{escaped(text[place])}?{escaped(text[place + 1 :])}"
        for place in places
    )
    return f"(?s){'|'.join(ways)}"
