"""What a new version takes over from the one before: values set by hand, or filled in from elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from archive.document import Document, Provenance
from archive.store.rows import HAND

#: How the detail of a value's provenance begins that another, shorter form of the article gave.
FILLED: Final = "filled in from "

_GOES_WITH: Final = {
    "published": ("published", "published_at"),
    "text": ("text", "lead", "words"),
}
_VALUE_FIELDS: Final = frozenset(
    ("title", "text", "lead", "words", "authors", "published", "published_at", "language", "source", "url")
) | {"section", "tags"}
#: What a feed, a list or an export may know of a page that the page does not say.
_FILLABLE: Final = ("authors", "published", "source", "section", "tags")


def with_hand_values(stored: Document, incoming: Document) -> Document:
    """``incoming`` with the values that were set by hand in ``stored``.

    A value that is by hand in both is the incoming one: that is a new edit.
    """
    kept: dict[str, Any] = {}
    provenance = dict(incoming.provenance)
    for name, value in stored.provenance.items():
        if value.method != HAND or (name in provenance and provenance[name].method == HAND):
            continue
        provenance[name] = value
        for attribute in _GOES_WITH.get(name, (name,)):
            if attribute in _VALUE_FIELDS:
                kept[attribute] = getattr(stored, attribute)
    return replace(incoming, provenance=provenance, **kept)


def with_filled(document: Document, other: Document, *, only_filled: bool = False) -> Document:
    """``document`` with what it lacks and ``other``, a shorter form of it, has.

    Args:
        only_filled: take only what was filled in there before: ``other`` is the former version.
    """
    kept: dict[str, Any] = {}
    provenance = dict(document.provenance)
    for name in _FILLABLE:
        there = other.provenance.get(name, Provenance(method="column"))
        is_filled = there.detail.startswith(FILLED)
        if not getattr(other, name) or there.method == HAND or (only_filled and not is_filled):
            continue
        # A value that was emptied by hand stays empty.
        if getattr(document, name) or provenance.get(name, there).method == HAND:
            continue
        kept |= {attribute: getattr(other, attribute) for attribute in _GOES_WITH.get(name, (name,))}
        provenance[name] = (
            there if is_filled else replace(there, detail=f"{FILLED}{there.detail or 'a list'}")
        )
    return replace(document, provenance=provenance, **kept) if kept else document
