"""Readers: one module a format, bytes in, drafts out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archive.document import Draft
from archive.limits import LIMITS, Limits

__all__ = ["ReadFailure", "ReadOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What the caller knows about the items of a run.

    Attributes:
        fields: article field -> name of the column or key that holds it, for
            JSON and CSV whose names are not among the aliases.
        known: values of this item that are known already and win; its text is
            not looked at.
        url: the address of the item, when the caller knows it.
        declared: the character encoding that a header outside the item claims.
        day_first: how to read 01/02/2003; None leaves it to the stated rule.
        fetched: when the item was fetched, as its capture says it; never a
            publication date.
        notes: warnings about the item from what held it.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    known: Draft | None = None
    url: str = ""
    declared: str = ""
    day_first: bool | None = None
    fetched: str = ""
    notes: tuple[str, ...] = ()
    limits: Limits = LIMITS


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFailure:
    """One part of an item that could not become an article.

    Attributes:
        member: which part, such as ``line 12``; empty for the whole item.
        code: the ``code`` of the `ReadError` that it would have been.
        reason: one sentence for the user.
        url: where the article itself is, when the part only names it.
    """

    code: str
    reason: str
    member: str = ""
    url: str = ""
