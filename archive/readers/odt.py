"""OpenDocument texts: paragraphs, headings, lists, tables and notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from archive.characters import normalise_line, normalise_text
from archive.containers import ENCRYPTED
from archive.document import Draft, Origin, Provenance
from archive.errors import EmptyItemError, MalformedItemError, ReadError
from archive.readers import ReadOptions
from archive.readers.properties import draft_with_properties
from archive.readers.zipfiles import ZipReader
from archive.safexml import attribute, first_texts, local_name, parse_xml

_CONTENT: Final = "content.xml"
_META: Final = "meta.xml"
_MANIFEST: Final = "META-INF/manifest.xml"
_UNSEEN: Final = frozenset({"tracked-changes", "annotation", "note-citation", "bookmark", "sequence-decls"})
_BREAKS: Final = {"tab": "\t", "line-break": "\n"}
_PARAGRAPHS: Final = frozenset({"p", "h"})
_MAX_SPACES: Final = 100


class _ProtectedError(ReadError):
    code = ENCRYPTED


def read_odt(zipped: ZipReader, origin: Origin, options: ReadOptions) -> Draft:
    """Read one article from an OpenDocument text.

    Raises:
        EmptyItemError: there is no text in it.
        MalformedItemError, LimitExceededError: it is damaged or too large.
        ReadError: it is encrypted.
    """
    if _MANIFEST in zipped and b"encryption-data" in zipped.read(_MANIFEST):
        raise _ProtectedError("the document is encrypted")
    if _CONTENT not in zipped:
        raise MalformedItemError(f"not a sound OpenDocument text: {_CONTENT} is missing")
    paragraphs = list(_paragraphs(parse_xml(zipped.read(_CONTENT), _CONTENT)))
    title, detail = _title(paragraphs)
    texts = [text for text, _ in paragraphs]
    if title and normalise_line(texts[0]) == title and len(texts) > 1:
        texts = texts[1:]
    text = normalise_text("\n\n".join(texts))
    if not text:
        raise EmptyItemError("there is no text in the document")
    found = {"title": Provenance(method="heading", detail=detail, confidence=0.9)} if title else {}
    draft = Draft(text=text, origin=origin, title=title, provenance=found)
    return draft_with_properties(draft, _properties(zipped), origin, options, method="odt-properties")


def _properties(zipped: ZipReader) -> dict[str, Any]:
    if _META not in zipped:
        return {}
    wanted = ("title", "initial-creator", "creator", "creation-date", "language", "keyword")
    found = first_texts(parse_xml(zipped.read(_META), _META), wanted)
    found["author"] = found.pop("initial-creator", "") or found.pop("creator", "")
    found.pop("creator", None)
    found["date"] = found.pop("creation-date", "")
    found["tags"] = found.pop("keyword", "")
    return found


def _paragraphs(root: Any) -> Iterator[tuple[str, str]]:
    """Text and kind (style of a paragraph, ``heading 1``) of each paragraph that has text."""
    for element in root.iter():
        name = local_name(element)
        if name not in _PARAGRAPHS or any(local_name(each) in _UNSEEN for each in element.iterancestors()):
            continue
        text = "".join(_runs(element)).strip()
        if text:
            level = attribute(element, "outline-level") or "1"
            yield text, f"heading {level}" if name == "h" else attribute(element, "style-name").lower()


def _runs(element: Any) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        name = local_name(child)
        if name in _BREAKS:
            yield _BREAKS[name]
        elif name == "s":
            count = attribute(child, "c")
            yield " " * (min(int(count), _MAX_SPACES) if count.isascii() and count.isdigit() else 1)
        # Notes and frames hold paragraphs of their own.
        elif name not in _UNSEEN and name not in {"p", "h", "note", "frame"}:
            yield from _runs(child)
        yield child.tail or ""


def _title(paragraphs: list[tuple[str, str]]) -> tuple[str, str]:
    for wanted in ("title", "heading 1"):
        for text, kind in paragraphs[:50]:
            if kind == wanted:
                return normalise_line(text), f"style {wanted}"
    return "", ""
