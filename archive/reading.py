"""From one opened item to documents: reader, what is known, normalising; one outcome each."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.containers import Part
from archive.document import Document, Draft, Origin
from archive.errors import LimitExceededError, ReadError
from archive.manifest import overlay
from archive.normalise import document_from_draft
from archive.readers import ReadFailure, ReadOptions
from archive.readers.registry import Opened
from archive.urls import normalise_url

if TYPE_CHECKING:  # the database has no place in the children that read pages
    from archive.store.originals import Original

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadArticle:
    """An article that was read.

    Attributes:
        external_id: the record's own id in its source; may be empty.
        is_at_address: it was captured at the very address that is its identity, and does
            not only name that address.
        original: what it was read from, if that is to be kept.
    """

    document: Document
    external_id: str = ""
    is_at_address: bool = False
    original: Original | None = None


def read_opened(opened: Opened, options: ReadOptions) -> Iterator[ReadArticle | ReadFailure]:
    """Yield the articles of an opened item; whatever goes wrong is a failure, never an exception."""
    if opened.is_container:
        for part in parts_of(opened, options):
            if isinstance(part, ReadFailure):
                yield part
            else:
                member = open_part(opened, part)
                yield from [member] if isinstance(member, ReadFailure) else read_opened(member, part.options)
        return
    try:
        for found in opened.articles(options):
            yield found if isinstance(found, ReadFailure) else _article(found, options)
    except Exception as error:  # one item's outcome: the rest of the run must go on
        logger.debug("reading %s failed", opened.origin.path, exc_info=True)
        yield _failure(opened.origin, error)


def parts_of(opened: Opened, options: ReadOptions) -> Iterator[Part | ReadFailure]:
    """Yield the members of a container, each to be read before the next one is asked for; never raise."""
    try:
        yield from opened.parts(options)
    except Exception as error:  # one item's outcome
        logger.debug("walking %s failed", opened.origin.path, exc_info=True)
        yield _failure(opened.origin, error)


def open_part(container: Opened, part: Part) -> Opened | ReadFailure:
    """Return a container's member opened, or why it cannot be."""
    try:
        return container.open_part(part)
    except Exception as error:  # one member's outcome
        logger.debug("opening %s in %s failed", part.origin.member, part.origin.path, exc_info=True)
        return _failure(part.origin, error)


def _failure(origin: Origin, error: Exception) -> ReadFailure:
    if isinstance(error, ReadError):
        code, reason = error.code, str(error)
    elif isinstance(error, OSError):
        code, reason = ReadError.code, f"it cannot be read: {error.strerror or error}"
    elif isinstance(error, MemoryError | RecursionError):
        code, reason = LimitExceededError.code, "it needs more memory than is allowed"
    else:
        code, reason = "failed", f"the reader failed: {type(error).__name__}: {error}"[:300]
    return ReadFailure(member=origin.member, code=code, reason=reason)


def _article(draft: Draft, options: ReadOptions) -> ReadArticle | ReadFailure:
    if options.known is not None:
        draft = overlay(draft, options.known)
    elif options.url and not draft.url:
        draft = dataclasses.replace(draft, url=options.url)
    try:
        document = document_from_draft(draft, limits=options.limits)
    except ReadError as error:
        return ReadFailure(member=draft.origin.member, code=error.code, reason=str(error))
    at_address = bool(options.fetched and options.url) and (
        _place_of(document.url) == _place_of(normalise_url(options.url))
    )
    return ReadArticle(document=document, external_id=draft.external_id, is_at_address=at_address)


def _place_of(url: str) -> str:
    """A canonical address without what servers add and drop at will."""
    return url.partition("://")[2].removeprefix("www.").rstrip("/")
