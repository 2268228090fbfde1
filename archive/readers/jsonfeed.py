"""JSON Feed (jsonfeed.org), versions 1 and 1.1: one article an item."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from archive.document import Draft, Origin
from archive.errors import EmptyItemError, MalformedItemError
from archive.readers import ReadFailure, ReadOptions
from archive.readers.entries import Entry, Value, draft_of, line_of
from archive.readers.jsonl import parse_json

VERSION: Final = re.compile(r"\"version\"\s*:\s*\"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/version\\?/")
_TEXTS: Final = (("content_html", True), ("content_text", False), ("summary", None))


def read_json_feed(data: bytes, origin: Origin, options: ReadOptions) -> Iterator[Draft | ReadFailure]:
    """Read each item of a JSON Feed; one that is none is a failure named ``entry N``.

    Raises:
        MalformedItemError: it is not JSON, or has no list of items.
        EmptyItemError: the list is empty.
    """
    feed, warnings = parse_json(data, options)
    items = feed.get("items") if isinstance(feed, Mapping) else None
    if not isinstance(items, list):
        raise MalformedItemError("the feed has no list of items")
    if not items:
        raise EmptyItemError("the feed has no entry")
    for number, item in enumerate(items, 1):
        place = dataclasses.replace(origin, member=f"entry {number}")
        if not isinstance(item, Mapping):
            yield ReadFailure(
                member=place.member, code=MalformedItemError.code, reason="the item is no object"
            )
            continue
        entry = _entry_of(item, feed)
        entry.warnings = list(warnings)
        yield draft_of(entry, place, options)


def _entry_of(item: Mapping[str, Any], feed: Mapping[str, Any]) -> Entry:
    names = _authors(item)
    tags = item.get("tags")
    return Entry(
        texts=[
            Value(text=item[name], name=name, is_html=is_html)
            for name, is_html in _TEXTS
            if isinstance(item.get(name), str)
        ],
        titles=_values(item, "title"),
        authors=names or [dataclasses.replace(each, name="authors of the feed") for each in _authors(feed)],
        dates=_values(item, "date_published", "date_modified"),
        urls=_values(item, "url", "external_url"),
        languages=[*_values(item, "language"), *_values(feed, "language")],
        tags=[tag for tag in tags[:1_000] if isinstance(tag, str)] if isinstance(tags, list) else [],
        tags_name="tags",
        sources=[Value(text=line_of(each.text), name="title of the feed") for each in _values(feed, "title")],
        external_id=next((str(item[name]) for name in ("id",) if isinstance(item.get(name), str | int)), ""),
        base=next((each.text for each in _values(feed, "home_page_url", "feed_url")), ""),
    )


def _values(record: Mapping[str, Any], *names: str) -> list[Value]:
    return [
        Value(text=value, name=name) for name in names if isinstance(value := record.get(name), str) and value
    ]


def _authors(record: Mapping[str, Any]) -> list[Value]:
    listed = record.get("authors")
    people = listed if isinstance(listed, list) else [record.get("author")]
    return [
        Value(text=each["name"], name="authors")
        for each in people
        if isinstance(each, Mapping) and isinstance(each.get("name"), str)
    ]
