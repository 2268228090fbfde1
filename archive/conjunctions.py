"""Where "and" parts two names, and where it stands inside a surname, as in "Ramón y Cajal".

A conjunction is part of a surname when one side of it cannot be a person's
name: it ends with "von", or is a surname alone beside a whole name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive import bylinewords as words

_STRONG = "|".join(sorted(words.CONJUNCTIONS, key=len, reverse=True))
_WEAK = "|".join(words.WEAK_CONJUNCTIONS)
_AND = re.compile(rf"\s+(?i:{_STRONG})\s+|\s*&\s+|\s+&\s*|\s+(?:{_WEAK})\s+")
_AND_IN_CAPITALS = re.compile(rf"{_AND.pattern}|\s+(?:{_WEAK.upper()})\s+")
#: Particles behind which a surname may go on after the conjunction: "von Thurn und Taxis".
_GOES_ON = {
    "und": frozenset({"von", "vom", "zu", "zum", "zur"}),
    "en": frozenset({"van", "de", "den", "der", "ter", "te", "ten", "tot"}),
}


def parted(chunk: str) -> list[str]:
    """Cut ``chunk``, one or more names, at the conjunctions that stand between names."""
    parts: list[str] = []
    joint = ""
    for piece, following in _sides(chunk):
        if parts and _is_inside_surname(parts[-1], joint, piece):
            parts[-1] = f"{parts[-1]}{joint}{piece}"
        else:
            parts.append(piece)
        joint = following
    return parts


def all_sides(chunk: str) -> list[str]:
    """Cut ``chunk`` at every conjunction."""
    return [side for side, _ in _sides(chunk)]


def without_inner(name: str) -> str:
    """Return ``name`` without conjunctions, if all of them are part of a surname."""
    sides = all_sides(name)
    return " ".join(sides) if len(sides) > 1 and len(parted(name)) == 1 else name


def is_conjunction(token: str) -> bool:
    """Whether ``token`` joins two names, wherever it stands."""
    return token.casefold() in words.CONJUNCTIONS


def _sides(chunk: str) -> Iterator[tuple[str, str]]:
    """Yield each stretch between conjunctions, with the conjunction that follows it."""
    start = 0
    for found in (_AND_IN_CAPITALS if chunk.isupper() else _AND).finditer(chunk):
        if found.start() >= start:
            yield chunk[start : found.start()], found[0]
            start = found.end()
    yield chunk[start:], ""


def _is_inside_surname(before: str, joint: str, after: str) -> bool:
    left, right = before.rpartition(",")[2].split(), after.partition(",")[0].split()
    if not left or not right:
        return False
    word = joint.strip()
    if _is_particle(left[-1]) and _is_particle(right[0]):
        return True
    if word.casefold() in words.WEAK_CONJUNCTIONS:
        return len(before.split()) < 2 or (_is_fragment(right) and not _is_nobody(right))
    return _goes_on(left, word) and _is_fragment(right) and right[-1][0].isupper() and not _is_nobody(right)


def _goes_on(left: list[str], word: str) -> bool:
    """Whether ``left`` is a whole name, given name and all, whose surname has a particle."""
    return (
        len(left) > 2
        and left[-2] in _GOES_ON.get(word, ())
        and not left[0][0].islower()
        and not left[-1][0].islower()
    )


def _is_fragment(side: list[str]) -> bool:
    """Whether ``side`` is less than a given name and a surname."""
    own = [token for token in side if token in words.GIVEN_PARTICLES or not _is_particle(token.casefold())]
    return len(own) < 2


def _is_nobody(side: list[str]) -> bool:
    """Whether ``side`` is an agency, a desk or a paper: whoever can stand beside a person in a byline."""
    name = side[-1].strip(".,")
    return (
        words.key(" ".join(side)) in words.AGENCY_KEYS | words.GENERIC_KEYS
        or name.casefold() in words.ROLES | words.DESKS | words.ORGANISATIONS
    )


def _is_particle(token: str) -> bool:
    return token in words.PARTICLES or token in _GOES_ON["und"] or token in _GOES_ON["en"]
