"""Words of a query, analysed: what each asks of the index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.analysis import STOP_WORDS, Token, compounds, stem, tokenize
from index.folding import fold, shape
from index.plan import (
    All,
    Any,
    Boost,
    Constant,
    Except,
    Forms,
    Plan,
    Slot,
    Term,
    TermNear,
    TermPhrase,
    TermPrefix,
)
from index.stemming import DEFAULT_LANGUAGE

#: What the stem of a language other than the archive's main one counts.  Such
#: stems are rare, and rarity would put a stray article in front.
OTHER_LANGUAGE = 0.5

#: Words and clauses remembered: people ask the same ones again.
_CACHED = 10_000

#: Score of a match that has no statistics behind it, where one is wanted.
PLAIN_SCORE = 1.0


@dataclass(frozen=True, slots=True)
class QueryWord:
    """One word as typed, analysed.

    Attributes:
        text: as typed.
        tokens: one, or several that stand side by side (``long-range``, a run
            of bigrams).
        joined: the compound that a hyphenated word makes, or empty.
        is_prefix: it is one character of an unspaced script, with which a
            bigram begins.
    """

    text: str
    tokens: tuple[str, ...]
    joined: str = ""
    is_prefix: bool = False

    @property
    def is_stop_word(self) -> bool:
        return all(token in STOP_WORDS for token in self.tokens)


@lru_cache(maxsize=_CACHED)
def query_word(text: str) -> QueryWord | None:
    """Analyse one word of a query; None if it has no letter or digit."""
    found = tokenize(text)
    if not found:
        return None
    is_prefix = len(found) == 1 and shape(found[0].text) == "c"
    found = _without_run_end(found)
    texts = tuple(token.text for token in found)
    joined = compounds(text)
    whole = "".join(texts)
    return QueryWord(text, texts, whole if len(texts) > 1 and joined == [whole] else "", is_prefix)


def query_tokens(text: str) -> tuple[str, ...]:
    """Return the tokens by which a phrase is looked for."""
    return tuple(token.text for token in _without_run_end(tokenize(text)))


def _without_run_end(found: list[Token]) -> list[Token]:
    """Leave out the last character of a run of bigrams: in a longer run of an
    article another bigram stands there."""
    if len(found) > 1 and found[-1].start >= found[-2].start and found[-1].end <= found[-2].end:
        return found[:-1]
    return found


def folded_pattern(pattern: str) -> list[str]:
    """Fold a wildcard pattern; several patterns if it holds separators."""
    folded = "".join(char if char in "*?" else fold(char) for char in pattern)
    plain = folded.replace("'", "").replace(".", "")
    return "".join(char if char in "*?" or shape(char) in "adc" else " " for char in plain).split()


@dataclass(frozen=True, slots=True)
class Languages:
    """The archive's languages, most frequent first: what to stem a word to."""

    codes: tuple[str, ...]

    @classmethod
    def of(cls, codes: Sequence[str]) -> Languages:
        """Return the distinct languages of ``codes``; the default one if there are none."""
        return cls(tuple(dict.fromkeys(code or DEFAULT_LANGUAGE for code in codes)) or (DEFAULT_LANGUAGE,))

    def stems(self, token: str) -> tuple[str, ...]:
        """Return the distinct stems of ``token``, the main language's first."""
        return tuple(dict.fromkeys(stem(token, code) for code in self.codes))

    def term(self, field: str, token: str) -> Plan:
        """Return the clause for ``token`` in a field of stems."""
        return _stem_clause(self, field, token)


@lru_cache(maxsize=_CACHED)
def _stem_clause(languages: Languages, field: str, token: str) -> Plan:
    main, *others = (Term(field, found) for found in languages.stems(token))
    return either(main, *(Boost(other, OTHER_LANGUAGE) for other in others))


def either(*children: Plan) -> Plan:
    """Return `Any` of the distinct ``children``, or the only one."""
    distinct = tuple(dict.fromkeys(children))
    return distinct[0] if len(distinct) == 1 else Any(distinct)


def every(*children: Plan) -> Plan:
    """Return `All` of the distinct ``children``, or the only one."""
    distinct = tuple(dict.fromkeys(children))
    return distinct[0] if len(distinct) == 1 else All(distinct)


def side_by_side(field: str, tokens: tuple[str, ...]) -> Plan:
    """Return the clause for exact tokens that stand side by side."""
    return Term(field, tokens[0]) if len(tokens) == 1 else TermPhrase(field, tokens)


def near(field: str, tokens: tuple[str, ...], slop: int) -> Plan:
    """Return the clause for exact tokens close together.

    `TermNear` takes five at most.  Of more, the first five and the last five
    must each lie within the whole distance, and all must occur: every article
    that truly matches is found, and a few that only nearly do.
    """
    if len(tokens) == 1:
        return Term(field, tokens[0])
    if len(tokens) <= _MOST_NEAR:
        return TermNear(field, tokens, slop)
    wider = slop + len(tokens) - _MOST_NEAR
    ends = (tokens[:_MOST_NEAR], tokens[-_MOST_NEAR:])
    middle = (Term(field, token) for token in tokens[_MOST_NEAR:-_MOST_NEAR])
    return every(*(TermNear(field, end, wider) for end in ends), *middle)


_MOST_NEAR = 5


def placed(word: QueryWord, language: str | None) -> tuple[tuple[Slot, ...], ...]:
    """Return what stands for a word where its place counts, in one language: itself
    in any of its forms, and the compound of a hyphenated one.

    Args:
        language: None for words that have no forms, such as names.
    """
    if language is None:
        return (word.tokens, (word.joined,)) if word.joined else (word.tokens,)
    if len(word.tokens) == 1:
        return (word.tokens,) if word.is_prefix else ((Forms(stem(word.tokens[0], language)),),)
    return (word.tokens, (Forms(stem(word.joined, language)),)) if word.joined else (word.tokens,)


def anywhere(word: QueryWord, languages: Languages) -> Plan:
    """Return the clause for a word in title or text, with its variants."""
    if word.is_prefix:
        return Constant(
            Any((TermPrefix("title", word.tokens[0]), TermPrefix("body", word.tokens[0]))), PLAIN_SCORE
        )
    if len(word.tokens) == 1:
        return languages.term("stem", word.tokens[0])
    phrases = (TermPhrase("title", word.tokens), TermPhrase("body", word.tokens))
    return either(*phrases, *_joined("stem", word, languages))


def in_title(word: QueryWord, languages: Languages) -> Plan:
    """Return the clause for a word of the title, with its variants."""
    return _in_stemmed("title", word, languages)


def in_lead(word: QueryWord, languages: Languages) -> Plan:
    """Return the clause for a word of the first paragraph, with its variants."""
    return _in_stemmed("lead", word, languages)


def in_body(word: QueryWord, languages: Languages) -> Plan:
    """Return the clause for a word of the text, with its variants.

    The stems of title and text share a field, so this is: there, and not in
    the title alone.
    """
    if word.is_prefix:
        return Constant(TermPrefix("body", word.tokens[0]), PLAIN_SCORE)
    if len(word.tokens) == 1:
        return either(*(_only_in_body(found) for found in languages.stems(word.tokens[0])))
    joined = (_only_in_body(found) for found in languages.stems(word.joined)) if word.joined else ()
    return either(TermPhrase("body", word.tokens), *joined)


def _only_in_body(found: str) -> Plan:
    return All((Term("stem", found), Except(Term("title_only", found))))


def _in_stemmed(field: str, word: QueryWord, languages: Languages) -> Plan:
    if word.is_prefix:
        return Constant(TermPrefix(field, word.tokens[0]), PLAIN_SCORE)
    if len(word.tokens) == 1:
        return languages.term(f"{field}_stem", word.tokens[0])
    return either(TermPhrase(field, word.tokens), *_joined(f"{field}_stem", word, languages))


def _joined(field: str, word: QueryWord, languages: Languages) -> Sequence[Plan]:
    return (languages.term(field, word.joined),) if word.joined else ()
