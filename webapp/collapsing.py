"""Results with one article a group: copies fold under the one that ranks first.

A hit is shown if no other article of its group that matches stands before it.  That
depends on the search and nothing else, so the same article is shown on whatever page,
and a cursor needs to know no more than any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from index.engine import After, Engine, EngineHit, SearchRequest
from index.plan import All, NumberRange
from webapp.models import Hit, OtherCopy

if TYPE_CHECKING:
    from archive.store import Store

#: Hits looked at in one step.
_STEP: Final = 100
#: So many copies are named with a hit; all are counted.
_NAMED: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A page of a collapsed search.

    Attributes:
        hits: the first of each group, in order.
        position: how many hits of the engine stand up to the last of them.
        more: others follow.
    """

    hits: tuple[EngineHit, ...]
    position: int
    more: bool


def fold(engine: Engine, store: Store, request: SearchRequest, *, skip: int = 0) -> Folded:
    """Return ``request.limit`` hits after ``request.after``, each the first of its group.

    Args:
        skip: pass over so many of them first; costs as much as to show them.
    """
    shown: list[EngineHit] = []
    position = last = request.after.position if request.after else 0
    for hits, groups in _steps(engine, store, request):
        for hit in hits:
            position += 1
            group = groups.get(hit.id, 0)
            if group and not _is_first(engine, request, hit, group):
                continue
            if skip:
                skip -= 1
            elif len(shown) == request.limit:
                return Folded(hits=tuple(shown), position=last, more=True)
            else:
                shown.append(hit)
                last = position
    return Folded(hits=tuple(shown), position=last, more=False)


def with_copies(store: Store, hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Return ``hits`` with the other articles of their groups."""
    members = store.members_of([hit.id for hit in hits])
    by_group: dict[int, list[int]] = {}
    for each in store.group_members({member.group_id for member in members.values()}):
        by_group.setdefault(each.group_id, []).append(each.article_id)
    others = {
        id_: [other for other in by_group[member.group_id] if other != id_] for id_, member in members.items()
    }
    named = sorted({other for ids in others.values() for other in ids[:_NAMED]})
    copies = {
        each.id: OtherCopy(slug=each.slug, source=each.source, title=each.title)
        for each in store.get_many(named, with_text=False, damaged=[])
    }
    return tuple(
        replace(
            hit,
            also=tuple(copies[other] for other in others[hit.id][:_NAMED] if other in copies),
            also_total=len(others[hit.id]),
        )
        if hit.id in others
        else hit
        for hit in hits
    )


def _steps(
    engine: Engine, store: Store, request: SearchRequest
) -> Iterator[tuple[Sequence[EngineHit], dict[int, int]]]:
    """Yield the hits some at a time, with the groups that some of them are in."""
    wanted = replace(request, limit=_STEP, facets=(), extent="", histogram=None)
    position = request.after.position if request.after else 0
    while hits := engine.search(wanted).hits:
        members = store.members_of([hit.id for hit in hits])
        yield hits, {id_: member.group_id for id_, member in members.items()}
        if len(hits) < _STEP:
            return
        position += len(hits)
        wanted = replace(wanted, offset=0, after=After(key=hits[-1].key, id=hits[-1].id, position=position))


def _is_first(engine: Engine, request: SearchRequest, hit: EngineHit, group: int) -> bool:
    """Tell whether no other article of the group stands before ``hit``."""
    of_group = All((request.plan, NumberRange("group", group, group + 1)))
    first = engine.search(SearchRequest(plan=of_group, sort=request.sort, limit=1)).hits
    return not first or first[0].id == hit.id
