"""What a zip file is by what is in it: a document, a book, a web archive, or just files."""

from __future__ import annotations

import re
from typing import Final

from archive.errors import LimitExceededError, MalformedItemError
from archive.readers.zipfiles import ZipReader

_OFFICE: Final = (
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "an Excel workbook"),
    ("xl/workbook.bin", "an Excel workbook"),
    ("ppt/presentation.xml", "a PowerPoint presentation"),
    ("Index/Document.iwa", "a Pages document"),
    ("AndroidManifest.xml", "an Android program"),
)
_MIMETYPES: Final = {
    "application/epub+zip": "epub",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.text-template": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "an OpenDocument spreadsheet",
    "application/vnd.oasis.opendocument.presentation": "an OpenDocument presentation",
}
_OMNIVORE: Final = re.compile(r"(?:.*/)?metadata_\d+_to_\d+\.json")
_WARC: Final = re.compile(r"archive/[^/]+\.warc(?:\.gz)?$")


def zip_content(zipped: ZipReader) -> str:
    """Return ``docx``, ``odt``, ``epub``, ``wacz``, ``omnivore``, ``zip``, or words for what is not read."""
    for name, what in _OFFICE:
        if name in zipped:
            return what
    if "mimetype" in zipped:
        try:
            mimetype = zipped.read("mimetype", 1_000).decode("ascii", "replace").strip()
        except (MalformedItemError, LimitExceededError):
            mimetype = ""
        if mimetype in _MIMETYPES:
            return _MIMETYPES[mimetype]
    if "META-INF/container.xml" in zipped:
        return "epub"
    if "datapackage.json" in zipped and any(map(_WARC.match, zipped.names)):
        return "wacz"
    if any(map(_OMNIVORE.fullmatch, zipped.names)):
        return "omnivore"
    return "zip"
