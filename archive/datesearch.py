"""The date of a page that does not state one: htmldate looks at all of it.

htmldate hands dates in words to dateparser, whose tables for all languages take
a second of processor time and 60 MB in every process that reads pages; here
`archive.dates` reads them, which knows the months of the languages of most articles.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

import htmldate.extractors
import lxml.etree
from htmldate import find_date
from lxml.html import HtmlElement

from archive.dates import parse_date
from archive.document import PartialDate, Precision, Provenance
from archive.metadata import Candidate, Metadata
from archive.months import MONTHS

_ERRORS: Final = (
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    KeyError,
    OverflowError,
    lxml.etree.LxmlError,
)


class _WrittenDates:
    """What htmldate asks of dateparser's ``DateDataParser``."""

    def get_date_data(self, text: str) -> dict[str, dt.datetime | None]:
        try:
            parsed = parse_date(text)
        except ValueError:
            return {"date_obj": None}
        date = parsed.date
        if parsed.ambiguous or date.month is None or date.day is None:
            return {"date_obj": None}
        return {"date_obj": dt.datetime(date.year, date.month, date.day)}


_WRITTEN_DATES: Final = _WrittenDates()
_MONTHS: Final = frozenset(name for name in MONTHS if len(name) >= 3)
htmldate.extractors.get_external_parser = lambda: _WRITTEN_DATES  # type: ignore[assignment]
htmldate.extractors.month_words = lambda: _MONTHS  # type: ignore[assignment]


def search_date(metadata: Metadata, tree: HtmlElement, html: str, url: str) -> None:
    """Add the date that htmldate finds, if any; styles and drawings leave ``tree``."""
    lxml.etree.strip_elements(tree, "style", "svg", with_tail=False)
    try:
        found = find_date(tree, original_date=True, url=url or None)
    except _ERRORS:
        return
    if not found:
        return
    date = PartialDate.from_iso(found)
    if date.month == date.day == 1 and not _states_new_year(html, date.year):
        date = PartialDate(date.year)  # htmldate's way of giving a bare year
    metadata.published = date
    confidence = 0.5 if date.precision is Precision.DAY else 0.3
    provenance = Provenance(method="extractor", detail="htmldate", confidence=confidence, raw=found)
    metadata.keep("published", [Candidate(value=date.isoformat(), provenance=provenance)])


def _states_new_year(html: str, year: int) -> bool:
    """Whether the first of January of ``year`` is written anywhere in the page."""
    return (
        re.search(
            rf"{year}[-/.]?01[-/.]?01|\b0?1[./-]\s?0?1[./-]\s?{year}|\bjan\w*\.?\s+0?1(?:st)?,?\s+{year}"
            rf"|\b0?1(?:st|er|\.)?\s+(?:de\s+)?[^\W\d_]{{3,12}}\.?\s+(?:de\s+)?{year}",
            html,
            re.IGNORECASE,
        )
        is not None
    )
