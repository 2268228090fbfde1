"""The child process that analyses articles: run by `index.analysts`, never by hand.

A request is a frame of JSON, a list of what `facts` gives; the answer is a frame
with the list of their records.  JSON, because a pickle runs what it is told to.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from archive.children import read_frame, write_frame
from archive.document import Document, Origin, PartialDate
from index.engine import Record
from index.records import record_from_document

#: What a record is made from; nothing else of an article crosses the pipe.
_PLAIN: Final = (
    "id", "title", "text", "lead", "words", "language", "source", "url", "section", "group",
)  # fmt: skip
_NOWHERE: Final = Origin(path="")


def facts(document: Document) -> list[Any]:
    """Return what `record_from_document` needs of ``document``, as JSON has it."""
    return [
        *(getattr(document, name) for name in _PLAIN),
        document.authors,
        document.tags,
        None if document.published is None else document.published.isoformat(),
        None if document.added is None else document.added.timestamp(),
    ]


def document_from_facts(values: list[Any]) -> Document:
    """Return the document as far as `facts` told of it."""
    *plain, authors, tags, published, added = values
    return Document(
        **dict(zip(_PLAIN, plain, strict=True)),
        identity="",
        origin=_NOWHERE,
        content_hash="",
        authors=tuple(authors),
        tags=tuple(tags),
        published=None if published is None else PartialDate.from_iso(published),
        added=None if added is None else datetime.fromtimestamp(added, UTC),
    )


def request(documents: Iterable[Document]) -> bytes:
    """Return the frame that asks for the records of ``documents``."""
    return orjson.dumps([facts(document) for document in documents])


def answer(asked: bytes) -> bytes:
    """Return the records that a frame asks for, as a frame."""
    documents = map(document_from_facts, orjson.loads(asked))
    return orjson.dumps([record_from_document(document) for document in documents])


def records_of(answered: bytes) -> list[Record]:
    """Read what `answer` wrote."""
    return [
        Record(
            id=value["id"],
            text=value["text"],
            keywords={name: tuple(values) for name, values in value["keywords"].items()},
            numbers=value["numbers"],
        )
        for value in orjson.loads(answered)
    ]


def main() -> None:
    """Answer requests until standard input ends."""
    # Ctrl-C is the parent's to handle: it ends this process by closing the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not end up among the answers
    while (asked := read_frame(sys.stdin.buffer)) is not None:
        write_frame(answers, answer(asked))


if __name__ == "__main__":
    main()
