"""BibTeX, with biblatex's ``date`` beside ``year`` and ``month`` for partial dates.

The key is the article's permanent address, which is unique, ASCII and stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from archive.document import Document
from webapp.exports.head import Head, day, line

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

#: No brace may stand alone: BibTeX counts them, backslash or not.
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{char: f"\\{char}" for char in "$&#_%"},
}
_SPECIALS = re.compile("[" + re.escape("".join(_SPECIAL)) + "]")

#: Names that BibTeX would cut: at "and" or at a comma.
_CUT_NAME = re.compile(r"(?i)\band\b|\bothers\b|,")


def write(documents: Iterable[Document], head: Head) -> Iterator[str]:
    """Yield a comment with query and day, and an entry for each article."""
    if head.total is not None:
        # Outside entries everything is a comment but the sign that begins one.
        query = line(head.query).replace("@", "(at)") or "all articles"
        yield f"% {query}\n% exported on {day(head.exported)}\n"
    for number, document in enumerate(documents):
        yield ("\n" if number or head.total is not None else "") + _entry(document, head)


def escaped(text: str) -> str:
    """Return ``text`` for TeX, braces balanced."""
    return _SPECIALS.sub(lambda match: _SPECIAL[match[0]], line(text))


def _entry(document: Document, head: Head) -> str:
    fields = [("title", "{" + escaped(document.title) + "}")]  # inner braces keep the capitals
    if document.authors:
        fields.append(("author", " and ".join(map(_name, document.authors))))
    if document.source:
        fields.append(("journal", escaped(document.source)))
    fields += _dates(document)
    if address := document.url or head.permalink(document):
        fields.append(("url", _address(address)))
    if document.language:
        fields.append(("language", escaped(document.language)))
    if document.tags:
        fields.append(("keywords", ", ".join(escaped(tag).replace(",", " ") for tag in document.tags)))
    if document.lead:
        fields.append(("abstract", escaped(document.lead)))
    lines = [f"  {name} = {value if name == 'month' else '{' + value + '}'}" for name, value in fields]
    kind = "article" if document.source else "misc"
    return f"@{kind}{{{document.slug},\n" + ",\n".join(lines) + "\n}\n"


def _name(name: str) -> str:
    text = escaped(name)
    return "{" + text + "}" if _CUT_NAME.search(text) else text


def _dates(document: Document) -> list[tuple[str, str]]:
    published = document.published
    if published is None:
        return []
    found = [("date", published.isoformat()), ("year", f"{published.year:04d}")]
    if published.month:
        found.append(("month", _MONTHS[published.month - 1]))
    return found


def _address(url: str) -> str:
    return quote(line(url), safe="/:?#[]@!$&'()*+,;=%~-._")
