"""JSON and JSON Lines: one object an article.

Lines are read one at a time from a stream, so that a file of any size costs the
memory of its longest line.  orjson parses; what it refuses gets a second look
only for the two things that are no fault of the article: bytes that are not
UTF-8 and lone surrogates.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

import orjson

from archive.document import Draft, Origin
from archive.encoding import decode
from archive.errors import LimitExceededError, MalformedItemError, ReadError
from archive.readers import ReadFailure, ReadOptions
from archive.readers.fields import FieldMapper

_LIST_NAMES: Final = "articles items entries docs documents results posts records data hits"
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_COMMENTS: Final = (b"#", b"//")
_BOM: Final = b"\xef\xbb\xbf"


def read_jsonl(stream: BinaryIO, origin: Origin, options: ReadOptions) -> Iterator[Draft | ReadFailure]:
    """Read one JSON object a line; a bad line is a failure named ``line N``, counted from 1."""
    mapper = FieldMapper(options)
    limit = options.limits.line_bytes
    number = 0
    while line := stream.readline(limit + 1):
        number += 1
        if number == 1 and line.startswith(_BOM):
            line = line[len(_BOM) :]
        if len(line) > limit and not line.endswith(b"\n"):
            _skip_line(stream, limit)
            reason = f"the line is longer than {limit:,} bytes"
            yield ReadFailure(member=f"line {number}", code=LimitExceededError.code, reason=reason)
            continue
        line = line.strip()
        if not line or line.startswith(_COMMENTS):
            continue
        yield from _read_line(line, number, origin, options, mapper)


def read_json(data: bytes, origin: Origin, options: ReadOptions) -> Iterator[Draft | ReadFailure]:
    """Read a whole JSON file: an object, an array of objects, or an object that holds such an array.

    Raises:
        MalformedItemError: it is not JSON, or holds no object.
        LimitExceededError: it is nested deeper than allowed.
    """
    value, warnings = parse_json(data, options)
    records = _records(value)
    if records is None:
        raise MalformedItemError("the JSON holds no object, so no article")
    mapper = FieldMapper(options)
    if isinstance(value, Mapping) and len(records) == 1 and records[0] is value:
        yield _draft(value, origin, mapper, warnings)
        return
    for number, record in enumerate(records, 1):
        yield _draft_or_failure(record, f"item {number}", origin, mapper, warnings)


def parse_json(data: bytes, options: ReadOptions) -> tuple[Any, tuple[str, ...]]:
    """Return the value of JSON bytes, and warnings about characters that were mended.

    Raises:
        MalformedItemError: it is not JSON; NaN and Infinity are not.
        LimitExceededError: it is nested deeper than allowed.
    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        value, warnings = _second_look(data, error)
    else:
        warnings = ()
    if data.count(b"[") + data.count(b"{") > options.limits.depth and _is_deeper(value, options.limits.depth):
        raise LimitExceededError(f"nested deeper than {options.limits.depth} levels")
    return value, warnings


def _read_line(
    line: bytes, number: int, origin: Origin, options: ReadOptions, mapper: FieldMapper
) -> Iterator[Draft | ReadFailure]:
    member = f"line {number}"
    try:
        record, warnings = parse_json(line, options)
    except ReadError as error:
        if b"\r" in line:
            # Old line ends: what looks like one line is many.
            yield from _read_old_lines(line, origin, options, mapper)
            return
        yield ReadFailure(member=member, code=error.code, reason=str(error))
        return
    if isinstance(record, list) and record:
        for position, each in enumerate(record, 1):
            yield _draft_or_failure(each, f"{member}, item {position}", origin, mapper, warnings)
        return
    yield _draft_or_failure(record, member, origin, mapper, warnings)


def _read_old_lines(
    block: bytes, origin: Origin, options: ReadOptions, mapper: FieldMapper
) -> Iterator[Draft | ReadFailure]:
    for number, line in enumerate(block.split(b"\r"), 1):
        if line.strip() and not line.startswith(_COMMENTS):
            yield from _read_line(line.strip(), number, origin, options, mapper)


def _draft_or_failure(
    record: Any, member: str, origin: Origin, mapper: FieldMapper, warnings: tuple[str, ...]
) -> Draft | ReadFailure:
    if not isinstance(record, Mapping):
        kind = type(record).__name__.replace("NoneType", "null")
        reason = f"not an object but a value of kind {kind}"
        return ReadFailure(member=member, code=MalformedItemError.code, reason=reason)
    place = Origin(path=origin.path, member=member, media_type=origin.media_type)
    return _draft(record, place, mapper, warnings)


def _draft(
    record: Mapping[str, Any], origin: Origin, mapper: FieldMapper, warnings: tuple[str, ...]
) -> Draft:
    inner = record.get("_source")
    draft = mapper.draft(inner if isinstance(inner, Mapping) else record, origin)
    if not warnings:
        return draft
    return dataclasses.replace(draft, warnings=(*warnings, *draft.warnings))


def _records(value: Any, depth: int = 0) -> list[Any] | None:
    """The article records in a value: a list, an object's list of them, or the object itself."""
    if isinstance(value, list):
        return value if any(isinstance(each, Mapping) for each in value) else None
    if not isinstance(value, Mapping):
        return None
    for name in _LIST_NAMES.split():
        inner = value.get(name)
        if isinstance(inner, list) and any(isinstance(each, Mapping) for each in inner):
            return inner
        if depth == 0 and isinstance(inner, Mapping):
            found = _records(inner, 1)
            if found is not None and found[0] is not inner:
                return found
    return [value]


def _second_look(data: bytes, error: orjson.JSONDecodeError) -> tuple[Any, tuple[str, ...]]:
    decoded = decode(data)
    try:
        value = json.loads(decoded.text, parse_constant=_refuse_constant, parse_int=_bounded_int)
    except (ValueError, RecursionError) as second:
        reason = "nested too deeply" if isinstance(second, RecursionError) else _reason(error)
        raise MalformedItemError(f"not JSON: {reason}") from second
    warnings = decoded.warnings
    if _SURROGATE.search(decoded.text) or b"\\ud" in data.lower():
        warnings = (*warnings, "lone surrogates were replaced by \ufffd")
    return value, warnings


def _reason(error: orjson.JSONDecodeError) -> str:
    in_one_line = error.lineno == 1
    place = f"character {error.pos + 1}" if in_one_line else f"line {error.lineno}, column {error.colno}"
    return f"{error.msg.split(':')[0]} at {place}"


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _bounded_int(digits: str) -> int | float:
    return int(digits) if len(digits) <= 32 else float(digits[:400])


def _is_deeper(value: Any, depth: int) -> bool:
    level = [value]
    for _ in range(depth):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return any(isinstance(each, dict | list) for each in level)


def _skip_line(stream: BinaryIO, chunk: int) -> None:
    while part := stream.readline(chunk):
        if part.endswith(b"\n"):
            return
