"""The rows that a put has decided on, written with a few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import Connection

from archive.store import statements
from archive.store.known import Known
from archive.store.people import AuthorTable


@dataclass(slots=True)
class Rows:
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
