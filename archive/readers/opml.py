"""OPML: lists of feeds, and of links."""

from __future__ import annotations

from collections.abc import Iterator

from archive.document import Draft, Origin
from archive.readers import ReadFailure, ReadOptions
from archive.readers.feedxml import read_root
from archive.readers.links import Link, outcomes_of
from archive.safexml import local_name


def read_opml(data: bytes, origin: Origin, options: ReadOptions) -> Iterator[Draft | ReadFailure]:
    """Report the feeds and addresses of an OPML file.

    Raises:
        ReadError: it cannot be parsed, or has no address in it.
    """
    links, warnings = opml_links(data, options.declared)
    yield from outcomes_of(links, origin, options, warnings)


def opml_links(data: bytes, declared: str = "") -> tuple[list[Link], tuple[str, ...]]:
    """Return the entries of an OPML file that have an address, and warnings.

    Raises:
        ReadError: it cannot be parsed.
    """
    root, warnings = read_root(data, declared)
    links = []
    for element in root.iter():
        if local_name(element).lower() != "outline":
            continue
        values = {name.lower(): value for name, value in element.items()}
        url = values.get("xmlurl") or values.get("url") or values.get("htmlurl") or ""
        if not url.strip():
            continue
        links.append(
            Link(
                url=url.strip(),
                title=values.get("title") or values.get("text") or "",
                note=values.get("description", "") if not values.get("xmlurl") else "",
                tags=tuple(
                    each.strip("/ ") for each in values.get("category", "").split(",") if each.strip("/ ")
                ),
                saved=values.get("created", ""),
                saved_name="created",
                is_feed="xmlurl" in values,
            )
        )
    return links, warnings
