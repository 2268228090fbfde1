"""``archive fetch``: addresses in, articles stored, one outcome each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from archive.errors import FetchError, ReadError
from archive.fetch.client import Client, Page
from archive.fetch.hosts import from_hosts
from archive.fetch.keeping import Keeper, KeepOptions, failure_of
from archive.outcomes import IngestReport, ItemOutcome, Tally
from archive.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchOptions(KeepOptions):
    """How to fetch.

    Attributes:
        again: ask for the whole page even where nothing need have changed.
    """

    again: bool = False


def fetch(
    store: Store,
    urls: Iterable[str],
    *,
    client: Client,
    options: FetchOptions | None = None,
    on_outcome: Callable[[ItemOutcome], None] | None = None,
) -> IngestReport:
    """Fetch pages and store their articles, each page durable before the next one is read.

    A page that has not changed since it was stored counts as unchanged.  What fails
    is counted and told; it never stops the rest.

    Raises:
        LockHeldError: another process writes to the archive for too long.
        StoreError: the store cannot be written; what went before is kept.
    """
    options = options or FetchOptions()
    tally = Tally(on_outcome)
    size = 0
    known = (lambda _url: None) if options.again else store.validators
    with Keeper(store, options) as keeper:
        tasks = _tasks(urls, client, tally)
        for url, found in from_hosts(tasks, lambda url: client.get(url, known), hosts=options.hosts):
            if isinstance(found, ReadError):
                tally.note(failure_of(url, found))
            elif found.is_unchanged:
                tally.note(unchanged(found))
            else:
                size += len(found.body)
                tally.note_all(keeper.keep(found))
    return tally.finish(size=size)


def unchanged(page: Page) -> ItemOutcome:
    """Return the outcome of a page that the server says is as it was."""
    return ItemOutcome(path=page.url, outcome="unchanged", reason="the server says that it has not changed")


def _tasks(urls: Iterable[str], client: Client, tally: Tally) -> Iterator[tuple[str, str]]:
    """Yield host and address of what may be fetched, each page once."""
    seen: set[str] = set()
    for url in urls:
        try:
            destination = client.destination(url)
        except FetchError as error:
            tally.note(failure_of(url[:200], error))
            continue
        if destination.url not in seen:
            seen.add(destination.url)
            yield destination.host, destination.url
