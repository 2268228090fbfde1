"""HTML pages, as saved by a browser or fetched."""

from __future__ import annotations

from archive.document import Draft, Origin
from archive.extract import Extracted, extract_page


def read_html(data: bytes, origin: Origin, options: object = None) -> Draft:
    """Read one page into a draft.

    Raises:
        EmptyItemError: there is no text in the page.
        LimitExceededError: the markup would hang a parser.
    """
    declared = getattr(options, "declared", "") or ""
    url = getattr(options, "url", "") or (
        origin.path if origin.path.startswith(("http://", "https://")) else ""
    )
    return draft_from_extracted(extract_page(data, url=url, declared=declared), origin)


def draft_from_extracted(extracted: Extracted, origin: Origin) -> Draft:
    """The fields of an extracted page as a draft."""
    return Draft(
        text=extracted.text,
        origin=origin,
        title=extracted.title,
        authors=extracted.authors,
        published=extracted.published,
        published_at=extracted.published_at,
        language=extracted.language,
        source=extracted.source,
        url=extracted.url,
        section=extracted.section,
        tags=extracted.tags,
        provenance=dict(extracted.provenance),
        warnings=extracted.warnings,
    )
