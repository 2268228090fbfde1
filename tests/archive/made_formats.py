"""One small file of every format that articles are kept in, made by hand or of `tests/data/formats`."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import quopri
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import orjson
import zstandard
from made_files import SENTENCE, epub_of, page, pdf_of, warc_record, zip_of

FORMATS: Final = Path(__file__).parents[1] / "data" / "formats"
_PAGES: Final = Path(__file__).parents[1] / "data" / "pages"
_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TEXT: Final = f"The mill by the river\n\nAuthor: Jane Doe\nDate: 2024-09-10\n\n{SENTENCE}\n".encode()
_RECORD: Final = {
    "title": "The mill by the river",
    "authors": ["Jane Doe"],
    "date": "2024-09-10",
    "url": "https://one.example/mill",
    "text": SENTENCE,
    "tags": ["water", "wheels"],
}


def _tar(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return target.getvalue()


def _mhtml() -> bytes:
    head = (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://one.example/mill\r\nSubject: The mill\r\n"
        b"Date: Tue, 4 May 2021 10:00:00 -0000\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; type="text/html"; boundary="B"\r\n\r\n--B\r\n'
        b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head + quopri.encodestring(page("The mill")) + b"\r\n--B--\r\n"


def _docx() -> bytes:
    body = f'<w:p><w:pPr><w:pStyle w:val="Title"/></w:pPr><w:r><w:t>The mill</w:t></w:r></w:p><w:p><w:r><w:t>{SENTENCE}</w:t></w:r></w:p>'
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    document = f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
    return zip_of({"[Content_Types].xml": types, "word/document.xml": document})


def _odt() -> bytes:
    names = "xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0' xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0'"
    body = f"<text:h>The mill</text:h><text:p>{SENTENCE}</text:p>"
    content = f"<office:document-content {names}><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    return zip_of({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def _warc() -> bytes:
    return b"".join(
        warc_record(f"https://one.example/{name}", page(f"The {name}")) for name in ("mill", "weir")
    )


def _wacz() -> bytes:
    listed = b'{"format": "json-pages-1.0"}\n{"url": "https://one.example/weir"}'
    return zip_of(
        {"datapackage.json": "{}", "archive/a.warc.gz": gzip.compress(_warc()), "pages/pages.jsonl": listed}
    )


def _mbox() -> bytes:
    mail = (FORMATS / "newsletter.eml").read_bytes().partition(b"\n")[2]
    second = (
        b"From: Jane Doe <jane@one.example>\nSubject: The weir\nDate: Wed, 11 Sep 2024 08:00:00 +0000\n\n"
    )
    return (
        b"From bounce@lists.example Tue Sep 10 23:45:00 2024\n" + mail + b"\n\n"
        b"From jane@one.example Wed Sep 11 08:00:00 2024\n" + second + SENTENCE.encode() + b"\n\n"
    )


def _omnivore() -> bytes:
    record = {
        "id": "a1", "slug": "the-mill", "title": "The mill", "author": "Jane Doe", "state": "Active",
        "url": "https://one.example/mill", "readingProgress": 3, "labels": ["water"], "description": "short",
        "savedAt": "2024-03-04T05:06:07.000Z", "updatedAt": "2024-03-05T05:06:07.000Z",
        "publishedAt": "2019-08-09T10:11:12.000Z",
    }  # fmt: skip
    return zip_of(
        {"metadata_0_to_20.json": orjson.dumps([record]), "content/the-mill.html": page("Some other title")}
    )


def _stored(name: str) -> Callable[[], bytes]:
    return (FORMATS / name).read_bytes


def _two() -> dict[str, bytes]:
    return {"a.txt": _TEXT, "b.html": page("The weir")}


#: Name of the format -> file name and maker.
MADE: Final[dict[str, tuple[str, Callable[[], bytes]]]] = {
    "HTML": ("page.html", (_PAGES / "news-json-ld.html").read_bytes),
    "HTML of SingleFile": (
        "page.html",
        lambda: page("The mill", head='<link rel="canonical" href="https://one.example/mill">').replace(
            b"<html>", b"<html><!--\n Page saved with SingleFile \n url: https://one.example/mill \n-->"
        ),
    ),
    "MHTML": ("page.mhtml", _mhtml),
    "Markdown": (
        "a.md",
        lambda: (
            f"---\ntitle: The mill\nauthor: Jane Doe\ndate: 2024-09-10\n---\n\n# The mill\n\n{SENTENCE}".encode()
        ),
    ),
    "text": ("a.txt", lambda: _TEXT),
    "JSON": ("a.json", lambda: orjson.dumps(_RECORD)),
    "JSONL": ("a.jsonl", lambda: orjson.dumps(_RECORD) + b"\n" + orjson.dumps(_RECORD | {"title": "Two"})),
    "NDJSON": ("a.ndjson", lambda: orjson.dumps(_RECORD) + b"\n"),
    "CSV": ("a.csv", lambda: f"title,author,date,text\nThe mill,Jane Doe,2024-09-10,{SENTENCE}\n".encode()),
    "TSV": (
        "a.tsv",
        lambda: f"title\tauthor\tdate\ttext\nThe mill\tJane Doe\t2024-09-10\t{SENTENCE}\n".encode(),
    ),
    "RSS": ("feed.xml", _stored("feed-rss.xml")),
    "RDF": ("feed.rdf", _stored("feed-rdf.xml")),
    "Atom": ("feed.atom", _stored("feed-atom.xml")),
    "JSON Feed": ("feed.json", _stored("feed.json")),
    "WARC": ("crawl.warc", _warc),
    "WARC.GZ": ("crawl.warc.gz", lambda: gzip.compress(_warc())),
    "WACZ": ("crawl.wacz", _wacz),
    "EML": ("letter.eml", _stored("newsletter.eml")),
    "mbox": ("letters.mbox", _mbox),
    "EPUB": (
        "book.epub",
        lambda: epub_of(
            {"one.xhtml": f"<html><body><h1>The mill</h1><p>{SENTENCE}</p></body></html>"},
            metadata="<dc:title>Rivers</dc:title><dc:creator>Jane Doe</dc:creator><dc:date>2019-08-09</dc:date>",
        ),
    ),
    "PDF": ("paper.pdf", lambda: pdf_of([["The mill", SENTENCE]], "/Title (The mill) /Author (Jane Doe)")),
    "DOCX": ("paper.docx", _docx),
    "ODT": ("paper.odt", _odt),
    "OPML": ("list.opml", _stored("list.opml")),
    "bookmarks": ("bookmarks.html", _stored("bookmarks.html")),
    "Pocket HTML": ("ril_export.html", _stored("pocket.html")),
    "Pocket CSV": ("part_000000.csv", _stored("pocket.csv")),
    "Instapaper": ("instapaper-export.csv", _stored("instapaper.csv")),
    "wallabag": ("export.json", _stored("wallabag.json")),
    "Omnivore": ("export.zip", _omnivore),
    "Readwise CSV": ("reader.csv", _stored("readwise.csv")),
    "Readwise JSON": ("reader.json", _stored("reader.json")),
    "zip": ("two.zip", lambda: zip_of(_two())),
    "tar": ("two.tar", lambda: _tar(_two())),
    "tar.gz": ("two.tar.gz", lambda: gzip.compress(_tar(_two()))),
    "tar.bz2": ("two.tar.bz2", lambda: bz2.compress(_tar(_two()))),
    "tar.xz": ("two.tar.xz", lambda: lzma.compress(_tar(_two()))),
    "tar.zst": ("two.tar.zst", lambda: zstandard.compress(_tar(_two()))),
    "gz": ("a.txt.gz", lambda: gzip.compress(_TEXT)),
    "bz2": ("a.txt.bz2", lambda: bz2.compress(_TEXT)),
    "xz": ("a.txt.xz", lambda: lzma.compress(_TEXT)),
    "zst": ("a.txt.zst", lambda: zstandard.compress(_TEXT)),
}
