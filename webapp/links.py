"""A link as the templates show it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link, or plain text where ``url`` is empty.

    Attributes:
        current: it stands for what is shown already.
        excluded: it stands for what is left out; following it takes it in again.
        exclude_url: leaves out what it stands for.
    """

    label: str
    url: str = ""
    count: int | None = None
    current: bool = False
    excluded: bool = False
    exclude_url: str = ""
