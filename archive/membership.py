"""Who is in a group of near-duplicates with whom, once it is known what each article is most like.

An article joins the group of the one that it is most like.  Groups are not joined to
each other: a chain of likenesses must not make one of what is not alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from archive.store import Store
from archive.store.groups import Member


@dataclass(frozen=True, slots=True)
class Regrouping:
    """Whose membership changes, what it becomes, and how many came into a group."""

    changed: list[int]
    members: list[Member]
    grouped: int


def regroup(
    store: Store, looked: Sequence[int], twins: Sequence[int], found: Mapping[int, tuple[int, float]]
) -> Regrouping:
    """Return the groups that follow.

    Args:
        looked: articles that are new or changed.
        twins: those of them that only repeat the text of an earlier one.
        found: article -> what it is most like, and how much.
    """
    wanted = {**{id_: (first, 1.0) for id_, first in store.text_groups(twins).items()}, **found}
    concerned = {*looked, *twins, *(other for other, _ in wanted.values())}
    before = store.members_of(concerned)
    in_groups = {member.group_id for member in before.values()}
    old = {member.article_id: member for member in store.group_members(in_groups)}
    anew = {*looked, *twins}
    members = {id_: member for id_, member in old.items() if id_ not in anew}
    present = store.text_groups(concerned).keys()
    for id_ in sorted(wanted):
        other, similarity = wanted[id_]
        if other not in members and other in present:
            members[other] = Member(article_id=other, group_id=other)
        group_id = members[other].group_id if other in members else other
        members[id_] = Member(article_id=id_, group_id=group_id, nearest_id=other, similarity=similarity)
    _drop_single(members)
    _name(members)
    changed = {id_ for id_ in old.keys() | members.keys() if old.get(id_) != members.get(id_)}
    came = sum(
        id_ in members and (id_ not in old or old[id_].group_id != members[id_].group_id) for id_ in changed
    )
    ordered = sorted(changed)
    return Regrouping(ordered, [members[id_] for id_ in ordered if id_ in members], came)


def save_groups(store: Store, regrouping: Regrouping, reached: int) -> int:
    """Write the groups; return up to where changes were looked at.

    What is written here is noted as a change too, but need not be looked at again.
    """
    if regrouping.changed:
        before, after = store.save_members(regrouping.changed, regrouping.members)
        reached = after if before == reached else reached
    single = store.single_members()
    if single:
        before, after = store.save_members(single, ())
        reached = after if before == reached else reached
    return reached


def _by_group(members: Iterable[Member]) -> dict[int, list[Member]]:
    grouped: dict[int, list[Member]] = {}
    for member in members:
        grouped.setdefault(member.group_id, []).append(member)
    return grouped


def _drop_single(members: dict[int, Member]) -> None:
    """Nobody is like an article that is alone in its group."""
    for several in _by_group(members.values()).values():
        if len(several) == 1:
            del members[several[0].article_id]


def _name(members: dict[int, Member]) -> None:
    """Name each group by its first article."""
    for group_id, several in _by_group(members.values()).items():
        first = min(member.article_id for member in several)
        if first != group_id:
            for member in several:
                members[member.article_id] = replace(member, group_id=first)
