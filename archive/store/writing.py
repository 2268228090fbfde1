"""What a put has decided on: the rows, the numbers that they got, and the few statements that write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from archive.document import Document
from archive.store import rows, statements
from archive.store.bodies import compress
from archive.store.bookkeeping import counter
from archive.store.known import Known, new_article
from archive.store.people import AuthorTable
from archive.store.records import ChangeKind
from archive.store.tables import copies


@dataclass(slots=True)
class _Rows:
    """What is to be written.

    Attributes:
        regrouped: content hashes that an article got or left.
        pending: the articles whose rows are among these.
        bylines: id and authors of each article.
    """

    added: list[Sequence[Any]] = field(default_factory=list)
    added_texts: list[tuple[int, bytes]] = field(default_factory=list)
    changed: list[Sequence[Any]] = field(default_factory=list)
    changed_texts: list[tuple[bytes, int]] = field(default_factory=list)
    regrouped: set[str] = field(default_factory=set)
    pending: list[Known] = field(default_factory=list)
    bylines: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    changes: list[tuple[int, int, str]] = field(default_factory=list)
    copies: list[tuple[int, str, str, str, str, str]] = field(default_factory=list)
    no_longer_copies: list[tuple[str]] = field(default_factory=list)

    def write(self, connection: Connection, people: AuthorTable) -> None:
        """Write everything; former states are kept as versions before they are replaced."""
        changed = [(row[-1],) for row in self.changed]
        statements.KEEP_VERSION.run(connection, changed)
        statements.UPDATE_ARTICLE.run(connection, self.changed)
        statements.UPDATE_TEXT.run(connection, self.changed_texts)
        statements.UNLINK_AUTHORS.run(connection, changed)
        statements.ADD_ARTICLE.run(connection, self.added)
        statements.ADD_TEXT.run(connection, self.added_texts)
        statements.REGROUP.run(connection, [(content,) for content in sorted(self.regrouped)])
        statements.LINK_AUTHOR.run(connection, people.links(self.bylines))
        statements.DROP_COPY.run(connection, self.no_longer_copies)
        statements.ADD_COPY.run(connection, self.copies)
        statements.NOTE_CHANGE.run(connection, self.changes)
        for known in self.pending:
            known.pending = False


class Writing:
    """Collects rows and numbers what is new; ``connection`` holds the write lock.

    Args:
        now: the time of what is added or changed, ISO 8601.
    """

    def __init__(self, connection: Connection, *, now: str) -> None:
        self._connection = connection
        self._now = now
        self._rows = _Rows()
        self._people = AuthorTable(connection)
        self._last_id, self._sequence = counter(connection, "article"), counter(connection, "sequence")
        self._people.last_id = counter(connection, "author")
        self._has_copies = connection.execute(select(copies.c.article_id).limit(1)).first() is not None

    def add(self, item: rows.Prepared, slug: str, *, group_id: int | None) -> Known:
        """Add an article, to a group or as the first of its own."""
        self._last_id += 1
        known = new_article(self._last_id, slug, added=self._now)
        row, body = self._row(known, item)
        self._rows.added.append((*row, known.id if group_id is None else group_id))
        self._rows.added_texts.append((known.id, body))
        if self._has_copies:
            self._rows.no_longer_copies.append((item.document.identity,))
        return known

    def change(self, known: Known, item: rows.Prepared) -> None:
        """Make ``item`` the current version of an article."""
        self.settle(known)
        before = known.content_hash
        row, body = self._row(known, item)
        self._rows.changed.append((*row, known.id))
        self._rows.changed_texts.append((body, known.id))
        if known.content_hash != before:
            self._rows.regrouped |= {before, known.content_hash}

    def note_copy(self, id_: int, document: Document) -> None:
        """Note another place of an article."""
        origin = document.origin
        self._rows.copies.append(
            (id_, origin.path, origin.member, origin.media_type, document.identity, self._now)
        )

    def note_change(self, id_: int) -> None:
        """Enter an article in the log of changes."""
        self._sequence += 1
        self._rows.changes.append((id_, self._sequence, ChangeKind.PUT.value))

    def settle(self, known: Known) -> None:
        """Let the database know what was decided of an article."""
        if known.pending:
            self.flush()

    def flush(self) -> None:
        """Write what was decided so far."""
        self._has_copies = self._has_copies or bool(self._rows.copies)
        self._rows.write(self._connection, self._people)
        self._rows = _Rows()

    def finish(self) -> None:
        """Write everything, and the numbers that were given."""
        self.flush()
        statements.SET_COUNTER.run(
            self._connection,
            [(self._last_id, "article"), (self._sequence, "sequence"), (self._people.last_id, "author")],
        )

    def _row(self, known: Known, item: rows.Prepared) -> tuple[tuple[Any, ...], bytes]:
        """The row with its hash, and the body; ``known`` is brought up to date and the change is noted."""
        document = item.document
        state = rows.state_values(item, added=known.added, updated=self._now)
        rest = (known.id, known.slug, document.identity, *state)
        body = compress(document.text)
        known.digest, known.content_hash = item.digest, document.content_hash
        origin = document.origin
        known.path, known.member, known.media_type = origin.path, origin.member, origin.media_type
        known.words = document.words
        known.hand = int(item.hand)
        known.provenance, known.warnings = item.provenance, item.warnings
        known.pending = True
        self._rows.pending.append(known)
        self.note_change(known.id)
        self._rows.bylines.append((known.id, document.authors))
        return (*item.values, *rest, rows.row_hash(item.values_json, rest, body)), body
