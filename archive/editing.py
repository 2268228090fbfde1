"""Values set by hand: checked like those that are read, and kept when the source is read again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from archive.characters import content_hash, normalise_line
from archive.dates import parse_date
from archive.document import Document, PartialDate, Provenance
from archive.errors import ArchiveError
from archive.language import language_code
from archive.limits import LIMITS, Limits
from archive.urls import normalise_url

#: What can be edited, as people call it, and its field.
FIELDS: Final[Mapping[str, str]] = {
    "title": "title",
    "author": "authors",
    "date": "published",
    "source": "source",
    "url": "url",
    "language": "language",
    "tag": "tags",
    "section": "section",
}


class EditError(ArchiveError):
    """A value cannot be what it was set to; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What to set; None leaves a value as it is.

    Attributes:
        date: anything that `archive.dates.parse_date` reads.
        clear: names from `FIELDS` that shall have no value.
    """

    title: str | None = None
    authors: Sequence[str] | None = None
    date: str | None = None
    source: str | None = None
    url: str | None = None
    language: str | None = None
    tags: Sequence[str] | None = None
    section: str | None = None
    clear: Sequence[str] = ()


def edited(document: Document, edit: Edit, *, limits: Limits = LIMITS) -> Document:
    """Return ``document`` with the values of ``edit``, each marked as set by hand.

    A cleared value is marked too, so that it stays empty when the source is read again.

    Raises:
        EditError: a value cannot be that.
    """
    changes: dict[str, Any] = {}
    if edit.title is not None:
        changes["title"] = _line("title", edit.title, limits.title_chars)
    if edit.authors is not None:
        changes["authors"] = _lines("author", edit.authors, limits.author_chars, limits.authors)
    if edit.date is not None:
        changes["published"], changes["published_at"] = _date(edit.date)
    if edit.source is not None:
        changes["source"] = _line("source", edit.source, limits.source_chars)
    if edit.url is not None:
        changes["url"] = _url(edit.url)
    if edit.language is not None:
        changes["language"] = _language(edit.language)
    if edit.tags is not None:
        changes["tags"] = _lines("tag", edit.tags, limits.tag_chars, limits.tags)
    if edit.section is not None:
        changes["section"] = _line("section", edit.section, limits.section_chars)
    for name in edit.clear:
        changes |= _cleared(name, changes)
    provenance = dict(document.provenance)
    for field in changes:
        if field != "published_at":
            provenance[field] = Provenance(method="hand", raw=_raw(changes[field])[: limits.raw_chars])
    if "title" in changes:
        changes["content_hash"] = content_hash(changes["title"], document.text)
    return replace(document, provenance=provenance, **changes)


def _cleared(name: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    if name not in FIELDS:
        raise EditError(f"there is no field {name!r} to clear; known are: {', '.join(FIELDS)}")
    field = FIELDS[name]
    if field == "title":
        raise EditError("an article always has a title: give another one instead")
    if field in changes:
        raise EditError(f"{name} cannot be both set and cleared")
    if field == "published":
        return {"published": None, "published_at": None}
    return {field: () if field in ("authors", "tags") else ""}


def _line(name: str, text: str, most: int) -> str:
    line = normalise_line(text, most + 1)
    if not line:
        raise EditError(f"{name}: there is nothing to be seen in {text!r}; to empty it use --clear {name}")
    if len(line) > most:
        raise EditError(f"{name}: longer than {most:,} characters")
    return line


def _lines(name: str, texts: Sequence[str], most_chars: int, most: int) -> tuple[str, ...]:
    if len(texts) > most:
        raise EditError(f"{name}: more than {most}")
    return tuple(dict.fromkeys(_line(name, text, most_chars) for text in texts))


def _date(text: str) -> tuple[PartialDate, dt.datetime | None]:
    try:
        parsed = parse_date(text)
    except ValueError as error:
        message = f"date: {text!r} cannot be read as one; give it as 2024-09-10, 2024-09 or 2024"
        raise EditError(message) from error
    return parsed.date, parsed.at


def _url(text: str) -> str:
    url = normalise_url(text)
    if not url:
        raise EditError(f"url: {text!r} is not the address of a web page (http or https)")
    return url


def _language(text: str) -> str:
    code = language_code(text)
    if not code:
        raise EditError(f"language: {text!r} is not one that is known; give a code such as en")
    return code


def _raw(value: Any) -> str:
    if value is None:
        return ""
    return "; ".join(value) if isinstance(value, tuple) else str(value)
