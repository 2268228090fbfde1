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

from selectolax.lexbor import LexborNode

from archive.bylines import is_elsewhere
from archive.dates import parse_date
from archive.document import PartialDate, Precision, Provenance
from archive.htmlpage import Page, one_line

_ISO = re.compile(
    r"\s*([0-9]{4})-?([0-9]{2})-?([0-9]{2})"
    r"(?:(?:[T ]|\s+-\s+)\s*([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)?"
    r"\s*(Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2}(?![0-9]))?)?"
)
_URL_DATE = re.compile(r"/((?:19|20)[0-9]{2})[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12][0-9]|3[01])(?=[/_.-]|$)")
_EARLIEST = 1990
_WRITTEN_DATE = re.compile(
    r"(?<![\d.])(?:(?:19|20)\d{2}-\d{2}-\d{2}|\d{1,2}\.\s?\d{1,2}\.\s?(?:19|20)\d{2}"
    r"|\d{1,2}\.?\s+(?:de\s+)?[^\W\d_]{3,12}\.?,?\s+(?:de\s+)?(?:19|20)\d{2}"
    r"|[^\W\d_]{3,10}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+(?:19|20)\d{2}"
    r"|\d{1,2}/\d{1,2}/(?:19|20)\d{2}|(?:19|20)\d{2}/\d{1,2}/\d{1,2}"
    r"|(?:19|20)\d{2}年\d{1,2}月\d{1,2}日)(?!\d)"
)
_CHANGED = re.compile(
    r"updat|modif|last|edited|aktualisiert|geändert|änderung|mis à jour|actualiz|atualiz|aggiorn|bijgewerkt|"
    r"oppdatert|uppdaterad|zmodyfik|обновл|stand\b",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(?:script|style)\b.*?</(?:script|style)\s*>|<[^<>]*>", re.IGNORECASE | re.DOTALL)
_DATE_NAME = re.compile(r"date|datum|time|created", re.IGNORECASE)
_IN_HEADLINE = re.compile(r"<(small|time)\b[^<>]*>(.{0,600}?)</\1\s*>", re.IGNORECASE | re.DOTALL)
_NEAR_CHARS = 8000
_NEAR_TEXT_CHARS = 500
_MAX_NODES = 60
_MAX_LABEL_CHARS = 120
# Where a date can stand, the headline among them, in the order of the page.
_SELECTOR = ", ".join(
    (
        "h1",
        "time",
        *(f"[class*={word} i]" for word in ("date", "datum", "publi", "time", "created")),
        *(f"[id*={word} i]" for word in ("date", "datum", "publi", "time", "created")),
    )
)

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
    found = found or list(_visible(page))
    return sorted(found, key=lambda c: c.value.precision != Precision.DAY)  # a whole day before a bare year


def _stated(page: Page) -> Iterator[tuple[str, str, str, float]]:
    graph = page.graph
    article = page.article or graph.first("WebPage", "ItemPage", "PodcastEpisode")
    for key, confidence in (("datePublished", 0.97), ("dateCreated", 0.85)):
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


def _visible(page: Page) -> Iterator[DateCandidate]:
    """Dates that readers see: marked as dates after the headline, written near it, marked before it."""
    before: list[DateCandidate] = []
    after: list[DateCandidate] = []
    headline = False
    for node in page.css(_SELECTOR, _MAX_NODES):
        if node.tag == "h1":
            headline = True
        elif not is_elsewhere(node):
            candidate = _marked(node)
            if candidate:
                (after if headline else before).append(candidate)
    near = _near_headline(page)
    yield from after[:3]
    if near:
        yield near
    yield from before[:3]


def _marked(node: LexborNode) -> DateCandidate | None:
    if node.tag == "a" and not _DATE_NAME.search(
        f"{node.attributes.get('class')} {node.attributes.get('id')}"
    ):
        return None  # a link to a publication
    label = one_line(node.text(separator=" "))
    if len(label) > _MAX_LABEL_CHARS:
        return None
    stamp = node.attributes.get("datetime") or ""
    match = _WRITTEN_DATE.search(label)
    if _CHANGED.search(label[: match.start()] if match else label):
        return None
    if stamp and (candidate := _read(stamp, "byline", f"{node.tag} datetime", 0.7)):
        return candidate
    return (
        _read_words(match.group(), f"{node.tag} {node.attributes.get('class') or ''}".strip()[:60])
        if match
        else None
    )


def _near_headline(page: Page) -> DateCandidate | None:
    """A date written in the small print of the headline or in the first words after it."""
    start = page.text.find("</h1")
    if start < 0:
        return None
    headline = page.text[max(0, page.text.rfind("<h1", 0, start)) : start]
    small = " ".join(match.group(2) for match in _IN_HEADLINE.finditer(headline))
    text = one_line(_TAG.sub(" ", small + page.text[start : start + _NEAR_CHARS]))[:_NEAR_TEXT_CHARS]
    match = _WRITTEN_DATE.search(text)
    if match is None or _CHANGED.search(text[max(0, match.start() - 25) : match.start()]):
        return None
    return _read_words(match.group(), "after the headline")


def _read_words(raw: str, detail: str) -> DateCandidate | None:
    """A written date; one that can be read in two ways is left to others."""
    try:
        parsed = parse_date(raw)
    except ValueError:
        return None
    if parsed.ambiguous or not _is_plausible(parsed.date):
        return None
    return DateCandidate(
        value=parsed.date, provenance=Provenance(method="byline", detail=detail, confidence=0.6, raw=raw)
    )


def _is_plausible(date: PartialDate) -> bool:
    return _EARLIEST <= date.year <= dt.datetime.now(dt.UTC).year + 1


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
        return _by_dates(raw)
    year, month, day, hour, minute, second, zone = match.groups()
    try:
        date = PartialDate(int(year), int(month), int(day))
    except ValueError:
        return None
    if not _is_plausible(date):
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


def _by_dates(raw: str) -> tuple[PartialDate, dt.datetime | None] | None:
    if len(raw) > _MAX_LABEL_CHARS:
        return None
    try:
        parsed = parse_date(raw)
    except ValueError:
        return None
    return (parsed.date, parsed.at) if _is_plausible(parsed.date) and not parsed.ambiguous else None


def _zone(text: str) -> dt.timezone:
    if text in ("Z", "UTC", "GMT"):
        return dt.UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]))
    return dt.timezone(-offset if text[0] == "-" else offset)
