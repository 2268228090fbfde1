"""What kind of file this is: by its content first, by its name second."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final

import orjson

from archive.encoding import decode
from archive.errors import EmptyItemError, UnsupportedFormatError
from archive.readers.csv import looks_like_table
from archive.readers.frontmatter import has_front_matter
from archive.readers.marks import marked_kind

HEAD_BYTES: Final = 64_000
_CONTROLS: Final = bytes(byte for byte in range(32) if byte not in b"\t\n\x0b\x0c\r\x1b")
_NOT_CONTROLS: Final = bytes(byte for byte in range(256) if byte not in _CONTROLS)
_MAX_CONTROL_SHARE: Final = 0.04


class Kind(StrEnum):
    """The formats that there are readers for."""

    HTML = "text/html"
    JSON = "application/json"
    JSONL = "application/x-ndjson"
    CSV = "text/csv"
    MARKDOWN = "text/markdown"
    TEXT = "text/plain"
    MHTML = "multipart/related"
    PDF = "application/pdf"
    EPUB = "application/epub+zip"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    ODT = "application/vnd.oasis.opendocument.text"
    WARC = "application/warc"
    WACZ = "application/wacz"
    ZIP = "application/zip"
    TAR = "application/x-tar"
    FEED = "application/rss+xml"
    JSON_FEED = "application/feed+json"
    EMAIL = "message/rfc822"
    MBOX = "application/mbox"
    OPML = "text/x-opml"
    BOOKMARKS = "application/x-netscape-bookmarks"
    SAVED_JSON = "application/x-saved-articles+json"
    SAVED_CSV = "text/x-saved-articles+csv"
    OMNIVORE = "application/x-omnivore+zip"


# Their members are read like files.
CONTAINERS: Final = frozenset({Kind.ZIP, Kind.TAR, Kind.WARC, Kind.WACZ, Kind.MBOX, Kind.OMNIVORE})


_MAGIC: Final = (
    (0, b"\x89PNG", "a PNG image"),
    (0, b"\xff\xd8\xff", "a JPEG image"),
    (0, b"GIF8", "a GIF image"),
    (0, b"RIFF", "a RIFF file (sound, video or WebP image)"),
    (0, b"II*\0", "a TIFF image"),
    (0, b"MM\0*", "a TIFF image"),
    (0, b"%!PS", "a PostScript document"),
    (0, b"{\\rtf", "an RTF document"),
    (0, b"\xd0\xcf\x11\xe0", "an old Office document"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"7z\xbc\xaf", "a 7z archive"),
    (0, b"BZh", "a bzip2 file"),
    (0, b"\xfd7zXZ", "an xz file"),
    (0, b"\x28\xb5\x2f\xfd", "a zstandard file"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ\x90", "a program"),
    (0, b"\xca\xfe\xba\xbe", "a program"),
    (0, b"\xcf\xfa\xed\xfe", "a program"),
    (0, b"\0asm", "a program"),
    (0, b"SQLite format 3", "an SQLite database"),
    (0, b"OggS", "a sound or video file"),
    (0, b"ID3", "a sound file"),
    (0, b"fLaC", "a sound file"),
    (4, b"ftyp", "a video or image file"),
    (0, b"\x1aE\xdf\xa3", "a video file"),
    (0, b"wOF", "a font"),
    (0, b"\x1f\x8b", "a gzip file inside a packed file"),
    (0, b"filedesc://", "an ARC file, the older form of WARC (`warcio recompress` makes a WARC file of it)"),
)
_READ_MAGIC: Final = (
    (0, b"%PDF-", Kind.PDF),
    (0, b"PK\x03\x04", Kind.ZIP),
    (0, b"PK\x05\x06", Kind.ZIP),
    (257, b"ustar", Kind.TAR),
    (0, b"WARC/", Kind.WARC),
)
_NAMED_BINARY: Final = {
    "pdf": Kind.PDF, "zip": Kind.ZIP, "epub": Kind.ZIP, "docx": Kind.ZIP, "odt": Kind.ZIP, "wacz": Kind.ZIP,
    "tar": Kind.TAR,
}  # fmt: skip
_MHTML: Final = re.compile(
    r"(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?Content-Type:\s*multipart/related", re.IGNORECASE
)
_SAVED_PAGE: Final = re.compile(
    r"^(?:From:\s*<?Saved by|Snapshot-Content-Location:|X-Maf)", re.IGNORECASE | re.MULTILINE
)
_MARKED_TEXT: Final = ((re.compile(r"<(?:\?xml\b.*?<)?(?:svg)[\s>]", re.DOTALL), "an SVG image"),)
_HTML: Final = re.compile(
    r"(?:\s|<!--.*?-->|<\?xml\b[^>]*>)*<(?:!doctype\s+html|html|head|body|title|meta|script|style|link"
    r"|div|article|section|main|header|nav|p|h1|h2|table|center|span|base|frameset)\b",
    re.IGNORECASE | re.DOTALL,
)
_CUT_CHARACTER: Final = re.compile(rb"(?:[\xc2-\xf4]|[\xe0-\xf4][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{2})\Z")
_JSON_START: Final = re.compile(r"\{\s*[\"}]|\[\s*[{\[\]]")
_SUFFIXES: Final = {
    "html": Kind.HTML, "htm": Kind.HTML, "xhtml": Kind.HTML, "xht": Kind.HTML, "shtml": Kind.HTML,
    "json": Kind.JSON, "jsonl": Kind.JSONL, "ndjson": Kind.JSONL, "jsonlines": Kind.JSONL,
    "ldjson": Kind.JSONL, "csv": Kind.CSV,
    "tsv": Kind.CSV, "tab": Kind.CSV, "md": Kind.MARKDOWN, "markdown": Kind.MARKDOWN,
    "mdown": Kind.MARKDOWN, "mkd": Kind.MARKDOWN, "mdx": Kind.MARKDOWN, "txt": Kind.TEXT, "text": Kind.TEXT,
}  # fmt: skip
_UNREAD_SUFFIXES: Final = {
    "xml": "an XML file, but no feed", "rss": "no feed, whatever its name says",
    "atom": "no feed, whatever its name says", "warc": "a WARC file", "rtf": "an RTF document",
    "tex": "a TeX source", "svg": "an SVG image",
}  # fmt: skip


def sniff(head: bytes, name: str) -> Kind:
    """Return the kind of a file from its first bytes and its name.

    Args:
        head: the first `HEAD_BYTES` bytes, or the whole file if it is shorter.
        name: the file's name, without ``.gz``.

    Raises:
        EmptyItemError: the file is empty, or these bytes are all blank.
        UnsupportedFormatError: no reader knows this kind of file.
    """
    if not head:
        raise EmptyItemError("the file is empty")
    for offset, magic, what in _MAGIC:
        if head.startswith(magic, offset):
            raise UnsupportedFormatError(f"this is {what}, which is not read")
    for offset, magic, kind in _READ_MAGIC:
        if head.startswith(magic, offset):
            return kind
    decoded = decode(_whole_characters(head))
    wide = decoded.encoding.startswith(("utf-16", "utf-32"))
    controls = decoded.text.count("\0") if wide else len(head.translate(None, _NOT_CONTROLS))
    if controls > _MAX_CONTROL_SHARE * max(len(decoded.text), 1):
        if (named := _NAMED_BINARY.get(_suffix(name))) is not None:
            return named  # it begins with other bytes; its reader will say
        raise UnsupportedFormatError("this is a binary file, not text")
    text = decoded.text.lstrip("\ufeff \t\r\n\x0b\x0c\xa0\0")
    if not text and len(head) < HEAD_BYTES:
        raise EmptyItemError("there is only white space in it")
    return _by_text(text, _suffix(name), len(head) < HEAD_BYTES)


def _whole_characters(head: bytes) -> bytes:
    """Return a head of UTF-8 without the character that its end cut: to guess the encoding is slow."""
    cut = _CUT_CHARACTER.search(head, HEAD_BYTES - 3)
    if cut is None:
        return head
    whole = head[: cut.start()]
    try:
        whole.decode("utf-8")
    except UnicodeDecodeError:
        return head
    return whole


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower().lstrip(".")


def _by_text(text: str, suffix: str, is_whole: bool) -> Kind:
    stated = _SUFFIXES.get(suffix)
    start = text[:4096]
    if suffix in {"mhtml", "mht"} or (_MHTML.match(start) and _SAVED_PAGE.search(start)):
        return Kind.MHTML
    if marked := marked_kind(text, suffix):
        return Kind(marked)
    for pattern, what in _MARKED_TEXT:
        if stated is None and pattern.match(start):
            raise UnsupportedFormatError(f"this is {what}, which is not read")
    if _HTML.match(start):
        return Kind.MARKDOWN if stated is Kind.MARKDOWN else Kind.HTML
    if stated in {Kind.JSON, Kind.JSONL} or (_JSON_START.match(start) and stated is not Kind.MARKDOWN):
        return _json_kind(text, stated, is_whole)
    if has_front_matter(text):
        return Kind.MARKDOWN
    if stated is not None and stated is not Kind.TEXT:
        return stated
    if suffix in _UNREAD_SUFFIXES:
        raise UnsupportedFormatError(f"this is {_UNREAD_SUFFIXES[suffix]}, which is not read")
    return Kind.CSV if looks_like_table(text.partition("\n")[0][:2000]) else Kind.TEXT


def _json_kind(text: str, stated: Kind | None, is_whole: bool) -> Kind:
    """Lines where the first line is a value of its own, else one value over many lines."""
    lines = [line for line in text.split("\n", 40)[:40] if line.strip() and not line.startswith(("#", "//"))]
    first = lines[0].strip() if lines else ""
    if first in {"[", "{"}:
        return Kind.JSON
    try:
        value = orjson.loads(first)
    except orjson.JSONDecodeError:
        return Kind.JSONL if stated is Kind.JSONL else _stated_or_json(stated, is_whole, len(lines))
    if isinstance(value, list) and len(lines) == 1:
        return Kind.JSON
    return Kind.JSON if isinstance(value, dict) and len(lines) == 1 and stated is Kind.JSON else Kind.JSONL


def _stated_or_json(stated: Kind | None, is_whole: bool, lines: int) -> Kind:
    if stated is Kind.JSON or is_whole or lines > 1:
        return Kind.JSON
    # One line longer than the head, in a file that is not called JSON: a line it is.
    return Kind.JSONL
