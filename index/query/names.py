"""Names of people, as a query may spell them: ``Eliot, T. S.`` is ``T.S. Eliot``."""

from __future__ import annotations

import re

from index.query.words import query_tokens

#: Initials written without spaces: ``T.S.``, ``J.R.R.``, ``TS``.
_INITIALS = re.compile(r"(?:[^\W\d_]\.){2,4}|[^\W\d_]{2,3}")


def name_readings(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the runs of tokens that the name ``text`` may stand as, as typed first.

    The family name may stand first, before a comma; initials may stand together or apart.
    """
    family, comma, given = text.partition(",")
    spellings = [text]
    if comma and "," not in given and query_tokens(family) and query_tokens(given):
        spellings.append(f"{given} {family}")
    apart = [" ".join(_apart(word) for word in spelling.split()) for spelling in spellings]
    readings = [query_tokens(spelling) for spelling in (*spellings, *apart)]
    return tuple(dict.fromkeys((*readings, *map(_together, readings))))


def _apart(word: str) -> str:
    """Return initials with spaces between them, any other word as it is."""
    bare = word.replace(".", "")
    return " ".join(bare) if bare.isupper() and _INITIALS.fullmatch(word) else word


def _together(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Return ``tokens`` with single letters that stand side by side as one."""
    found: list[str] = []
    last_was_letter = False
    for token in tokens:
        is_letter = len(token) == 1 and token.isalpha()
        if is_letter and last_was_letter:
            found[-1] += token
        else:
            found.append(token)
        last_was_letter = is_letter
    return tuple(found)
