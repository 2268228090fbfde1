"""Bring an engine up to what the store holds, change by change."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from typing import Protocol

from archive.document import Document
from index.analysts import Analysts, processes_for
from index.engine import Engine
from index.progress import Meter

log = logging.getLogger(__name__)

#: Changes read and applied at a time.
BATCH = 500

#: Changes between two commits: bounds both memory and what a crash repeats.
COMMIT_EVERY = 20_000


class Change(Protocol):
    """The latest change of one article; ``kind`` is ``put`` or ``delete``."""

    @property
    def sequence(self) -> int: ...
    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> str: ...


class ArticleSource(Protocol):
    """What indexing needs of the store."""

    def store_id(self) -> str:
        """A name that no other store has."""

    def count(self) -> int:
        """How many articles there are."""

    def last_sequence(self) -> int:
        """The sequence of the latest change, 0 before any."""

    def changes_since(self, sequence: int, *, limit: int = 1000) -> Sequence[Change]:
        """Changes after ``sequence``, ascending, one an article."""

    def get_many(self, ids: Sequence[int], *, damaged: list[int] | None = None) -> list[Document]:
        """Articles in the order of ``ids``; those that are gone are left out, and
        those that cannot be read, which are noted in ``damaged``."""

    def ids(self, *, updated_since: dt.datetime | None = None) -> Sequence[int]:
        """Every article's id, ascending; or of those that were added or changed since."""

    def iterate(
        self, *, after_id: int = 0, batch: int = 1000, damaged: list[int] | None = None
    ) -> Iterator[list[Document]]:
        """Every article by ascending id, in lists of at most ``batch``; those that
        cannot be read are noted in ``damaged`` and left out."""

    def mark(self, name: str) -> int | None:
        """How far the index ``name`` has been brought, or None if never."""

    def set_mark(self, name: str, sequence: int) -> None:
        """Remember how far the index ``name`` has been brought."""

    def remove_mark(self, name: str) -> None:
        """Forget the index ``name``."""

    def marks(self) -> dict[str, int]:
        """All marks by name."""


def apply_changes(engine: Engine, source: ArticleSource, since: int, meter: Meter) -> Iterator[int]:
    """Apply what changed after ``since``, yielding a sequence to be remembered
    after each commit; nothing is yielded when nothing changed."""
    reached, pending = since, 0
    with Analysts(processes_for(source.last_sequence() - since)) as analysts:
        for batch in analysts.analysed(_changed(source, since)):
            changes = batch.about
            # An article may be gone by the time its change is read: its own delete
            # comes later, but the index must not keep the old text until then.
            found = {document.id for document in batch.documents}
            engine.delete([change.id for change in changes if change.id not in found])
            engine.add(batch.records)
            reached = changes[-1].sequence
            pending += len(changes)
            if pending >= COMMIT_EVERY:
                engine.commit()
                yield reached
                pending = 0
            meter.advance(len(changes))
    if pending:
        engine.commit()
        yield reached


def _changed(source: ArticleSource, since: int) -> Iterator[tuple[Sequence[Change], list[Document]]]:
    """What changed after ``since``, with the articles that are there."""
    while changes := source.changes_since(since, limit=BATCH):
        damaged: list[int] = []
        documents = source.get_many([each.id for each in changes if each.kind == "put"], damaged=damaged)
        warn_of_damaged(damaged)
        yield changes, documents
        since = changes[-1].sequence


def warn_of_damaged(ids: Sequence[int]) -> None:
    """Say which articles are not indexed because they are damaged in the store."""
    for id_ in ids:
        log.warning("article %d is damaged and not in the index; run: archive verify", id_)
