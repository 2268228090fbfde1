"""How far a run over sources is, told to the caller now and then."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from archive.gathering import Gatherer
from archive.sources import Amount

_TELL_S: Final = 0.1
_LOOK_ITEMS: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is.

    Attributes:
        items: articles and failures so far.
        files, files_total: items of the sources; the total is None for standard input.
        bytes_done, bytes_total: of the sources as they lie there; 0 where not known.
        rate: items a second.
        left_s: estimated seconds to go, None where it cannot be told.
    """

    items: int
    files: int
    files_total: int | None
    bytes_done: int
    bytes_total: int
    seconds: float
    rate: float
    left_s: float | None


class Meter:
    """Counts items and tells how far the reading is, ten times a second at most.

    Args:
        amount: how much there is to read; None where it cannot be told.
    """

    def __init__(
        self, gatherer: Gatherer, amount: Amount | None, on_progress: Callable[[Progress], None]
    ) -> None:
        self._gatherer = gatherer
        self._amount = amount
        self._on_progress = on_progress
        self._start = time.monotonic()
        self._told = 0.0
        self._items = 0

    def tick(self) -> None:
        """Count one item."""
        self._items += 1
        if self._items % _LOOK_ITEMS and self._items > _LOOK_ITEMS:
            return
        if time.monotonic() - self._told >= _TELL_S:
            self.tell()

    def tell(self) -> None:
        """Tell how far it is, however soon after the last time."""
        self._told = time.monotonic()
        seconds = max(self._told - self._start, 1e-6)
        done = self._gatherer.bytes_done()
        total = self._amount.size if self._amount is not None else 0
        left = seconds / done * (total - done) if total and 0 < done <= total else None
        self._on_progress(
            Progress(
                items=self._items,
                files=self._gatherer.files,
                files_total=self._amount.files if self._amount is not None else None,
                bytes_done=done,
                bytes_total=total,
                seconds=seconds,
                rate=self._items / seconds,
                left_s=left,
            )
        )
