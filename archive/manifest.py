"""Manifests: a list of files with what is known of them, one JSON object a line.

``{"path": "pages/a.html", "url": "https://…", "id": "a", "title": "…"}``: the path
is relative to the manifest's folder; every other value has the names that JSON
articles have, and wins over what the file says.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from archive.document import Draft, Origin
from archive.errors import MalformedItemError, ReadError
from archive.limits import LIMITS
from archive.readers import ReadOptions
from archive.readers.fields import FieldMapper
from archive.readers.jsonl import parse_json
from archive.sources import STANDARD_INPUT, Item, Unread, open_item, printable_path

_PATH_NAMES: Final = ("path", "file", "filename", "file_path")
_VALUES: Final = ("title", "authors", "language", "source", "url", "section", "tags")


def read_manifest(path: str | Path, options: ReadOptions | None = None) -> Iterator[Item | Unread]:
    """Yield the items that a manifest names; a bad line is a failure named ``line N``.

    Raises:
        ReadError: the manifest itself cannot be opened.
    """
    options = options or ReadOptions()
    name = os.fspath(path)
    folder = "." if name == STANDARD_INPUT else os.path.dirname(os.path.abspath(name))  # noqa: PTH100, PTH120
    mapper = FieldMapper(options, method="manifest")
    shown = printable_path(name)
    with open_item(name) as stream:
        number = 0
        while line := stream.readline(LIMITS.line_bytes + 1):
            number += 1
            line = line.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else line.strip()
            if not line or line.startswith(b"#"):
                continue
            try:
                yield _item(line, number, folder, options, mapper)
            except ReadError as error:
                yield Unread(path=shown, member=f"line {number}", code=error.code, reason=str(error))


def overlay(draft: Draft, known: Draft) -> Draft:
    """Return ``draft`` with the values of ``known``, which win, and their provenance."""
    values = {name: value for name in _VALUES if (value := getattr(known, name))}
    if known.published is not None:
        values |= {"published": known.published, "published_at": known.published_at}
    if known.external_id:
        values["external_id"] = known.external_id
    stated = {name: found for name, found in known.provenance.items() if name in values}
    warnings = (*known.warnings, *draft.warnings)
    return dataclasses.replace(draft, **values, provenance=draft.provenance | stated, warnings=warnings)


def _item(line: bytes, number: int, folder: str, options: ReadOptions, mapper: FieldMapper) -> Item:
    record, _ = parse_json(line, options)
    if not isinstance(record, Mapping):
        raise MalformedItemError("not a JSON object")
    name = next((value for key in _PATH_NAMES if isinstance(value := record.get(key), str) and value), "")
    if not name:
        raise MalformedItemError('it names no file: there is no "path"')
    path = os.path.normpath(os.path.join(folder, name))  # noqa: PTH118
    try:
        size = os.stat(path).st_size  # noqa: PTH116
    except (OSError, ValueError) as error:
        raise ReadError(f"the file that it names cannot be read: {printable_path(name)}") from error
    values = {key: value for key, value in record.items() if key not in _PATH_NAMES}
    known = mapper.draft(values, Origin(path=path, member=f"line {number}"), text="")
    return Item(path=path, size=size, known=known)
