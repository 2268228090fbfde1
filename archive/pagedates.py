"""When a page says that it was published: candidates in the order of belief.

A date is what the source printed: a stamp with a zone keeps the day of its own
zone, a bare year is a year.  Modification dates are never taken for publication
while anything else is known, and today is never a guess.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from archive.document import PartialDate, Provenance
from archive.htmlpage import Page, one_line

_ISO = re.compile(
    r"\s*([0-9]{4})-?([0-9]{2})-?([0-9]{2})"
    r"(?:(?:[T ]|\s+-\s+)\s*([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)?"
    r"\s*(Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2}(?![0-9]))?)?"
)
_URL_DATE = re.compile(r"/((?:19|20)[0-9]{2})[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12][0-9]|3[01])(?=[/_.-]|$)")
_EARLIEST = 1990

META_DATES = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "article:published",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "citation_publication_date",
    "citation_date",
    "citation_online_date",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date.published",
    "dcterms.created",
    "dc.date.created",
    "datecreated",
    "published_time",
    "publication_date",
    "publish-date",
    "publish_date",
    "pubdate",
    "pub_date",
    "published-date",
    "article_date_original",
    "article.published",
    "originalpublicationdate",
    "bt:pubdate",
    "shareaholic:article_published_time",
    "release_date",
    "date_published",
    "dc.date",
    "dcterms.date",
    "dc.terms.date",
    "date",
    "created",
    "creation_date",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateCandidate:
    """One reading of the publication date; ``at`` only where time and zone are stated."""

    value: PartialDate
    provenance: Provenance
    at: dt.datetime | None = None


def date_candidates(page: Page) -> list[DateCandidate]:
    """Stated publication dates, the most believed first."""
    found = [
        c
        for raw, method, detail, confidence in _stated(page)
        if (c := _read(raw, method, detail, confidence))
    ]
    url_date = date_from_url(page.url or page.canonical)
    if url_date:
        found.append(url_date)
    return found


def _stated(page: Page) -> Iterator[tuple[str, str, str, float]]:
    graph, article = page.graph, page.article
    for key, confidence in (("datePublished", 0.97), ("dateCreated", 0.85), ("uploadDate", 0.7)):
        value = graph.text(article, key)
        if value:
            yield value, "json-ld", key, confidence
    for name, value in page.meta(*META_DATES):
        yield value, "opengraph" if name.startswith(("og:", "article:")) else "meta", name, 0.9
    for node in page.css("[itemprop=datePublished], [itemprop=dateCreated]", 5):
        attributes = node.attributes
        value = attributes.get("content") or attributes.get("datetime") or one_line(node.text())
        if value:
            yield value, "microdata", "datePublished", 0.85
    for node in page.css("time[pubdate], time.published, time.entry-date, time.post-date", 3):
        value = node.attributes.get("datetime") or one_line(node.text())
        if value:
            yield value, "byline", "time", 0.8


def date_from_url(url: str) -> DateCandidate | None:
    """``/2024/09/10/`` in an address."""
    match = _URL_DATE.search(url)
    if match is None:
        return None
    return _read("-".join(match.groups()), "url", "path", 0.75)


def _read(raw: str, method: str, detail: str, confidence: float) -> DateCandidate | None:
    read = read_stamp(raw)
    if read is None:
        return None
    date, at = read
    return DateCandidate(
        value=date,
        at=at,
        provenance=Provenance(method=method, detail=detail, confidence=confidence, raw=raw[:500]),
    )


def read_stamp(raw: str) -> tuple[PartialDate, dt.datetime | None] | None:
    """An ISO stamp by the quick way, anything else by `archive.dates`; None if it is no plausible date."""
    match = _ISO.match(raw)
    if match is None:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    try:
        date = PartialDate(int(year), int(month), int(day))
    except ValueError:
        return None
    if not _EARLIEST <= date.year <= dt.datetime.now(dt.UTC).year + 1:
        return None
    at = None
    if hour is not None and zone:
        try:
            at = dt.datetime(
                int(year), int(month), int(day), int(hour), int(minute), int(second or 0), tzinfo=_zone(zone)
            ).astimezone(dt.UTC)
        except (ValueError, OverflowError):
            at = None
    return date, at


def _zone(text: str) -> dt.timezone:
    if text in ("Z", "UTC", "GMT"):
        return dt.UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]))
    return dt.timezone(-offset if text[0] == "-" else offset)
