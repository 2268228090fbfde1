"""A server under mixed load for a long time: does it keep anything?

    python -m benchmarks.soak --minutes 20 [--articles 2000] [--rate 5]

Starts ``archive serve`` and asks it for pages, articles, feeds and exports, while articles are edited and
ingested three times a minute and the index is rebuilt every other minute, each by its own command.  Prints
once a minute, and at the end, what the server and its processes hold: files, threads, memory and how that grew
after the first quarter and in the second half, as caches of thousands of entries take half an hour to fill (Theil
and Sen's slope, which a single peak does not move), and the index against its
live part.  The archive keeps its size, so that nothing need grow.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks.servers import _wait, build

#: Seconds between two looks at the server, two ingests, and two rebuilds.
LOOK_S, INGEST_S, REINDEX_S = 5.0, 20.0, 120.0

#: Articles that are edited by each ingest.
EDITED = 20

#: The first part of the time, in which caches fill, is not judged.
WARM_SHARE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a server and its processes hold.

    Attributes:
        at_s: since the beginning.
    """

    at_s: float
    files: int
    threads: int
    server_mb: float
    workers_mb: float
    processes: int


def look(pid: int, at_s: float) -> Look:
    """Return what the process ``pid`` and all that came from it hold now."""
    family = [pid, *_descendants(pid)]
    files = threads = 0
    sizes = []
    for each in family:
        with contextlib.suppress(OSError):
            status = dict(
                line.split(":", 1)
                for line in Path(f"/proc/{each}/status").read_text().splitlines()
                if ":" in line
            )
            files += len(list(Path(f"/proc/{each}/fd").iterdir()))
            threads += int(status["Threads"])
            sizes.append(int(status.get("VmRSS", "0 kB").split()[0]) / 1024)
    return Look(
        at_s=at_s,
        files=files,
        threads=threads,
        server_mb=sizes[0] if sizes else 0.0,
        workers_mb=sum(sizes[1:]),
        processes=len(sizes),
    )


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *_descendants(int(child))]
    return found


def slope_an_hour(looks: list[Look], value: str) -> float:
    """Return how much ``value`` grew in an hour, by the median of all pairs' slopes."""
    points = [(each.at_s / 3600, float(getattr(each, value))) for each in looks]
    step = max(1, len(points) // 100)
    points = points[::step]
    slopes = [
        (later[1] - earlier[1]) / (later[0] - earlier[0])
        for place, earlier in enumerate(points)
        for later in points[place + 1 :]
    ]
    return statistics.median(slopes) if slopes else 0.0


class Asker:
    """Asks for this and that, and counts how it was answered."""

    def __init__(self, port: int, words: list[str]) -> None:
        self._port, self._words = port, words
        self._rng = random.Random(5)
        self.statuses: Counter[str] = Counter()
        self._slugs: list[str] = []

    def ask(self) -> None:
        """Make one request."""
        one, other = self._rng.choice(self._words), self._rng.choice(self._words)
        path = self._rng.choices(
            (
                f"/?q={one}",
                f"/?q={one}+OR+{other}&sort=newest",
                f"/api/v1/search?q={one}+{other[:3]}*",
                f"/api/v1/complete?q={one[:3]}",
                f"/feed.atom?q={one}",
                "/export/csv?limit=500",
                "/export/ndjson",
                "/metrics",
                f"/?q={one}~+{other}",
            ),
            (30, 15, 20, 10, 3, 3, 0.5, 2, 5),
        )[0]
        kind = path.split("?")[0]
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
            self.statuses[f"{kind} {answer.status}"] += 1
            if kind == "/api/v1/search" and answer.status == 200 and not json.loads(body)["total"]:
                self.statuses["empty"] += 1
        except (OSError, http.client.HTTPException) as error:
            self.statuses[f"{kind} {type(error).__name__}"] += 1
        finally:
            connection.close()


class Owner:
    """Edits, ingests and rebuilds, by the commands, one at a time."""

    def __init__(self, home: Path, sources: Path) -> None:
        self._home, self._sources = home, sources
        self._running: subprocess.Popen[bytes] | None = None
        self._due = {"ingest": time.monotonic() + 5, "reindex": time.monotonic() + REINDEX_S / 2}
        self._edition = 0
        self.ended: Counter[str] = Counter()
        self._what = ""

    def go_on(self) -> None:
        """Begin what is due, if nothing is running."""
        if self._running is not None:
            if (code := self._running.poll()) is None:
                return
            self.ended[f"{self._what} exit {code}"] += 1
            self._running = None
        for what, pause_s in (("reindex", REINDEX_S), ("ingest", INGEST_S)):
            if time.monotonic() >= self._due[what]:
                self._due[what] = time.monotonic() + pause_s
                self._begin(what)
                return

    def wait(self) -> None:
        """Wait for what is running."""
        if self._running is not None:
            self._running.wait(120)

    def _begin(self, what: str) -> None:
        arguments = [what]
        if what == "ingest":
            self._edition += 1
            for number in range(EDITED):
                text = f"Title: Edited {number}\n\nEdition {self._edition} of the edited article {number}.\n"
                (self._sources / f"edited{number}.txt").write_text(text)
            arguments.append(str(self._sources))
        self._what = what
        self._running = subprocess.Popen(
            [sys.executable, "-m", "webapp.cli", *arguments],
            env={**os.environ, "ARCHIVE_HOME": str(self._home)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def soak(
    home: Path, sources: Path, port: int, pid: int, words: list[str], options: argparse.Namespace
) -> None:
    """Load the server ``pid`` for the time asked for, and print what it held."""
    asker, owner = Asker(port, words), Owner(home, sources)
    looks: list[Look] = []
    begun = time.monotonic()
    next_look, next_ask, next_line = begun, begun, begun + 60
    while (now := time.monotonic()) - begun < options.minutes * 60:
        owner.go_on()
        if now >= next_look:
            looks.append(look(pid, now - begun))
            next_look = now + LOOK_S
        if now >= next_ask:
            asker.ask()
            next_ask = max(next_ask + 1 / options.rate, time.monotonic() - 1)
        if now >= next_line:
            print(
                f"{(now - begun) / 60:5.0f} min  {describe(looks[-1])}  {sum(asker.statuses.values())} requests",
                flush=True,
            )
            next_line += 60
        time.sleep(max(0.0, min(next_ask, next_look) - time.monotonic()))
    owner.wait()
    looks.append(look(pid, time.monotonic() - begun))
    report(looks, asker, owner, home)


def describe(found: Look) -> str:
    """Return one look as a line."""
    return (
        f"files {found.files}, threads {found.threads}, processes {found.processes}, "
        f"server {found.server_mb:.1f} MB, its processes {found.workers_mb:.1f} MB"
    )


def report(looks: list[Look], asker: Asker, owner: Owner, home: Path) -> None:
    """Print what was held after the warm-up, and how everything ended."""
    judged = looks[int(len(looks) * WARM_SHARE) :]
    print(f"first: {describe(looks[0])}\nlast:  {describe(looks[-1])}")
    for name in ("files", "threads"):
        values = [getattr(each, name) for each in judged]
        print(
            f"{name}: {min(values)} to {max(values)}, median {statistics.median(values):.0f}, {slope_an_hour(judged, name):+.1f} an hour"
        )
    for name in ("server_mb", "workers_mb"):
        later = slope_an_hour(looks[len(looks) // 2 :], name)
        print(f"{name}: {slope_an_hour(judged, name):+.1f} MB an hour, {later:+.1f} in the second half")
    index = home / "index" / "tantivy"
    live = index / (index / "CURRENT").read_text().strip()
    print(f"index: {_size(index) / _size(live):.2f} times its live part")
    print("answers:", ", ".join(f"{what}: {count}" for what, count in sorted(asker.statuses.items())))
    print("commands:", ", ".join(f"{what}: {count}" for what, count in sorted(owner.ended.items())))


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    """Build, serve, load, report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=5.0, help="requests a second, at most")
    parser.add_argument("--port", type=int, default=8795)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home, sources = Path(folder) / "home", Path(folder) / "sources"
        home.mkdir()
        sources.mkdir()
        words = build(home, options.articles)
        server = subprocess.Popen(
            [sys.executable, "-m", "webapp.cli", "serve", "--port", str(options.port)],
            env={**os.environ, "ARCHIVE_HOME": str(home)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(options.port)
            soak(home, sources, options.port, server.pid, words, options)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


if __name__ == "__main__":
    main()
