"""Free text to plans that rank: what must match, and what is rewarded besides.

The base is BM25 over the combined stem field, in which the title stands several
times (BM25F; `index.schema`).  What is added to it, and what each part pays, is
measured by ``benchmarks/ranking.py`` and told in ``docs/ranking.md``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.analysis import tokens
from index.plan import All, Any, Boost, Constant, Except, Plan, Reward, Term, TermNear, TermPhrase
from index.query.words import Languages, QueryWord, anywhere, every


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What each part of the ranking counts; `DEFAULT` for every collection.

    Attributes:
        must_match: up to so many content words must all match.
        phrase: the words of a short query just as they were typed, times BM25.
        whole: each word of a short query close to the next, all of them, times
            BM25.  Pairs, because every engine finds a pair exactly and fast.
        whole_span: so many words wide each pair at most.
        pair: two neighbouring words of a long query close together.
        pair_slop: other words between them at most.
        pair_gap: so far apart they may stand in the query.
        pairs: at most so many pairs are looked at.
        joined: the compound of a hyphenated word beside its parts (long queries).
        title: score for the exact title; puts it first.
    """

    must_match: int = 4
    phrase: float = 0.7
    whole: float = 0.15
    whole_span: int = 15
    pair: float = 0.07
    pair_slop: int = 1
    pair_gap: int = 2
    joined: float = 0.25
    pairs: int = 16
    title: float = 100.0


DEFAULT = Weights()

#: Fields of exact tokens in which closeness is looked for.
_EXACT = ("title", "body")

#: More words than this are not looked for as a whole.
_MOST_CLOSE = 6


class FreeText:
    """Bare words, and how to rank by them.

    Attributes:
        words: as typed, in order, stop words too.
        content: the distinct ones without stop words; with them if there are
            no others.
    """

    def __init__(
        self, words: tuple[QueryWord, ...], languages: Languages, weights: Weights = DEFAULT
    ) -> None:
        self.words = words
        self.languages = languages
        self.weights = weights
        self._ranking = tuple(word for word in words if not word.is_stop_word) or words
        self.content = tuple({word.tokens: word for word in self._ranking}.values())

    @property
    def is_short(self) -> bool:
        return len(self.content) <= self.weights.must_match

    def all_words(self, words: Sequence[QueryWord] | None = None) -> Plan:
        """Return the plan for articles with every one of ``words`` (the content words)."""
        clauses = self._clauses(self.content if words is None else words)
        return self._rewarded(every(*clauses), self._closeness())

    def any_word(self) -> Plan:
        """Return the plan for articles with at least one word, best matches first."""
        if self.is_short:
            return self._rewarded(Any(tuple(self._clauses(self.content))), self._closeness())
        return self._rewarded(Any(tuple(self._spread())), self._pairs())

    def most_words(self) -> Plan | None:
        """Return the plan for articles with some words but not all; None for one word.

        They are ranked as for a long query: there, too, not all words match.
        """
        clauses = tuple(dict.fromkeys(self._clauses(self.content)))
        if len(clauses) < 2:
            return None
        parts: list[Plan] = [Any(tuple(self._spread())), Except(every(*clauses))]
        if any(len(word.tokens) > 1 for word in self.content):
            parts.append(Constant(Any(clauses), 0.0))  # part of a word is not one of the words
        return Reward(All(tuple(parts)), self._pairs())

    def rewards(self) -> tuple[Plan, ...]:
        """Return what to reward where other clauses say what must match."""
        return self._closeness() if self.is_short else self._pairs()

    def _clauses(self, words: Sequence[QueryWord]) -> list[Plan]:
        return [anywhere(word, self.languages) for word in words]

    def _spread(self) -> list[Plan]:
        """Every token by itself, counting as often as it was typed."""
        counts: Counter[Plan] = Counter()
        joined: dict[Plan, None] = {}
        for word in self._ranking:
            if word.is_prefix:
                counts[anywhere(word, self.languages)] += 1
            else:
                counts.update(self.languages.term("stem", token) for token in word.tokens)
            if word.joined:
                joined[self.languages.term("stem", word.joined)] = None
        clauses = [clause if count == 1 else Boost(clause, float(count)) for clause, count in counts.items()]
        return clauses + [Boost(clause, self.weights.joined) for clause in joined if clause not in counts]

    def _closeness(self) -> tuple[Plan, ...]:
        typed = tuple(token for word in self.words for token in word.tokens)
        distinct = tuple(dict.fromkeys(token for word in self.content for token in word.tokens))
        if not 2 <= len(distinct) <= _MOST_CLOSE:
            return ()
        slop = self.weights.whole_span - 2
        near = {
            field: every(*(TermNear(field, pair, slop) for pair in pairwise(distinct))) for field in _EXACT
        }
        return (
            *(Boost(TermPhrase(field, typed), self.weights.phrase) for field in _EXACT),
            *(Boost(near[field], self.weights.whole) for field in _EXACT),
        )

    def _pairs(self) -> tuple[Plan, ...]:
        typed = [(token, word.is_stop_word) for word in self.words for token in word.tokens]
        placed = [(place, token) for place, (token, is_stop_word) in enumerate(typed) if not is_stop_word]
        pairs = dict.fromkeys(
            (left, right)
            for (before, left), (after, right) in pairwise(placed)
            if left != right and after - before <= self.weights.pair_gap
        )
        return tuple(
            Boost(TermNear(field, pair, self.weights.pair_slop), self.weights.pair)
            for pair in list(pairs)[: self.weights.pairs]
            for field in _EXACT
        )

    def _rewarded(self, match: Plan, rewards: tuple[Plan, ...]) -> Plan:
        key = " ".join(token for word in self.words for token in tokens(word.text))
        title = Constant(Term("title_key", key), self.weights.title)
        return Reward(match, (*(reward for reward in rewards if _weight(reward) > 0), title))


def _weight(reward: Plan) -> float:
    return reward.weight if isinstance(reward, Boost) else 1.0
