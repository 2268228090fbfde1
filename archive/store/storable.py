"""Texts that a database and JSON can hold, of documents that nothing has normalised."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from archive.document import Document, Origin


def storable(document: Document) -> Document:
    """``document`` with every NUL dropped and every lone surrogate made visible.

    In addresses a surrogate is an undecodable byte of a file name: it is written
    as ``\\udcff``, so that two such names stay two.  In prose it becomes U+FFFD.
    """
    origin = document.origin
    changed: dict[str, Any] = {
        "identity": _address(document.identity),
        "origin": Origin(
            path=_address(origin.path), member=_address(origin.member), media_type=_prose(origin.media_type)
        ),
        "provenance": {
            _prose(name): replace(
                value, method=_prose(value.method), detail=_prose(value.detail), raw=_prose(value.raw)
            )
            for name, value in document.provenance.items()
        },
    }
    for field in fields(document):
        value = getattr(document, field.name)
        if field.name in changed:
            continue
        if isinstance(value, str):
            changed[field.name] = _prose(value)
        elif isinstance(value, tuple):
            changed[field.name] = tuple(_prose(item) for item in value)
    return replace(document, **changed)


def _prose(text: str) -> str:
    clean = text.replace("\0", "")
    return clean.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _address(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "backslashreplace").decode()
