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


def _formats(*formats: Format) -> dict[str, Format]:
    return {each.name: each for each in formats}


FORMATS: dict[str, Format] = _formats(
    Format(name="csv", extension="csv", title="CSV", media_type="text/csv; charset=utf-8", write=csv.write),
    Format(
        name="ndjson",
        extension="ndjson",
        title="NDJSON",
        media_type="application/x-ndjson",
        write=ndjson.write,
        text=True,
    ),
    Format(
        name="markdown",
        extension="md",
        title="Markdown",
        media_type="text/markdown; charset=utf-8",
        write=markdown.write,
    ),
    Format(
        name="bibtex",
        extension="bib",
        title="BibTeX",
        media_type="application/x-bibtex; charset=utf-8",
        write=bibtex.write,
    ),
    Format(
        name="ris",
        extension="ris",
        title="RIS",
        media_type="application/x-research-info-systems; charset=utf-8",
        write=ris.write,
    ),
    Format(
        name="csl",
        extension="csl",
        title="CSL-JSON",
        media_type="application/vnd.citationstyles.csl+json",
        write=csl.write,
    ),
)

FEEDS: dict[str, Format] = _formats(
    Format(
        name="atom",
        extension="atom",
        title="Atom",
        media_type="application/atom+xml; charset=utf-8",
        write=atom.write,
        text=True,
    ),
    Format(
        name="jsonfeed",
        extension="json",
        title="JSON Feed",
        media_type="application/feed+json",
        write=jsonfeed.write,
        text=True,
    ),
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
