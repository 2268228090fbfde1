"""Putting a batch: what each document is, and the few statements that store them all.

`Batch.run` works inside one transaction that holds the write lock.  It looks up
the identities, texts and slugs of the whole batch first, then decides document by
document in memory, keeping what it knows up to date, and collects the rows.  They
are written at the end, or earlier (`_flush`) when a decision needs the database
to know what was decided so far.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from archive.document import Document
from archive.normalise import content_hash
from archive.store import rows, statements
from archive.store.bulk import Lookup
from archive.store.people import AuthorTable, save_sources
from archive.store.records import ChangeKind, PutOutcome, PutResult
from archive.store.slugs import SlugAllocator, slug_base
from archive.store.tables import articles, copies, counters, texts, versions
from archive.store.twins import Twin, Twins


@dataclass(slots=True)
class _Known:
    """A stored article, as far as comparing needs it."""

    id: int
    slug: str
    digest: str
    content_hash: str
    added: str
    path: str
    member: str
    hand: int
    provenance: str
    warnings: str
    pending: bool = False


_KNOWN = select(
    articles.c.identity,
    articles.c.id,
    articles.c.slug,
    articles.c.digest,
    articles.c.content_hash,
    articles.c.added,
    articles.c.origin_path,
    articles.c.origin_member,
    articles.c.hand,
    articles.c.provenance,
    articles.c.warnings,
)
_TWIN = select(
    articles.c.content_hash,
    articles.c.id,
    articles.c.slug,
    articles.c.group_id,
    articles.c.url,
    articles.c.source,
).order_by(articles.c.id)
_KNOWN_BY_IDENTITY = Lookup(_KNOWN, articles.c.identity)
_TWINS_BY_HASH = Lookup(_TWIN, articles.c.content_hash)
_STORED = select(*(articles.c[name] for name in rows.HASHED_COLUMNS), texts.c.body).join(
    texts, texts.c.article_id == articles.c.id
)


class Batch:
    """One call of `Store.put`."""

    def __init__(self, connection: Connection, documents: Sequence[Document], *, now: dt.datetime) -> None:
        self._connection = connection
        self._items = [rows.prepare(document) for document in documents]
        self._now = now.isoformat()
        self._slugs = SlugAllocator(connection, "article")
        self._people = AuthorTable(connection)
        self._known: dict[str, _Known] = {}
        self._twins: dict[str, Twins] = {}
        self._bases: dict[str, str] = {}
        self._next_id = self._sequence = 0
        self._has_copies = False
        self._reset()

    def _reset(self) -> None:
        self._added_rows: list[Sequence[Any]] = []
        self._added_texts: list[tuple[int, bytes]] = []
        self._changed_rows: list[Sequence[Any]] = []
        self._changed_texts: list[tuple[bytes, int]] = []
        self._regrouped: set[str] = set()
        self._pending: list[_Known] = []
        self._bylines: list[tuple[int, tuple[str, ...]]] = []
        self._changes: list[tuple[int, int, str]] = []
        self._copies: list[tuple[int, str, str, str, str, str]] = []
        self._no_longer_copies: list[tuple[str]] = []

    def run(self) -> list[PutResult]:
        """Store the batch; results in the order of the documents."""
        if not self._items:
            return []
        self._look_up()
        results = [self._place(item) for item in self._items]
        self._flush()
        self._slugs.save()
        save_sources(self._connection, {item.document.source for item in self._items})
        statements.SET_COUNTER.run(
            self._connection,
            [(self._next_id, "article"), (self._sequence, "sequence"), (self._people.last_id, "author")],
        )
        return results

    # What the database knows of the batch

    def _look_up(self) -> None:
        connection = self._connection
        values = {row[0]: row[1] for row in connection.execute(select(counters.c.name, counters.c.value))}
        self._next_id, self._sequence = values["article"], values["sequence"]
        self._people.last_id = values["author"]
        self._has_copies = connection.execute(select(copies.c.article_id).limit(1)).first() is not None
        identities = {item.document.identity for item in self._items}
        for row in _KNOWN_BY_IDENTITY.rows(connection, identities):
            self._known[row[0]] = _Known(*row[1:])
        new = [item.document for item in self._items if item.document.identity not in self._known]
        if new:
            self._load_twins({document.content_hash for document in new})
            self._slugs.look_up_retired(document.identity for document in new)
            self._bases = {document.title: slug_base(document.title, "article") for document in new}
            self._slugs.look_up(self._bases[document.title] for document in new)

    def _load_twins(self, hashes: set[str]) -> None:
        for content in hashes:
            self._twins[content] = Twins()
        for row in _TWINS_BY_HASH.rows(self._connection, hashes):
            self._twins[row[0]].add(Twin(*row[1:]))

    def _twins_of(self, content: str) -> Twins:
        if content not in self._twins:
            self._flush()
            self._load_twins({content})
        return self._twins[content]

    # Deciding

    def _place(self, item: rows.Prepared) -> PutResult:
        known = self._known.get(item.document.identity)
        if known is None:
            return self._add_or_refer(item)
        if known.hand:
            item = self._with_hand_values(known, item)
        origin = item.document.origin
        elsewhere = (origin.path, origin.member) != (known.path, known.member)
        if item.digest == known.digest:
            if elsewhere:
                # Another file that says the same in another way is no news.
                self._note_copy(known.id, item.document)
                return _unchanged(known)
            if item.provenance == known.provenance and item.warnings == known.warnings:
                return _unchanged(known)
        elif elsewhere and self._was_replaced(known, item):
            # Two files claim one identity and differ: reading both again changes nothing.
            return _unchanged(known, note=f"an earlier version of {known.slug}")
        return self._change(known, item)

    def _add_or_refer(self, item: rows.Prepared) -> PutResult:
        document = item.document
        twins = self._twins_of(document.content_hash)
        twin = twins.same(document.url, document.source)
        if twin is not None:
            self._note_copy(twin.id, document)
            return PutResult(
                outcome=PutOutcome.DUPLICATE, id=twin.id, slug=twin.slug, note=f"same text as {twin.slug}"
            )
        first = twins.first
        self._next_id += 1
        id_ = self._next_id
        slug = self._slugs.allocate(self._bases[document.title], document.identity)
        group_id = first.group_id if first else id_
        self._known[document.identity] = known = _Known(id_, slug, "", "", self._now, "", "", 0, "", "")
        row, body = self._row(known, item)
        self._added_rows.append((*row, group_id))
        self._added_texts.append((id_, body))
        if self._has_copies:
            self._no_longer_copies.append((document.identity,))
        twins.add(Twin(id_, slug, group_id, document.url, document.source))
        note = f"same text as {first.slug}" if first else ""
        return PutResult(outcome=PutOutcome.ADDED, id=id_, slug=slug, note=note)

    def _change(self, known: _Known, item: rows.Prepared) -> PutResult:
        if known.pending:
            self._flush()
        document = item.document
        before = known.content_hash
        row, body = self._row(known, item)
        self._changed_rows.append((*row, known.id))
        self._changed_texts.append((body, known.id))
        if document.content_hash != before:
            self._regrouped |= {before, document.content_hash}
        # What was read of these texts is no longer true; it is read again when asked for.
        self._twins.pop(before, None)
        self._twins.pop(document.content_hash, None)
        return PutResult(outcome=PutOutcome.CHANGED, id=known.id, slug=known.slug)

    def _row(self, known: _Known, item: rows.Prepared) -> tuple[tuple[Any, ...], bytes]:
        """The row with its hash, and the body; ``known`` is brought up to date and the change is noted."""
        document = item.document
        state = rows.state_values(item, added=known.added, updated=self._now)
        rest = (known.id, known.slug, document.identity, *state)
        body = rows.compress(document.text)
        known.digest, known.content_hash = item.digest, document.content_hash
        known.path, known.member = document.origin.path, document.origin.member
        known.hand = int(item.hand)
        known.provenance, known.warnings = item.provenance, item.warnings
        known.pending = True
        self._pending.append(known)
        self._sequence += 1
        self._changes.append((known.id, self._sequence, ChangeKind.PUT.value))
        self._bylines.append((known.id, document.authors))
        return (*item.values, *rest, rows.row_hash(item.values_json, rest, body)), body

    def _note_copy(self, id_: int, document: Document) -> None:
        origin = document.origin
        self._copies.append(
            (id_, origin.path, origin.member, origin.media_type, document.identity, self._now)
        )

    def _with_hand_values(self, known: _Known, item: rows.Prepared) -> rows.Prepared:
        if known.pending:
            self._flush()
        row = self._connection.execute(_STORED.where(articles.c.id == known.id)).one()
        stored, incoming = rows.document_from_row(row, row[-1]), item.document
        merged = rows.with_hand_values(stored, incoming)
        if (merged.title, merged.text) == (stored.title, stored.text):
            merged = replace(merged, content_hash=stored.content_hash)
        elif (merged.title, merged.text) != (incoming.title, incoming.text):
            merged = replace(merged, content_hash=content_hash(merged.title, merged.text))
        return rows.prepare(merged)

    def _was_replaced(self, known: _Known, item: rows.Prepared) -> bool:
        if known.pending:
            self._flush()
        origin = item.document.origin
        found = self._connection.execute(
            select(versions.c.number)
            .where(
                versions.c.article_id == known.id,
                versions.c.digest == item.digest,
                versions.c.origin_path == origin.path,
                versions.c.origin_member == origin.member,
            )
            .limit(1)
        )
        return found.first() is not None

    # Writing

    def _flush(self) -> None:
        """Write what was decided so far."""
        connection = self._connection
        changed = [(row[-1],) for row in self._changed_rows]
        statements.KEEP_VERSION.run(connection, changed)
        statements.UPDATE_ARTICLE.run(connection, self._changed_rows)
        statements.UPDATE_TEXT.run(connection, self._changed_texts)
        statements.UNLINK_AUTHORS.run(connection, changed)
        statements.ADD_ARTICLE.run(connection, self._added_rows)
        statements.ADD_TEXT.run(connection, self._added_texts)
        statements.REGROUP.run(connection, [(content,) for content in sorted(self._regrouped)])
        statements.LINK_AUTHOR.run(connection, self._people.links(self._bylines))
        statements.DROP_COPY.run(connection, self._no_longer_copies)
        statements.ADD_COPY.run(connection, self._copies)
        self._has_copies = self._has_copies or bool(self._copies)
        statements.NOTE_CHANGE.run(connection, self._changes)
        for known in self._pending:
            known.pending = False
        self._reset()


def _unchanged(known: _Known, note: str = "") -> PutResult:
    return PutResult(outcome=PutOutcome.UNCHANGED, id=known.id, slug=known.slug, note=note)
