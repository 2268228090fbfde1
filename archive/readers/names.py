"""Bylines of records, of which most are one plain name and need no splitting."""

from __future__ import annotations

import functools
import re
from typing import Final

from archive import bylinewords as words
from archive.authors import name_key, split_byline

_PLAIN: Final = re.compile(r"[A-Z][a-z]+(?: [A-Z]\.)? [A-Z][A-Za-z]*[a-z]")
_WORD: Final = re.compile(r"[^\W\d_]+")
_MAX_KEPT_CHARS: Final = 500


def _telling_words() -> frozenset[str]:
    """Every word that could make a byline more than a name."""
    tables = (
        *(words.LEADS, words.CONJUNCTIONS, words.WEAK_CONJUNCTIONS, words.STOPS, words.LOWER_STOPS),
        words.MONTHS,
        *(words.ROLES, words.ROLE_MODIFIERS, words.PARTICLES, words.CREDENTIALS, words.ORGANISATIONS),
        *(words.ORGANISATION_PARTS, words.NOT_NAMES, words.CJK_ROLES),
    )
    return frozenset(word for table in tables for entry in table for word in _WORD.findall(entry.casefold()))


_TELLING: Final = _telling_words()
_NOBODY: Final = words.GENERIC_KEYS | words.AGENCY_KEYS


def names_of(byline: str, publisher: str = "") -> tuple[str, ...]:
    """Return what `archive.authors.split_byline` returns, sooner for most."""
    if len(byline) > _MAX_KEPT_CHARS:
        return split_byline(byline, publisher=publisher)
    return _names(byline, publisher)


@functools.lru_cache(maxsize=8192)
def _names(byline: str, publisher: str) -> tuple[str, ...]:
    if _is_one_name(byline) and not (publisher and _related(name_key(byline), name_key(publisher))):
        return (byline,)
    return split_byline(byline, publisher=publisher)


def _is_one_name(byline: str) -> bool:
    if _PLAIN.fullmatch(byline) is None or name_key(byline) in _NOBODY:
        return False
    return _TELLING.isdisjoint(byline.casefold().replace(".", "").split())


def _related(name: str, publisher: str) -> bool:
    return name in publisher or publisher in name
