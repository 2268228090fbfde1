"""What every export says of itself, and the texts that it is made from."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import dataclass
from urllib.parse import quote

from archive.document import Document
from webapp.marking import visible_text

_SPACE = re.compile(r"\s+")
_NO_CHARACTER = re.compile("[\ufffe\uffff]")  # XML cannot hold them


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where an export came from.

    Attributes:
        query: canonical text of the search, filters included; empty for all.
        exported: when, aware UTC.
        total: how many articles match, or None for a single article.
        base: address of the archive without a slash at the end, or empty when
            it is not known (on the command line).
        store_id: hexadecimal UUID of the archive, from which ids are made.
        text: whole texts, not only first paragraphs.
        bom: begin with a byte order mark (CSV).
        whole_origin: give the whole path that an article was read from (NDJSON).
        page, feed: addresses of the search and of its feed, where known.
        title: of a feed.
    """

    query: str
    exported: dt.datetime
    total: int | None = None
    base: str = ""
    store_id: str = "0" * 32
    text: bool = False
    bom: bool = False
    whole_origin: bool = False
    page: str = ""
    feed: str = ""
    title: str = ""

    def permalink(self, document: Document) -> str:
        """Return the article's address in this archive, or nothing."""
        return f"{self.base}/article/{quote(document.slug, safe='')}" if self.base else ""

    def urn(self, document: Document) -> str:
        """Return an id of the article that no move of the archive changes."""
        return self.urn_of(f"article/{document.slug}")

    def urn_of(self, name: str) -> str:
        """Return an id for ``name`` in this archive."""
        return uuid.uuid5(uuid.UUID(hex=self.store_id), name).urn


def line(text: str) -> str:
    """Return ``text`` as one line without anything that hides or reorders it."""
    return _SPACE.sub(" ", _shown(_SPACE.sub(" ", text))).strip()


def block(text: str) -> str:
    """Return ``text`` without controls; its line ends are ``\\n``."""
    return _shown(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _shown(text: str) -> str:
    return _NO_CHARACTER.sub("", visible_text(text))


def summary(document: Document) -> str:
    """Return the first paragraph of ``document``, with "…" where it was cut."""
    rest = document.text[len(document.lead) :]
    cut = document.text.startswith(document.lead) and rest.strip() and not rest.startswith("\n")
    return f"{document.lead} …" if document.lead and cut else document.lead


def day(instant: dt.datetime) -> str:
    """Return the UTC day of ``instant``: ``2024-09-10``."""
    return instant.astimezone(dt.UTC).date().isoformat()


def second(instant: dt.datetime) -> str:
    """Return ``instant`` as RFC 3339 in UTC: ``2024-09-10T08:00:00Z``."""
    return instant.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
