"""Signatures and groups of near-duplicates, as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import delete, func, insert, or_, select
from sqlalchemy.engine import Connection

from archive.store.bookkeeping import counter
from archive.store.bulk import Bulk, Lookup, chunks
from archive.store.opened import Opened
from archive.store.tables import articles, group_members, signatures
from archive.store.verification import note


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureRow:
    """An article's signature; the days are ordinals, None when undated."""

    article_id: int
    content_hash: str
    first_day: int | None
    last_day: int | None
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An article in a group.

    Attributes:
        nearest_id: the article that it was found to be like; None for the one that
            began the group.
        similarity: shared shingles of all that the two have, 0 to 1.
    """

    article_id: int
    group_id: int
    nearest_id: int | None = None
    similarity: float = 1.0


#: Id, first and last day, signature.
LoadedSignature: TypeAlias = tuple[int, int | None, int | None, bytes]

#: Signatures read at a time.
_LOADED = 20_000

_SIGNATURE = ("article_id", "content_hash", "first_day", "last_day", "signature")
_MEMBER = ("article_id", "group_id", "nearest_id", "similarity")
_ADD_SIGNATURE = Bulk(insert(signatures), _SIGNATURE)
_ADD_MEMBER = Bulk(insert(group_members), _MEMBER)
_BY_ARTICLE = Lookup(select(*(group_members.c[name] for name in _MEMBER)), group_members.c.article_id)
_BY_GROUP = Lookup(select(*(group_members.c[name] for name in _MEMBER)), group_members.c.group_id)
_KNOWN = Lookup(
    select(signatures.c.article_id, signatures.c.content_hash, signatures.c.first_day, signatures.c.last_day),
    signatures.c.article_id,
)
_TEXT_GROUPS = Lookup(select(articles.c.id, articles.c.group_id), articles.c.id)


def known_signatures(
    connection: Connection, ids: Iterable[int]
) -> dict[int, tuple[str, int | None, int | None]]:
    """Content hash and days of what has a signature, by id."""
    return {row[0]: (row[1], row[2], row[3]) for row in _KNOWN.rows(connection, ids)}


def text_groups(connection: Connection, ids: Iterable[int]) -> dict[int, int]:
    """Id of the first article with the same text, by id."""
    return {row[0]: row[1] for row in _TEXT_GROUPS.rows(connection, ids)}


def save_signatures(connection: Connection, ids: Sequence[int], rows: Sequence[SignatureRow]) -> None:
    """Replace the signatures of ``ids`` by ``rows``."""
    for chunk in chunks(ids):
        connection.execute(delete(signatures).where(signatures.c.article_id.in_(chunk)))
    _ADD_SIGNATURE.run(connection, [tuple(getattr(row, name) for name in _SIGNATURE) for row in rows])


def load_signatures(connection: Connection, days: tuple[int, int] | None) -> Iterator[list[LoadedSignature]]:
    """Id, days and signature by ascending id, some at a time; of the undated and of those
    that touch ``days`` only."""
    columns = signatures.c
    statement = select(columns.article_id, columns.first_day, columns.last_day, columns.signature)
    if days is not None:
        inside = (columns.first_day <= days[1]) & (columns.last_day >= days[0])
        statement = statement.where(or_(columns.first_day.is_(None), inside))
    found = connection.execute(statement.order_by(columns.article_id))
    for rows in found.partitions(_LOADED):
        yield [(row[0], row[1], row[2], row[3]) for row in rows]


def members_of_articles(connection: Connection, ids: Iterable[int]) -> dict[int, Member]:
    """Membership by article; those in no group are left out."""
    return {row[0]: _member(row) for row in _BY_ARTICLE.rows(connection, ids)}


def members_of_groups(connection: Connection, group_ids: Iterable[int]) -> list[Member]:
    """Every member of some groups, by group and article."""
    found = [_member(row) for row in _BY_GROUP.rows(connection, group_ids)]
    return sorted(found, key=lambda member: (member.group_id, member.article_id))


def save_members(connection: Connection, gone: Iterable[int], rows: Sequence[Member]) -> None:
    """Take ``gone`` out of their groups, then enter ``rows``."""
    for chunk in chunks(gone):
        connection.execute(delete(group_members).where(group_members.c.article_id.in_(chunk)))
    _ADD_MEMBER.run(connection, [tuple(getattr(row, name) for name in _MEMBER) for row in rows])


def group_ids(connection: Connection, *, after: int, limit: int) -> list[int]:
    """Ids of groups that have two members or more, ascending."""
    rows = connection.execute(
        select(group_members.c.group_id)
        .where(group_members.c.group_id > after)
        .group_by(group_members.c.group_id)
        .having(func.count() > 1)
        .order_by(group_members.c.group_id)
        .limit(limit)
    )
    return list(rows.scalars())


def single_members(connection: Connection) -> list[int]:
    """Articles that are left alone in their group."""
    rows = connection.execute(
        select(func.min(group_members.c.article_id))
        .group_by(group_members.c.group_id)
        .having(func.count() == 1)
    )
    return list(rows.scalars())


def _member(row: Sequence[object]) -> Member:
    return Member(**dict(zip(_MEMBER, row, strict=True)))  # type: ignore[arg-type]


class GroupMethods(Opened):
    """What `archive.store.Store` can do about groups."""

    def text_groups(self, ids: Iterable[int]) -> dict[int, int]:
        """Id of the first article with the same text, by id; ids that are not there are left out."""
        with self._reading() as connection:
            return text_groups(connection, ids)

    def known_signatures(self, ids: Iterable[int]) -> dict[int, tuple[str, int | None, int | None]]:
        """Content hash and days of the articles that have a signature, by id."""
        with self._reading() as connection:
            return known_signatures(connection, ids)

    def save_signatures(self, ids: Sequence[int], rows: Sequence[SignatureRow]) -> None:
        """Replace the signatures of ``ids`` by ``rows``."""
        with self._writing() as connection:
            save_signatures(connection, ids, rows)

    def load_signatures(self, days: tuple[int, int] | None = None) -> Iterator[list[LoadedSignature]]:
        """Id, days and signature by ascending id, some at a time; of the undated and of those
        that touch ``days`` only."""
        with self._reading() as connection:
            yield from load_signatures(connection, days)

    def members_of(self, ids: Iterable[int]) -> dict[int, Member]:
        """Membership by article; articles in no group are left out."""
        with self._reading() as connection:
            return members_of_articles(connection, ids)

    def group_members(self, group_ids: Iterable[int]) -> list[Member]:
        """Every member of some groups, by group and article."""
        with self._reading() as connection:
            return members_of_groups(connection, group_ids)

    def group_ids(self, *, after: int = 0, limit: int = 1000) -> list[int]:
        """Ids of groups of two or more, ascending."""
        with self._reading() as connection:
            return group_ids(connection, after=after, limit=limit)

    def single_members(self) -> list[int]:
        """Articles that are left alone in their group, the others being deleted."""
        with self._reading() as connection:
            return single_members(connection)

    def save_members(self, ids: Sequence[int], members: Sequence[Member]) -> tuple[int, int]:
        """Take ``ids`` out of their groups and enter ``members``, which are some of them.

        The log of changes notes every one, so that indexes learn of it.

        Returns:
            The last sequence of that log before and after.
        """
        with self._writing() as connection:
            save_members(connection, ids, members)
            note(connection, list(ids))
            sequence = counter(connection, "sequence")
        return sequence - len(ids), sequence
