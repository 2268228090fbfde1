"""Plain text as people keep it: a title line, a few header lines, paragraphs."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from typing import Final

from archive.authors import is_agency, looks_like_name
from archive.characters import loses_characters, normalise_text
from archive.document import Draft, Origin
from archive.encoding import decode
from archive.errors import EmptyItemError
from archive.paragraphs import is_wrapped, shape_paragraphs
from archive.readers import ReadOptions
from archive.readers.fields import FieldMapper, folded_name, read_date

_HEADER: Final = re.compile(r"([^\W\d_][\w -]{1,24}?)\s*[:：]\s*(.*)")
_BYLINE: Final = re.compile(r"(?:by|von|par|por|di|door|av|от)\s+(\S.*)", re.IGNORECASE)
# Header names -> the record names that `FieldMapper` reads.
_WORDS: Final = {
    "title": "title headline subject heading",
    "author": "author authors byline by writtenby writer reporter autor auteur",
    "date": "date published publishedon publicationdate pubdate posted datum",
    "source": "source publication publisher newspaper site website outlet",
    "url": "url link permalink canonical originalurl sourceurl",
    "tags": "tags keywords topics",
    "language": "language lang",
    "section": "section category rubric",
    "id": "id guid",
}
_FIELDS: Final = {word: name for name, words in _WORDS.items() for word in words.split()}
_TITLE_CHARS: Final = 300
_SENTENCE_CHARS: Final = 160
_HEADER_CHARS: Final = 50_000
_MAX_HEADER_LINES: Final = 40
_SENTENCE_END: Final = re.compile(r"[.!?…][\"'”’)]*$")


@dataclass(slots=True)
class _Head:
    """What the first lines say.

    Attributes:
        body: number of the line where the text begins, from 0.
        lines: record name -> number of the line that gave it, from 0.
        heading: the title is the first line itself, not the value of a header.
    """

    body: int = 0
    heading: bool = False
    values: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def take(self, name: str, value: str, line: int) -> None:
        if value and name not in self.values:
            self.values[name] = value
            self.lines[name] = line


def read_text(data: bytes, origin: Origin, options: ReadOptions) -> Draft:
    """Read one article from plain text.

    Raises:
        EmptyItemError: there is nothing but white space.
    """
    decoded = decode(data, options.declared)
    text = normalise_text(decoded.text)
    if not text:
        raise EmptyItemError("there is no text in it")
    warnings = list(decoded.warnings)
    if loses_characters(decoded.text):
        warnings.append("control characters were removed from the text")
    # With its indentation: in wrapped text it begins a paragraph.
    lines = text.split("\n")
    head = _read_head(lines)
    body = shape_paragraphs("\n".join(lines[head.body :]).strip())
    return _draft(head, body, origin, options, warnings)


def _draft(head: _Head, body: str, origin: Origin, options: ReadOptions, warnings: list[str]) -> Draft:
    mapper = FieldMapper(options, method="header")
    draft = mapper.draft(head.values, origin, text=body or head.values.get("title", ""))
    provenance = {
        name: dataclasses.replace(found, detail=f"line {head.lines[_record_name(name)] + 1}")
        for name, found in draft.provenance.items()
    }
    if head.heading:
        provenance["title"] = dataclasses.replace(provenance["title"], method="heading", confidence=0.9)
    return dataclasses.replace(draft, provenance=provenance, warnings=(*warnings, *draft.warnings))


def _record_name(field_name: str) -> str:
    return {"authors": "author", "published": "date"}.get(field_name, field_name)


def _read_head(lines: list[str]) -> _Head:
    head = _Head()
    position = 0
    if _header_of(lines[0]) is None and _is_title(lines):
        head.take("title", lines[0].strip(), 0)
        head.heading = True
        position = 1
    head.body = position
    for number in range(position, min(len(lines), _MAX_HEADER_LINES)):
        line = lines[number].strip()
        if not line:
            continue
        found = _header_of(line) or _loose_header(line, head)
        if found is None:
            break
        head.take(*found, number)
        head.body = number + 1
    return head


def _header_of(line: str) -> tuple[str, str] | None:
    """The record name and value of a line such as ``Author: Jane Doe``; the value may be empty."""
    match = _HEADER.fullmatch(line.strip()) if len(line) <= _HEADER_CHARS * 4 else None
    if match is None:
        return None
    name = _FIELDS.get(folded_name(match[1]))
    return (name, match[2].strip()) if name else None


def _loose_header(line: str, head: _Head) -> tuple[str, str] | None:
    """A byline or a date that stands alone under the title."""
    if not head.values or len(line) > 150:
        return None
    byline = _BYLINE.fullmatch(line)
    if byline is not None and "author" not in head.values and _names_somebody(byline[1]):
        return "author", line
    if "date" not in head.values and len(line) <= 60 and any(char.isdigit() for char in line):
        ignored: list[str] = []
        if read_date(line, ReadOptions(), "", "date", ignored) is not None:
            return "date", line
    return None


def _names_somebody(text: str) -> bool:
    """Say whether what follows "By" begins with a name, as in ``Jane Doe, Staff Writer``."""
    first = re.split(r",|;|\||&|\s(?:and|und|et|y|e|en|och|og)\s|\s[-–—]\s", text, maxsplit=1)[0].strip(" .")
    return looks_like_name(first) or is_agency(first)


def _is_title(lines: list[str]) -> bool:
    """Say whether the first line is a title rather than the beginning of the text."""
    first = lines[0].strip()
    if len(first) > _TITLE_CHARS or (len(first) > _SENTENCE_CHARS and _SENTENCE_END.search(first)):
        return False
    if len(lines) == 1:
        return False
    following = lines[1].strip()
    goes_on = following[:1].islower() and not _SENTENCE_END.search(first)
    return not (goes_on and is_wrapped(lines[: lines.index("")] if "" in lines else lines))
