"""Captures of one page: each state that it was in is a version, in the order of the captures.

Web archives are read in any order, and one file may hold captures of years.  What
was captured before the current version becomes a former one at its place; a capture
that finds what was there before is only noted, so that a page that changed and was
changed back keeps its three versions whichever is read first.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from archive.capturetimes import capture_times, with_capture_times
from archive.document import Document
from archive.standing import Standing
from archive.store import rows
from archive.store.bodies import compress
from archive.store.known import STORED, Known, stood
from archive.store.rows import HASHED_COLUMNS, Prepared
from archive.store.tables import KEY_COLUMNS, STATE_COLUMNS, VALUE_COLUMNS, articles, versions

_VERSIONS = select(
    *(versions.c[name] for name in VALUE_COLUMNS),
    *(articles.c[name] for name in KEY_COLUMNS),
    *(versions.c[name] for name in STATE_COLUMNS),
    versions.c.body,
    versions.c.number,
).join(articles, articles.c.id == versions.c.article_id)
_PROVENANCE_AT: Final = HASHED_COLUMNS.index("provenance")
_DIGEST_AT: Final = HASHED_COLUMNS.index("digest")
_NEVER: Final = dt.datetime.min.replace(tzinfo=dt.UTC)


class Place(Enum):
    """Where a capture belongs among the versions of its article."""

    NEWEST = auto()
    FORMER = auto()
    KNOWN = auto()


@dataclass(slots=True)
class _State:
    """One version, former or current (``number`` is None).

    Attributes:
        times: when it was captured; empty if it is not from a web archive.
    """

    number: int | None
    row: list[Any]
    body: bytes
    document: Document
    times: tuple[dt.datetime, ...]

    @property
    def digest(self) -> str:
        return str(self.row[_DIGEST_AT])

    @property
    def first(self) -> tuple[dt.datetime, str]:
        """From when on it stood: what was not captured stood when it was read, excerpts never."""
        if self.times:
            return self.times[0], self.digest
        if stood(self.document).standing is Standing.EXCERPT:
            return _NEVER, ""
        return self.document.updated or _NEVER, self.digest


class Captures:
    """The versions of one article, to place another capture among them.

    Everything that was decided before must be written.
    """

    def __init__(self, connection: Connection, known: Known, *, now: str) -> None:
        self._connection = connection
        self._known = known
        self._now = now
        found = connection.execute(
            _VERSIONS.where(versions.c.article_id == known.id).order_by(versions.c.number)
        )
        self._states = [_state(row, row[-1]) for row in (list(each) for each in found)]
        current = connection.execute(STORED.where(articles.c.id == known.id)).one()
        self._states.append(_state([*current, None], None))

    def place(self, item: Prepared, at: dt.datetime, *, digest_now: str) -> Place:
        """Put a capture at its place among the former versions, or say that it is the newest.

        Args:
            digest_now: of ``item`` with what the current version would give it.
        """
        if self._was_read(item, at):
            return Place.KNOWN
        states, key = self._states, (at, item.digest)
        place = next((place for place, state in enumerate(states) if state.first > key), len(states))
        before = states[place - 1] if place else None
        after = states[place] if place < len(states) else None
        later = tuple(t for t in before.times if (t, before.digest) > key) if before is not None else ()
        # Between two captures of what stood before, the page was another for a while.
        neighbours = (before,) if later else (before, after)
        for state in neighbours:
            if state is not None and state.digest == (digest_now if state.number is None else item.digest):
                if state.times and at not in state.times:
                    self._set_times(state, (*state.times, at))
                return Place.KNOWN
        if before is not None and later:
            self._split(before, item, later)
            return Place.FORMER
        if after is None:
            return Place.NEWEST
        number = self._last + 1 if after.number is None else after.number
        self._shift(number, 1)
        self._insert(number, self._row_of(item), compress(item.document.text))
        return Place.FORMER

    @property
    def _last(self) -> int:
        return max((state.number for state in self._states if state.number is not None), default=0)

    def _was_read(self, item: Prepared, at: dt.datetime) -> bool:
        """Whether a former version is this very record, perhaps as an older reader read it."""
        origin = item.document.origin
        return any(
            state.number is not None
            and at in state.times
            and (state.document.origin.path, state.document.origin.member) == (origin.path, origin.member)
            for state in self._states
        )

    def _split(self, state: _State, item: Prepared, later: tuple[dt.datetime, ...]) -> None:
        """Put ``item`` between the earlier and the later captures of a state."""
        earlier = tuple(each for each in state.times if each not in later)
        number = self._last + 1 if state.number is None else state.number
        self._shift(number + 1, 2)
        if state.number is None:
            self._insert(number, _with_times(state, earlier), state.body)
            self._set_times(state, later)
        else:
            self._insert(number + 2, _with_times(state, later), state.body)
            self._set_times(state, earlier)
        self._insert(number + 1, self._row_of(item), compress(item.document.text))

    def _row_of(self, item: Prepared) -> list[Any]:
        state = rows.state_values(item, added=self._known.added, updated=self._now)
        return [*item.values, self._known.id, self._known.slug, item.document.identity, *state]

    def _shift(self, number: int, by: int) -> None:
        """Make room for ``by`` versions from ``number`` on: by way of negative numbers, which are unused."""
        here = versions.c.article_id == self._known.id
        connection = self._connection
        connection.execute(
            update(versions).where(here, versions.c.number >= number).values(number=-versions.c.number)
        )
        connection.execute(
            update(versions).where(here, versions.c.number < 0).values(number=-versions.c.number + by)
        )

    def _insert(self, number: int, row: list[Any], body: bytes) -> None:
        values = dict(zip(HASHED_COLUMNS, row, strict=True))
        kept = {name: values[name] for name in (*VALUE_COLUMNS, *STATE_COLUMNS)}
        self._connection.execute(
            insert(versions).values(
                article_id=self._known.id,
                number=number,
                body=body,
                row_hash=rows.hash_of_stored(row, body),
                **kept,
            )
        )

    def _set_times(self, state: _State, times: tuple[dt.datetime, ...]) -> None:
        row = _with_times(state, times)
        values = {"provenance": row[_PROVENANCE_AT], "row_hash": rows.hash_of_stored(row, state.body)}
        if state.number is None:
            statement = update(articles).where(articles.c.id == self._known.id)
            self._known.provenance = row[_PROVENANCE_AT]
        else:
            statement = update(versions).where(
                versions.c.article_id == self._known.id, versions.c.number == state.number
            )
        self._connection.execute(statement.values(**values))


def _state(row: list[Any], number: int | None) -> _State:
    values, body = row[: len(HASHED_COLUMNS)], row[len(HASHED_COLUMNS)]
    document = rows.document_from_row(values, body)
    return _State(
        number=number, row=values, body=body, document=document, times=capture_times(document.provenance)
    )


def _with_times(state: _State, times: tuple[dt.datetime, ...]) -> list[Any]:
    document = with_capture_times(state.document, times)
    row = list(state.row)
    row[_PROVENANCE_AT] = rows.provenance_json(document.provenance)
    return row
