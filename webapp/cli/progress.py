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

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._shown_at = time.monotonic()
        self._width = 0
        self._label = ""  # of the line shown last

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def clear(self) -> None:
        """Take the moving line away, so that something else can be printed."""
        if self._width:
            click.echo("\r" + " " * self._width + "\r", nl=False, err=True)
            self._width = 0

    def show(
        self,
        label: str,
        done: int,
        total: int | None,
        *,
        rate: float,
        left_s: float | None,
        fraction: float | None = None,
    ) -> None:
        """Tell how far a run is.

        Args:
            done, total: in articles; ``total`` is None if nobody knows.
            fraction: how much is done, if that is known better than by them.
        """
        now = time.monotonic()
        # What begins is told at once, unless the whole run is too short to be told of.
        begins = self._label not in {"", label}
        if not begins and now - self._shown_at < (_TERMINAL_EVERY_S if self._terminal else _PLAIN_EVERY_S):
            return
        self._shown_at, self._label = now, label
        if fraction is None and total:
            fraction = done / total
        line = describe(label, done, total, rate=rate, left_s=left_s)
        if not self._terminal:
            click.echo(line, err=True)
            return
        drawn = f"{bar(fraction)} {line}" if fraction is not None else line
        click.echo(f"\r{drawn.ljust(self._width)}", nl=False, err=True)
        self._width = len(drawn)


def describe(label: str, done: int, total: int | None, *, rate: float, left_s: float | None) -> str:
    """Return the line for a state of things.

    >>> describe("Reading", 50, 100, rate=25.0, left_s=2.0)
    'Reading: 50 of 100, 25 a second, 2 s left'

    Without a rate there is nothing to tell of it.

    >>> describe("Checking", 100, 100, rate=0.0, left_s=None)
    'Checking: 100 of 100'
    """
    amount = f"{done:,} of {total:,}" if total else f"{done:,}"
    speed = f", {rate:,.0f} a second" if rate else ""
    left = f", {duration(left_s)} left" if left_s is not None else ""
    return f"{label}: {amount}{speed}{left}"


def bar(fraction: float) -> str:
    """Return a bar that is filled to ``fraction``.

    >>> bar(0.5)
    '[############............]'
    """
    full = round(_BAR * max(0.0, min(1.0, fraction)))
    return f"[{'#' * full}{'.' * (_BAR - full)}]"


def duration(seconds: float) -> str:
    """Return ``45 s``, ``3 min 20 s`` or ``2 h 5 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
