"""Facets of a search: what to ask the engine for, and what people read."""

from __future__ import annotations

from collections.abc import Iterable

from index.analysis import fold_key
from index.engine import Bucket, FacetRequest, SearchResponse
from webapp.labels import Labels
from webapp.models import MISSING, FacetValue, SearchParams

#: Years are shown in time order, so all of them are asked for.
_YEARS = 300
_MOST = 20

REQUESTS: tuple[FacetRequest, ...] = (
    FacetRequest(field="author_key", size=_MOST),
    FacetRequest(field="source_key", size=_MOST),
    FacetRequest(field="lang", size=100),
    FacetRequest(field="year", size=_YEARS),
)


def facets_from_response(
    response: SearchResponse, params: SearchParams, labels: Labels
) -> dict[str, tuple[FacetValue, ...]]:
    """Return the facets by name: most frequent first, years in time order.

    Articles without a language or year come last under the value ``none``;
    those of an author facet are not counted, because an article may have
    several authors, nor are sources beyond the buckets.
    """
    buckets = response.facets
    authors = buckets.get("author_key", ())
    sources = buckets.get("source_key", ())
    author_names = labels.authors([bucket.value for bucket in authors])
    source_names = labels.sources([bucket.value for bucket in sources])
    years = sorted(buckets.get("year", ()), key=lambda bucket: bucket.value)
    return {
        "author": _named(authors, author_names, params.author),
        "source": _named(sources, source_names, params.source),
        "language": (
            *_plain(buckets.get("lang", ()), params.language),
            *_missing(response, "lang", "Unknown", params.language),
        ),
        "year": (*_plain(years, params.year), *_missing(response, "year", "Undated", params.year)),
    }


def _named(
    buckets: Iterable[Bucket], names: dict[str, str], asked: tuple[str, ...]
) -> tuple[FacetValue, ...]:
    chosen = {fold_key(value) for value in asked}
    return tuple(
        FacetValue(
            value=names.get(bucket.value, bucket.value),
            label=names.get(bucket.value, bucket.value),
            count=bucket.count,
            selected=bucket.value in chosen,
        )
        for bucket in buckets
    )


def _plain(buckets: Iterable[Bucket], asked: tuple[str, ...]) -> tuple[FacetValue, ...]:
    chosen = {value.strip().lower() for value in asked}
    return tuple(
        FacetValue(
            value=bucket.value, label=bucket.value, count=bucket.count, selected=bucket.value in chosen
        )
        for bucket in buckets
    )


def _missing(
    response: SearchResponse, field: str, label: str, asked: tuple[str, ...]
) -> tuple[FacetValue, ...]:
    """Return the bucket of the articles without a value of a field that has at most one."""
    left = response.total - sum(bucket.count for bucket in response.facets.get(field, ()))
    if left <= 0:
        return ()
    return (FacetValue(value=MISSING, label=label, count=left, selected=MISSING in asked),)
