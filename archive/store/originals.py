"""Kept sources, as rows: one for each content, however many articles were read from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import zstandard
from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from archive.store.bulk import Lookup, chunks, upsert
from archive.store.opened import Opened
from archive.store.tables import article_originals, articles, originals

_HASH_BYTES: Final = 16
_CHECKED: Final = 20  # sources that are in memory at once: each may be 50 MB
_LOST = (
    select(article_originals.c.hash)
    .distinct()
    .outerjoin(originals, originals.c.hash == article_originals.c.hash)
    .where(originals.c.hash.is_(None))
    .order_by(article_originals.c.hash)
)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DamagedOriginal:
    """A kept source that is not what was kept.

    Attributes:
        articles: id and slug of those that were read from it.
    """

    hash: str
    articles: tuple[tuple[int, str], ...]
    reason: str


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

    def verify_originals(self) -> Iterator[DamagedOriginal]:
        """Read every kept source; yield those that are not what was kept."""
        last: str | None = ""
        while last is not None:
            with self._reading() as connection:
                damaged, last = damaged_originals(connection, after=last)
            yield from damaged
        with self._reading() as connection:
            lost = connection.execute(_LOST).scalars().all()
            missing = [_damaged(connection, hash_, "it is missing") for hash_ in lost]
        yield from missing

    def drop_damaged_originals(self) -> int:
        """Forget the sources that `verify_originals` finds, and return how many they were."""
        hashes = [found.hash for found in self.verify_originals()]
        if hashes:
            with self._writing() as connection:
                drop_originals(connection, hashes)
        return len(hashes)

    def ids_with_original(self) -> list[int]:
        """Ids of the articles whose source is kept, ascending."""
        with self._reading() as connection:
            statement = select(article_originals.c.article_id).order_by(article_originals.c.article_id)
            return list(connection.execute(statement).scalars())


def damaged_originals(connection: Connection, *, after: str) -> tuple[list[DamagedOriginal], str | None]:
    """Those of the next sources after the hash ``after`` that are not what was kept, and the last hash
    looked at (None: the end)."""
    rows = connection.execute(
        select(originals.c.hash, originals.c.size, originals.c.body)
        .where(originals.c.hash > after)
        .order_by(originals.c.hash)
        .limit(_CHECKED)
    ).all()
    reasons = {row[0]: reason for row in rows if (reason := _damage(*row))}
    damaged = [_damaged(connection, hash_, reason) for hash_, reason in reasons.items()]
    return damaged, (rows[-1][0] if rows else None)


def _damaged(connection: Connection, hash_: str, reason: str) -> DamagedOriginal:
    used = connection.execute(
        select(articles.c.id, articles.c.slug)
        .join(article_originals, article_originals.c.article_id == articles.c.id)
        .where(article_originals.c.hash == hash_)
        .order_by(articles.c.id)
    )
    return DamagedOriginal(hash=hash_, articles=tuple((row[0], row[1]) for row in used), reason=reason)


def drop_originals(connection: Connection, hashes: Sequence[str]) -> None:
    """Forget sources, so that reading them in again keeps them again."""
    for chunk in chunks(hashes):
        connection.execute(delete(article_originals).where(article_originals.c.hash.in_(chunk)))
        connection.execute(delete(originals).where(originals.c.hash.in_(chunk)))


def _damage(hash_: str, size: int, body: object) -> str:
    if not isinstance(body, bytes):
        return "it is not what was kept"
    try:
        data = zstandard.ZstdDecompressor().decompress(body)
    except (zstandard.ZstdError, MemoryError) as error:
        return f"it cannot be unpacked: {error}"
    if len(data) != size:
        return f"it has {len(data):,} bytes, and {size!r} were kept"
    return "" if source_hash(data) == hash_ else "it is not what was kept"


def source_hash(data: bytes) -> str:
    """The hash under which a source is kept: hex BLAKE2b-128."""
    return blake2b(data, digest_size=_HASH_BYTES).hexdigest()


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
