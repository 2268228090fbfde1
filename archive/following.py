"""Feeds that are followed: what is new in them is stored, politely and once.

An entry is dated by what the feed says and never by the day of the poll.  What a
feed had before is remembered: an article that was deleted does not come back, and
a feed's summary never takes the place of a whole article that came from elsewhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from archive.errors import FetchError, MalformedItemError, ReadError
from archive.feedentries import Entry, digest_of, entry_from, kept_apart, with_known
from archive.fetch.client import Client, Page
from archive.fetch.hosts import from_hosts
from archive.fetch.keeping import Keeper, failure_in, failure_of
from archive.fetch.storing import Tally
from archive.ingest import IngestReport, ItemOutcome, Outcome
from archive.readers import ReadFailure, ReadOptions
from archive.readers.sniff import Kind
from archive.reading import ReadArticle
from archive.store import Store
from archive.store.web import Feed, KnownEntry, Validators

#: How soon a feed is asked again at the earliest, and how late at the latest.
SOONEST: Final = dt.timedelta(minutes=30)
LATEST: Final = dt.timedelta(days=1)

_FEEDS: Final = frozenset({Kind.FEED, Kind.JSON_FEED})
_FOR_GOOD: Final = frozenset({"robots", "address", "unsupported", "empty", "limit", "malformed"})
_GONE: Final = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOptions:
    """How to poll.

    Attributes:
        full: fetch the page of an entry that is only a summary.
        hosts: how many are asked at the same time.
        lock_path: the writer's lock, held while articles are stored; None takes no lock.
        keep_source: keep the bytes of pages too; not of lists and feeds.
    """

    full: bool = False
    hosts: int = 8
    read: ReadOptions = field(default_factory=ReadOptions)
    lock_path: Path | None = None
    lock_timeout_s: float = 60.0
    keep_source: bool = True


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
    with Keeper(
        store,
        options.read,
        lock_path=options.lock_path,
        lock_timeout_s=options.lock_timeout_s,
        keep_source=options.keep_source,
    ) as keeper:
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
    return PollReport(articles=tally.report, feeds=tuple(polled))


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
        new, is_complete = self._take(feed, page, results)
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

    def _take(self, feed: Feed, page: Page, results: Iterable[ReadArticle | ReadFailure]) -> tuple[int, bool]:
        """Store entries; return how many are new, and whether none has to be tried again."""
        known = self._store.known_entries(feed.name)
        entries: dict[str, Entry] = {}
        for each in results:
            if isinstance(each, ReadFailure) and not each.url:
                self._tally.note_all([failure_in(page.url, each)])
            else:
                entry = entry_from(each, page)
                entries.setdefault(entry.key, entry)
        entries = kept_apart(entries)
        identities = [each.document.identity for each in entries.values() if each.document is not None]
        stored = self._store.ids_by_identity(identities)
        own: list[Entry] = []
        pages: list[Entry] = []
        learned: dict[str, KnownEntry] = {}
        for key, entry in entries.items():
            verdict = self._verdict(entry, known.get(key), stored)
            if verdict == "own":
                own.append(entry)
            elif verdict == "page":
                pages.append(entry)
            else:
                self._note(page, entry, verdict)
                if verdict == "duplicate":
                    learned[key] = KnownEntry(digest=digest_of(entry, "whole"), is_own=False)
        self._store_own(own)
        learned |= {each.key: KnownEntry(digest=digest_of(each), is_own=True) for each in own}
        self._store.save_entries(feed.name, learned)
        is_complete = self._fetch_pages(feed, pages)
        new = sum(each.key not in known for each in (*own, *pages))
        return new, is_complete

    def _verdict(self, entry: Entry, known: KnownEntry | None, stored: dict[str, int]) -> str:
        """Return ``own`` to store the entry, ``page`` to fetch its page, else the outcome."""
        wants_page = self._options.full and entry.is_summary and bool(entry.url)
        store = "page" if wants_page else ("own" if entry.document is not None else "skipped")
        if known is None:
            is_here = entry.document is not None and entry.document.identity in stored
            return "duplicate" if is_here else store
        if not known.is_own:
            return "unchanged"
        stored_as, _, digest = known.digest.partition(":")
        if digest == entry.digest:
            return "page" if wants_page and stored_as == "summary" else "unchanged"
        # A summary that changed says nothing against the page that was fetched.
        return "unchanged" if stored_as == "page" and not wants_page else store

    def _note(self, page: Page, entry: Entry, outcome: str) -> None:
        reasons = {
            "duplicate": "the archive has this article already",
            "skipped": f"only an address: --full fetches it, or `archive fetch {entry.url[:200]}`",
        }
        outcomes: dict[str, Outcome] = {"duplicate": "duplicate", "skipped": "skipped"}
        self._tally.note(
            ItemOutcome(
                path=page.url,
                member=entry.member,
                outcome=outcomes.get(outcome, "unchanged"),
                reason=reasons.get(outcome, ""),
            )
        )

    def _store_own(self, entries: Sequence[Entry]) -> None:
        documents = [each.document for each in entries if each.document is not None]
        if documents:
            with self._keeper.writing():
                self._tally.note_all(self._keeper.put(documents))

    def _fetch_pages(self, feed: Feed, entries: Sequence[Entry]) -> bool:
        """Store the pages of entries; return whether none has to be tried again."""
        is_complete = True
        by_url: dict[str, Entry] = {}
        tasks = []
        for entry in entries:
            try:
                destination = self._client.destination(entry.url)
            except FetchError as error:
                self._without_page(feed, entry, error)
                continue
            if by_url.setdefault(destination.url, entry) is entry:
                tasks.append((destination.host, destination.url))
        for url, found in from_hosts(tasks, self._client.get, hosts=self._options.hosts):
            entry = by_url[url]
            problem = self._keep_page(feed, found, entry) if isinstance(found, Page) else found
            if problem is not None:
                is_complete = self._without_page(feed, entry, problem) and is_complete
        return is_complete

    def _keep_page(self, feed: Feed, found: Page, entry: Entry) -> ReadError | None:
        """Store the article of a page; return why it has none that is better than the entry."""
        results = self._keeper.read(found)
        article = next((each for each in results if isinstance(each, ReadArticle)), None)
        if article is None:
            failure = next((each for each in results if isinstance(each, ReadFailure)), None)
            reason = failure.reason if failure is not None else "there is no article in it"
            return FetchError(reason, code=failure.code if failure is not None else "empty")
        document = self._keeper.placed(article, found)
        if entry.document is not None:
            if document.words < entry.document.words:
                return FetchError("its page has less text than the feed", code="empty")
            document = with_known(document, entry.document)
        with self._keeper.writing():
            kept = self._keeper.put_of(found, [document])
        self._tally.note_all(kept)
        learned = KnownEntry(digest=digest_of(entry, "page"), is_own=True)
        self._store.save_entries(feed.name, {entry.key: learned})
        return None

    def _without_page(self, feed: Feed, entry: Entry, error: ReadError) -> bool:
        """Store the entry itself, as its page cannot be had; return whether that is for good."""
        status = error.status if isinstance(error, FetchError) else 0
        is_for_good = error.code in _FOR_GOOD or (400 <= status < 500 and status != 429)
        if entry.document is None:
            self._tally.note(failure_of(entry.url, error))
        else:
            warning = f"only what the feed has of it; its page could not be fetched: {error}"[:300]
            warned = replace(entry.document, warnings=(*entry.document.warnings, warning))
            self._store_own([replace(entry, document=warned)])
        if entry.document is not None or is_for_good:
            stored_as = "page" if is_for_good else "summary"
            learned = KnownEntry(digest=digest_of(entry, stored_as), is_own=True)
            self._store.save_entries(feed.name, {entry.key: learned})
        return is_for_good
