"""What is told of an operator's character that is taken as text, and of words that find nothing."""

from __future__ import annotations

import re

from index.query.tokens import Warnings

_RUN = re.compile(r"\w+")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")


def warn_of_strays(raw: str, start: int, warnings: Warnings) -> None:
    """Tell of a sign, colon, bracket or quote of ``raw`` that is text: it stands where it is no operator."""
    first = raw[0]
    taken = "it was taken as text." if _LETTER_OR_DIGIT.search(raw) else "it was left out."
    found: tuple[str, str] | None = None
    if first in "~^":
        found = "stray_sign", f'"{first}" belongs directly after a word; {taken}'
    elif first in "+-":
        found = "stray_sign", f'"{first}" belongs directly before a word, a quote or a bracket; {taken}'
    elif first == "!" and raw[1:2].isalnum():
        found = "stray_sign", f'"!" excludes nothing; write -{raw[1:]} for that.'
    elif first == ":":
        found = "stray_colon", f"There is no field name before the colon; {taken}"
    elif first in "[]{}":
        message = f"Square and curly brackets only stand after a field, as in date:[2023 TO 2024]; {taken}"
        found = "stray_bracket", message
    if found is not None:
        warnings.add(*found, start, start + 1)
    at = raw.find('"')
    while at > 0:
        if _is_stray_quote(raw[at - 1], raw[at + 1 : at + 2]):
            warnings.add(
                "stray_quote", "A quote inside a word was taken as text.", start + at, start + at + 1
            )
            return
        at = raw.find('"', at + 1)


def _is_stray_quote(before: str, after: str) -> bool:
    """Inches and the acronyms of Hebrew have quotes too."""
    if before == "\\" or before.isdigit():
        return False
    return before.isascii() or not (before.isalnum() and after.isalnum())


def warn_of_range(field: str, start: int, warnings: Warnings) -> None:
    """Tell that a field of text takes no range."""
    message = f"'{field}:' takes no range, as dates and numbers do; it was searched as text."
    warnings.add("no_range", message, start, start + 1)


def warn_of_long(raw: str, start: int, end: int, most: int, warnings: Warnings) -> None:
    """Tell of a word that no index has."""
    if any(len(run) > most for run in _RUN.findall(raw)):
        warnings.add("long_word", f"No word of more than {most} letters is in the index.", start, end)


def warn_of_question(raw: str, end: int, warnings: Warnings, *, is_asked: bool) -> None:
    """Tell of a question mark that ends a bare word, where it may be meant.

    Args:
        is_asked: the word ends a question.
    """
    if raw.endswith("?") and len(raw.rstrip("?")) > 1 and not is_asked:
        message = "A question mark at the end of a word is punctuation; write * for other endings."
        warnings.add("question_mark", message, end - 1, end)


def warn_of_near(raw: str, start: int, end: int, warnings: Warnings) -> None:
    """Tell how words are looked for near each other, where another way was tried."""
    message = (
        f"'{raw}' was searched as text; write a NEAR/5 b for near each other, a BEFORE/5 b for in this order."
    )
    warnings.add("near_as_text", message, start, end)
