"""The fields of the index and the documents in it, as Tantivy knows them."""

from __future__ import annotations

import json
from pathlib import Path

import tantivy

from index.engine import Record
from index.engines.tantivy.numbering import (
    NONE,
    Numbering,
    number_column,
    own_number,
    pair,
    pairs_field,
)
from index.errors import IndexDamagedError, IndexMissingError, IndexOutdatedError
from index.schema import FACETS, FIELDS, Kind

OPTION = {Kind.POSITIONS: "position", Kind.FREQUENCIES: "freq", Kind.TERMS: "basic"}


def make_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for field in FIELDS:
        if field.kind is Kind.NUMBER:
            builder.add_integer_field(field.name, indexed=True, fast=True)
        elif field.kind is Kind.KEYWORD:
            sorts = field.name == "title_sort"
            builder.add_text_field(field.name, tokenizer_name="raw", index_option="basic", fast=sorts)
        else:
            builder.add_text_field(field.name, tokenizer_name="whitespace", index_option=OPTION[field.kind])
    for name in FACETS:
        # indexed too, so that a number which a deleted document has is not given away
        builder.add_unsigned_field(number_column(name), indexed=True, fast=True)
        builder.add_text_field(pairs_field(name), tokenizer_name="raw", index_option="basic")
    return builder.build()


def document_from_record(record: Record, numbering: Numbering) -> tantivy.Document:
    document = tantivy.Document()
    for name, text in record.text.items():
        document.add_text(name, text)
    for name, values in record.keywords.items():
        for value in dict.fromkeys(values) if len(values) > 1 else values:
            document.add_text(name, value)
    for name in FACETS:
        _add_facet(document, name, record.keywords.get(name, ()), numbering)
    for name, number in record.numbers.items():
        document.add_integer(name, number)
    return document


def _add_facet(document: tantivy.Document, name: str, values: tuple[str, ...], numbering: Numbering) -> None:
    column = number_column(name)
    for value in dict.fromkeys(values):
        number = own_number(value)
        if number is None:
            number = numbering.number(name, value)
            document.add_text(pairs_field(name), pair(value, number))
        document.add_unsigned(column, number)
    if not values:
        document.add_unsigned(column, NONE)


def check_fields(path: Path) -> None:
    """Refuse a folder without an index, or with one of other fields."""
    try:
        meta = json.loads((path / "meta.json").read_text(encoding="utf-8"))
        names = {entry["name"] for entry in meta["schema"]}
    except FileNotFoundError as exc:
        if path.is_dir() and any(path.glob("*.store")):
            raise IndexDamagedError(
                f"The index in {path} has lost its meta.json; rebuild it with: archive reindex"
            ) from exc
        raise IndexMissingError(f"There is no index in {path}; build it with: archive reindex") from exc
    except (ValueError, KeyError, TypeError, OSError) as exc:
        raise IndexDamagedError(
            f"The index in {path} is damaged ({exc}); rebuild it with: archive reindex"
        ) from exc
    counted = {of(name) for name in FACETS for of in (number_column, pairs_field)}
    if names != counted | {field.name for field in FIELDS}:
        raise IndexOutdatedError(
            f"The index in {path} has other fields than this program; rebuild it with: archive reindex"
        )


def total_of(result: tantivy.SearchResult) -> int:
    """Return how many documents matched in all."""
    return int(result.count)  # type: ignore[attr-defined]  # there, but not in the stub of 0.27
