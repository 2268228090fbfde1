"""Articles in the formats of other programs; each is written as it is read.

A writer takes articles one by one and yields text, so that two hundred thousand
of them need no more memory than one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from archive.document import Document
from webapp.exports import atom, bibtex, csl, csv, jsonfeed, markdown, ndjson, ris
from webapp.exports.head import Head

__all__ = ["FEEDS", "FORMATS", "Format", "Head", "chunks"]

Writer: TypeAlias = Callable[[Iterable[Document], Head], Iterator[str]]

#: Text is sent in pieces of about so many characters.
CHUNK_CHARS = 32_768


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format.

    Attributes:
        name: in addresses and on the command line.
        extension: of files and of single articles, without the dot.
        title: what people read.
        text: whole texts unless told otherwise.
    """

    name: str
    extension: str
    title: str
    media_type: str
    write: Writer
    text: bool = False


#: Name, extension, title, media type, writer, and whether whole texts are given unless told otherwise.
_Row: TypeAlias = tuple[str, str, str, str, Writer, bool]


def _formats(*rows: _Row) -> dict[str, Format]:
    return {
        name: Format(
            name=name, extension=extension, title=title, media_type=media_type, write=write, text=text
        )
        for name, extension, title, media_type, write, text in rows
    }


FORMATS: dict[str, Format] = _formats(
    ("csv", "csv", "CSV", "text/csv; charset=utf-8", csv.write, False),
    ("ndjson", "ndjson", "NDJSON", "application/x-ndjson", ndjson.write, True),
    ("markdown", "md", "Markdown", "text/markdown; charset=utf-8", markdown.write, False),
    ("bibtex", "bib", "BibTeX", "application/x-bibtex; charset=utf-8", bibtex.write, False),
    ("ris", "ris", "RIS", "application/x-research-info-systems; charset=utf-8", ris.write, False),
    ("csl", "csl", "CSL-JSON", "application/vnd.citationstyles.csl+json", csl.write, False),
)

FEEDS: dict[str, Format] = _formats(
    ("atom", "atom", "Atom", "application/atom+xml; charset=utf-8", atom.write, True),
    ("jsonfeed", "json", "JSON Feed", "application/feed+json", jsonfeed.write, True),
)


def chunks(pieces: Iterable[str]) -> Iterator[bytes]:
    """Yield ``pieces`` as UTF-8 in chunks that are worth sending."""
    waiting: list[str] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= CHUNK_CHARS:
            yield "".join(waiting).encode("utf-8", "replace")
            waiting, size = [], 0
    if waiting:
        yield "".join(waiting).encode("utf-8", "replace")
