"""Scores of documents and what plans do with them, for engines that compute them here.

`Scores` maps a document to its score; what is not in it does not match.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from index.engine import Bucket

#: BM25's saturation and length normalisation, the values that Tantivy has built in.
K1 = 1.2
B = 0.75
#: Decimals to which scores count as equal; sums of floats differ in the last.
DECIMALS = 4

Scores = dict[int, float]


def inverse_frequency(documents: int, having: int) -> float:
    """Return the idf of a term that ``having`` of ``documents`` hold; never negative."""
    return math.log(1 + (documents - having + 0.5) / (having + 0.5))


def saturated(times: float, length: float, average: float) -> float:
    """Return what ``times`` occurrences in a text of ``length`` count for, below K1 + 1."""
    return times * (K1 + 1) / (times + K1 * (1 - B + B * length / (average or 1.0)))


def all_of(children: Sequence[Scores], documents: Iterable[int]) -> Scores:
    """Documents in every one of ``children``, out of ``documents`` if there are none."""
    ids = set(children[0] if children else documents).intersection(*children[1:])
    return {id_: sum(child[id_] for child in children) for id_ in ids}


def any_of(children: Sequence[Scores], minimum: int, documents: Iterable[int]) -> Scores:
    """Documents in at least ``minimum`` of ``children``."""
    scores: Scores = dict.fromkeys(documents, 0.0) if minimum <= 0 else {}
    for child in children:
        for id_, score in child.items():
            scores[id_] = scores.get(id_, 0.0) + score
    if minimum <= 1:
        return scores
    found = Counter(id_ for child in children for id_ in child)
    return {id_: score for id_, score in scores.items() if found[id_] >= minimum}


def rewarded(matches: Scores, rewards: Sequence[Scores]) -> Scores:
    """``matches``, each with what the ``rewards`` that match it too add."""
    return {id_: score + sum(reward.get(id_, 0.0) for reward in rewards) for id_, score in matches.items()}


def by_relevance(scores: Scores) -> list[int]:
    """Return the documents best first, ties by id."""
    return sorted(scores, key=lambda id_: (-round(scores[id_], DECIMALS), id_))


def by_added(scores: Scores) -> list[int]:
    """Return the documents that were stored last first: ids are given in that order."""
    return sorted(scores, reverse=True)


def by_key(
    matches: Collection[int], keys: Mapping[int, str] | Mapping[int, int], *, descending: bool
) -> list[int]:
    """Return ``matches`` in the order of ``keys``, those without one last, ties by id."""
    with_key = sorted(matches & keys.keys())
    with_key.sort(key=lambda id_: keys[id_], reverse=descending)
    return [*with_key, *sorted(set(matches) - keys.keys())]


def most_frequent(counts: Mapping[str, int], limit: int) -> list[tuple[str, int]]:
    """Return at most ``limit`` values, most frequent first, ties by value."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:limit]


def buckets(counts: Mapping[str, int], limit: int) -> tuple[Bucket, ...]:
    """Return `most_frequent` as facet buckets."""
    return tuple(Bucket(value, count) for value, count in most_frequent(counts, limit))


def histogram(values: Iterable[int], bounds: Sequence[int]) -> tuple[int, ...]:
    """Return how many of ``values`` lie in each stretch between ``bounds``; see `HistogramRequest`."""
    places = Counter(bisect_right(bounds, value) for value in values)
    return tuple(places[place] for place in range(1, len(bounds)))


def extent(values: Sequence[int]) -> tuple[int, int] | None:
    """Return the least and the greatest of ``values``, None if there are none."""
    return (min(values), max(values)) if values else None
