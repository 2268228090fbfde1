"""What is known of pages that were fetched and of feeds that are followed, as rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection

from archive.errors import FeedNotFoundError, StoreError
from archive.store.bulk import chunks
from archive.store.opened import Opened
from archive.store.slugs import first_free, slug_base
from archive.store.tables import articles, feed_entries, feeds, fetches

MAX_FEEDS = 10_000
MAX_NAME_CHARS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave to ask later whether a page has changed; both may be empty."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed that is followed.

    Attributes:
        name: short, unique, lower-case ASCII.
        polled: when it was last asked for, if ever.
        status: what came of that, in words; empty before the first poll.
        failures: polls in a row that failed.
        next_poll: when it is due; None when it is gone for good.
        is_whole: whether the last poll also fetched the pages of entries that are summaries.
    """

    name: str
    url: str
    added: dt.datetime
    validators: Validators
    polled: dt.datetime | None
    status: str
    failures: int
    next_poll: dt.datetime | None
    is_whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntry:
    """An entry that a feed had before.

    Attributes:
        digest: of what the entry said.
        is_own: whether the archive's article came from this entry.
    """

    digest: str
    is_own: bool


def validators(connection: Connection, url: str) -> Validators | None:
    """Validators of a page whose article is in the store; None if there are none."""
    row = connection.execute(
        select(fetches.c.etag, fetches.c.last_modified).where(fetches.c.url == url)
    ).first()
    return None if row is None else Validators(etag=row.etag, last_modified=row.last_modified)


def note_fetch(
    connection: Connection, url: str, article_id: int, found: Validators, now: dt.datetime
) -> None:
    """Note that the page at ``url`` is stored as an article, and how to ask for it again."""
    connection.execute(delete(fetches).where(fetches.c.url == url))
    if found.etag or found.last_modified:
        connection.execute(
            insert(fetches).values(
                url=url,
                article_id=article_id,
                etag=found.etag,
                last_modified=found.last_modified,
                fetched=now.isoformat(),
            )
        )


def ids_by_identity(connection: Connection, identities: Sequence[str]) -> dict[str, int]:
    """Ids of the articles with these identities."""
    found: dict[str, int] = {}
    for chunk in chunks(identities):
        rows = connection.execute(
            select(articles.c.identity, articles.c.id).where(articles.c.identity.in_(chunk))
        )
        found.update((row.identity, row.id) for row in rows)
    return found


def add_feed(connection: Connection, url: str, name: str, now: dt.datetime) -> Feed:
    """Follow ``url`` under ``name``, made fit for a name and unique."""
    known = connection.execute(select(feeds.c.name).where(feeds.c.url == url)).scalar()
    if known is not None:
        raise StoreError(f"this feed is followed already, as {known}")
    if (connection.execute(select(func.count()).select_from(feeds)).scalar() or 0) >= MAX_FEEDS:
        raise StoreError(f"there are {MAX_FEEDS:,} feeds already: remove some first")
    base = slug_base(name, "feed")[:MAX_NAME_CHARS].rstrip("-")
    taken = set(connection.execute(select(feeds.c.name)).scalars())
    free = first_free(base, taken)
    values = {"name": free, "url": url, "added": now.isoformat(), "next_poll": now.isoformat()}
    empty = {"etag": "", "last_modified": "", "status": "", "failures": 0, "is_whole": 0}
    connection.execute(insert(feeds).values(**values, **empty))
    return feed_by_name(connection, free)


def all_feeds(connection: Connection) -> list[Feed]:
    """Every feed, by name."""
    return [_feed(row) for row in connection.execute(select(feeds).order_by(feeds.c.name))]


def feed_by_name(connection: Connection, name: str) -> Feed:
    """The feed with this name."""
    row = connection.execute(select(feeds).where(feeds.c.name == name)).first()
    if row is None:
        raise FeedNotFoundError(f"no feed is followed as {name!r}: see `archive feeds list`")
    return _feed(row)


def remove_feed(connection: Connection, name: str) -> None:
    """Follow a feed no more; its articles stay."""
    feed_by_name(connection, name)
    connection.execute(delete(feed_entries).where(feed_entries.c.feed == name))
    connection.execute(delete(feeds).where(feeds.c.name == name))


def save_poll(connection: Connection, feed: Feed) -> None:
    """Store what a poll found out about a feed, unless it was removed meanwhile."""
    taken = connection.execute(
        select(feeds.c.name).where(feeds.c.url == feed.url, feeds.c.name != feed.name)
    ).first()
    values: dict[str, Any] = {} if taken else {"url": feed.url}
    connection.execute(
        update(feeds)
        .where(feeds.c.name == feed.name)
        .values(
            etag=feed.validators.etag,
            last_modified=feed.validators.last_modified,
            polled=feed.polled.isoformat() if feed.polled else None,
            status=feed.status,
            failures=feed.failures,
            is_whole=int(feed.is_whole),
            next_poll=feed.next_poll.isoformat() if feed.next_poll else None,
            **values,
        )
    )


def known_entries(connection: Connection, feed: str) -> dict[str, KnownEntry]:
    """What this feed had before, by the entry's key."""
    rows = connection.execute(select(feed_entries).where(feed_entries.c.feed == feed))
    return {row.entry: KnownEntry(digest=row.digest, is_own=bool(row.is_own)) for row in rows}


def save_entries(connection: Connection, feed: str, entries: Mapping[str, KnownEntry]) -> None:
    """Remember entries of a feed."""
    if connection.execute(select(feeds.c.name).where(feeds.c.name == feed)).first() is None:
        return
    for chunk in chunks(list(entries)):
        connection.execute(
            delete(feed_entries).where(feed_entries.c.feed == feed, feed_entries.c.entry.in_(chunk))
        )
    rows = [
        {"feed": feed, "entry": key, "digest": each.digest, "is_own": int(each.is_own)}
        for key, each in entries.items()
    ]
    if rows:
        connection.execute(insert(feed_entries), rows)


def _feed(row: Any) -> Feed:
    return Feed(
        name=row.name,
        url=row.url,
        added=dt.datetime.fromisoformat(row.added),
        validators=Validators(etag=row.etag, last_modified=row.last_modified),
        polled=dt.datetime.fromisoformat(row.polled) if row.polled else None,
        status=row.status,
        failures=row.failures,
        is_whole=bool(row.is_whole),
        next_poll=dt.datetime.fromisoformat(row.next_poll) if row.next_poll else None,
    )


class WebMethods(Opened):
    """The part of `archive.store.Store` that is about the web."""

    def validators(self, url: str) -> Validators | None:
        """Return how to ask whether a page has changed; None unless its article is here."""
        with self._reading() as connection:
            return validators(connection, url)

    def note_fetch(self, url: str, article_id: int, found: Validators) -> None:
        """Note that the page at ``url`` is stored; forgotten when the article is deleted."""
        with self._writing() as connection:
            note_fetch(connection, url, article_id, found, self._clock())

    def ids_by_identity(self, identities: Sequence[str]) -> dict[str, int]:
        """Return the ids of those articles that there are, by identity."""
        with self._reading() as connection:
            return ids_by_identity(connection, identities)

    def add_feed(self, url: str, name: str) -> Feed:
        """Follow the feed at ``url``, under ``name`` or one like it; it is due at once.

        Raises:
            StoreError: it is followed already, or there are too many.
        """
        with self._writing() as connection:
            return add_feed(connection, url, name, self._clock())

    def feeds(self) -> list[Feed]:
        """Return every feed that is followed, by name."""
        with self._reading() as connection:
            return all_feeds(connection)

    def feed_by_name(self, name: str) -> Feed:
        """Return a feed.

        Raises:
            FeedNotFoundError: none has this name.
        """
        with self._reading() as connection:
            return feed_by_name(connection, name)

    def remove_feed(self, name: str) -> None:
        """Follow a feed no more; its articles stay.

        Raises:
            FeedNotFoundError: none has this name.
        """
        with self._writing() as connection:
            remove_feed(connection, name)

    def save_poll(self, feed: Feed) -> None:
        """Store what a poll found out about a feed."""
        with self._writing() as connection:
            save_poll(connection, feed)

    def known_entries(self, feed: str) -> dict[str, KnownEntry]:
        """Return what a feed had before, by the entry's key."""
        with self._reading() as connection:
            return known_entries(connection, feed)

    def save_entries(self, feed: str, entries: Mapping[str, KnownEntry]) -> None:
        """Remember entries of a feed."""
        with self._writing() as connection:
            save_entries(connection, feed, entries)
