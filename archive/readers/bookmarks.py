"""Bookmark files of browsers (the Netscape form), and the HTML exports of Pocket and Instapaper."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

from archive.document import Draft, Origin
from archive.encoding import decode
from archive.readers import ReadFailure, ReadOptions
from archive.readers.links import Link, outcomes_of


def read_bookmarks(data: bytes, origin: Origin, options: ReadOptions) -> Iterator[Draft | ReadFailure]:
    """Read the bookmarks that have a description; report the others.

    Raises:
        EmptyItemError: there is no web address in the file.
    """
    links, warnings = bookmark_links(data, options.declared)
    yield from outcomes_of(links, origin, options, warnings)


def bookmark_links(data: bytes, declared: str = "") -> tuple[list[Link], tuple[str, ...]]:
    """Return the bookmarks of a file, and warnings."""
    decoded = decode(data, declared)
    parser = _Bookmarks()
    parser.feed(decoded.text)
    parser.close()
    parser.end_entry()
    return parser.links, decoded.warnings


class _Bookmarks(HTMLParser):
    """Collects links; the form closes hardly any element, so that the next one ends the last."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[Link] = []
        self._attributes: dict[str, str] | None = None
        self._title: list[str] = []
        self._note: list[str] = []
        self._into: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.end_entry()
            self._attributes = {name: value or "" for name, value in attrs}
            self._into = self._title
        elif tag == "dd":
            self._into = self._note
        elif tag == "br" and self._into is self._note:
            self._note.append("\n")
        elif tag in {"dt", "dl", "h1", "h2", "h3", "li", "ul", "ol"}:
            self.end_entry()

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._into = None
        elif tag in {"dl", "ul", "ol"}:
            self.end_entry()

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into.append(data)

    def end_entry(self) -> None:
        """Keep the link that was begun, if there is one."""
        attributes, self._attributes, self._into = self._attributes, None, None
        title, note = " ".join("".join(self._title).split()), "".join(self._note).strip()
        self._title, self._note = [], []
        if attributes is None or not attributes.get("href", "").strip():
            return
        saved_name = "time_added" if "time_added" in attributes else "add_date"
        tags = attributes.get("tags", "").split(",")
        url = attributes["href"].strip()
        self.links.append(
            Link(
                url=url,
                title="" if title == url else title,
                note=note,
                tags=tuple(tag.strip() for tag in tags if tag.strip()),
                saved=attributes.get(saved_name, ""),
                saved_name=saved_name,
            )
        )
