"""The log of changes, and how far others have followed it."""

from __future__ import annotations

from sqlalchemy import delete, select

from archive.store.bookkeeping import counter
from archive.store.bulk import upsert
from archive.store.opened import Opened
from archive.store.records import Change, ChangeKind
from archive.store.tables import changes, marks


class ChangeMethods(Opened):
    """What `archive.store.Store` can do about changes and marks."""

    def changes_since(self, sequence: int, *, limit: int = 1000) -> list[Change]:
        """The latest change of each article that changed after ``sequence``, ascending, at most ``limit``."""
        with self._reading() as connection:
            rows = connection.execute(
                select(changes.c.sequence, changes.c.article_id, changes.c.kind)
                .where(changes.c.sequence > sequence)
                .order_by(changes.c.sequence)
                .limit(limit)
            ).all()
        return [Change(sequence=row[0], id=row[1], kind=ChangeKind(row[2])) for row in rows]

    def last_sequence(self) -> int:
        """The sequence of the last change, 0 when there was none."""
        with self._reading() as connection:
            return counter(connection, "sequence")

    def mark(self, name: str) -> int | None:
        """The sequence recorded under ``name``, or None when there is no such mark."""
        with self._reading() as connection:
            return connection.execute(select(marks.c.sequence).where(marks.c.name == name)).scalar()

    def marks(self) -> dict[str, int]:
        """All marks by name."""
        with self._reading() as connection:
            return {row[0]: row[1] for row in connection.execute(select(marks).order_by(marks.c.name))}

    def set_mark(self, name: str, sequence: int) -> None:
        """Record durably that ``name`` has everything up to ``sequence``."""
        with self._writing() as connection:
            connection.execute(
                upsert(connection.dialect, marks)
                .values(name=name, sequence=sequence)
                .on_conflict_do_update(index_elements=["name"], set_={"sequence": sequence})
            )

    def remove_mark(self, name: str) -> None:
        """Forget a mark; one that is not there is no error."""
        with self._writing() as connection:
            connection.execute(delete(marks).where(marks.c.name == name))
