"""Small files of many formats, made by hand so that every byte of them is known."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping

from archive.document import Draft, Origin
from archive.limits import LIMITS, Limits
from archive.readers import ReadFailure, ReadOptions
from archive.readers.registry import read

SENTENCE = "The bees of the meadow gather pollen along the old river bank until the evening comes. "


def found_in(
    data: bytes, name: str = "file", *, limits: Limits = LIMITS, options: ReadOptions | None = None
) -> tuple[list[Draft], list[ReadFailure]]:
    """The drafts and the failures in ``data``."""
    results = list(read(data, Origin(path=name), options=options or ReadOptions(limits=limits)))
    drafts = [each for each in results if isinstance(each, Draft)]
    return drafts, [each for each in results if isinstance(each, ReadFailure)]


def page(title: str, *, head: str = "") -> bytes:
    """An HTML page that an extractor takes for an article."""
    body = "".join(f"<p>{SENTENCE}{number} {title}.</p>" for number in range(5))
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head>"
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    ).encode()


def zip_of(members: Mapping[str, bytes | str] | Iterable[tuple[str, bytes | str]]) -> bytes:
    """A zip file of names and contents."""
    target = io.BytesIO()
    pairs = members.items() if isinstance(members, Mapping) else members
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in pairs:
            zipped.writestr(name, content)
    return target.getvalue()


def warc_record(
    uri: str,
    body: bytes,
    *,
    kind: str = "response",
    status: str = "200 OK",
    http: str = "Content-Type: text/html; charset=utf-8",
    length: int | None = None,
    date: str = "2020-01-02T03:04:05Z",
) -> bytes:
    """One WARC record of an HTTP response; ``length`` lies where it is given."""
    content = f"HTTP/1.1 {status}\r\n{http}\r\n\r\n".encode() + body
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\nWARC-Date: {date}\r\n"
        f"Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(content) if length is None else length}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n\r\n"


def pdf_of(pages: Iterable[Iterable[str]], information: str = "") -> bytes:
    """A PDF of pages of lines; ``information`` is the inside of its information dictionary."""
    contents = []
    for lines in pages:
        shown = " ".join(
            f"({line.replace(chr(92), chr(92) * 2).replace('(', chr(92) + '(').replace(')', chr(92) + ')')}) Tj T*"
            for line in lines
        )
        contents.append(f"BT /F1 11 Tf 14 TL 50 780 Td {shown} ET".encode("cp1252"))
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        f"<< {information} >>".encode("cp1252"),
    ]
    for number, content in enumerate(contents):
        place = 6 + 2 * number
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {place} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content))
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 4 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    return bytes(out)


EPUB_CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)


def epub_of(
    chapters: Mapping[str, str], *, metadata: str = "", extra: Mapping[str, str] | None = None
) -> bytes:
    """An e-book of chapters (name in OEBPS -> markup), with its table of contents where ``extra`` holds one."""
    items = "".join(
        f'<item id="i{number}" href="{name}" media-type="application/xhtml+xml"/>'
        for number, name in enumerate(chapters)
    )
    extra = extra or {}
    if "toc.ncx" in extra:
        items += '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    if "nav.xhtml" in extra:
        items += '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
    spine = "".join(f'<itemref idref="i{number}"/>' for number in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:opf="http://www.idpf.org/2007/opf">'
        f"<metadata>{metadata}</metadata><manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": EPUB_CONTAINER,
        "OEBPS/book.opf": package,
    }
    members |= {f"OEBPS/{name}": markup for name, markup in chapters.items()}
    members |= {name if "/" in name else f"OEBPS/{name}": content for name, content in extra.items()}
    return zip_of(members)
