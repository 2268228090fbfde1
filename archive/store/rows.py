"""Documents to rows and back, and the hashes that prove a row whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import orjson

from archive.document import Document, Origin, PartialDate, Provenance
from archive.errors import ArticleDamagedError, StoreError
from archive.store.bodies import decompress
from archive.store.storable import storable
from archive.store.tables import KEY_COLUMNS, STATE_COLUMNS, VALUE_COLUMNS

HASHED_COLUMNS = VALUE_COLUMNS + KEY_COLUMNS + STATE_COLUMNS
VALUES = len(VALUE_COLUMNS)
_ROW = len(HASHED_COLUMNS)

_HASH_BYTES = 16
HAND = "hand"
_BY_HAND = f':["{HAND}",'

Values = tuple[str | int | None, ...]


@dataclass(slots=True)
class Prepared:
    """A document in the form that is compared and stored, but for its text.

    That is compressed later: what is unchanged never needs to be.
    """

    document: Document
    values: Values
    values_json: bytes
    digest: str
    provenance: str
    warnings: str

    @property
    def hand(self) -> bool:
        """Whether some value was set by hand."""
        return _BY_HAND in self.provenance  # quotes inside JSON strings are escaped: no false find


def prepare(document: Document) -> Prepared:
    """Put ``document`` into storable form.

    Lone surrogates and NULs, which normalising removes but a caller may not, are
    replaced: one such document must not cost a batch.

    Raises:
        StoreError: the document has no identity.
    """
    if not document.identity:
        raise StoreError(f"a document without identity cannot be stored: {document.title!r}")
    try:
        prepared = _prepare(document)
    except (UnicodeEncodeError, orjson.JSONEncodeError):
        return _prepare(storable(document))
    if "\0" in document.text or b"\\u0000" in prepared.values_json or "\0" in document.identity:
        return _prepare(storable(document))
    return prepared


def _prepare(document: Document) -> Prepared:
    text = document.text
    is_prefix = text.startswith(document.lead)
    published_at = document.published_at
    values: Values = (
        document.content_hash,
        document.title,
        _json_list(document.authors),
        None if document.published is None else document.published.isoformat(),
        None if published_at is None else _utc(published_at).isoformat(),
        document.language,
        document.source,
        document.url,
        document.section,
        _json_list(document.tags),
        document.words,
        len(document.lead) if is_prefix else 0,
        None if is_prefix else document.lead,
    )
    origin = document.origin
    # Found out here, where it can be mended, and not by the driver half-way through the batch.
    if not (document.identity + origin.path).isascii():
        (document.identity + origin.path + origin.member).encode()
    if not text.isascii():
        text.encode()
    values_json = orjson.dumps(values)
    return Prepared(
        document=document,
        values=values,
        values_json=values_json,
        digest=blake2b(values_json, digest_size=_HASH_BYTES).hexdigest(),
        provenance=provenance_json(document.provenance),
        warnings=_json_list(document.warnings),
    )


def _json_list(items: Sequence[str]) -> str:
    return orjson.dumps(items).decode() if items else "[]"


def provenance_json(provenance: Mapping[str, Provenance]) -> str:
    """Provenance as it is stored."""
    if not provenance:
        return "{}"
    # Lists, not objects: the names of the four parts were most of what such a row held.
    parts = {name: (it.method, it.detail, it.confidence, it.raw) for name, it in provenance.items()}
    return orjson.dumps(parts, option=orjson.OPT_SORT_KEYS).decode()


def _utc(instant: dt.datetime) -> dt.datetime:
    return instant.replace(tzinfo=dt.UTC) if instant.tzinfo is None else instant.astimezone(dt.UTC)


def state_values(prepared: Prepared, *, added: str, updated: str) -> tuple[str | int, ...]:
    """The row's STATE_COLUMNS."""
    origin = prepared.document.origin
    return (
        prepared.digest,
        added,
        updated,
        origin.path,
        origin.member,
        origin.media_type,
        int(prepared.hand),
        prepared.warnings,
        prepared.provenance,
    )


def row_hash(values_json: bytes, rest: Sequence[str | int | None], body: bytes) -> str:
    """Hash of one stored article: JSON of both parts of the row, then the body."""
    digest = blake2b(values_json, digest_size=_HASH_BYTES)
    digest.update(orjson.dumps(rest))
    digest.update(body)
    return digest.hexdigest()


def hash_of_stored(row: Sequence[Any], body: bytes) -> str:
    """`row_hash` of a row as it was read: HASHED_COLUMNS in their order.

    Raises:
        ValueError: a value is of a type that is never written.
    """
    try:
        return row_hash(orjson.dumps(tuple(row[:VALUES])), tuple(row[VALUES:_ROW]), body)
    except orjson.JSONEncodeError as error:
        raise ValueError(str(error)) from error


@lru_cache(maxsize=8192)
def parsed_date(text: str) -> PartialDate:
    return PartialDate.from_iso(text)


def parsed_strings(text: str) -> tuple[str, ...]:
    return () if text == "[]" else tuple(orjson.loads(text))


def provenance_from_json(text: str) -> dict[str, Provenance]:
    """Read what `provenance_json` wrote."""
    if text == "{}":
        return {}
    return {name: _provenance(*parts) for name, parts in orjson.loads(text).items()}


@lru_cache(maxsize=8192)
def _provenance(method: str, detail: str, confidence: float, raw: str) -> Provenance:
    """One object for what most articles of a file share: a tenth of the time to make it anew."""
    return Provenance(method=method, detail=detail, confidence=confidence, raw=raw)


def require_whole(row: Sequence[Any], body: bytes, expected: str) -> None:
    """Compare HASHED_COLUMNS and a body as they were read with the hash of what was written.

    Raises:
        ValueError: they differ.
    """
    if hash_of_stored(row, body) != expected:
        raise ValueError("it is not what was written")


def damaged_article(id_: int, slug: str, reason: Exception) -> ArticleDamagedError:
    """The error that names an article and the command that finds all such."""
    return ArticleDamagedError(
        f"article {id_} ({slug}) is damaged: {reason}. `archive verify` names all that are; "
        "restore a backup, or delete it and ingest its source again",
        article=id_,
        slug=slug,
    )


def document_from_row(
    row: Sequence[Any], body: bytes | None, group: int | None = None, *, expected: str | None = None
) -> Document:
    """The document of HASHED_COLUMNS, with an empty text and lead when ``body`` is None.

    Args:
        expected: the hash that was written with it, to compare if there is a body.

    Raises:
        ArticleDamagedError: the row or its body is not what was written.
    """
    (
        content_hash, title, authors, published, published_at, language, source, url, section, tags, words,
        lead_chars, lead, id_, slug, identity, _digest, added, updated, path, member, media_type, _hand,
        warnings, provenance,
    ) = row[:_ROW]  # fmt: skip
    try:
        if body is not None and expected is not None:
            require_whole(row, body, expected)
        text = "" if body is None else decompress(body)
        return Document(
            title=title,
            text=text,
            lead=text[:lead_chars] if lead is None else "" if body is None else lead,
            identity=identity,
            origin=Origin(path=path, member=member, media_type=media_type),
            content_hash=content_hash,
            words=words,
            id=id_,
            slug=slug,
            authors=parsed_strings(authors),
            published=None if published is None else parsed_date(published),
            published_at=None if published_at is None else dt.datetime.fromisoformat(published_at),
            language=language,
            source=source,
            url=url,
            section=section,
            tags=parsed_strings(tags),
            added=dt.datetime.fromisoformat(added),
            updated=dt.datetime.fromisoformat(updated),
            provenance=provenance_from_json(provenance),
            warnings=parsed_strings(warnings),
            group=group or 0,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise damaged_article(id_, slug, error) from error
