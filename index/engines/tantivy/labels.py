"""The values that the numbers of facets stand for, in one state of the index."""

from __future__ import annotations

from collections.abc import Callable

import tantivy

from index.engines.tantivy.numbering import own_number, own_value, pair, pairs_field, values_by_number
from index.errors import IndexDamagedError


class Labels:
    """Values by number and numbers by value.

    Args:
        known: values by number for each field, as another state of the index
            told; each is looked up before it is believed, and what is read
            anew is left there for the next state.
    """

    def __init__(self, searcher: tantivy.Searcher, known: dict[str, dict[int, str]]) -> None:
        self._searcher = searcher
        self._known = known
        self._sure: dict[str, dict[int, str]] = {}

    def value(self, name: str, number: int) -> str:
        """Return the value that ``number`` stands for in the field ``name``."""
        sure = self._sure.get(name)
        if sure is None:
            sure = self._sure[name] = {}
        value = sure.get(number)
        if value is None:
            value = sure[number] = own_value(number) or self._given(name, number)
        return value

    def numbers(self, name: str) -> Callable[[str], int]:
        """Return what tells the numbers of values of the field ``name``; read in one go."""
        given = {value: number for number, value in self._read(name).items()}

        def number(value: str) -> int:
            found = own_number(value) or given.get(value)
            if found is None:
                raise _lost(name)
            return found

        return number

    def _given(self, name: str, number: int) -> str:
        value = self._known.get(name, {}).get(number)
        # Once no document has a number any more, it may be given to another value.
        if value is None or not self._searcher.doc_freq(pairs_field(name), pair(value, number)):
            value = self._read(name).get(number)
        if value is None:
            raise _lost(name)
        return value

    def _read(self, name: str) -> dict[int, str]:
        values = self._known[name] = values_by_number(self._searcher, name)
        return values


def _lost(name: str) -> IndexDamagedError:
    return IndexDamagedError(f"The index has lost a value of {name!r}; run: archive reindex")
