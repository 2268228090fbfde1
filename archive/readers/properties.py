"""The properties that word processors and PDF writers put into a file, as far as they can be believed.

They are about the file, not the article: the author may be the computer's owner,
the title that of a template, the date that of a conversion.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

from archive.authors import looks_like_name
from archive.document import Draft, Origin
from archive.readers import ReadOptions
from archive.readers.fields import FieldMapper

_NO_TITLE: Final = re.compile(
    r"(?:microsoft (?:word|powerpoint) - .*|untitled.*|unbenannt.*|sans titre.*|sin t[ií]tulo.*"
    r"|do[ck]ument\s?\d*|title|titel|word document|slide \d+|print|layout \d+|page \d+|scan.{0,20}|\W*"
    r"|[\w-]*\d{5,}[\w-]*"
    r"|.*\.(?:docx?|odt|rtf|pdf|indd|qxd|qxp|tex|dvi|ps|html?|txt|pub|wpd|pages|ai|eps))",
    re.IGNORECASE,
)
_NO_AUTHOR: Final = re.compile(
    r"(?:microsoft office.*|.*\b(?:user|admin|administrator|owner|benutzer|utilisateur|usuario)\b.*"
    r"|python-docx|unknown|anonymous|author|libreoffice.*|openoffice.*|apache.*|adobe.*|acrobat.*"
    r"|preferred customer|hp|dell|pc|home|me|.*[@\\/].*|\W*)",
    re.IGNORECASE,
)
_MIN_YEAR: Final = 1985  # files of these formats are not older


def draft_with_properties(
    draft: Draft, record: dict[str, Any], origin: Origin, options: ReadOptions, *, method: str
) -> Draft:
    """Fill what ``draft`` lacks from a file's properties; implausible ones are left out.

    Args:
        record: ``title``, ``author`` (a list or one string), ``date`` (ISO), ``language``, ``tags``.
        method: for the provenance, such as ``pdf-properties``.

    A date is believed only if the text names its year: otherwise it is that of
    the file.
    """
    plausible = {name: value for name, value in record.items() if value}
    if not is_plausible_title(str(plausible.get("title", ""))):
        plausible.pop("title", None)
    authors = plausible.get("author", [])
    authors = [authors] if isinstance(authors, str) else authors
    plausible["author"] = [each for each in authors if not _NO_AUTHOR.fullmatch(each.strip())]
    stated = FieldMapper(options, method=method).draft(plausible, origin, text=" ")
    names = tuple(name for name in stated.authors if looks_like_name(name))
    published = stated.published
    if published is None or published.year < _MIN_YEAR or str(published.year) not in draft.text:
        stated = replace(stated, published=None, published_at=None)
    return _filled(draft, replace(stated, authors=names))


def is_plausible_title(title: str) -> bool:
    """Say whether a title is one that a person gave, not a program or a template."""
    title = title.strip()
    return (" " in title or title.istitle()) and not _NO_TITLE.fullmatch(title)


def _filled(draft: Draft, stated: Draft) -> Draft:
    changes: dict[str, Any] = {}
    provenance = dict(draft.provenance)
    for name in ("title", "authors", "published", "language", "tags", "source"):
        if getattr(stated, name) and not getattr(draft, name):
            changes[name] = getattr(stated, name)
            if name in stated.provenance:
                confidence = {"published": 0.4, "title": 0.7}.get(name, 0.5)
                provenance[name] = replace(stated.provenance[name], confidence=confidence)
    # An instant of the file's making is not that of publication.
    return replace(draft, **changes, provenance=provenance)
