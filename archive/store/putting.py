"""Putting a batch: what each document is, and the few statements that store them all.

`Batch.run` works inside one transaction that holds the write lock.  It looks up
the identities, texts and slugs of the whole batch first, then decides document by
document in memory, keeping what it knows up to date; `Writing` collects the rows.
They are written at the end, or earlier when a decision needs the database to know
what was decided so far.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.engine import Connection

from archive.capturetimes import LATER, capture_times, with_capture_times
from archive.document import Document
from archive.errors import StoreDamagedError
from archive.normalise import content_hash
from archive.standing import Standing, is_shorter_form
from archive.store import rows
from archive.store.captures import Captures, Place
from archive.store.known import KNOWN_BY_IDENTITY, STORED, TWINS_BY_HASH, Known, stood
from archive.store.merging import with_filled, with_hand_values
from archive.store.people import save_sources
from archive.store.records import PutOutcome, PutResult
from archive.store.slugs import SlugAllocator, slug_base
from archive.store.tables import articles, versions
from archive.store.twins import Twin, Twins
from archive.store.writing import Writing


class Batch:
    """One call of `Store.put`."""

    def __init__(self, connection: Connection, documents: Sequence[Document], *, now: dt.datetime) -> None:
        self._connection = connection
        self._items = [rows.prepare(document) for document in documents]
        self._now = now.isoformat()
        self._writing = Writing(connection, now=self._now)
        self._slugs = SlugAllocator(connection, "article")
        self._known: dict[str, Known] = {}
        self._twins: dict[str, Twins] = {}
        self._bases: dict[str, str] = {}

    def run(self) -> list[PutResult]:
        """Store the batch; results in the order of the documents."""
        if not self._items:
            return []
        self._look_up()
        results = [self._place(item) for item in self._items]
        self._writing.finish()
        self._slugs.save()
        save_sources(self._connection, {item.document.source for item in self._items})
        return results

    # What the database knows of the batch

    def _look_up(self) -> None:
        identities = {item.document.identity for item in self._items}
        for row in KNOWN_BY_IDENTITY.rows(self._connection, identities):
            self._known[row[0]] = Known(*row[1:])
        new = [item.document for item in self._items if item.document.identity not in self._known]
        if new:
            self._load_twins({document.content_hash for document in new})
            self._slugs.look_up_retired(document.identity for document in new)
            self._bases = {document.title: slug_base(document.title, "article") for document in new}
            self._slugs.look_up(self._bases[document.title] for document in new)

    def _load_twins(self, hashes: set[str]) -> None:
        for content in hashes:
            self._twins[content] = Twins()
        for row in TWINS_BY_HASH.rows(self._connection, hashes):
            self._twins[row[0]].add(Twin(*row[1:]))

    def _twins_of(self, content: str) -> Twins:
        if content not in self._twins:
            self._writing.flush()
            self._load_twins({content})
        return self._twins[content]

    # Deciding

    def _place(self, raw: rows.Prepared) -> PutResult:
        known = self._known.get(raw.document.identity)
        if known is None:
            return self._add_or_refer(raw)
        item = self._with_kept_values(known, raw) if known.keeps_values else raw
        origin = item.document.origin
        elsewhere = (origin.path, origin.member) != (known.path, known.member)
        times = capture_times(raw.document.provenance)
        if not elsewhere and times:
            item = self._with_later_captures(known, item, times[0])
        if item.digest == known.digest:
            if not elsewhere and item.provenance == known.provenance and item.warnings == known.warnings:
                return _unchanged(known)
            if elsewhere and not times:
                # Another file that says the same in another way is no news.
                self._writing.note_copy(known.id, item.document)
                return _unchanged(known)
        elif elsewhere and self._was_replaced(known, item, raw):
            # Two files claim one identity and differ: reading both again changes nothing.
            return _unchanged(known, note=f"an earlier version of {known.slug}", is_current=False)
        else:
            taken = self._against_shorter_forms(known, item)
            if isinstance(taken, PutResult):
                return taken
            if taken is not item:
                return self._change(known, taken)
        if times:
            return self._place_capture(known, item, raw, times[0], elsewhere=elsewhere)
        return self._change(known, item)

    def _against_shorter_forms(self, known: Known, item: rows.Prepared) -> rows.Prepared | PutResult:
        """What becomes of another text of an article of which there is a longer, or a shorter one.

        Returns:
            ``item`` itself where neither is; with what the shorter one knows, where that
            is stored; the result where ``item`` is the shorter one, which only fills gaps.
        """
        document = item.document
        incoming = stood(document)
        standings = {incoming.standing, known.standing}
        if standings == {Standing.WHOLE} or (incoming.path == known.path and len(standings) == 1):
            return item
        stored = self._stored(known)
        if stored is None:
            return item
        if is_shorter_form(incoming, stood(stored)):
            return self._fill(known, stored, document)
        if is_shorter_form(stood(stored), incoming):
            return rows.prepare(with_filled(document, stored))
        return item

    def _fill(self, known: Known, stored: Document, document: Document) -> PutResult:
        self._writing.note_copy(known.id, document)
        note = f"a shorter form of {known.slug}"
        filled = with_filled(stored, document)
        if filled is stored:
            return _unchanged(known, note=note, is_current=False)
        changed = self._change(known, rows.prepare(filled))
        return replace(changed, note=f"{note}, which gave what was missing", is_current=False)

    def _place_capture(
        self, known: Known, item: rows.Prepared, raw: rows.Prepared, at: dt.datetime, *, elsewhere: bool
    ) -> PutResult:
        """Put a capture among the versions at the place that its time gives it."""
        self._writing.settle(known)
        same_now = item.digest == known.digest
        if not elsewhere and at in self._times(known):
            return self._change(known, item)  # read anew, perhaps by a better reader
        try:
            captures = Captures(self._connection, known, now=self._now)
        except StoreDamagedError:
            return self._change(known, item)
        place = captures.place(raw, at, digest_now=item.digest)
        if place is Place.NEWEST:
            return self._change(known, item)
        self._writing.note_copy(known.id, raw.document)
        if place is Place.KNOWN:
            return _unchanged(known, is_current=same_now)
        self._writing.note_change(known.id)
        note = f"captured before the current version of {known.slug}"
        return PutResult(
            outcome=PutOutcome.CHANGED, id=known.id, slug=known.slug, note=note, is_current=False
        )

    def _times(self, known: Known) -> tuple[dt.datetime, ...]:
        return capture_times(rows.provenance_from_json(known.provenance))

    def _with_later_captures(self, known: Known, item: rows.Prepared, at: dt.datetime) -> rows.Prepared:
        """The same record again, with the other captures of what it says that are known by now."""
        if LATER not in known.provenance:
            return item
        times = self._times(known)
        return rows.prepare(with_capture_times(item.document, times)) if at in times else item

    def _add_or_refer(self, item: rows.Prepared) -> PutResult:
        document = item.document
        twins = self._twins_of(document.content_hash)
        twin = twins.same(document.url, document.source)
        if twin is not None:
            self._writing.note_copy(twin.id, document)
            return PutResult(
                outcome=PutOutcome.DUPLICATE, id=twin.id, slug=twin.slug, note=f"same text as {twin.slug}"
            )
        first = twins.first
        slug = self._slugs.allocate(self._bases[document.title], document.identity)
        group_id = first.group_id if first else None
        known = self._writing.add(item, slug, group_id=group_id)
        self._known[document.identity] = known
        twins.add(Twin(known.id, slug, group_id or known.id, document.url, document.source))
        note = f"same text as {first.slug}" if first else ""
        return PutResult(outcome=PutOutcome.ADDED, id=known.id, slug=slug, note=note)

    def _change(self, known: Known, item: rows.Prepared) -> PutResult:
        # What was read of these texts is no longer true; it is read again when asked for.
        self._twins.pop(known.content_hash, None)
        self._twins.pop(item.document.content_hash, None)
        self._writing.change(known, item)
        return PutResult(outcome=PutOutcome.CHANGED, id=known.id, slug=known.slug)

    def _stored(self, known: Known) -> Document | None:
        """The article as it is stored; None for a damaged one, which reading its source again mends."""
        self._writing.settle(known)
        row = self._connection.execute(STORED.where(articles.c.id == known.id)).one()
        try:
            return rows.document_from_row(row, row[-1])
        except StoreDamagedError:
            return None

    def _with_kept_values(self, known: Known, item: rows.Prepared) -> rows.Prepared:
        stored, incoming = self._stored(known), item.document
        if stored is None:
            return item
        merged = with_filled(with_hand_values(stored, incoming), stored, only_filled=True)
        if (merged.title, merged.text) == (stored.title, stored.text):
            merged = replace(merged, content_hash=stored.content_hash)
        elif (merged.title, merged.text) != (incoming.title, incoming.text):
            merged = replace(merged, content_hash=content_hash(merged.title, merged.text))
        return rows.prepare(merged)

    def _was_replaced(self, known: Known, *items: rows.Prepared) -> bool:
        """Whether one of these forms of an item is a former version, from the same place."""
        self._writing.settle(known)
        origin = items[0].document.origin
        found = self._connection.execute(
            select(versions.c.number)
            .where(
                versions.c.article_id == known.id,
                versions.c.digest.in_({item.digest for item in items}),
                versions.c.origin_path == origin.path,
                versions.c.origin_member == origin.member,
            )
            .limit(1)
        )
        return found.first() is not None


def _unchanged(known: Known, note: str = "", *, is_current: bool = True) -> PutResult:
    return PutResult(
        outcome=PutOutcome.UNCHANGED, id=known.id, slug=known.slug, note=note, is_current=is_current
    )
