"""What a poll does with the entries of a feed: stores what is new, or the page that an entry leads to.

What a feed had before is remembered: an article that was deleted does not come
back, and a feed's summary never takes the place of a whole article that came
from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final, Literal

from archive.errors import FetchError, ReadError
from archive.feedentries import Entry, digest_of, entry_from, kept_apart, with_known
from archive.fetch.client import Client, Page
from archive.fetch.hosts import from_hosts
from archive.fetch.keeping import Keeper, failure_of
from archive.outcomes import ItemOutcome, Tally, outcome_of_failure
from archive.readers import ReadFailure
from archive.reading import ReadArticle
from archive.store import Store
from archive.store.web import Feed, KnownEntry

_Passed = Literal["duplicate", "unchanged", "skipped"]  # what becomes of an entry that is not stored
_Verdict = Literal["own", "page", _Passed]

_FOR_GOOD: Final = frozenset({"robots", "address", "unsupported", "empty", "limit", "malformed"})


class EntryTaker:
    """Stores the entries of feeds, one feed at a time.

    Args:
        full: fetch the page of an entry that is only a summary.
        hosts: how many are asked at the same time.
    """

    def __init__(
        self, store: Store, client: Client, keeper: Keeper, tally: Tally, *, full: bool, hosts: int
    ) -> None:
        self._store = store
        self._client = client
        self._keeper = keeper
        self._tally = tally
        self._full = full
        self._hosts = hosts

    def take(self, feed: Feed, page: Page, results: Iterable[ReadArticle | ReadFailure]) -> tuple[int, bool]:
        """Store entries; return how many are new, and whether none has to be tried again."""
        known = self._store.known_entries(feed.name)
        entries: dict[str, Entry] = {}
        for each in results:
            if isinstance(each, ReadFailure) and not each.url:
                self._tally.note(outcome_of_failure(page.url, each))
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

    def _verdict(self, entry: Entry, known: KnownEntry | None, stored: dict[str, int]) -> _Verdict:
        """Return ``own`` to store the entry, ``page`` to fetch its page, else the outcome."""
        wants_page = self._full and entry.is_summary and bool(entry.url)
        store: _Verdict = "page" if wants_page else ("own" if entry.document is not None else "skipped")
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

    def _note(self, page: Page, entry: Entry, outcome: _Passed) -> None:
        reasons: dict[_Passed, str] = {
            "duplicate": "the archive has this article already",
            "unchanged": "",
            "skipped": f"only an address: --full fetches it, or `archive fetch {entry.url[:200]}`",
        }
        self._tally.note(
            ItemOutcome(path=page.url, member=entry.member, outcome=outcome, reason=reasons[outcome])
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
        for url, found in from_hosts(tasks, self._client.get, hosts=self._hosts):
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
            outcomes = self._keeper.put_of(found, [document])
        self._tally.note_all(outcomes)
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
