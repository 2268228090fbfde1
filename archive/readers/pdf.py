"""PDF documents with a text layer: lines joined to paragraphs, what repeats on every page left out."""

from __future__ import annotations

import io
import logging
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from archive.characters import normalise_text
from archive.containers import ENCRYPTED
from archive.document import Draft, Origin
from archive.errors import (
    EmptyItemError,
    LimitExceededError,
    MalformedItemError,
    ReadError,
    UnsupportedFormatError,
)
from archive.readers import ReadOptions
from archive.readers.properties import draft_with_properties
from archive.readers.text import read_text

# What pypdf raises over broken files besides its own errors.
_ERRORS: Final = (
    *(ValueError, KeyError, TypeError, IndexError, AttributeError, AssertionError, OverflowError),
    *(NotImplementedError, ArithmeticError, RecursionError, zlib.error, OSError, EOFError),
)
_HYPHEN_END: Final = re.compile(r"[^\W\d_]{2,}[-\u2010\u00ad]$")
_SENTENCE_END: Final = re.compile(r"[.!?…:。！？][\"'”’»)\]]*$")
_DIGITS: Final = re.compile(r"\d+")
_PAGE_NUMBER: Final = re.compile(
    r"(?:page |seite |p\. ?|- ?|– ?)?\d{1,4}(?: ?[-–]| ?(?:/|of|von|de|sur) ?\d{1,4})?", re.IGNORECASE
)
_EDGE_LINES: Final = 2
_DATE: Final = re.compile(r"(?:D:)?(\d{4})(\d{2})?(\d{2})?")


class _ProtectedError(ReadError):
    code = ENCRYPTED


def read_pdf(data: bytes, origin: Origin, options: ReadOptions) -> Draft:
    """Read one article from a PDF document.

    Raises:
        EmptyItemError: it has no text layer.
        MalformedItemError, LimitExceededError: it is damaged or too large.
        UnsupportedFormatError: pypdf is not installed.
        ReadError: it needs a password.
    """
    reader = _open(data)
    pages, warnings = _pages(reader, options)
    if not any(page.strip() for page in pages):
        raise EmptyItemError(
            f"the PDF has no text layer: its {len(pages)} pages are images; "
            "run a text recognition (OCR) over it first"
        )
    text = _joined(_without_edges([page.split("\n") for page in pages]))
    draft = read_text(text.encode(), origin, replace(options, declared="utf-8"))
    draft = replace(draft, warnings=(*warnings, *draft.warnings))
    return draft_with_properties(draft, _properties(reader), origin, options, method="pdf-properties")


def _open(data: bytes) -> Any:
    try:
        import pypdf
        from pypdf.errors import PyPdfError
    except ImportError as error:
        raise UnsupportedFormatError(
            "PDF needs the package pypdf: pip install article-archive[formats]"
        ) from error
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise _ProtectedError("the PDF needs a password")
        len(reader.pages)
    except ReadError:
        raise
    except (PyPdfError, *_ERRORS) as error:
        if "password" in str(error).lower() or "cryptography" in str(error).lower():
            raise _ProtectedError(f"the PDF is encrypted: {error}"[:200]) from error
        raise MalformedItemError(f"not a sound PDF: {error}"[:300]) from error
    return reader


def _pages(reader: Any, options: ReadOptions) -> tuple[list[str], list[str]]:
    """The text of each page, and warnings."""
    from pypdf.errors import PyPdfError

    count = len(reader.pages)
    limits = options.limits
    if count > limits.pages:
        raise LimitExceededError(f"{count:,} pages, {limits.pages:,} allowed")
    pages: list[str] = []
    bad: list[int] = []
    size = 0
    for number in range(count):
        try:
            text = str(reader.pages[number].extract_text() or "")
        except (PyPdfError, *_ERRORS):
            bad.append(number + 1)
            continue
        size += len(text)
        pages.append(normalise_text(text.replace("\u00ad\n", "-\n")))
        if size > limits.text_chars:
            return pages, [f"only the first {number + 1:,} of {count:,} pages were read"]
    if bad and len(bad) == count:
        raise MalformedItemError("no page of the PDF can be read")
    listed = ", ".join(map(str, bad[:10])) + (" …" if len(bad) > 10 else "")
    return pages, [f"pages that could not be read: {listed}"] if bad else []


def _properties(reader: Any) -> dict[str, Any]:
    """Title, author, date and keywords as the file's information states them."""
    from pypdf.errors import PyPdfError

    try:
        information = reader.metadata or {}
        record = {
            "title": str(information.get("/Title", "") or ""),
            "author": str(information.get("/Author", "") or ""),
            "tags": str(information.get("/Keywords", "") or ""),
        }
        match = _DATE.match(str(information.get("/CreationDate", "")))
    except (PyPdfError, *_ERRORS):
        return {}
    if match is not None:
        record["date"] = "-".join(part for part in match.groups() if part)
    return record


def _without_edges(pages: list[list[str]]) -> list[str]:
    """All lines without page numbers and the lines that head or foot at least half of the pages."""
    counts = Counter(key for lines in pages for key in {_key(lines[at]) for at in _edges(lines)})
    most = max(3, (len(pages) + 1) // 2)
    kept: list[str] = []
    for lines in pages:
        dropped = {
            at
            for at in _edges(lines)
            if counts[_key(lines[at])] >= most
            or (len(pages) > 1 and at in {0, len(lines) - 1} and _PAGE_NUMBER.fullmatch(lines[at].strip()))
        }
        kept.extend(line for at, line in enumerate(lines) if at not in dropped)
    return kept


def _edges(lines: list[str]) -> set[int]:
    places = [at for at, line in enumerate(lines) if line.strip()]
    return set(places[:_EDGE_LINES] + places[-_EDGE_LINES:])


def _key(line: str) -> str:
    return _DIGITS.sub("#", " ".join(line.split()))


def _joined(lines: list[str]) -> str:
    """Paragraphs of lines that were broken to fit a column."""
    widths = sorted(len(line) for line in lines if line.strip())
    width = widths[int(len(widths) * 0.8)] if widths else 0
    return "\n\n".join(_paragraphs(lines, width))


def _paragraphs(lines: list[str], width: int) -> Iterator[str]:
    current = ""
    last = ""
    for raw in lines:
        line = " ".join(raw.split())
        if not line:
            continue
        if current and _ends(last, line, width):
            yield current
            current = ""
        if current and _HYPHEN_END.search(current):
            current = current[:-1] + line if line[0].islower() else current + line
        else:
            current = f"{current} {line}" if current else line
        last = line
    if current:
        yield current


def _ends(last: str, following: str, width: int) -> bool:
    """Say whether a paragraph ends with line ``last``: it is short, and the next begins anew."""
    if last.endswith(("-", "\u2010")) or following[0].islower():
        return False
    if len(last) < 0.8 * width and _SENTENCE_END.search(last):
        return True
    return len(last) < 0.6 * width
