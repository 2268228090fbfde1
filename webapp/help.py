"""The query help, drawn from the tables that the parser itself reads."""

from __future__ import annotations

from dataclasses import dataclass

from index.query.fields import FIELD_TABLE
from index.query.operators import OPERATORS


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing to write.

    Attributes:
        meaning: may hold code between backticks.
        example: a query to try.
        also: other names of a field.
    """

    write: str
    meaning: str
    example: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Rows under a heading."""

    title: str
    note: str
    rows: tuple[Row, ...]


HELP: tuple[Section, ...] = (
    Section(
        title="Words and signs",
        note="",
        rows=tuple(
            Row(write=operator.syntax, meaning=operator.meaning, example=operator.example)
            for operator in OPERATORS
        ),
    ),
    Section(
        title="Fields",
        note="A name and a colon ask one field only. After it stands a word, a phrase in quotes or a group "
        "in brackets; for dates a year, month or day, or two of them with `..` between.",
        rows=tuple(
            Row(write=f"{field.name}:", meaning=field.help, example=field.example, also=field.aliases)
            for field in FIELD_TABLE
        ),
    ),
)
