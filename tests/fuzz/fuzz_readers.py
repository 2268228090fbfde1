"""What must hold of any bytes given to a reader: articles or reasons, and nothing else."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from archive.characters import normalise_line, normalise_text
from archive.document import Document, Origin
from archive.errors import ReadError
from archive.limits import Limits
from archive.readers import ReadFailure, ReadOptions
from archive.readers.registry import open_stream
from archive.reading import ReadArticle, read_opened
from archive.store.slugs import slug_base
from archive.urls import normalise_url
from archive.wire import results_from_json, results_to_json
from index.analysis import analyse, tokenize
from index.records import record_from_document

#: Small, so that a fuzzer's inputs of some thousand bytes can reach them.
LIMITS = Limits(
    file_bytes=200_000,
    archive_bytes=400_000,
    ratio_free_bytes=100_000,
    text_chars=50_000,
    title_chars=200,
    line_bytes=50_000,
    depth=20,
    entries=50,
    pages=20,
    mail_parts=20,
    mail_depth=5,
    mail_head_bytes=8_000,
    warc_head_bytes=4_000,
    markdown_lines=2_000,
)

#: More articles than this in one input tell nothing new.
MOST = 30

#: Between the members of a packed document that an input stands for.
CUT = b"\n=====\n"


class FailedReaderError(Exception):
    """A reader ended with an exception that is none of its own."""


def read_as(name: str, data: bytes) -> list[Document]:
    """Read ``data`` as a file of that name and check whatever comes out."""
    options = ReadOptions(limits=LIMITS)
    found: list[ReadArticle | ReadFailure] = []
    for each in _read(name, data, options):
        if isinstance(each, ReadFailure) and each.code == "failed":
            raise FailedReaderError(each.reason)
        found.append(each)
        if len(found) == MOST:
            break
    assert list(results_from_json(results_to_json(found))) == found, "the child's answer differs"
    documents = [each.document for each in found if isinstance(each, ReadArticle)]
    for document in documents:
        check_document(document)
    return documents


def _read(name: str, data: bytes, options: ReadOptions) -> Iterator[ReadArticle | ReadFailure]:
    stream = io.BufferedReader(io.BytesIO(data))
    try:
        opened = open_stream(stream, Origin(path=name), options)
    except ReadError as error:
        yield ReadFailure(code=error.code, reason=str(error))
        return
    yield from read_opened(opened, options)


def check_document(document: Document) -> None:
    """What the store, the index and the pages rely on."""
    assert document.text, "an article without text"
    assert document.title, "an article without a title"
    assert document.identity, "an article without an identity"
    assert document.text == normalise_text(document.text), "the text is not normal"
    assert document.title == normalise_line(document.title, 10_000), "the title is not normal"
    assert document.text.startswith(document.lead), "the lead is not the beginning"
    assert len(document.text) <= LIMITS.text_chars
    assert len(document.title) <= max(LIMITS.title_chars, 80)
    assert document.url == normalise_url(document.url) if document.url else True, (
        "the address is not canonical"
    )
    values = (
        document.title,
        document.text,
        document.source,
        document.section,
        *document.authors,
        *document.tags,
    )
    for value in values:
        value.encode()  # no lone surrogates
        assert "\0" not in value
    assert slug_base(document.title, "article")
    check_analysis(document.title)
    check_analysis(document.text[:5_000])
    record_from_document(document)


def check_analysis(text: str) -> None:
    """The fast analyzer gives what the plain one gives, and folding is done once and for all."""
    quick, compounds = analyse(text)
    assert quick == [token.text for token in tokenize(text)], "the analyzers differ"
    for token in (*quick, *compounds):
        assert token
        assert token.split() == [token], "a token with a space in it"


def packed(members: dict[str, bytes]) -> bytes:
    """Return a zip file of ``members``, always the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as zipped:
        for name, content in members.items():
            zipped.writestr(zipfile.ZipInfo(name), content)
    return target.getvalue()


def docx(data: bytes) -> None:
    """``word/document.xml``, then ``docProps/core.xml``."""
    body, _, properties = data.partition(CUT)
    members = {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "word/document.xml": body,
    }
    if properties:
        members["docProps/core.xml"] = properties
    read_as("a.docx", packed(members))


def odt(data: bytes) -> None:
    """``content.xml``, then ``meta.xml``."""
    body, _, meta = data.partition(CUT)
    kind = b"application/vnd.oasis.opendocument.text"
    members = {"mimetype": kind, "content.xml": body}
    if meta:
        members["meta.xml"] = meta
    read_as("a.odt", packed(members))


def epub(data: bytes) -> None:
    """The package file, then the chapters ``1.xhtml``, ``2.xhtml`` and so on."""
    package, *chapters = data.split(CUT)
    container = (
        b'<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        b'<rootfile full-path="a.opf"/></rootfiles></container>'
    )
    members = {"mimetype": b"application/epub+zip", "META-INF/container.xml": container, "a.opf": package}
    members |= {f"{number}.xhtml": chapter for number, chapter in enumerate(chapters[:5], 1)}
    read_as("a.epub", packed(members))


def wacz(data: bytes) -> None:
    """The records of the archive; its index of pages after them."""
    records, _, pages = data.partition(CUT)
    read_as(
        "a.wacz", packed({"datapackage.json": b"{}", "archive/a.warc": records, "pages/pages.jsonl": pages})
    )
