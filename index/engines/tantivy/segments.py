"""How many documents to commit at a time, so that an index is left in few segments.

Tantivy merges by itself, and only so: eight segments of about one size become one
(its `LogMergePolicy`).  Facets of one segment are counted in half the time of those of
several, and words are looked up once, so a build commits in eights.
"""

from __future__ import annotations

#: So many segments of about one size are merged into one.
MERGED = 8

#: Documents in a segment before it is merged: of a few KB each, their postings fit the
#: memory for them, so that a thread writes one segment a commit.
MOST = 32_000

#: More documents are left in several segments: a merge maps what it reads and writes.
ONE_SEGMENT = MERGED * MOST

#: So few are searched as fast in several.
FEW = 4_000


def documents_per_commit(total: int, threads: int) -> int:
    """Return how many of ``total`` documents to add between two commits.

    Args:
        threads: that write; each makes a segment of its share.
    """
    if total <= FEW:
        return max(total, 1)
    segments = 1 if total <= ONE_SEGMENT else MERGED - 1
    while total > segments * MOST or segments < threads:
        segments *= MERGED
    return -(-total * threads // segments)
