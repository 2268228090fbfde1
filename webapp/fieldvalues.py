"""What may stand after a field that takes few values, and the operators between words: for completion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index.query.ast import PRESENCE
from index.query.fields import BY_NAME, STATES, Takes
from index.query.languages import language_name
from webapp.models import Completion

#: Of one field, most values that are offered.
_MOST = 8

#: Periods as people ask for them, the likeliest first; `index.query.calendar` reads them.
_PERIODS = (
    *("today", "yesterday", "this week", "last week", "past 7 days", "this month", "last month"),
    *("past 30 days", "this year", "last year", "past 12 months"),
)

#: Operators as they are typed, in capitals.
_BETWEEN = ("AND", "OR", "NOT", "NEAR/5", "BEFORE/5", "SENT", "PARA")


def values_of(field: str, typed: str, languages: Sequence[str]) -> Iterator[str]:
    """Yield what ``field:typed`` may become; nothing for fields of any text.

    Args:
        field: by the name it is printed with.
        languages: of the archive, most frequent first.
    """
    known = BY_NAME.get(field)
    if known is None:
        return
    beginning = typed.lower()
    fitting: list[str] = []
    if field == "lang":
        fitting = [code for code in languages if _begins(beginning, code, language_name(code).lower())]
    elif known.takes is Takes.STATE:
        fitting = [name for name in STATES if name.startswith(beginning)]
    elif known.takes is Takes.PRESENCE:
        fitting = [name for name in PRESENCE if name.startswith(beginning)]
    elif known.takes is Takes.SCOPE:
        fitting = [name for name in ("title", "body", "lead") if name.startswith(beginning)]
    elif known.takes is Takes.DATE:
        fitting = [name for name in _PERIODS if name.startswith(beginning)]
    for value in fitting[:_MOST]:
        if value != typed:
            yield f'{field}:"{value}"' if " " in value else f"{field}:{value}"


def operators(start: str, typed: str, *, is_first: bool) -> Iterator[Completion]:
    """Yield the operators that ``typed`` may become.

    Args:
        is_first: nothing stands before it that an operator could join.
    """
    names = () if is_first else _BETWEEN
    for name in (*names, "atleast2:"):
        if name.startswith(typed) and name != typed:
            yield Completion(kind="operator", text=name, query=start + name)


def _begins(beginning: str, *values: str) -> bool:
    return any(value.startswith(beginning) for value in values)
