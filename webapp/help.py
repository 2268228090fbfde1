"""The query help, as data: examples by task, then every field and operator."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing to type, and what it finds."""

    write: str
    finds: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Rows under a heading."""

    title: str
    rows: tuple[Row, ...]


HELP: tuple[Section, ...] = (
    Section(
        title="Words",
        rows=(
            Row(write="harbour strike", finds="both words, in any of their forms: strikes, harbours"),
            Row(write='"harbour strike"', finds="exactly this phrase, in this order"),
        ),
    ),
)
