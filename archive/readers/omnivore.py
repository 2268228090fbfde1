"""The zip file that Omnivore exports: pages in ``content/``, what is known of them in ``metadata_*.json``."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from archive.containers import Part, buffered, member_path, refusal
from archive.document import Draft, Origin
from archive.errors import ReadError
from archive.readers import ReadFailure, ReadOptions
from archive.readers.entries import Value, draft_of
from archive.readers.exports import entry_of
from archive.readers.jsonl import parse_json
from archive.readers.links import list_reason
from archive.readers.zipfiles import ZipReader

_METADATA: Final = re.compile(r"(?:.*/)?metadata_\d+_to_\d+\.json")
_PAGE: Final = re.compile(r"(?:.*/)?content/([^/]+)\.html?")


def walk_omnivore(zipped: ZipReader, origin: Origin, options: ReadOptions) -> Iterator[Part | ReadFailure]:
    """Yield the pages with what the export knows of them; what is only known is reported."""
    for found in zipped.refused:
        yield refusal(found.member, found.code, found.reason, within=origin.member)
    known: dict[str, Mapping[str, Any]] = {}
    for name in filter(_METADATA.fullmatch, list(zipped.names)):
        try:
            known.update(_records(zipped.read(name), options))
        except ReadError as error:
            yield refusal(name, error.code, str(error), within=origin.member)
    for name in list(zipped.names):
        page = _PAGE.fullmatch(name)
        if page is None:
            continue
        place = dataclasses.replace(origin, member=member_path(origin.member, name))
        record = known.pop(page[1], None)
        inside = options if record is None else _with_known(record, place, options)
        try:
            yield Part(stream=buffered(zipped.open(name)), origin=place, options=inside)
        except ReadError as error:
            yield refusal(name, error.code, str(error), within=origin.member)
    if known:
        yield ReadFailure(member=origin.member, code="skipped", reason=list_reason(len(known)))


def _records(data: bytes, options: ReadOptions) -> dict[str, Mapping[str, Any]]:
    value, _ = parse_json(data, options)
    records = value if isinstance(value, list) else []
    return {str(each.get("slug")): each for each in records if isinstance(each, Mapping) and each.get("slug")}


def _with_known(record: Mapping[str, Any], place: Origin, options: ReadOptions) -> ReadOptions:
    entry, (saved, _) = entry_of(record)
    # The page has the text; here only the values are wanted.
    entry.texts = [Value(text="-", name="content")]
    known = draft_of(entry, place, options, method="column")
    if not isinstance(known, Draft):
        return options
    return dataclasses.replace(options, known=known, url=known.url, fetched=saved)
