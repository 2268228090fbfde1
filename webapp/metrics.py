"""Numbers for Prometheus, in its text form.

A few counters and two histograms do not need `prometheus-client`: its registry
is global to the process, which two applications in one test run share, and the
text form is a page of rules (https://prometheus.io/docs/instrumenting/exposition_formats/,
version 0.0.4), all of which that apply are in `_line`.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

#: Upper bounds of the latency buckets, in seconds.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

#: More combinations of labels than these of one metric are not kept apart.
MAX_SERIES = 1_000

Labels = tuple[tuple[str, str], ...]


class Metrics:
    """Counters, gauges and histograms; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._help: dict[str, tuple[str, str]] = {}
        self._values: dict[str, dict[Labels, float]] = {}
        self._buckets: dict[str, dict[Labels, list[int]]] = {}

    def describe(self, name: str, kind: str, text: str) -> None:
        """Declare ``name``, a ``counter``, ``gauge`` or ``histogram``."""
        self._help[name] = (kind, text)
        self._values[name] = {}
        if kind == "histogram":
            self._buckets[name] = {}

    def add(self, name: str, amount: float = 1.0, **labels: str) -> None:
        """Add to a counter or a gauge."""
        with self._lock:
            series = self._values[name]
            key = _key(labels, series)
            series[key] = series.get(key, 0.0) + amount

    def observe(self, name: str, value: float, **labels: str) -> None:
        """Count ``value`` in a histogram."""
        with self._lock:
            series = self._values[name]
            key = _key(labels, series)
            series[key] = series.get(key, 0.0) + value
            counts = self._buckets[name].setdefault(key, [0] * (len(BUCKETS) + 1))
            counts[next((n for n, bound in enumerate(BUCKETS) if value <= bound), len(BUCKETS))] += 1

    def value(self, name: str, **labels: str) -> float:
        """Return a counter, a gauge, or the sum of a histogram; 0 if nothing was counted."""
        with self._lock:
            return self._values[name].get(tuple(sorted(labels.items())), 0.0)

    def render(self, gauges: Mapping[str, tuple[str, float]] | None = None) -> str:
        """Return everything as text.

        Args:
            gauges: more of them, name -> what it is and how much, measured now.
        """
        lines: list[str] = []
        with self._lock:
            for name, (kind, text) in self._help.items():
                lines += [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
                if kind == "histogram":
                    lines += self._histogram(name)
                else:
                    lines += [_line(name, key, value) for key, value in sorted(self._values[name].items())]
        for name, (text, value) in (gauges or {}).items():
            kind = "counter" if name.endswith("_total") else "gauge"
            lines += [f"# HELP {name} {text}", f"# TYPE {name} {kind}", _line(name, (), value)]
        return "\n".join(lines) + "\n"

    def _histogram(self, name: str) -> Iterable[str]:
        for key, counts in sorted(self._buckets[name].items()):
            below = 0
            for bound, count in zip((*map(str, BUCKETS), "+Inf"), counts, strict=True):
                below += count
                yield _line(f"{name}_bucket", (*key, ("le", bound)), below)
            yield _line(f"{name}_sum", key, self._values[name][key])
            yield _line(f"{name}_count", key, below)


def web_metrics() -> Metrics:
    """Return the metrics of a web server, all at zero."""
    metrics = Metrics()
    metrics.describe("archive_requests_total", "counter", "Requests answered.")
    metrics.describe("archive_request_seconds", "histogram", "From the whole request to the whole answer.")
    metrics.describe("archive_requests_in_flight", "gauge", "Requests being answered.")
    metrics.describe("archive_searches_total", "counter", "Calls to the search engine by how they ended.")
    metrics.describe("archive_search_seconds", "histogram", "Time that calls to the search engine took.")
    metrics.describe("archive_refused_total", "counter", "Requests refused by why.")
    metrics.describe("archive_logins_total", "counter", "Attempts to log in by how they ended.")
    return metrics


def process_gauges(started: float) -> dict[str, tuple[str, float]]:
    """Return the usual numbers of this process.

    Args:
        started: when it began, Unix time.
    """
    said = {
        "process_start_time_seconds": ("When the server started, Unix time.", started),
        "process_cpu_seconds_total": ("CPU time used, user and system.", time.process_time()),
        "process_threads": ("Threads.", float(threading.active_count())),
    }
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        size = float(pages * os.sysconf("SC_PAGE_SIZE"))
        said["process_resident_memory_bytes"] = ("Memory in RAM.", size)
        said["process_open_fds"] = ("Open files and sockets.", float(len(os.listdir("/proc/self/fd"))))  # noqa: PTH208
    return said


def _key(labels: Mapping[str, str], series: Mapping[Labels, float]) -> Labels:
    key = tuple(sorted(labels.items()))
    if key not in series and len(series) >= MAX_SERIES:
        return tuple((name, "other") for name, _ in key)
    return key


def _line(name: str, labels: Labels, value: float) -> str:
    said = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels)
    number = repr(int(value)) if float(value).is_integer() else repr(float(value))
    return f"{name}{{{said}}} {number}" if said else f"{name} {number}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
