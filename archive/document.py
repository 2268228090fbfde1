"""What an article is: frozen records without I/O, shared by every layer.

Text is NFC ``str``; offsets count code points and ranges are half-open.
Instants are aware UTC.  A publication date is a `PartialDate`: what the source
said and no more, never an instant, never today by default.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from enum import StrEnum


class Precision(StrEnum):
    """How much of a date is known."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"


_ISO_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


@dataclass(frozen=True, slots=True, order=False)
class PartialDate:
    """A calendar date known to the year, the month or the day.

    Raises:
        ValueError: the parts are not a date of the years 1 to 9999.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.day is not None and self.month is None:
            raise ValueError("a day needs a month")
        dt.date(self.year, 1 if self.month is None else self.month, 1 if self.day is None else self.day)

    @property
    def precision(self) -> Precision:
        if self.day is not None:
            return Precision.DAY
        return Precision.YEAR if self.month is None else Precision.MONTH

    @property
    def first(self) -> dt.date:
        """The first day that the date can mean."""
        return dt.date(self.year, self.month or 1, self.day or 1)

    @property
    def start(self) -> int:
        """The first possible day as a proleptic Gregorian ordinal."""
        return self.first.toordinal()

    @property
    def end(self) -> int:
        """The ordinal of the day after the last possible day."""
        if self.day is not None:
            return self.start + 1
        if self.month is None:
            return self.start + (366 if _is_leap(self.year) else 365)
        if self.month == 12:
            return self.start + 31
        return dt.date(self.year, self.month + 1, 1).toordinal()

    def isoformat(self) -> str:
        """``2024``, ``2024-09`` or ``2024-09-10``."""
        parts = [f"{self.year:04d}"]
        if self.month is not None:
            parts.append(f"{self.month:02d}")
        if self.day is not None:
            parts.append(f"{self.day:02d}")
        return "-".join(parts)

    __str__ = isoformat

    @classmethod
    def from_iso(cls, text: str) -> PartialDate:
        """Read what `isoformat` writes.

        Raises:
            ValueError: ``text`` is not of that form, or is no date.
        """
        match = _ISO_DATE.fullmatch(text)
        if match is None:
            raise ValueError(f"not a date of the form YYYY[-MM[-DD]]: {text!r}")
        year, month, day = match.groups()
        return cls(int(year), int(month) if month else None, int(day) if day else None)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where one value came from, and how far to trust it.

    Attributes:
        method: a stable word: ``json-ld``, ``opengraph``, ``meta``, ``header``
            (a line such as ``Author:``), ``front-matter``, ``column``, ``byline``,
            ``heading``, ``title-tag``, ``url``, ``file-name``, ``extractor``,
            ``detected``, ``manifest``, ``hand``.
        detail: where exactly, such as ``datePublished`` or ``line 3``.
        confidence: 0 to 1, comparable between methods of one field only.
        raw: the value as the source had it, at most 500 characters.
    """

    method: str
    detail: str = ""
    confidence: float = 1.0
    raw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the bytes came from.

    Attributes:
        path: absolute file path, URL, or ``-`` for standard input.
        member: the part inside it (``line 12``, a zip member), or empty.
        media_type: such as ``text/html``.
    """

    path: str
    member: str = ""
    media_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An article as a reader found it, before it has an identity.

    Every value but ``text`` may be missing.  ``provenance`` holds one entry for
    each value that is there, keyed by field name.  ``external_id`` is the
    record's own id in its source, when it has one.  ``warnings`` say, in words
    for the user, what was lost or doubtful.
    """

    text: str
    origin: Origin
    title: str = ""
    authors: tuple[str, ...] = ()
    published: PartialDate | None = None
    published_at: dt.datetime | None = None
    language: str = ""
    source: str = ""
    url: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    external_id: str = ""
    provenance: dict[str, Provenance] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One article as it is stored and indexed.

    Attributes:
        id: positive, given by the store, never used again after a delete; 0
            for a document that is not stored yet.
        slug: permanent address, lower-case ASCII, at most 120 characters,
            unique in the archive; empty until stored.
        identity: what makes a later item the same article: ``url:…``,
            ``id:…``, ``path:…`` or ``hash:…``.
        title: one line, never empty (the first words of the text stand in).
        authors: printed forms in the order of the byline.
        published: the publication date, or None when the source gives none.
        published_at: the instant, only if the source gives time and zone.
        text: NFC paragraphs separated by one blank line.
        lead: the first paragraph of ``text``.
        language: ISO 639-1 code, or empty when it cannot be told.
        source: site or publication, as printed.
        url: canonical URL, http(s) as a rule; shown as a link only if so.
        words: number of words of ``text``.
        added: when the archive first stored it, aware UTC.
        updated: when the archive last changed it, aware UTC.
        content_hash: hex BLAKE2b-128 of title and text.
        provenance: one entry for each value that is there, by field name.
        group: id that the articles like this one share, mostly that of the
            first; 0 when it is alone.  The store's to say, never a part of
            what the article says.
    """

    title: str
    text: str
    lead: str
    identity: str
    origin: Origin
    content_hash: str
    words: int
    id: int = 0
    slug: str = ""
    authors: tuple[str, ...] = ()
    published: PartialDate | None = None
    published_at: dt.datetime | None = None
    language: str = ""
    source: str = ""
    url: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    added: dt.datetime | None = None
    updated: dt.datetime | None = None
    provenance: dict[str, Provenance] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    group: int = 0
