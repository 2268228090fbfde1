"""Our fields as Whoosh's: tokens come analysed, positions are plain numbers."""

from __future__ import annotations

import warnings
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from index.engine import Record
from index.schema import FIELDS, Kind

with warnings.catch_warnings():  # 2.7.4 is older than Python's warnings about its escapes
    warnings.simplefilter("ignore")
    from whoosh.columns import NumericColumn, VarBytesColumn
    from whoosh.fields import COLUMN, FieldType, Schema
    from whoosh.formats import Existence, Format
    from whoosh.util.text import utf8encode

#: A number that stands for none; no field holds it.
ABSENT = -(2**63)


class _Positions(Format):  # type: ignore[misc]
    """Positions as plain 32-bit numbers: no pickle for each posting."""

    def word_values(self, value: Any, analyzer: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("fields encode for themselves")

    def decode_frequency(self, value: bytes) -> int:
        return len(value) // 4


class _Text(FieldType):  # type: ignore[misc]
    """Tokens joined by spaces."""

    def __init__(self, kind: Kind) -> None:
        placed = kind is Kind.POSITIONS
        super().__init__(_Positions() if placed else Existence(), None, scorable=kind is not Kind.TERMS)
        self.kind = kind

    def index(self, value: str, **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        tokens = [token for token in value.split(" ") if token]
        if self.kind is Kind.POSITIONS:
            places: dict[str, array[int]] = {}
            for position, token in enumerate(tokens):
                places.setdefault(token, array("I")).append(position)
            for token, where in places.items():
                yield utf8encode(token)[0], len(where), float(len(where)), where.tobytes()
        elif self.kind is Kind.FREQUENCIES:
            for token, times in Counter(tokens).items():
                yield utf8encode(token)[0], times, float(times), b""
        else:
            for token in dict.fromkeys(tokens):
                yield utf8encode(token)[0], 1, 1.0, b""


class _Keyword(FieldType):  # type: ignore[misc]
    """Whole values, indexed and kept in a column."""

    def __init__(self) -> None:
        super().__init__(Existence(), None)
        self.column_type = VarBytesColumn()

    def index(self, value: Sequence[str], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        for item in value:
            yield utf8encode(item)[0], 1, 1.0, b""

    def to_column_value(self, value: Sequence[str]) -> bytes:
        return orjson.dumps(list(value))


def whoosh_schema() -> Any:
    fields = {}
    for field in FIELDS:
        if field.kind is Kind.NUMBER:
            fields[field.name] = COLUMN(NumericColumn("q", default=ABSENT))
        else:
            fields[field.name] = _Keyword() if field.kind is Kind.KEYWORD else _Text(field.kind)
    return Schema(**fields)


def values_of(record: Record) -> dict[str, object]:
    """Return what a Whoosh document of ``record`` holds."""
    keywords = {name: tuple(dict.fromkeys(values)) for name, values in record.keywords.items() if values}
    return {**record.text, **keywords, **record.numbers}
