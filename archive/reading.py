"""From one opened item to documents: reader, what is known, normalising; one outcome each."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator
from dataclasses import dataclass

from archive.document import Document, Draft
from archive.errors import LimitExceededError, ReadError
from archive.manifest import overlay
from archive.normalise import document_from_draft
from archive.readers import ReadFailure, ReadOptions
from archive.readers.registry import Opened

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadArticle:
    """An article that was read, and the record's own id in its source (may be empty)."""

    document: Document
    external_id: str = ""


def read_opened(opened: Opened, options: ReadOptions) -> Iterator[ReadArticle | ReadFailure]:
    """Yield the articles of an opened item; whatever goes wrong is a failure, never an exception."""
    try:
        for found in opened.articles(options):
            yield found if isinstance(found, ReadFailure) else _article(found, options)
    except ReadError as error:
        yield ReadFailure(code=error.code, reason=str(error))
    except OSError as error:
        yield ReadFailure(code=ReadError.code, reason=f"it cannot be read: {error.strerror or error}")
    except (MemoryError, RecursionError):
        yield ReadFailure(code=LimitExceededError.code, reason="it needs more memory than is allowed")
    except Exception as error:  # one item's outcome: the rest of the run must go on
        logger.debug("reading %s failed", opened.origin.path, exc_info=True)
        yield ReadFailure(code="failed", reason=f"the reader failed: {type(error).__name__}: {error}"[:300])


def _article(draft: Draft, options: ReadOptions) -> ReadArticle | ReadFailure:
    if options.known is not None:
        draft = overlay(draft, options.known)
    elif options.url and not draft.url:
        draft = dataclasses.replace(draft, url=options.url)
    try:
        document = document_from_draft(draft, limits=options.limits)
    except ReadError as error:
        return ReadFailure(member=draft.origin.member, code=error.code, reason=str(error))
    return ReadArticle(document=document, external_id=draft.external_id)
