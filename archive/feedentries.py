"""Entries of a feed: what makes one the same at the next poll, and whether its page says more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from archive.document import Document, Provenance
from archive.fetch.client import Page
from archive.normalise import identity_of, normalise_url
from archive.readers import ReadFailure
from archive.reading import ReadArticle

_SUMMARIES: Final = frozenset(
    {"description", "summary", "dc:description", "dcterms:abstract", "itunes:summary", "media:description"}
)
_FEW_WORDS: Final = 80
_SUMMARY_WORDS: Final = 300
_CUT_SHORT: Final = "the text looks cut short"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of a feed.

    Attributes:
        document: None for an entry that is only an address.
        digest: of what it says.
    """

    key: str
    url: str
    digest: str
    document: Document | None
    is_summary: bool
    member: str


def digest_of(entry: Entry, stored_as: str = "") -> str:
    """Return what is remembered of an entry: how it was stored, and what it said."""
    return f"{stored_as or ('summary' if entry.is_summary else 'whole')}:{entry.digest}"


def entry_from(found: ReadArticle | ReadFailure, page: Page) -> Entry:
    """Return an entry that was read; a failure is one that is only an address."""
    if isinstance(found, ReadFailure):
        url = normalise_url(found.url, page.url)
        return Entry(
            key=f"url:{url or found.url}"[:2_100],
            url=url,
            digest="",
            document=None,
            is_summary=True,
            member=found.member,
        )
    document = _own_identity(found, page)
    stated = f"{document.content_hash} {document.published or ''} {'; '.join(document.authors)}"
    return Entry(
        key=f"id:{found.external_id}" if found.external_id else document.identity,
        url=document.url,
        digest=stated,
        document=document,
        is_summary=_is_summary(document),
        member=document.origin.member,
    )


def kept_apart(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """Return entries of which no two have one identity, though they may name one address."""
    apart: dict[str, Entry] = {}
    taken: set[str] = set()
    for key, entry in entries.items():
        document = entry.document
        if document is not None and document.identity in taken:
            document = replace(document, identity=f"hash:{document.content_hash}")
        if document is not None:
            taken.add(document.identity)
        apart[key] = replace(entry, document=document)
    return apart


def _own_identity(found: ReadArticle, page: Page) -> Document:
    """Return an entry's document under an identity that outlives its place in the feed.

    An entry without an address gets that of the feed from the reader, which all
    such entries would share; and ``entry 1`` is another one tomorrow.
    """
    document = found.document
    feed_url = normalise_url(page.url)
    provenance = document.provenance
    if document.url == feed_url:
        provenance = {name: each for name, each in provenance.items() if name != "url"}
        document = replace(document, url="", provenance=provenance)
    identity = identity_of(document, found.external_id)
    if identity.startswith("path:"):
        identity = f"hash:{document.content_hash}"
    return replace(document, identity=identity)


def _is_summary(document: Document) -> bool:
    """Say whether an entry is likely to hold less than its page."""
    if any(warning.startswith(_CUT_SHORT) for warning in document.warnings) or document.words < _FEW_WORDS:
        return True
    text = document.provenance.get("text", Provenance(method=""))
    return text.detail in _SUMMARIES and document.words < _SUMMARY_WORDS


def with_known(document: Document, entry: Document) -> Document:
    """Return a page's article with what only the feed knows: names, date."""
    provenance = dict(document.provenance)
    if not document.authors and entry.authors:
        document = replace(document, authors=entry.authors)
        provenance["authors"] = entry.provenance.get("authors", Provenance(method="feed"))
    if document.published is None and entry.published is not None:
        document = replace(document, published=entry.published, published_at=entry.published_at)
        provenance["published"] = entry.provenance.get("published", Provenance(method="feed"))
    return replace(document, provenance=provenance)
