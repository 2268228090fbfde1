"""Fill a new generation from the whole store, resumably, and check it."""

from __future__ import annotations

import gc
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import monotonic

from index.analysts import Analysed, Analysts, processes_for
from index.changes import ArticleSource, apply_changes, warn_of_damaged
from index.checksums import seal
from index.engine import Engine, Record, SearchRequest
from index.engines import factory
from index.errors import IndexDamagedError, IndexMissingError
from index.generations import Generation, Generations
from index.heap import give_back
from index.manifests import State
from index.plan import All, NumberRange, Plan, Term
from index.progress import Meter, Report
from index.records import record_from_document

log = logging.getLogger(__name__)

#: Articles read and handed over at a time: some 5 MB of text.
BATCH = 500

#: Most articles between two commits of a build, and seconds: what a kill costs.  How
#: many are best, the engine says.
COMMIT_EVERY = 50_000
COMMIT_S = 180.0

#: How often a check is repeated because others keep writing.
ATTEMPTS = 20

#: Every so many articles one is kept as a sample for the check, at most so many.
SAMPLE_EVERY, SAMPLES = 97, 64


@dataclass(slots=True)
class Build:
    """One generation on its way from nothing to complete."""

    source: ArticleSource
    generations: Generations
    generation: Generation
    report: Report | None = None
    samples: list[int] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)

    def fill(self) -> None:
        """Add every article that is not committed yet, then what changed meanwhile."""
        engine = self._open_for_writing()
        try:
            with rare_collections():
                self._add_all(engine)
            self._catch_up(engine)
        finally:
            engine.close()

    def catch_up(self) -> None:
        """Apply what changed since."""
        if self.generation.manifest.sequence >= self.source.last_sequence():
            return
        engine = factory(self.generation.engine).open(self.generation.data, writable=True)
        try:
            self._catch_up(engine)
        finally:
            engine.close()

    def complete(self) -> Generation:
        """Check the generation as a reader would see it and mark it complete.

        While others write, store and index cannot be compared: the check is
        repeated until nothing came in between, a bounded number of times.

        Raises:
            IndexDamagedError: it does not hold what the store holds.
        """
        for _ in range(ATTEMPTS):
            self.catch_up()
            held, problem = self._problem()
            if self.source.last_sequence() == self.generation.manifest.sequence:
                if problem:
                    raise IndexDamagedError(
                        f"The new search index {problem}; it was not put to use. {self.generations.mend}"
                    )
                break
        seal(self.generation.path)
        self._write_manifest(state=State.COMPLETE, documents=held)
        return self.generation

    def _open_for_writing(self) -> Engine:
        """Open what an earlier run committed, or begin anew where that is nothing or damaged."""
        engines = factory(self.generation.engine)
        if self.generation.manifest.after_id > 0:
            try:
                return engines.open(self.generation.data, writable=True)
            except (IndexDamagedError, IndexMissingError) as exc:
                log.warning("the unfinished index %s is begun anew: %s", self.generation.name, exc)
        if self.generation.data.exists():  # else a run was killed right here
            shutil.rmtree(self.generation.data)
        self.generation.data.mkdir()
        self._write_manifest(after_id=0, documents=0, sequence=self.source.last_sequence())
        return engines.create(self.generation.data)

    def _add_all(self, engine: Engine) -> None:
        after_id = self.generation.manifest.after_id
        meter = Meter("reindex", self.source.count(), self.report)
        meter.skip(self.generation.manifest.documents)
        step = min(COMMIT_EVERY, engine.commit_size(meter.total))
        following, committed_at = _next_multiple(step, meter.done), monotonic()
        for batch in self._analysed(after_id, meter.total - meter.done):
            documents = batch.documents
            engine.add(batch.records)
            if len(self.samples) < SAMPLES:
                self.samples.extend(document.id for document in documents[::SAMPLE_EVERY])
            after_id = documents[-1].id
            meter.advance(len(documents))
            is_due = meter.done >= following or monotonic() - committed_at >= COMMIT_S
            if is_due and meter.done != meter.total:  # then the last commit follows
                engine.commit()
                give_back()
                self._write_manifest(after_id=after_id, documents=meter.done)
                following, committed_at = _next_multiple(step, meter.done), monotonic()
        meter.begin("commit")
        engine.commit()
        self._write_manifest(after_id=after_id, documents=meter.done)
        meter.begin("check")
        warn_of_damaged(self.damaged)

    def _analysed(self, after_id: int, number: int) -> Iterator[Analysed[None]]:
        """The articles after ``after_id``, some ``number`` of them, with their records."""
        batches = self.source.iterate(after_id=after_id, batch=BATCH, damaged=self.damaged)
        with Analysts(processes_for(number)) as analysts:
            yield from analysts.analysed((None, documents) for documents in batches)

    def _catch_up(self, engine: Engine) -> None:
        since = self.generation.manifest.sequence
        meter = Meter("catch-up", 0, self.report)
        for reached in apply_changes(engine, self.source, since, meter):
            self._write_manifest(sequence=reached)

    def _write_manifest(
        self,
        *,
        after_id: int | None = None,
        documents: int | None = None,
        sequence: int | None = None,
        state: State | None = None,
    ) -> None:
        old = self.generation.manifest
        manifest = replace(
            old,
            after_id=old.after_id if after_id is None else after_id,
            documents=old.documents if documents is None else documents,
            sequence=old.sequence if sequence is None else sequence,
            state=old.state if state is None else state,
        )
        self.generation = self.generations.update(self.generation, manifest)

    def _problem(self) -> tuple[int, str]:
        """Return how many documents a reader sees, and what is wrong, if anything."""
        engine = factory(self.generation.engine).open(self.generation.data)
        try:
            held, stored = engine.count(), self.source.count()
            # What is damaged in the store cannot be indexed; all else must be there.
            if not stored - len(set(self.damaged)) <= held <= stored:
                return held, f"holds {held:,} articles and the store {stored:,}"
            for document in self.source.get_many(self.samples, damaged=self.damaged):
                if not finds(engine, record_from_document(document)):
                    return held, f"does not find article {document.id}"
            return held, ""
        finally:
            engine.close()


def _next_multiple(step: int, done: int) -> int:
    return (done // step + 1) * step


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let Python look for cycles of garbage every 10,000 objects, not every 700.

    Documents and records make none, but hold many objects; looking cost a
    seventh of a build's time.
    """
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], 10_000), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def finds(engine: Engine, record: Record) -> bool:
    """Whether a search by id and first title word gives the document."""
    word = record.text.get("title", "").partition(" ")[0]
    plan: Plan = NumberRange("id", record.id, record.id + 1)
    if word:
        plan = All((plan, Term("title", word)))
    return engine.search(SearchRequest(plan=plan, limit=1)).total == 1
