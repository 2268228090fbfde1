"""Exports of reading services: CSV of Pocket, Instapaper and Reader; JSON of wallabag, Omnivore and Reader.

When something was saved or last read is never taken for its publication date.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from archive.document import Draft, Origin
from archive.encoding import decode
from archive.errors import EmptyItemError, MalformedItemError
from archive.readers import ReadFailure, ReadOptions
from archive.readers.entries import Entry, Value, draft_of
from archive.readers.jsonl import parse_json
from archive.readers.links import MIN_WORDS, Link, list_reason, outcomes_of, with_saved

_QUOTED: Final = re.compile(r"\"([^\"]+)\"|'([^']+)'")
_TAG_SPLIT: Final = re.compile(r"\s*[|,;]\s*")
# Where Instapaper keeps what is in no folder.
_NO_FOLDERS: Final = frozenset({"unread", "archive", "starred", ""})
_NOT_FETCHED: Final = "wallabag can't retrieve contents"
_SUMMARIES: Final = frozenset({"summary", "description"})


def read_saved_csv(data: bytes, origin: Origin, options: ReadOptions) -> Iterator[Draft | ReadFailure]:
    """Read the table of addresses that Pocket, Instapaper or Readwise Reader exports.

    Raises:
        EmptyItemError: there is no web address in it.
    """
    decoded = decode(data, options.declared)
    yield from outcomes_of(csv_links(decoded.text, options), origin, options, decoded.warnings)


def csv_links(text: str, options: ReadOptions) -> Iterator[Link]:
    """Yield the entries of such a table; rows that are no row of it are passed over."""
    csv.field_size_limit(options.limits.csv_cell_chars)
    rows = csv.reader(io.StringIO(text, newline=""))
    header = [cell.strip().lower().lstrip("\ufeff") for cell in next(rows, [])]
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            continue
        yield _link(dict(zip(header, row, strict=False)))


def read_saved_json(data: bytes, origin: Origin, options: ReadOptions) -> Iterator[Draft | ReadFailure]:
    """Read the articles that wallabag, Omnivore or Readwise Reader exports as JSON.

    Raises:
        MalformedItemError: it is not JSON, or has no list of articles.
        EmptyItemError: the list is empty.
    """
    value, warnings = parse_json(data, options)
    records = value.get("results", [value]) if isinstance(value, Mapping) else value
    if not isinstance(records, list):
        raise MalformedItemError("the export has no list of articles")
    if not records:
        raise EmptyItemError("the export has no article")
    addresses = 0
    for number, record in enumerate(records, 1):
        place = dataclasses.replace(origin, member=f"item {number}")
        if not isinstance(record, Mapping):
            yield ReadFailure(member=place.member, code=MalformedItemError.code, reason="it is no object")
            continue
        if record.get("parent_id"):
            continue  # a highlight or a note on another one
        entry, saved = entry_of(record)
        if not entry.texts and entry.urls:
            addresses += 1
            continue
        entry.warnings = [*warnings, *entry.warnings]
        found = draft_of(entry, place, options, method="column")
        yield with_saved(found, *saved) if isinstance(found, Draft) else found
    if addresses:
        yield ReadFailure(member=origin.member, code="skipped", reason=list_reason(addresses))


def entry_of(record: Mapping[str, Any]) -> tuple[Entry, tuple[str, str]]:
    """Return what a record of one of the services says, and when it was saved under which name."""
    make: Callable[[Mapping[str, Any]], tuple[Entry, tuple[str, str]]] = _reader
    if "domain_name" in record or "is_archived" in record:
        make = _wallabag
    elif "savedAt" in record:
        make = _omnivore
    entry, saved = make(record)
    entry.texts = [each for each in entry.texts if _is_text(each)]
    if entry.texts and entry.texts[0].name in _SUMMARIES:
        entry.warnings.append(f"only the {entry.texts[0].name} is in the export; the page itself is not")
    return entry, saved


def _wallabag(record: Mapping[str, Any]) -> tuple[Entry, tuple[str, str]]:
    people = record.get("published_by")
    names = [each for each in people if isinstance(each, str)] if isinstance(people, list) else []
    entry = Entry(
        texts=[
            each for each in _values(record, "content", is_html=True) if _NOT_FETCHED not in each.text[:1_000]
        ],
        titles=_values(record, "title"),
        authors=[Value(text=name, name="published_by") for name in names],
        dates=_values(record, "published_at"),
        urls=_values(record, "url", "given_url", "origin_url"),
        languages=_values(record, "language"),
        sources=_values(record, "domain_name"),
        tags=_tags(record.get("tags")),
        tags_name="tags",
        external_id=_shown(record.get("id")),
    )
    return entry, (_shown(record.get("created_at")), "created_at")


def _omnivore(record: Mapping[str, Any]) -> tuple[Entry, tuple[str, str]]:
    entry = Entry(
        texts=_values(record, "content", "description"),
        titles=_values(record, "title"),
        authors=_values(record, "author"),
        dates=_values(record, "publishedAt"),
        urls=_values(record, "url", "originalArticleUrl"),
        languages=_values(record, "language"),
        sources=_values(record, "siteName"),
        tags=_tags(record.get("labels")),
        tags_name="labels",
        external_id=_shown(record.get("id")),
    )
    return entry, (_shown(record.get("savedAt")), "savedAt")


def _reader(record: Mapping[str, Any]) -> tuple[Entry, tuple[str, str]]:
    entry = Entry(
        texts=_values(record, "html_content", "content", "html", "summary"),
        titles=_values(record, "title"),
        authors=_values(record, "author"),
        dates=[
            Value(text=shown, name="published_date")
            for shown in [_shown(record.get("published_date"))]
            if shown
        ],
        urls=_values(record, "source_url", "url"),
        sources=_values(record, "site_name"),
        tags=_tags(record.get("tags")),
        tags_name="tags",
        external_id=_shown(record.get("id")),
    )
    name = "saved_at" if record.get("saved_at") else "created_at"
    return entry, (_shown(record.get(name)), name)


def _link(row: dict[str, str]) -> Link:
    saved_name = next((name for name in ("time_added", "timestamp", "saved date") if name in row), "saved")
    folder = row.get("folder", "").strip()
    tags = _tags(row.get("tags") or row.get("document tags") or "")
    title, url = row.get("title", "").strip(), row.get("url", "").strip()
    return Link(
        url=url,
        title="" if title == url else title,
        note=row.get("selection", ""),
        note_name="selection",
        tags=(*tags, *([folder] if folder.lower() not in _NO_FOLDERS else [])),
        saved=row.get(saved_name, "").strip(),
        saved_name=saved_name,
    )


def _values(record: Mapping[str, Any], *names: str, is_html: bool | None = None) -> list[Value]:
    return [
        Value(text=value, name=name, is_html=is_html)
        for name in names
        if isinstance(value := record.get(name), str) and value.strip()
    ]


def _is_text(value: Value) -> bool:
    """A summary of a few words is no text."""
    return value.name not in _SUMMARIES or len(value.text.split()) >= MIN_WORDS


def _tags(raw: Any) -> list[str]:
    """Tags as a list, as the keys of an object, or in one string in any of the services' forms."""
    if isinstance(raw, str):
        if raw.startswith("["):
            return [first or second for first, second in _QUOTED.findall(raw[:10_000])]
        return [tag for tag in _TAG_SPLIT.split(raw[:10_000].strip()) if tag]
    if isinstance(raw, Mapping):
        raw = list(raw)
    if not isinstance(raw, list):
        return []
    names = (
        each.get("name") or each.get("label") if isinstance(each, Mapping) else each for each in raw[:1_000]
    )
    return [name for name in names if isinstance(name, str) and name]


def _shown(raw: Any) -> str:
    return str(raw) if isinstance(raw, str | int) and not isinstance(raw, bool) else ""
