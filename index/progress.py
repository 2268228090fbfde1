"""How far a long run has come, told to whoever wants to show it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run has come.

    Attributes:
        phase: ``reindex``, ``commit``, ``catch-up`` or ``check``; how far a
            ``commit`` or a ``check`` is cannot be told, so they have no rate.
        done, total: in articles; ``total`` may grow while others write.
        fresh: how many of ``done`` this run did itself; a resumed build has
            some from before.
        seconds: since the phase began.
    """

    phase: str
    done: int
    total: int
    fresh: int
    seconds: float

    @property
    def rate(self) -> float:
        """Articles a second."""
        return self.fresh / self.seconds if self.seconds > 0 else 0.0

    @property
    def left_s(self) -> float | None:
        """Seconds left at this rate, or None before there is one."""
        return max(0, self.total - self.done) / self.rate if self.rate else None


Report: TypeAlias = Callable[[Progress], None]


@dataclass(slots=True)
class Meter:
    """Counts a phase and reports it."""

    phase: str
    total: int
    report: Report | None
    done: int = 0
    _before: int = 0
    _started: float = field(default_factory=time.monotonic)

    def skip(self, count: int) -> None:
        """Count what an earlier run did."""
        self.done += count
        self._before += count

    def begin(self, phase: str) -> None:
        """Tell that ``phase`` begins, which ends when anything else is told."""
        if self.report is not None:
            self.report(Progress(phase=phase, done=self.done, total=self.total, fresh=0, seconds=0.0))

    def advance(self, count: int) -> None:
        """Count ``count`` more, and tell."""
        self.done += count
        self.total = max(self.total, self.done)
        if self.report is not None:
            self.report(
                Progress(
                    phase=self.phase,
                    done=self.done,
                    total=self.total,
                    fresh=self.done - self._before,
                    seconds=time.monotonic() - self._started,
                )
            )
