"""WSGI servers side by side: the same search endpoint, 1 and 4 connections at a time.

    python -m benchmarks.servers [--articles 2000] [--seconds 2]

Each server runs in its own process with 4 threads over the same small archive;
a client of the standard library keeps its connections open.  Takes some 20 s.
Servers that are not installed are left out:
``pip install gunicorn granian`` for the whole table.
"""

from __future__ import annotations

import argparse
import http.client
import importlib.util
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from archive.document import Draft, Origin, PartialDate
from archive.normalise import document_from_draft
from archive.store import Store
from index.indexer import Indexer
from webapp.settings import Settings, load_settings

HOME_VARIABLE = "ARCHIVE_HOME"
PATHS = ("/api/v1/search?q={}", "/api/v1/search?q={}+{}&facets=0", "/?q={}")
THREADS = 4

#: How long to wait for an answer that slow clients may keep away.
SLOW_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table; times in milliseconds."""

    server: str
    connections: int
    requests_s: float
    median_ms: float
    p99_ms: float
    errors: int
    memory_mb: float
    behind_slow: str = ""


def commands(port: int) -> dict[str, list[str]]:
    """Return how to start each server on ``port``."""
    python = [sys.executable, "-m"]
    target = "benchmarks.servers:application()"
    return {
        "ours (waitress)": [*python, "benchmarks.servers", "--serve", "ours", "--port", str(port)],
        "waitress": [*python, "benchmarks.servers", "--serve", "waitress", "--port", str(port)],
        "gunicorn": [
            *python, "gunicorn", "-k", "gthread", "-w", "1", "--threads", str(THREADS),
            "-b", f"127.0.0.1:{port}", "--log-level", "error", target,
        ],
        "granian": [
            *python, "granian", "--interface", "wsgi", "--factory", "--workers", "1",
            "--blocking-threads", str(THREADS), "--host", "127.0.0.1", "--port", str(port),
            "--log-level", "error", "benchmarks.servers:application",
        ],
    }  # fmt: skip


def application() -> Any:
    """Return the application over the archive that the environment names."""
    from webapp import create_app

    return create_app(load_settings())


def serve(kind: str, port: int) -> None:
    """Run one of the servers that have no command of their own."""
    if kind == "ours":
        from webapp.server import serve as serve_ours

        serve_ours(application(), host="127.0.0.1", port=port)
        return
    import waitress

    waitress.serve(application(), host="127.0.0.1", port=port, threads=THREADS)


def build(home: Path, articles: int) -> list[str]:
    """Make an archive of synthetic articles; return words to ask for."""
    rng = random.Random(7)
    words = ["".join(rng.choices("abcdefghijklmnoprstuvw", k=rng.randint(3, 9))) for _ in range(4000)]
    weights = [1 / (rank + 5) for rank in range(len(words))]
    settings = Settings(home=home)
    with Store.open(settings.store_path) as store:
        for start in range(0, articles, 500):
            store.put([_article(n, rng, words, weights) for n in range(start, min(start + 500, articles))])
        Indexer(store, settings.index_root, settings.engine).reindex()
    return words[10:400]


def _article(number: int, rng: random.Random, words: list[str], weights: list[float]) -> Any:
    text = "\n\n".join(" ".join(rng.choices(words, weights, k=80)) + "." for _ in range(5))
    return document_from_draft(
        Draft(
            title=" ".join(rng.choices(words, weights, k=7)) + f" {number}",
            text=text,
            origin=Origin(path=f"{number}.txt"),
            authors=(rng.choice(words).title(),),
            source=rng.choice(words[:9]).title(),
            published=PartialDate(rng.randint(2010, 2024), rng.randint(1, 12)),
            language="en",
        )
    )


def measure(port: int, words: list[str], connections: int, seconds: float) -> tuple[list[float], int]:
    """Ask from ``connections`` threads for ``seconds``; return times in seconds, and errors."""
    times: list[float] = []
    failed = [0] * connections
    end = time.perf_counter() + seconds

    def ask(number: int) -> None:
        rng = random.Random(number)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        while time.perf_counter() < end:
            path = rng.choice(PATHS).format(rng.choice(words), rng.choice(words))
            begun = time.perf_counter()
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                failed[number] += 1
                connection.close()
                continue
            times.append(time.perf_counter() - begun)
            failed[number] += answer.status != 200
        connection.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, sum(failed)


def behind_slow_clients(port: int) -> str:
    """Return how long one request takes while others send theirs a little at a time."""
    slow = [socket.create_connection(("127.0.0.1", port), timeout=SLOW_S) for _ in range(2 * THREADS)]
    try:
        for connection in slow:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: local")
        time.sleep(0.3)
        begun = time.perf_counter()
        asking = http.client.HTTPConnection("127.0.0.1", port, timeout=SLOW_S)
        try:
            asking.request("GET", "/healthz")
            asking.getresponse().read()
        except OSError:
            return f"none in {SLOW_S:.0f} s"
        finally:
            asking.close()
        return f"{(time.perf_counter() - begun) * 1000:.0f} ms"
    finally:
        for connection in slow:
            connection.close()


def run(name: str, command: list[str], port: int, words: list[str], seconds: float) -> list[Row]:
    """Measure one server from its start to its end."""
    process = subprocess.Popen(
        command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _wait(port)
        measure(port, words, 4, 0.5)
        rows = []
        for connections in (1, 4):
            times, errors = measure(port, words, connections, seconds)
            times.sort()
            rows.append(
                Row(
                    server=name,
                    connections=connections,
                    requests_s=len(times) / seconds,
                    median_ms=statistics.median(times) * 1000,
                    p99_ms=times[int(len(times) * 0.99)] * 1000,
                    errors=errors,
                    memory_mb=_memory_mb(process.pid),
                )
            )
        rows[-1] = replace(rows[-1], behind_slow=behind_slow_clients(port))
        return rows
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            connection.close()
            return
    raise SystemExit(f"nothing answers on port {port}")


def _memory_mb(pid: int) -> float:
    """Return the resident memory of a process and all that came from it, 0 where /proc is missing."""
    found: dict[int, tuple[int, int]] = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        found[int(lines["Pid"])] = int(lines["PPid"]), int(lines.get("VmRSS", "0 kB").split()[0])
    family = {pid}
    while more := {child for child, (parent, _) in found.items() if parent in family} - family:
        family |= more
    return sum(size for each, (_, size) in found.items() if each in family) / 1024


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--serve", choices=("ours", "waitress"))
    parser.add_argument("--port", type=int, default=8790)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.port)
        return
    with tempfile.TemporaryDirectory() as folder:
        words = build(Path(folder), options.articles)
        os.environ[HOME_VARIABLE] = folder
        print(
            f"{'server':<17}{'connections':>12}{'requests/s':>12}{'median ms':>11}{'p99 ms':>9}{'errors':>8}{'MB':>7}  behind {2 * THREADS} slow clients"
        )
        for offset, (name, command) in enumerate(commands(0).items()):
            module = name if name in ("gunicorn", "granian") else "waitress"
            if importlib.util.find_spec(module) is None:
                print(f"{name:<17}{'not installed':>12}")
                continue
            port = options.port + offset
            command = list(commands(port).values())[offset]
            for row in run(name, command, port, words, options.seconds):
                print(
                    f"{row.server:<17}{row.connections:>12}{row.requests_s:>12.0f}{row.median_ms:>11.2f}"
                    f"{row.p99_ms:>9.2f}{row.errors:>8}{row.memory_mb:>7.0f}  {row.behind_slow}"
                )


if __name__ == "__main__":
    main()
