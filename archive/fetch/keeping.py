"""From a fetched page to articles in the store, read in a child process as all hostile pages are."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from archive.closing import Closing
from archive.document import Document, Draft, Origin, Provenance
from archive.errors import ReadError
from archive.fetch.client import Page
from archive.lock import WriterLock
from archive.normalise import fold_key, identity_of, normalise_url
from archive.originals import make_original
from archive.outcomes import ItemOutcome, outcome_of_article, outcome_of_failure
from archive.readers import ReadFailure, ReadOptions
from archive.reading import ReadArticle
from archive.store import PutOutcome, PutResult, Store
from archive.store.originals import Original
from archive.store.web import Validators
from archive.workers import ReaderPool

_SAME_SITE: Final = ("www.", "m.", "mobile.", "amp.")
_BY_ADDRESS: Final = Provenance(method="url", detail="address of the item")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepOptions:
    """How to store what comes from the web.

    Attributes:
        hosts: how many are asked at the same time.
        lock_path: the writer's lock, held while articles are stored; None takes no lock.
        keep_source: keep the bytes of pages too; not of lists and feeds.
    """

    hosts: int = 8
    read: ReadOptions = field(default_factory=ReadOptions)
    lock_path: Path | None = None
    lock_timeout_s: float = 60.0
    keep_source: bool = True


class Keeper(Closing):
    """Reads pages and stores their articles; a context manager that ends its process."""

    def __init__(self, store: Store, options: KeepOptions) -> None:
        self._store = store
        self._options = options.read
        self._lock_path = options.lock_path
        self._lock_timeout_s = options.lock_timeout_s
        self._keep_source = options.keep_source
        self._pool = ReaderPool(1, self._options.limits)
        # Identity -> title: what this run has seen.
        self._claims: dict[str, str] = {}

    def read(self, page: Page) -> list[ReadArticle | ReadFailure]:
        """Read the articles of a page; what cannot be read is a failure."""
        origin = Origin(path=page.url)
        return self._pool.submit_member(page.body, origin, self._options_for(page)).result()

    def _options_for(self, page: Page) -> ReadOptions:
        # Without the time: with it, each fetch of the same page would be another version.
        return dataclasses.replace(
            self._options,
            url=page.url,
            declared=page.charset,
            notes=(*self._options.notes, *page.notes),
        )

    def keep(self, page: Page) -> list[ItemOutcome]:
        """Store the articles of a page, durable on return, and how to ask for it again."""
        results = self.read(page)
        articles = [self.placed(result, page) for result in results if isinstance(result, ReadArticle)]
        failures = [
            outcome_of_failure(page.url, result) for result in results if isinstance(result, ReadFailure)
        ]
        if not articles:
            return failures
        with self.writing():
            outcomes = self.put_of(page, articles, is_whole=not failures)
        return outcomes + failures

    def put_of(
        self, page: Page, documents: Sequence[Document], *, is_whole: bool = True
    ) -> list[ItemOutcome]:
        """Store the articles of a page, and if they are all of it, how to ask for it again."""
        results = self._store.put(documents)
        if is_whole:
            found = Validators(etag=page.etag, last_modified=page.last_modified)
            self._store.note_fetch(page.url, results[0].id, found)
        if self._keep_source and len(results) == 1 and not self._is_kept(results[0]):
            self._store.keep_originals([(results[0].id, self._original(page, documents[0]))])
        return _outcomes(documents, results)

    def put(self, documents: Sequence[Document]) -> list[ItemOutcome]:
        """Store documents in one transaction."""
        return _outcomes(documents, self._store.put(documents))

    def _is_kept(self, result: PutResult) -> bool:
        """Say whether an article has its source; a duplicate's belongs to no article of its own."""
        return (
            result.outcome is PutOutcome.DUPLICATE
            or not result.is_current
            or (
                result.outcome is PutOutcome.UNCHANGED and result.id in self._store.with_original([result.id])
            )
        )

    def _original(self, page: Page, document: Document) -> Original:
        """Return the page's bytes, and of the document what reading them again would not give."""
        origin = Origin(path=page.url)
        methods = {name: each.method for name, each in document.provenance.items()}
        elsewhere: dict[str, Any] = {"url": document.url} if methods.get("url") == _BY_ADDRESS.method else {}
        if methods.get("authors") == "feed":
            elsewhere["authors"] = document.authors
        if methods.get("published") == "feed":
            elsewhere |= {"published": document.published, "published_at": document.published_at}
        known = Draft(text="", origin=origin, **elsewhere) if elsewhere else None
        return make_original(page.body, origin, dataclasses.replace(self._options_for(page), known=known))

    def writing(self) -> AbstractContextManager[object]:
        """Hold the writer's lock for a block: for a page at a time, not for hours of fetching."""
        if self._lock_path is None:
            return nullcontext()
        return WriterLock(self._lock_path, timeout_s=self._lock_timeout_s)

    def placed(self, article: ReadArticle, page: Page) -> Document:
        """Return an article of a page under an address that the page may speak for.

        A page of one site that names another site's as its canonical address would
        take that article's place; and pages of a series may all name the first one.
        """
        document = article.document
        own = normalise_url(page.url)
        if document.url and not is_same_site(document.url, own):
            warning = f"the page names an address of another site as its own: {document.url[:200]}"
            document = _moved(document, article.external_id, own, warning)
        title = fold_key(document.title)
        if self._claims.setdefault(document.identity, title) != title:
            warning = f"{document.identity[:200]} is claimed by another page of this run; kept apart"
            identity = identity_of(document, article.external_id, with_url=False)
            warnings = (*document.warnings, warning)
            document = dataclasses.replace(document, identity=identity, warnings=warnings)
        return document

    def close(self) -> None:
        """End the child process."""
        self._pool.close()


def is_same_site(url: str, other: str) -> bool:
    """Say whether two addresses are of one host, or of hosts of which one is inside the other."""
    hosts = [_site(urlsplit(each).hostname or "") for each in (url, other)]
    one, two = sorted(hosts, key=len)
    return one == two or ("." in one and two.endswith("." + one))


def failure_of(url: str, error: ReadError) -> ItemOutcome:
    """Return the outcome of a page that could not be had."""
    return ItemOutcome(path=url, outcome="failed", code=error.code, reason=str(error))


def _site(host: str) -> str:
    prefix = next((each for each in _SAME_SITE if host.startswith(each)), "")
    return host[len(prefix) :]


def _moved(document: Document, external_id: str, url: str, warning: str) -> Document:
    placed = dataclasses.replace(
        document,
        url=url,
        provenance={
            **document.provenance,
            "url": dataclasses.replace(_BY_ADDRESS, raw=url[:500]),
        },
        warnings=(*document.warnings, warning),
    )
    return dataclasses.replace(placed, identity=identity_of(placed, external_id))


def _outcomes(documents: Sequence[Document], results: Sequence[PutResult]) -> list[ItemOutcome]:
    return [outcome_of_article(*each) for each in zip(documents, results, strict=True)]
