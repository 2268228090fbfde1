"""The text of a feed before it is parsed: decoded, without its document type, mended where it is broken."""

from __future__ import annotations

import html.entities
import re
from dataclasses import dataclass, field
from typing import Final

from archive.encoding import decode
from archive.errors import EmptyItemError, LimitExceededError

_MAX_DOCTYPE: Final = 100_000
_DECLARED: Final = re.compile(rb"<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})")
_DECLARATION: Final = re.compile(r"<\?xml\b[^>]{0,500}\?>", re.IGNORECASE)
# Possessive throughout: linear whatever stands in it.
_DOCTYPE: Final = re.compile(
    r"<!DOCTYPE(?:[^<>\[\"']++|\"[^\"]*+\"|'[^']*+')*+"
    r"(?:\[(?:[^\]\"'<]++|\"[^\"]*+\"|'[^']*+'|<(?!!--)|<!--(?>.*?-->))*+\]\s*+)?+>",
    re.IGNORECASE | re.DOTALL,
)
_ENTITIES: Final = re.compile(r"<!ENTITY\b", re.IGNORECASE)
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PLACES: Final = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r"|&(?:\#(?P<hex>[xX])?(?P<code>[0-9A-Fa-f]{1,8});|(?P<name>[A-Za-z][A-Za-z0-9]{0,31});)?"
    r"|<(?![A-Za-z_/!?])",
    re.DOTALL,
)
_OF_XML: Final = frozenset({"amp", "lt", "gt", "quot", "apos"})
ROOT: Final = re.compile(r"<(?:[\w.-]{1,40}:)?(?:rss|feed|rdf)\b[^<>]*>", re.IGNORECASE)


@dataclass(slots=True)
class FeedSource:
    """What is parsed of a feed, and what was done to it before."""

    text: str
    warnings: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, data: bytes, declared: str) -> FeedSource:
        """Return the text of ``data`` from its first tag on, without declaration and document type.

        Raises:
            EmptyItemError: there is no markup.
            LimitExceededError: the document type is too large, or does not end.
        """
        stated = _DECLARED.search(data[:1000])
        label = stated[1].decode("ascii", "replace") if stated else declared
        decoded = decode(data, label)
        source = cls(decoded.text, list(decoded.warnings))
        source._clean()
        return source

    def _clean(self) -> None:
        if _FORBIDDEN.search(self.text):
            self.text = _FORBIDDEN.sub("", self.text)
            self.warnings.append("control characters were removed from the feed")
        start = self.text.find("<")
        if start < 0:
            raise EmptyItemError("there is no markup in the feed")
        if self.text[:start].strip("\ufeff \t\r\n"):
            self.warnings.append("what stands before the feed was left out")
        text = self.text[start:]
        declaration = _DECLARATION.search(text, 0, 8_000)
        if declaration is not None:
            text = text[: declaration.start()] + text[declaration.end() :]
        self.text = self._without_doctype(text)

    def _without_doctype(self, text: str) -> str:
        """Without it nothing is declared, so nothing can be resolved or fetched."""
        place = text[:_MAX_DOCTYPE].upper().find("<!DOCTYPE")
        first = ROOT.search(text)
        if place < 0 or (first is not None and first.start() < place):
            return text
        doctype = _DOCTYPE.match(text, place, place + _MAX_DOCTYPE)
        if doctype is None:
            raise LimitExceededError("its document type is not closed, or is larger than 100 KB")
        if _ENTITIES.search(doctype[0]):
            self.warnings.append("the feed declares entities; they are not resolved")
        return text[:place] + text[doctype.end() :]

    def mend(self) -> None:
        """Mend what XML does not allow: stray signs, entities of HTML, numbers of no character."""
        self.text = _PLACES.sub(_mended, self.text)


def _mended(match: re.Match[str]) -> str:
    found = match[0]
    if found[0] == "<":
        return "&lt;" if len(found) == 1 else found
    name, code = match["name"], match["code"]
    if name:
        if name in _OF_XML:
            return found
        meant = html.entities.html5.get(f"{name};")
        return html.escape(meant, quote=False) if meant else f"&amp;{name};"
    if code:
        return found if _is_character(code, bool(match["hex"])) else ""
    return "&amp;"


def _is_character(code: str, is_hex: bool) -> bool:
    try:
        number = int(code, 16 if is_hex else 10)
    except ValueError:
        return False
    return number in {9, 10, 13} or (
        32 <= number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF and number not in {0xFFFE, 0xFFFF}
    )
