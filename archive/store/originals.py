"""Kept sources, as rows: one for each content, however many articles were read from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from archive.store.bulk import Lookup, chunks, upsert
from archive.store.opened import Opened
from archive.store.tables import article_originals, originals

_KEPT = Lookup(select(article_originals.c.article_id), article_originals.c.article_id)
_HASHES = Lookup(select(article_originals.c.hash), article_originals.c.article_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """What an article was read from.

    Attributes:
        hash: hex BLAKE2b-128 of the bytes.
        size: how many there are.
        body: they as one zstd frame.
        context: what the reader was told besides, as JSON; see `archive.originals`.
    """

    hash: str
    size: int
    body: bytes
    context: str


class OriginalMethods(Opened):
    """What `archive.store.Store` can do about kept sources."""

    def keep_originals(self, found: Sequence[tuple[int, Original]]) -> None:
        """Keep the sources of articles, by id, in the place of former ones; one transaction."""
        if not found:
            return
        with self._writing() as connection:
            ids = [id_ for id_, _ in found]
            former = hashes_of(connection, ids)
            for original in {original.hash: original for _, original in found}.values():
                _add(connection, original)
            for id_, original in found:
                _keep(connection, id_, original)
            drop_unused(connection, former)

    def original_of(self, id: int) -> Original | None:
        """The source of an article; None if none was kept."""
        with self._reading() as connection:
            row = connection.execute(
                select(originals.c.hash, originals.c.size, originals.c.body, article_originals.c.context)
                .join(article_originals, article_originals.c.hash == originals.c.hash)
                .where(article_originals.c.article_id == id)
            ).first()
        return None if row is None else Original(hash=row[0], size=row[1], body=row[2], context=row[3])

    def with_original(self, ids: Iterable[int]) -> set[int]:
        """Those of ``ids`` whose source is kept."""
        with self._reading() as connection:
            return {row[0] for row in _KEPT.rows(connection, ids)}

    def ids_with_original(self) -> list[int]:
        """Ids of the articles whose source is kept, ascending."""
        with self._reading() as connection:
            statement = select(article_originals.c.article_id).order_by(article_originals.c.article_id)
            return list(connection.execute(statement).scalars())


def hashes_of(connection: Connection, ids: Iterable[int]) -> set[str]:
    """Hashes of the sources of articles."""
    return {row[0] for row in _HASHES.rows(connection, ids)}


def drop_unused(connection: Connection, hashes: set[str]) -> None:
    """Delete those sources of ``hashes`` that no article was read from any more."""
    used = select(article_originals.c.hash).where(article_originals.c.hash == originals.c.hash).exists()
    for chunk in chunks(sorted(hashes)):
        connection.execute(delete(originals).where(originals.c.hash.in_(chunk), ~used))


def _add(connection: Connection, original: Original) -> None:
    connection.execute(
        upsert(connection.dialect, originals)
        .values(hash=original.hash, size=original.size, body=original.body)
        .on_conflict_do_nothing()
    )


def _keep(connection: Connection, id_: int, original: Original) -> None:
    connection.execute(delete(article_originals).where(article_originals.c.article_id == id_))
    connection.execute(
        insert(article_originals).values(article_id=id_, hash=original.hash, context=original.context)
    )
