"""What stands after ``words:``: a whole number or a range, and how it is printed.

A range is half-open: from ``low`` up to, not including, ``high``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberBounds:
    """A range as read; ``swapped`` when its ends stood the wrong way round."""

    low: int | None = None
    high: int | None = None
    swapped: bool = False


_NUMBER = re.compile(r"[0-9]{1,15}|[0-9]{1,3}(?:[,' ][0-9]{3}){1,4}")
_COMPARED = re.compile(r"(>=|<=|≥|≤|>|<|=)\s*(.+)", re.DOTALL)
_BRACKETED = re.compile(r"([\[{])\s*(\S.*?)\s+TO\s+(\S.*?)\s*([\]}])", re.DOTALL | re.IGNORECASE)
_DOTS = re.compile(r"\.{2,3}|…|(?<=[0-9])(?:[-–]| to )(?=[0-9])")


def parse_numbers(text: str) -> NumberBounds:
    """Return the range that ``text`` asks for.

    Raises:
        ValueError: ``text`` is no number, or leaves none.
    """
    value = text.strip()
    if match := _COMPARED.fullmatch(value):
        return _compared(match[1], _number(match[2]))
    if match := _BRACKETED.fullmatch(value):
        opening, first, last, closing = match.groups()
        low = None if first == "*" else _number(first) + (opening == "{")
        high = None if last == "*" else _number(last) + (closing == "]")
        return _between(low, high)
    if match := _DOTS.search(value):
        first, last = value[: match.start()].strip(), value[match.end() :].strip()
        return _between(_number(first) if first else None, _number(last) + 1 if last else None)
    number = _number(value)
    return NumberBounds(low=number, high=number + 1)


def print_numbers(low: int | None, high: int | None, of: str = "words") -> str:
    """Return the query text of a range."""
    if low is not None and high == low + 1:
        return f"{of}:{low}"
    return f"{of}:{'' if low is None else low}..{'' if high is None else high - 1}"


def _number(text: str) -> int:
    plain = unicodedata.normalize("NFKC", text).strip()
    if _NUMBER.fullmatch(plain) is None:
        raise ValueError(f"not a whole number: {text}")
    return int(re.sub(r"\D", "", plain))


def _compared(operator: str, number: int) -> NumberBounds:
    match operator:
        case ">":
            return NumberBounds(low=number + 1)
        case ">=" | "≥":
            return NumberBounds(low=number)
        case "<=" | "≤":
            return NumberBounds(high=number + 1)
        case "<":
            if number == 0:
                raise ValueError("nothing is less than that")
            return NumberBounds(high=number)
    return NumberBounds(low=number, high=number + 1)


def _between(low: int | None, high: int | None) -> NumberBounds:
    if low is None or high is None or low < high:
        if high == 0:
            raise ValueError("nothing is less than that")
        return NumberBounds(low=low, high=high)
    if low == high:
        raise ValueError("no number lies between")
    return NumberBounds(low=high - 1, high=low + 1, swapped=True)
