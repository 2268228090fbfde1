"""The fields of the index and the documents in it, as Tantivy knows them."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

import tantivy

from index.engine import Record
from index.errors import IndexDamagedError, IndexMissingError, IndexOutdatedError
from index.schema import FIELDS, Kind

OPTION = {Kind.POSITIONS: "position", Kind.FREQUENCIES: "freq", Kind.TERMS: "basic"}


def hash_field(name: str) -> str:
    return f"{name}_hash"


@lru_cache(maxsize=100_000)
def hash_of(value: str) -> int:
    """Return 63 bits that stand for ``value`` in the facets."""
    return int.from_bytes(hashlib.blake2b(value.encode(), digest_size=8).digest(), "big") >> 1


def make_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for field in FIELDS:
        if field.kind is Kind.NUMBER:
            builder.add_integer_field(field.name, indexed=True, fast=True)
        elif field.kind is Kind.KEYWORD:
            sorts = field.name == "title_sort"
            builder.add_text_field(field.name, tokenizer_name="raw", index_option="basic", fast=sorts)
            builder.add_integer_field(hash_field(field.name), fast=True)
        else:
            builder.add_text_field(field.name, tokenizer_name="whitespace", index_option=OPTION[field.kind])
    return builder.build()


def document_from_record(record: Record) -> tantivy.Document:
    document = tantivy.Document()
    for name, text in record.text.items():
        document.add_text(name, text)
    for name, values in record.keywords.items():
        for value in dict.fromkeys(values):
            document.add_text(name, value)
            document.add_integer(hash_field(name), hash_of(value))
    for name, number in record.numbers.items():
        document.add_integer(name, number)
    return document


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
    hashes = {hash_field(field.name) for field in FIELDS if field.kind is Kind.KEYWORD}
    if names != hashes | {field.name for field in FIELDS}:
        raise IndexOutdatedError(
            f"The index in {path} has other fields than this program; rebuild it with: archive reindex"
        )


def total_of(result: tantivy.SearchResult) -> int:
    """Return how many documents matched in all."""
    return int(result.count)  # type: ignore[attr-defined]  # there, but not in the stub of 0.27
