"""What people read for the values that programs use: facets, languages, dates."""

from __future__ import annotations

from archive.document import PartialDate
from index.query.escapes import for_people
from index.query.languages import language_name
from webapp.models import MISSING
from webapp.presenters import date_words

FACET_TITLES = {
    "author": "Author",
    "source": "Source",
    "tag": "Tag",
    "language": "Language",
    "year": "Year",
    "month": "Month",
    "duplicate": "Copies",
}

_MISSING_LABELS = {
    "author": "No author",
    "source": "No source",
    "tag": "No tag",
    "language": "Language unknown",
    "year": "Undated",
    "month": "Undated",
    "duplicate": "No copies",
}


def value_label(name: str, value: str, labels: dict[str, str] | None = None) -> str:
    """Return what people read for ``value`` of the filter ``name``."""
    if value == MISSING:
        return _MISSING_LABELS[name]
    label = (labels or {}).get(value, value)
    if name == "month":
        return date_label(label)
    if name == "duplicate":
        return "Has copies"
    return language_name(label) if name == "language" else label


def query_label(text: str, typed: str) -> str:
    """Return canonical query text as people read it: as it was typed, else without escapes."""
    return text if text in typed else for_people(text)


def date_label(text: str) -> str:
    """Return an ISO date in words."""
    return date_words(PartialDate.from_iso(text))
