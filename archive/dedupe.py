"""Groups of near-duplicates: the same story in several papers, cut, extended or retitled.

A pass of its own after articles were stored: to compute a signature costs about as
much as storing the article does, and to look others up within the writing
transaction would cost as much again.  The pass looks at what changed since the last
one; what it finds is a row a member, so no article is ever changed or left out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np

from archive.document import Document
from archive.membership import regroup, save_groups
from archive.nearness import WINDOW_DAYS, Pair, Sketches, candidates, day_array, likeness, rule_for
from archive.shingles import MIN_SHINGLES, PLACES, Hashes, shingles, signatures
from archive.store import Store
from archive.store.groups import LoadedSignature, Member, SignatureRow

log = logging.getLogger(__name__)

#: The mark up to which changes were looked at.
MARK: Final = "duplicates"
_BATCH: Final = 1_000
_COMPARED: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupingReport:
    """Attributes:
    looked_at: articles that were new or changed.
    compared: pairs compared shingle by shingle.
    grouped: articles that are in a group now and were not, or were in another.
    """

    looked_at: int = 0
    compared: int = 0
    grouped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Articles that are alike, by id, without their texts; the first began the group."""

    id: int
    articles: tuple[Document, ...]
    members: tuple[Member, ...]


def group_duplicates(
    store: Store, *, anew: bool = False, on_progress: Callable[[int], None] | None = None
) -> GroupingReport:
    """Look at what changed since the last time and put near-duplicates into groups.

    The caller holds the writer's lock.

    Args:
        anew: look at every article again.
        on_progress: told how many articles have been looked at.

    Raises:
        StoreError: the store cannot be written; what was found before is kept.
    """
    reached = store.last_sequence()
    looked: list[int] = []
    touched: list[int] = []
    for ids in _pending(store, anew=anew):
        fresh, twins = _sign(store, ids, anew=anew)
        looked += fresh
        touched += twins
        if on_progress is not None:
            on_progress(len(looked) + len(touched))
    nearest = _nearest(store, looked)
    compared = nearest.compared
    regrouping = regroup(store, looked, touched, nearest.found)
    store.set_mark(MARK, save_groups(store, regrouping, reached))
    log.info(
        "near-duplicates: %d looked at, %d compared, %d grouped", len(looked), compared, regrouping.grouped
    )
    return GroupingReport(looked_at=len(looked) + len(touched), compared=compared, grouped=regrouping.grouped)


def groups(store: Store) -> Iterator[Group]:
    """Yield every group of two or more articles, by its id."""
    after = 0
    while ids := store.group_ids(after=after, limit=_BATCH):
        after = ids[-1]
        for group_id, members in groupby(store.group_members(ids), key=lambda member: member.group_id):
            several = tuple(members)
            documents = store.get_many([member.article_id for member in several], with_text=False)
            yield Group(id=group_id, articles=tuple(documents), members=several)


def _pending(store: Store, *, anew: bool) -> Iterator[list[int]]:
    if anew:
        every = store.ids()
        yield from (every[at : at + _BATCH] for at in range(0, len(every), _BATCH))
        return
    sequence = store.mark(MARK) or 0
    if sequence > store.last_sequence():  # no run can have come so far: it is damaged
        sequence = 0
    while changes := store.changes_since(sequence, limit=_BATCH):
        sequence = changes[-1].sequence
        yield [change.id for change in changes]


def _sign(store: Store, ids: Sequence[int], *, anew: bool) -> tuple[list[int], list[int]]:
    """Write signatures of what is new or changed; return those articles, and those that
    only repeat the text of an earlier one and need none."""
    text_groups = store.text_groups(ids)
    twins = [id_ for id_, first in text_groups.items() if first != id_]
    known = {} if anew else store.known_signatures(ids)
    firsts = [id_ for id_, first in text_groups.items() if first == id_]
    documents = [
        document
        for document in store.get_many(firsts, damaged=[])
        if known.get(document.id) != (document.content_hash, *_days(document))
    ]
    sets = shingles([document.text for document in documents])
    signed = [(document, each) for document, each in zip(documents, sets, strict=True) if _is_long(each)]
    made = signatures([each for _, each in signed])
    rows = []
    for (document, _), signature in zip(signed, made, strict=True):
        first, last = _days(document)
        rows.append(
            SignatureRow(
                article_id=document.id,
                content_hash=document.content_hash,
                first_day=first,
                last_day=last,
                signature=signature.astype("<u2").tobytes(),
            )
        )
    fresh = [document.id for document in documents]
    if fresh or twins:
        store.save_signatures([*fresh, *twins], rows)
    return fresh, twins


def _is_long(hashes: Hashes) -> bool:
    return len(hashes) >= MIN_SHINGLES


def _days(document: Document) -> tuple[int | None, int | None]:
    if document.published is None:
        return None, None
    return document.published.start, document.published.end - 1


@dataclass(slots=True)
class _Nearest:
    """What each article is most like, and how much; articles that are like none are left out."""

    found: dict[int, tuple[int, float]]
    compared: int = 0


def _nearest(store: Store, looked: Sequence[int]) -> _Nearest:
    nearest = _Nearest({})
    if not looked:
        return nearest
    sketches = _sketches(store, looked)
    fresh = np.isin(sketches.ids, np.array(sorted(looked)))
    pairs = candidates(sketches, fresh)
    for at in range(0, len(pairs), _COMPARED):
        _compare(store, pairs[at : at + _COMPARED], nearest)
    return nearest


def _sketches(store: Store, looked: Sequence[int]) -> Sketches:
    """The signatures of ``looked`` and of what they can be like, 144 bytes an article."""
    parts = [_sketched(rows) for rows in store.load_signatures(_span(store, looked))]
    return Sketches(
        ids=np.concatenate([np.zeros(0, np.int64), *(part.ids for part in parts)]),
        first=np.concatenate([np.zeros(0, np.int32), *(part.first for part in parts)]),
        last=np.concatenate([np.zeros(0, np.int32), *(part.last for part in parts)]),
        signatures=np.concatenate([np.zeros((0, PLACES), np.uint16), *(part.signatures for part in parts)]),
    )


def _sketched(rows: Sequence[LoadedSignature]) -> Sketches:
    blobs = b"".join(row[3] for row in rows)
    return Sketches(
        ids=np.array([row[0] for row in rows], np.int64),
        first=day_array([row[1] for row in rows]),
        last=day_array([row[2] for row in rows]),
        signatures=np.frombuffer(blobs, "<u2").astype(np.uint16, copy=False).reshape(len(rows), PLACES),
    )


def _span(store: Store, looked: Sequence[int]) -> tuple[int, int] | None:
    """The days in which a copy of ``looked`` can lie; None for any, also where they are many."""
    if len(looked) > _BATCH:
        return None
    firsts: list[int] = []
    lasts: list[int] = []
    for _, first, last in store.known_signatures(looked).values():
        if first is None or last is None:
            return None
        firsts.append(first)
        lasts.append(last)
    return (min(firsts) - WINDOW_DAYS, max(lasts) + WINDOW_DAYS) if firsts else (0, 0)


def _compare(store: Store, pairs: Sequence[Pair], nearest: _Nearest) -> None:
    ids = sorted({id_ for pair in pairs for id_ in (pair.id, pair.other)})
    documents = {document.id: document for document in store.get_many(ids, damaged=[])}
    order = list(documents)
    sets = dict(zip(order, shingles([documents[id_].text for id_ in order]), strict=True))
    for pair in pairs:
        if pair.id not in documents or pair.other not in documents:
            continue
        nearest.compared += 1
        found = likeness(sets[pair.id], sets[pair.other])
        if not rule_for(documents[pair.id], documents[pair.other]).holds(found):
            continue
        best = nearest.found.get(pair.id)
        if best is None or (found.resemblance, -pair.other) > (best[1], -best[0]):
            nearest.found[pair.id] = (pair.other, found.resemblance)
