"""Prefixes, wildcards and fuzzy terms: automata while they are small, else the list of terms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import tantivy
from tantivy import Query

from index.engines.checks import kind_of
from index.engines.distance import fuzzy_tokens
from index.engines.patterns import literal_prefix, wildcard_matcher
from index.engines.tantivy.fields import hash_field
from index.plan import TermFuzzy, TermPrefix, TermWildcard
from index.schema import Kind


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
                return Query.regex_query(self._schema, name, _one_edit_regex(text))
            except ValueError:  # more than 1,000 states, from some 12 letters on
                pass
        return self._any_token(name, fuzzy_tokens(self._tokens(name, text[0]), text, edits))

    def _matching(self, name: str, pattern: str, regex: str) -> Query:
        """Any token that ``pattern`` matches, by automaton while that is small."""
        if kind_of(name) is Kind.KEYWORD and not pattern.strip("*"):
            return Query.const_score_query(Query.exists_query(hash_field(name)), 1.0)
        try:
            return Query.regex_query(self._schema, name, f"(?s){regex}")
        except ValueError:  # more than 1,000 states
            tokens = filter(wildcard_matcher(pattern), self._tokens(name, literal_prefix(pattern)))
            return self._any_token(name, list(tokens))

    def _tokens(self, name: str, prefix: str) -> Iterator[str]:
        return (token for token, _ in self._searcher.terms_with_prefix(name, prefix))

    def _any_token(self, name: str, tokens: Sequence[str]) -> Query:
        return Query.term_set_query(self._schema, name, tokens) if tokens else Query.empty_query()


def escaped(text: str) -> str:
    """Quote ``text`` for a regular expression, by code point: no list of specials to get wrong."""
    return "".join(char if char.isalnum() else f"\\x{{{ord(char):x}}}" for char in text)


def _one_edit_regex(text: str) -> str:
    """Return the expression for what is one edit or none from ``text``, same first character."""
    rest = text[1:]
    regex = ".?"
    for at in range(len(rest) - 1, -1, -1):
        tail = escaped(rest[at + 1 :])
        options = [escaped(rest[at]) + regex, f".?{tail}", f".{escaped(rest[at:])}"]
        if at + 1 < len(rest):
            options.append(escaped(rest[at + 1] + rest[at] + rest[at + 2 :]))
        regex = f"(?:{'|'.join(options)})"
    return f"(?s){escaped(text[0])}{regex}"
