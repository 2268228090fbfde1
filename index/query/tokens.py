"""Tokens of the query language, and the warnings found on the way to the tree.

Offsets are half-open, in code points of the cleaned text.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from index.query.ast import QueryWarning
from index.query.cleaning import Cleaned


class Kind(Enum):
    WORD = auto()
    PREFIX = auto()
    WILDCARD = auto()
    FUZZY = auto()
    PHRASE = auto()
    EVERY = auto()  # a star alone
    FIELD = auto()  # a known name and its colon
    RANGE = auto()  # [a TO b] after the colon of a date field
    OPEN = auto()
    CLOSE = auto()
    MINUS = auto()
    PLUS = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    JOIN = auto()  # NEAR/5, BEFORE/5, SENT, PARA
    COUNT = auto()  # atleast3:
    WHOLE = auto()  # ="BBC", after the colon of a field
    BOOST = auto()  # ^2, directly after what it weighs


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of the cleaned text.

    Attributes:
        text: without escapes and without the operator's own characters.
        start: where it begins.
        end: where it ends.
        number: edits of a FUZZY, slop of a PHRASE with ``~``, times of a COUNT
            (else -1).
    """

    kind: Kind
    text: str
    start: int
    end: int
    number: int = -1


class Warnings:
    """Warnings as they are found; given out in the order of the text."""

    __slots__ = ("_found",)

    def __init__(self) -> None:
        self._found: list[tuple[int, int, str, str]] = []

    def add(self, code: str, message: str, start: int, end: int) -> None:
        self._found.append((start, end, code, message))

    def widen(self, code: str, message: str, start: int, end: int) -> None:
        """As `add`, but make the last one longer if it says the same of what stands directly before."""
        if self._found and self._found[-1][1:] == (start, code, message):
            start = self._found.pop()[0]
        self.add(code, message, start, end)

    def placed(self, cleaned: Cleaned) -> tuple[QueryWarning, ...]:
        """Return them with their place in the text as typed."""
        return tuple(
            QueryWarning(code=code, message=message, span=cleaned.span(start, end))
            for start, end, code, message in sorted(self._found)
        )
