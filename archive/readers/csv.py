"""Tables: one row an article, columns known by their header."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import Final

from archive.document import Draft, Origin
from archive.encoding import decode
from archive.errors import LimitExceededError, MalformedItemError
from archive.readers import ReadFailure, ReadOptions
from archive.readers.fields import FieldMapper

_DELIMITERS: Final = (",", ";", "\t", "|")
_HEAD_BYTES: Final = 64_000


def read_csv(
    stream: io.BufferedReader, origin: Origin, options: ReadOptions
) -> Iterator[Draft | ReadFailure]:
    """Read a table with a header row; a bad row is a failure named ``row N`` (the header is row 1).

    Raises:
        MalformedItemError: no column of the header can hold an article's text.
    """
    head = stream.peek(_HEAD_BYTES)[:_HEAD_BYTES]
    encoding = decode(head[: head.rfind(b"\n") + 1] or head, options.declared).encoding
    if head.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    elif head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    # One line may be huge: what is not read as one piece cannot fill the memory.
    csv.field_size_limit(options.limits.csv_cell_chars)
    mapper = FieldMapper(options)
    text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
    try:
        first = text.readline(_HEAD_BYTES)
        delimiter = _delimiter(first, mapper)
        header = tuple(cell.strip() for cell in next(csv.reader([first], delimiter=delimiter), []))
        if "text" not in mapper.plan(header):
            raise MalformedItemError(
                f"no column of the table holds the text; the columns are: {', '.join(header)[:200]}"
            )
        rows = csv.reader(iter(lambda: text.readline(options.limits.line_bytes), ""), delimiter=delimiter)
        yield from _read_rows(rows, header, origin, mapper)
    finally:
        text.detach()  # the stream is the caller's to close


def looks_like_table(first_line: str) -> bool:
    """Say whether a line is a header that names an article's fields."""
    mapper = FieldMapper(ReadOptions())
    plan = mapper.plan(_cells(first_line, _delimiter(first_line, mapper)))
    return "text" in plan and len(plan) >= 2


def _read_rows(
    rows: Iterator[list[str]], header: tuple[str, ...], origin: Origin, mapper: FieldMapper
) -> Iterator[Draft | ReadFailure]:
    number = 1
    while True:
        number += 1
        member = f"row {number}"
        try:
            row = next(rows, None)
        except csv.Error as error:
            code = LimitExceededError.code if "limit" in str(error) else MalformedItemError.code
            yield ReadFailure(member=member, code=code, reason=f"not a row of the table: {error}")
            continue
        if row is None:
            return
        if not any(cell.strip() for cell in row):
            continue
        while len(row) > len(header) and not row[-1].strip():
            row.pop()
        if len(row) != len(header):
            reason = f"{len(row)} cells, but the table has {len(header)} columns"
            yield ReadFailure(member=member, code=MalformedItemError.code, reason=reason)
            continue
        place = Origin(path=origin.path, member=member, media_type=origin.media_type)
        yield mapper.draft(dict(zip(header, row, strict=True)), place)


def _delimiter(line: str, mapper: FieldMapper) -> str:
    """The delimiter under which most of the header's cells are fields, then under which there are most."""
    return max(_DELIMITERS, key=lambda each: (len(mapper.plan(_cells(line, each))), line.count(each)))


def _cells(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return ()
