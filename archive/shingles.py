"""Shingles of texts and their signatures, for finding texts that are nearly the same.

A text is the set of its shingles: runs of `SHINGLE_WORDS` words, without regard to
case and punctuation.  How alike two texts are is how much of these sets they share
(Broder, "On the resemblance and containment of documents", 1997).  A signature is a
sample of the set that can be compared instead: one-permutation min-hashing (Li, Owen
and Zhang, NIPS 2012) whose empty places are filled from others (Shrivastava, "Optimal
densification", ICML 2017), 16 bits of each minimum (Li and König, WWW 2010).

Everything is computed for many texts at once: as loops over words it would take ten
times as long as storing them does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Hashes: TypeAlias = NDArray[np.uint64]
Signatures: TypeAlias = NDArray[np.uint16]

SHINGLE_WORDS: Final = 4
PLACES: Final = 64
#: Shorter texts share phrases by chance: they have no signature.
MIN_SHINGLES: Final = 24
#: What follows is not looked at: books would cost as much as a thousand articles.
MAX_CHARS: Final = 200_000

_QUOTED_LINE: Final = re.compile(r"^[ \t]*[>|].*$", re.MULTILINE)
_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
_BATCH_CHARS: Final = 100_000  # so that the columns stay in the processor's cache
_LETTER, _WORD = 1, 2  # 0 separates; _WORD is a letter that is a word by itself
_EMPTY: Final = np.uint32(0xFFFFFFFF)


def shingles(texts: Sequence[str]) -> list[Hashes]:
    """Return the distinct shingles of each text as ascending hashes.

    Lines quoted as in mail (``> …``) are left out: they are somebody else's words.
    """
    found: list[Hashes] = []
    batch: list[str] = []
    size = 0
    for text in texts:
        batch.append(_own_words(text))
        size += len(batch[-1])
        if size > _BATCH_CHARS:
            found += _of_batch(batch)
            batch, size = [], 0
    return found + _of_batch(batch) if batch else found


def signatures(sets: Sequence[Hashes]) -> Signatures:
    """Return a row of `PLACES` numbers for each set; no set may be empty."""
    owner = np.repeat(np.arange(len(sets)), [len(each) for each in sets])
    hashes = np.concatenate(sets) if sets else np.zeros(0, np.uint64)
    minima = np.full((len(sets), PLACES), _EMPTY, np.uint32)
    place = (hashes >> np.uint64(58)).astype(np.int64)
    value = ((hashes >> np.uint64(24)) & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    np.minimum.at(minima.reshape(-1), owner * PLACES + place, value)
    return (_filled(minima) & np.uint32(0xFFFF)).astype(np.uint16)


def overlap(one: Hashes, other: Hashes) -> int:
    """Return how many shingles two sets share."""
    return len(np.intersect1d(one, other, assume_unique=True))


def _filled(minima: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Fill each empty place from one that is not, chosen alike for every text."""
    filled = minima.copy()
    for attempt in range(1, 1000):
        rows, places = np.nonzero(filled == _EMPTY)
        if not len(rows):
            return filled
        donors = (_mixed((places + PLACES * attempt).astype(np.uint64)) >> np.uint64(58)).astype(np.int64)
        # From the minima only, so that what a place gets does not depend on the order.
        filled[rows, places] = minima[rows, donors]
    return filled


def _own_words(text: str) -> str:
    text = text[:MAX_CHARS]
    if "\n>" in text or "\n|" in text or text.startswith((">", "|")):
        text = _QUOTED_LINE.sub("", text)
    return text.lower()


def _of_batch(texts: list[str]) -> list[Hashes]:
    """Shingles of some texts, laid out as one stretch of code points."""
    whole = "\n".join(texts) + "\n"
    points = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), np.uint32)
    starts = np.cumsum([0] + [len(text) + 1 for text in texts])
    kinds = _kinds(points)
    first, end = _words(kinds)
    text_of_word = np.searchsorted(starts, first, side="right") - 1
    words = _word_hashes(points, first, end)
    count = len(words) - SHINGLE_WORDS + 1
    if count <= 0:
        return [np.zeros(0, np.uint64) for _ in texts]
    mixed = np.zeros(count, np.uint64)
    for place in range(SHINGLE_WORDS):
        mixed = mixed * _BASE + words[place : place + count]
    inside = text_of_word[:count] == text_of_word[SHINGLE_WORDS - 1 :]
    hashes, owners = _mixed(mixed[inside]), text_of_word[:count][inside]
    edges = np.searchsorted(owners, np.arange(len(texts) + 1))
    return [_distinct(hashes[edges[at] : edges[at + 1]]) for at in range(len(texts))]


def _distinct(hashes: Hashes) -> Hashes:
    """As `numpy.unique`, whose hash table takes four times as long on so few."""
    ordered = np.sort(hashes)
    is_first: NDArray[np.bool_] = np.ones(len(ordered), np.bool_)
    is_first[1:] = ordered[1:] != ordered[:-1]
    return np.compress(is_first, ordered)


def _kinds(points: NDArray[np.uint32]) -> NDArray[np.uint8]:
    kinds: NDArray[np.uint8] = _table()[np.minimum(points, 0xFFFF)]
    return kinds


@lru_cache(maxsize=1)
def _table() -> NDArray[np.uint8]:
    """Kind of each character of the first plane; those beyond are read as ideographs."""
    table = np.fromiter((chr(point).isalnum() for point in range(0x10000)), np.uint8, 0x10000)
    for low, high in ((0x3040, 0x3100), (0x3400, 0x4DC0), (0x4E00, 0xA000), (0x0E00, 0x0F00)):
        table[low:high] *= _WORD
    table[0x300:0x370] = _LETTER  # combining marks
    table[0xFFFF] = _WORD
    return table


def _words(kinds: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Beginnings and ends of the words."""
    before = np.concatenate((np.zeros(1, np.uint8), kinds[:-1]))
    after = np.concatenate((kinds[1:], np.zeros(1, np.uint8)))
    begins = (kinds == _WORD) | ((kinds == _LETTER) & (before != _LETTER))
    ends = (kinds == _WORD) | ((kinds == _LETTER) & (after != _LETTER))
    return np.flatnonzero(begins), np.flatnonzero(ends) + 1


def _word_hashes(points: NDArray[np.uint32], first: NDArray[np.int64], end: NDArray[np.int64]) -> Hashes:
    """A polynomial of each word's letters: sums up to each place, whose differences are shifted back."""
    if not len(first):
        return np.zeros(0, np.uint64)
    powers, inverse = _powers(len(points))
    sums = np.zeros(len(points) + 1, np.uint64)
    np.cumsum(np.multiply(points, powers, dtype=np.uint64), out=sums[1:])
    return _mixed((sums[end] - sums[first]) * inverse[first] + (end - first).astype(np.uint64))


_known: list[tuple[Hashes, Hashes]] = []


def _powers(length: int) -> tuple[Hashes, Hashes]:
    """Powers of an odd base modulo 2**64, and their inverses, at least ``length`` of each."""
    if not _known or len(_known[0][0]) < length:
        size = max(length, 1 << 16)
        both = []
        for base in (int(_BASE), pow(int(_BASE), -1, 1 << 64)):
            steps = np.full(size, base, np.uint64)
            steps[0] = 1
            both.append(np.cumprod(steps))
        _known[:] = [(both[0], both[1])]
    powers, inverse = _known[0]
    return powers[:length], inverse


def _mixed(values: Hashes) -> Hashes:
    """Spread every bit over all of them (the finalizer of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
