"""Which texts are near-duplicates: candidates from signatures, and the rule that decides.

Candidates come by banding (Leskovec, Rajaraman and Ullman, *Mining of Massive
Datasets*, 3.4): `BANDS` pairs of places of the signature, any of which must be equal.
Two texts that share half of their shingles meet with probability .9999, a third .97,
a fiftieth .01.  A pair that met is compared shingle by shingle before it counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from archive.characters import fold_key
from archive.document import Document
from archive.shingles import PLACES, Hashes, Signatures, overlap

BANDS: Final = PLACES // 2
#: Days between two publication dates up to which an article may be the other's copy.
WINDOW_DAYS: Final = 30
#: After so many days one source that says nearly the same under the same title filled in a form.
REPEAT_DAYS: Final = 3
#: Of a thousand texts from one template each is compared with its neighbours only.
_NEIGHBOURS: Final = 6
_MOST_PER_ARTICLE: Final = 6
_MIN_ESTIMATE: Final = 0.18
_UNDATED: Final = np.iinfo(np.int32).min


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When two texts are near-duplicates.

    Attributes:
        resemblance: shared shingles of all that the two have, at least.
        containment: or shared shingles of the shorter one's: it is cut, or the other extended;
        size: then the shorter must have at least this part of the longer one's shingles:
            a digest holds its articles and is no copy of them.
    """

    resemblance: float
    containment: float
    size: float

    def holds(self, likeness: Likeness) -> bool:
        """Whether two texts so alike are near-duplicates."""
        if likeness.resemblance >= self.resemblance:
            return True
        return likeness.containment >= self.containment and likeness.size >= self.size


LOOSE: Final = Rule(resemblance=0.5, containment=0.8, size=0.4)
#: Where nothing but the text speaks for it.
STRICT: Final = Rule(resemblance=0.8, containment=0.95, size=0.5)
#: Where a form that was filled in again is likelier than a copy: the same text with small corrections.
STRICTEST: Final = Rule(resemblance=0.97, containment=1.1, size=1.1)


def rule_for(one: Document, other: Document) -> Rule:
    """Return what two articles must fulfil.

    One source that says nearly the same on another day under another title mostly
    filled in a form again: a monthly call, a weather report, the next part of a course.
    An undated article has only its text.
    """
    if one.published is None or other.published is None:
        return STRICT
    apart = one.published.start >= other.published.end or other.published.start >= one.published.end
    if not apart or fold_key(one.source) != fold_key(other.source):
        return LOOSE
    gap = max(one.published.start, other.published.start) - min(one.published.end, other.published.end)
    is_soon = gap < REPEAT_DAYS
    return STRICT if is_soon and fold_key(one.title) == fold_key(other.title) else STRICTEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike two texts are: all three from 0 to 1."""

    resemblance: float
    containment: float
    size: float


def likeness(one: Hashes, other: Hashes) -> Likeness:
    """Compare two sets of shingles, neither empty."""
    shared = overlap(one, other)
    small, large = sorted((len(one), len(other)))
    return Likeness(
        resemblance=shared / (small + large - shared), containment=shared / small, size=small / large
    )


@dataclass(frozen=True, slots=True)
class Sketches:
    """Signatures of many articles, by ascending id.

    Attributes:
        first, last: days that the publication date can mean, as ordinals; see `day_array`.
    """

    ids: NDArray[np.int64]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    signatures: Signatures

    def is_near_in_time(self, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether dates lie within the window, or one of them is not known, for pairs of rows."""
        dated = (self.first[one] != _UNDATED) & (self.first[other] != _UNDATED)
        gap = np.maximum(self.first[one], self.first[other]).astype(np.int64)
        gap -= np.minimum(self.last[one], self.last[other])
        near: NDArray[np.bool_] = ~dated | (gap <= WINDOW_DAYS)
        return near


def day_array(days: list[int | None]) -> NDArray[np.int32]:
    """Ordinals as an array; None becomes a day that no date is."""
    return np.array([_UNDATED if day is None else day for day in days], np.int32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An article that is looked at, and one that it may be like."""

    id: int
    other: int


def candidates(sketches: Sketches, fresh: NDArray[np.bool_]) -> list[Pair]:
    """Return the pairs worth comparing for the ``fresh`` rows, by id, the likeliest first.

    Of two fresh articles the later is paired with the earlier.
    """
    count = len(sketches.ids)
    if count < 2 or not fresh.any():
        return []
    bands = np.ascontiguousarray(sketches.signatures).view(np.uint32)
    # Filtered band by band: of a million articles tens of millions of pairs meet, by chance nearly all.
    met = [_likely(sketches, _meetings(bands[:, band], fresh))[0] for band in range(BANDS)]
    pairs_met, estimate = _likely(sketches, np.unique(np.concatenate(met)))
    low, high = pairs_met // count, pairs_met % count
    # The later one is looked at if it is fresh; else the earlier one has changed.
    looked, other = np.where(fresh[high], high, low), np.where(fresh[high], low, high)
    order = np.lexsort((other, -estimate, looked))
    pairs: list[Pair] = []
    last, taken = -1, 0
    for at in order.tolist():
        row = int(looked[at])
        taken = taken + 1 if row == last else 1
        last = row
        if taken <= _MOST_PER_ARTICLE:
            pairs.append(Pair(id=int(sketches.ids[row]), other=int(sketches.ids[other[at]])))
    return pairs


def _likely(sketches: Sketches, met: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Of pairs as `_meetings` gives them those near in time and likely enough, and how likely."""
    low, high = met // len(sketches.ids), met % len(sketches.ids)
    met = met[sketches.is_near_in_time(low, high)]
    estimate = _estimates(sketches.signatures, met // len(sketches.ids), met % len(sketches.ids))
    likely = estimate >= _MIN_ESTIMATE
    return met[likely], estimate[likely]


def _meetings(keys: NDArray[np.uint32], fresh: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Pairs of rows with the same key, one of them fresh, as low * rows + high."""
    count = len(keys)
    rows = np.arange(count) if fresh.all() else np.flatnonzero(np.isin(keys, keys[fresh]))
    rows = rows[np.argsort(keys[rows], kind="stable")]
    found = [np.zeros(0, np.int64)]
    for lag in range(1, _NEIGHBOURS + 1):
        low, high = rows[:-lag], rows[lag:]
        same = (keys[low] == keys[high]) & (fresh[low] | fresh[high])
        if not same.any():
            break
        found.append(low[same].astype(np.int64) * count + high[same])
    return np.concatenate(found)


def _estimates(
    signatures: Signatures, low: NDArray[np.int64], high: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Estimated resemblance of pairs, some at a time: a pair needs 256 bytes for it."""
    parts = [
        (signatures[low[at : at + 100_000]] == signatures[high[at : at + 100_000]]).mean(axis=1)
        for at in range(0, len(low), 100_000)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)
