"""Records to JSON: the one shape that the API and the command line both print."""

from __future__ import annotations

import datetime as dt
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, TypeAlias

from archive.capturetimes import capture_times
from archive.document import Document, PartialDate
from index.query.ast import QueryWarning
from webapp.models import (
    Alternative,
    Completion,
    FacetPage,
    FacetValue,
    Histogram,
    Hit,
    OtherCopy,
    Reason,
    Repair,
    SearchPage,
    Spans,
)

if TYPE_CHECKING:
    from index.snippets import Snippet
    from webapp.saved import Counted

Json: TypeAlias = dict[str, Any]

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


def search_json(page: SearchPage) -> Json:
    """Return a page of answers; ``partial`` holds what matched most of the words only."""
    return {
        "query": page.query,
        "understood": page.understood,
        "match": page.match,
        "warnings": [_warning_json(warning) for warning in page.warnings],
        "total": page.total,
        "took_ms": round(page.took_ms, 3),
        "hits": [hit_json(hit) for hit in page.hits],
        "partial": {
            "total": page.partial_total,
            "hits": [partial_json(hit) for hit in page.partial],
        },
        "facets": {name: [_facet_json(value) for value in values] for name, values in page.facets.items()},
        **({"repair": _repair_json(page.repair)} if page.repair else {}),
        **({"histogram": histogram_json(page.histogram)} if page.histogram else {}),
        "next": page.next,
    }


def _repair_json(repair: Repair) -> Json:
    return {
        "did_you_mean": _alternative_json(repair.corrected) if repair.corrected else None,
        "without": [_alternative_json(other) for other in repair.without],
        "any": repair.widened.total if repair.widened else 0,
    }


def _alternative_json(other: Alternative) -> Json:
    return {"text": other.text, "query": other.params.q, "total": other.total}


def completion_json(found: Completion) -> Json:
    """Return what a query may become; a title with the address of its article."""
    return {
        "kind": found.kind,
        "text": found.text,
        "query": found.query,
        **({"slug": found.slug} if found.slug else {}),
    }


def facet_json(page: FacetPage) -> Json:
    """Return a page of all values of a facet."""
    return {
        "name": page.name,
        "find": page.find,
        "total": page.total,
        "page": page.page,
        "values": [_facet_json(value) for value in page.values],
    }


def histogram_json(histogram: Histogram) -> Json:
    """Return matches over time; ``share`` is how much of the archive matches in each stretch."""
    return {
        "unit": histogram.unit,
        "buckets": [
            {
                "start": bucket.start,
                "end": bucket.end,
                "count": bucket.count,
                "articles": bucket.articles,
                "share": round(bucket.share, 6),
            }
            for bucket in histogram.buckets
        ],
        "coarse": histogram.coarse,
    }


def hit_json(hit: Hit) -> Json:
    """Return one hit."""
    return {
        "id": hit.id,
        "slug": hit.slug,
        "url": hit.url,
        "title": hit.title,
        "authors": list(hit.authors),
        "published": published_json(hit.published),
        "source": hit.source,
        "language": hit.language,
        "score": round(hit.score, 6),
        "title_spans": _spans_json(hit.title_spans),
        "snippets": [_snippet_json(snippet) for snippet in hit.snippets],
        **({"explain": [_reason_json(reason) for reason in hit.reasons]} if hit.reasons else {}),
        **({"damaged": True} if hit.damaged else {}),
        **({"also": _also_json(hit.also), "also_total": hit.also_total} if hit.also_total else {}),
    }


def partial_json(hit: Hit) -> Json:
    """Return one hit that has only some of the words."""
    return {**hit_json(hit), "partial": True, "missing": list(hit.missing)}


def _also_json(also: tuple[OtherCopy, ...]) -> list[Json]:
    return [{"slug": copy.slug, "source": copy.source} for copy in also]


def saved_json(found: Counted) -> Json:
    """Return a saved search and how it stands."""
    search = found.search
    return {
        "slug": search.slug,
        "name": search.name,
        "query": search.query,
        "total": found.total,
        "new": found.new,
        "created": instant_json(search.created),
        "visited": instant_json(search.visited),
        "problem": found.problem,
    }


def article_json(document: Document, *, whole_origin: bool = False) -> Json:
    """Return a whole article.

    Args:
        whole_origin: give the path that it was read from; else its last part
            only, because the rest tells a visitor about the machine.
    """
    path = document.origin.path
    return {
        "id": document.id,
        "slug": document.slug,
        "url": document.url,
        "title": document.title,
        "authors": list(document.authors),
        "published": published_json(document.published),
        "published_at": instant_json(document.published_at),
        "source": document.source,
        "language": document.language,
        "section": document.section,
        "tags": list(document.tags),
        "words": document.words,
        "lead": document.lead,
        "text": document.text,
        "added": instant_json(document.added),
        "updated": instant_json(document.updated),
        "content_hash": document.content_hash,
        "origin": {
            "path": path if whole_origin else last_part(path),
            "member": document.origin.member,
            "media_type": document.origin.media_type,
        },
        "provenance": {
            name: {
                "method": found.method,
                "detail": found.detail,
                "confidence": found.confidence,
                "raw": found.raw,
            }
            for name, found in document.provenance.items()
        },
        "warnings": list(document.warnings),
    }


def published_json(date: PartialDate | None) -> Json | None:
    """Return a date as far as it is known, or None for undated."""
    if date is None:
        return None
    return {"value": date.isoformat(), "precision": date.precision.value}


def instant_json(instant: dt.datetime | None) -> str | None:
    """Return ``2024-09-10T08:00:00Z``, or None."""
    if instant is None:
        return None
    return instant.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def date_words(date: PartialDate | None) -> str:
    """Return ``10 September 2024``, ``September 2024``, ``2024`` or ``Undated``."""
    if date is None:
        return "Undated"
    parts = [str(date.year)]
    if date.month is not None:
        parts.insert(0, _MONTHS[date.month - 1])
    if date.day is not None:
        parts.insert(0, str(date.day))
    return " ".join(parts)


def captures(document: Document) -> tuple[dt.datetime, ...]:
    """Return when what a version says was captured, ascending; empty if that is not known."""
    return capture_times(document.provenance)


def day_words(instant: dt.datetime) -> str:
    """Return the UTC day of ``instant`` in words."""
    day = instant.astimezone(dt.UTC).date()
    return date_words(PartialDate(day.year, day.month, day.day))


def minute_words(instant: dt.datetime) -> str:
    """Return the UTC day and minute of ``instant`` in words."""
    return f"{day_words(instant)}, {instant.astimezone(dt.UTC):%H:%M} UTC"


def last_part(path: str) -> str:
    """Return the file name of a path of this or another system, or of a URL."""
    return PurePosixPath(path.replace("\\", "/")).name or path


def _warning_json(warning: QueryWarning) -> Json:
    return {"code": warning.code, "message": warning.message, "span": list(warning.span)}


def _facet_json(value: FacetValue) -> Json:
    return {
        "value": value.value,
        "label": value.label,
        "count": value.count,
        "selected": value.selected,
        **({"excluded": True} if value.excluded else {}),
    }


def _snippet_json(snippet: Snippet) -> Json:
    return {
        "text": snippet.text,
        "spans": _spans_json(snippet.spans),
        "cut_before": snippet.cut_before,
        "cut_after": snippet.cut_after,
    }


def _reason_json(reason: Reason) -> Json:
    return {"clause": reason.clause, "score": round(reason.score, 6), "share": round(reason.share, 4)}


def _spans_json(spans: Spans) -> list[list[int]]:
    return [[start, end] for start, end in spans]
