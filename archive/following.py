"""Feeds that are followed: asked when it is time, politely, and what is new in them stored once.

An entry is dated by what the feed says and never by the day of the poll.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from archive.errors import FetchError, MalformedItemError, ReadError
from archive.feedtaking import EntryTaker
from archive.fetch.client import Client, Page
from archive.fetch.hosts import from_hosts
from archive.fetch.keeping import Keeper, KeepOptions, failure_of
from archive.outcomes import IngestReport, ItemOutcome, Tally
from archive.readers import ReadFailure
from archive.readers.sniff import Kind
from archive.reading import ReadArticle
from archive.store import Store
from archive.store.web import Feed, Validators

#: How soon a feed is asked again at the earliest, and how late at the latest.
SOONEST: Final = dt.timedelta(minutes=30)
LATEST: Final = dt.timedelta(days=1)

_FEEDS: Final = frozenset({Kind.FEED, Kind.JSON_FEED})
_GONE: Final = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOptions(KeepOptions):
    """How to poll.

    Attributes:
        full: fetch the page of an entry that is only a summary.
    """

    full: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """What a poll did: counts of articles, and the feeds as they stand now."""

    articles: IngestReport
    feeds: tuple[Feed, ...]

    @property
    def failed(self) -> tuple[Feed, ...]:
        """The feeds that could not be polled."""
        return tuple(feed for feed in self.feeds if feed.failures)


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def due_feeds(store: Store, now: dt.datetime | None = None) -> list[Feed]:
    """Return the feeds whose next poll has come."""
    now = now or _utc_now()
    return [feed for feed in store.feeds() if feed.next_poll is not None and feed.next_poll <= now]


def poll(
    store: Store,
    feeds: Sequence[Feed],
    *,
    client: Client,
    options: PollOptions | None = None,
    on_outcome: Callable[[ItemOutcome], None] | None = None,
    clock: Callable[[], dt.datetime] = _utc_now,
) -> PollReport:
    """Ask ``feeds`` for what is new and store it; one that fails is asked less often.

    Raises:
        LockHeldError: another process writes to the archive for too long.
        StoreError: the store cannot be written; what went before is kept.
    """
    options = options or PollOptions()
    tally = Tally(on_outcome)
    polled: list[Feed] = []
    with Keeper(store, options) as keeper:
        run = _Poll(store, client, keeper, options, tally)
        by_url: dict[str, Feed] = {}
        tasks = []
        for feed in feeds:
            try:
                destination = client.destination(feed.url)
            except FetchError as error:
                polled.append(run.failed(feed, error, clock()))
                continue
            by_url[destination.url] = feed
            tasks.append((destination.host, destination.url))
        for url, found in from_hosts(tasks, lambda url: run.ask(by_url[url], url), hosts=options.hosts):
            feed = by_url[url]
            if isinstance(found, ReadError):
                polled.append(run.failed(feed, found, clock()))
            else:
                polled.append(run.took(feed, found, clock()))
    return PollReport(articles=tally.finish(), feeds=tuple(polled))


class _Poll:
    """One run over some feeds."""

    def __init__(
        self, store: Store, client: Client, keeper: Keeper, options: PollOptions, tally: Tally
    ) -> None:
        self._store = store
        self._client = client
        self._keeper = keeper
        self._options = options
        self._tally = tally
        self._taker = EntryTaker(store, client, keeper, tally, full=options.full, hosts=options.hosts)

    def ask(self, feed: Feed, url: str) -> Page:
        """Fetch the feed itself."""
        # What was stored as summaries may be wanted whole now: then the feed is read again.
        asks_anew = self._options.full and not feed.is_whole
        return self._client.get(
            url, lambda hop: feed.validators if hop == url and not asks_anew else None, is_feed=True
        )

    def failed(self, feed: Feed, error: ReadError, now: dt.datetime) -> Feed:
        """Note that a feed could not be polled: each failure doubles the time to the next try."""
        failures = feed.failures + 1
        wait = min(SOONEST * 2 ** min(failures, 10), LATEST)
        gone = isinstance(error, FetchError) and error.status == _GONE
        if isinstance(error, FetchError):
            wait = max(wait, dt.timedelta(seconds=error.retry_after_s))
        self._tally.note(failure_of(feed.url, error))
        return self._saved(
            replace(
                feed,
                polled=now,
                status=str(error)[:500],
                failures=failures,
                next_poll=None if gone else now + wait,
            )
        )

    def took(self, feed: Feed, page: Page, now: dt.datetime) -> Feed:
        """Store what is new in a feed that answered."""
        wait = max(SOONEST, min(dt.timedelta(seconds=page.max_age_s), LATEST))
        polled = replace(feed, polled=now, failures=0, next_poll=now + wait)
        if page.is_unchanged:
            return self._saved(replace(polled, status="unchanged"))
        try:
            results = self._read(page)
        except ReadError as error:
            return self.failed(feed, error, now)
        new, is_complete = self._taker.take(feed, page, results)
        # A page that failed for now is tried again, for which the feed must come again.
        keeps = is_complete and page.url == page.moved
        validators = Validators(etag=page.etag, last_modified=page.last_modified) if keeps else Validators()
        return self._saved(
            replace(
                polled,
                url=page.moved,
                validators=validators,
                status=f"{new:,} new of {len(results):,}",
                is_whole=self._options.full,
            )
        )

    def _saved(self, feed: Feed) -> Feed:
        self._store.save_poll(feed)
        return feed

    def _read(self, page: Page) -> list[ReadArticle | ReadFailure]:
        results = self._keeper.read(page)
        whole = next((each for each in results if isinstance(each, ReadFailure) and not each.member), None)
        if whole is not None and len(results) == 1:
            raise FetchError(f"it cannot be read as a feed: {whole.reason}", code=whole.code)
        kinds = {each.document.origin.media_type for each in results if isinstance(each, ReadArticle)}
        if kinds - _FEEDS:
            raise MalformedItemError(f"this is no feed but {min(kinds - _FEEDS)}")
        return results
