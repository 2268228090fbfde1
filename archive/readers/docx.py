"""Word documents: paragraphs, headings, tables and notes of the main text.

Read with lxml from the zip file, not with python-docx: that reads every part of the
file whole before any limit can be held to it, and offers no text in order across
paragraphs and tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from archive.characters import normalise_line, normalise_text
from archive.document import Draft, Origin, Provenance
from archive.errors import EmptyItemError, ReadError
from archive.readers import ReadOptions
from archive.readers.properties import draft_with_properties
from archive.readers.zipfiles import ZipReader
from archive.safexml import attribute, first_texts, local_name, parse_xml

_DOCUMENT: Final = "word/document.xml"
_CORE: Final = "docProps/core.xml"
_NOTES: Final = ("word/footnotes.xml", "word/endnotes.xml")
_STYLES: Final = "word/styles.xml"
# Deleted text, and the second form of what newer programs show in another way.
_UNSEEN: Final = frozenset({"del", "moveFrom", "Fallback", "instrText", "delText"})
_BREAKS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_TITLE_STYLES: Final = ("title", "heading 1")


def read_docx(zipped: ZipReader, origin: Origin, options: ReadOptions) -> Draft:
    """Read one article from a Word document.

    Raises:
        EmptyItemError: there is no text in it.
        MalformedItemError, LimitExceededError: it is damaged or too large.
    """
    styles, warnings = _styles(zipped)
    paragraphs = list(_paragraphs(parse_xml(zipped.read(_DOCUMENT), _DOCUMENT)))
    title, detail = _title(paragraphs, styles)
    texts = [text for text, _ in paragraphs]
    if title and texts and normalise_line(texts[0]) == title and len(texts) > 1:
        texts = texts[1:]
    for name in _NOTES:
        if name in zipped:
            texts.extend(text for text, _ in _paragraphs(parse_xml(zipped.read(name), name)))
    text = normalise_text("\n\n".join(texts))
    if not text:
        raise EmptyItemError("there is no text in the document")
    found = {"title": Provenance(method="heading", detail=detail, confidence=0.9)} if title else {}
    draft = Draft(text=text, origin=origin, title=title, provenance=found, warnings=tuple(warnings))
    return draft_with_properties(draft, _properties(zipped), origin, options, method="docx-properties")


def _properties(zipped: ZipReader) -> dict[str, Any]:
    if _CORE not in zipped:
        return {}
    found = first_texts(
        parse_xml(zipped.read(_CORE), _CORE), ("title", "creator", "created", "language", "keywords")
    )
    names = {"creator": "author", "created": "date", "keywords": "tags"}
    return {names.get(name, name): text for name, text in found.items()}


def _paragraphs(root: Any) -> Iterator[tuple[str, str]]:
    """Text and style of each paragraph that has text, in the order of the document."""
    for paragraph in root.iter("{*}p"):
        if any(local_name(each) in _UNSEEN for each in paragraph.iterancestors()):
            continue
        text = "".join(_runs(paragraph)).strip()
        if text:
            style = next((attribute(each, "val") for each in paragraph.iterfind("{*}pPr/{*}pStyle")), "")
            yield text, style


def _runs(element: Any) -> Iterator[str]:
    waiting = [iter(element)]
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
            continue
        name = local_name(child)
        if name == "t":
            yield child.text or ""
        elif name in _BREAKS:
            yield _BREAKS[name]
        # A text box in a paragraph holds paragraphs of its own.
        elif name not in _UNSEEN and name not in {"p", "pPr", "rPr"}:
            waiting.append(iter(child))


def _styles(zipped: ZipReader) -> tuple[dict[str, str], list[str]]:
    """Style id -> its English name in lower case; ids are translated, names are not."""
    if _STYLES not in zipped:
        return {}, []
    try:
        root = parse_xml(zipped.read(_STYLES), _STYLES)
    except ReadError as error:
        return {}, [str(error)]
    names: dict[str, str] = {}
    for style in root.iter("{*}style"):
        name = next((attribute(each, "val") for each in style.iterfind("{*}name")), "")
        names[attribute(style, "styleId")] = name.lower()
    return names, []


def _title(paragraphs: list[tuple[str, str]], styles: dict[str, str]) -> tuple[str, str]:
    """The first paragraph that has the style of a title, and that style's name."""
    for wanted in _TITLE_STYLES:
        for text, style in paragraphs[:50]:
            if styles.get(style, style.lower()) in {wanted, wanted.replace(" ", "")}:
                return normalise_line(text), f"style {wanted}"
    return "", ""
