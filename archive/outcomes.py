"""What became of articles: one outcome an item, and the counts of a run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from archive.containers import SKIPPED
from archive.document import Document
from archive.readers import ReadFailure
from archive.sources import Unread
from archive.store import PutResult

Outcome = Literal["added", "changed", "unchanged", "duplicate", "failed", "skipped"]

_MAX_LISTED: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemOutcome:
    """What became of one article, or of one item that gave none."""

    path: str
    outcome: Outcome
    member: str = ""
    slug: str = ""
    code: str = ""
    reason: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class IngestReport:
    """What a run did; the lists are bounded, the counts exact."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicate: int = 0
    failed: int = 0
    skipped: int = 0
    warned: int = 0
    failures: list[ItemOutcome] = field(default_factory=list)
    warnings: list[ItemOutcome] = field(default_factory=list)
    seconds: float = 0.0
    bytes: int = 0

    @property
    def stored(self) -> int:
        """Articles that went to the store, whatever became of them there."""
        return self.added + self.changed + self.unchanged + self.duplicate


def outcome_of_article(document: Document, result: PutResult) -> ItemOutcome:
    """Return what became of an article that went to the store."""
    return ItemOutcome(
        path=document.origin.path,
        member=document.origin.member,
        outcome=result.outcome.value,
        slug=result.slug,
        reason=result.note,
        warnings=document.warnings,
    )


def outcome_of_failure(path: str, failure: ReadFailure | Unread) -> ItemOutcome:
    """Return what became of an item, or a part of one, that gave no article."""
    skipped = failure.skipped if isinstance(failure, Unread) else failure.code == SKIPPED
    return ItemOutcome(
        path=path,
        member=failure.member,
        outcome="skipped" if skipped else "failed",
        code=failure.code,
        reason=failure.reason,
    )


class Tally:
    """Counts the outcomes of a run, which begins now, and tells them on."""

    def __init__(self, on_outcome: Callable[[ItemOutcome], None] | None = None) -> None:
        self._report = IngestReport()
        self._on_outcome = on_outcome
        self._start = time.monotonic()

    def note_article(self, document: Document, result: PutResult) -> None:
        """Count an article that went to the store."""
        if document.warnings or self._on_outcome is not None:
            self.note(outcome_of_article(document, result))
        else:  # most of a large run: nobody would look at the outcome
            self._count(result.outcome.value)

    def note(self, outcome: ItemOutcome) -> None:
        """Count one outcome."""
        report = self._report
        self._count(outcome.outcome)
        if outcome.outcome == "failed" and len(report.failures) < _MAX_LISTED:
            report.failures.append(outcome)
        if outcome.warnings:
            report.warned += 1
            if len(report.warnings) < _MAX_LISTED:
                report.warnings.append(outcome)
        if self._on_outcome is not None:
            self._on_outcome(outcome)

    def note_all(self, outcomes: Iterable[ItemOutcome]) -> None:
        """Count some outcomes."""
        for outcome in outcomes:
            self.note(outcome)

    def finish(self, *, size: int = 0) -> IngestReport:
        """Return the counts of the run, which ends now and has read ``size`` bytes."""
        self._report.bytes = size
        self._report.seconds = time.monotonic() - self._start
        return self._report

    def _count(self, outcome: Outcome) -> None:
        setattr(self._report, outcome, getattr(self._report, outcome) + 1)
