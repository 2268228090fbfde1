"""Progress on standard error: one moving line on a terminal, else a plain line
now and then."""

from __future__ import annotations

import sys
import time

import click

#: Seconds between two updates, on a terminal and elsewhere.
_TERMINAL_EVERY_S = 0.1
_PLAIN_EVERY_S = 5.0
_BAR = 24


class ProgressLine:
    """Shows how far a run has come; use it as a context manager."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._terminal = sys.stderr.isatty()
        self._quiet = quiet
        self._shown_at = time.monotonic()
        self._width = 0

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(self, *_: object) -> None:
        if self._width:
            click.echo("\r" + " " * self._width + "\r", nl=False, err=True)
            self._width = 0

    def show(self, label: str, done: int, total: int | None, *, rate: float, left_s: float | None) -> None:
        """Tell that ``done`` of ``total`` are done; ``total`` is None if nobody knows."""
        now = time.monotonic()
        every = _TERMINAL_EVERY_S if self._terminal else _PLAIN_EVERY_S
        if self._quiet or now - self._shown_at < every:
            return
        self._shown_at = now
        if self._terminal:
            line = describe(label, done, total, rate=rate, left_s=left_s, bar=True)
            padding = " " * max(0, self._width - len(line))
            click.echo(f"\r{line}{padding}", nl=False, err=True)
            self._width = len(line)
        else:
            click.echo(describe(label, done, total, rate=rate, left_s=left_s), err=True)


def describe(
    label: str, done: int, total: int | None, *, rate: float, left_s: float | None, bar: bool = False
) -> str:
    """Return the line for a state of things.

    >>> describe("Reading", 50, 100, rate=25.0, left_s=2.0)
    'Reading: 50 of 100, 25 a second, 2 s left'
    """
    amount = f"{done:,} of {total:,}" if total else f"{done:,}"
    parts = [amount, f"{rate:,.0f} a second"]
    if left_s is not None and total:
        parts.append(f"{duration(left_s)} left")
    drawn = ""
    if bar and total:
        full = round(_BAR * min(1.0, done / total))
        drawn = f"[{'#' * full}{'.' * (_BAR - full)}] "
    return f"{label}: {drawn}{', '.join(parts)}"


def duration(seconds: float) -> str:
    """Return ``45 s``, ``3 min 20 s`` or ``2 h 5 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
