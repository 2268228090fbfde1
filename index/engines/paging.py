"""Where in an order a page begins: for engines that rank every match here."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from index.engine import After, EngineHit, Key, SearchRequest, SearchResponse, Sort

#: Compares two hits of one order; the values of one order are of one type.
Place: TypeAlias = tuple[Any, ...]

#: Hits asked for at a time by `in_windows`.
WINDOW = 10_000


@dataclass(frozen=True, slots=True)
class Ranked:
    """Every match in order, and what the order goes by; not all have it."""

    ids: Sequence[int]
    keys: Mapping[int, Key]


def place(sort: Sort, key: Key, id_: int) -> Place:
    """Return what compares hits as ``sort`` orders them."""
    if sort is Sort.ADDED:
        return (-id_,)
    if key is None:
        return (1, 0, id_)
    if sort in (Sort.RELEVANCE, Sort.NEWEST, Sort.LONGEST) and not isinstance(key, str):
        return (0, -key, id_)
    return (0, key, id_)


def page(ranked: Ranked, request: SearchRequest) -> tuple[int, ...]:
    """Return the ids of the page that ``request`` asks for."""
    start = request.offset
    if request.after is not None:
        start = _start(ranked, request.sort, request.after)
    return tuple(ranked.ids[start : start + request.limit])


def _start(ranked: Ranked, sort: Sort, after: After) -> int:
    key = after.key
    if sort is Sort.RELEVANCE:  # every commit changes scores a little: go by the one of now
        key = ranked.keys.get(after.id, key)
    return bisect_right(
        ranked.ids,
        place(sort, key, after.id),
        key=lambda id_: place(sort, ranked.keys.get(id_), id_),
    )


def in_windows(
    search: Callable[[SearchRequest], SearchResponse], request: SearchRequest
) -> Iterator[EngineHit]:
    """Yield every hit of ``request``, `WINDOW` at a time, each after the one before.

    ``search`` must answer from one commit all the while.
    """
    request = replace(request, offset=0, limit=WINDOW, facets=(), histogram=None, extent="")
    position = request.after.position if request.after else 0
    while True:
        hits = search(request).hits
        yield from hits
        if len(hits) < WINDOW:
            return
        position += WINDOW
        request = replace(request, after=After(key=hits[-1].key, id=hits[-1].id, position=position))
