"""What a server under overload does to those whom it answers and those whom it refuses.

    python -m benchmarks.overload [CORPUS.jsonl.gz] [--articles 2000] [--seconds 20]
        [--slow-clients 100] [--slow-queries]

Starts ``archive serve`` over its own archive and a client with a schedule of its own: requests are sent when
they are due, whatever became of those before (an open loop, so that a slow answer is not hidden by asking
less).  First the rate at which the server is saturated is found, then 80 % of it is asked, then four times as
much, then 80 % again.  Client and server share the machine's cores; the client, one process without threads,
takes precedence if it may, so that it measures the server's delay and not its own.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import gzip
import heapq
import json
import os
import random
import re
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.servers import _memory_mb, _wait, build

#: What a query that takes a second says.
SLOW_WORD = "qslowquery"

#: A word stands in fewer than this share of the texts, else it is grammar and not what people look for.
COMMON = 0.2

_WORD = re.compile(r"[a-z]{4,12}")


@dataclass(slots=True)
class Asked:
    """A request on its way, and how it ended.

    Attributes:
        due, sent, ended: seconds of the monotonic clock.
        status: of the answer; 0 if the connection broke.
    """

    due: float
    path: str
    sent: float = 0.0
    ended: float = 0.0
    status: int = 0
    received: bytearray = field(default_factory=bytearray)

    @property
    def ms(self) -> float:
        """How long the answer took, from the first attempt to connect."""
        return (self.ended - self.sent) * 1000


class Client:
    """Sends requests when they are due, each over a connection of its own."""

    def __init__(self, port: int) -> None:
        self._address = ("127.0.0.1", port)
        self._selector = selectors.DefaultSelector()
        self.flying = 0

    def open_loop(self, paths: list[str], rate: float, seconds: float, rng: random.Random) -> list[Asked]:
        """Ask at random times, ``rate`` a second on average, and wait for all answers."""
        due, end, asked = time.monotonic(), time.monotonic() + seconds, []
        while due < end:
            asked.append(Asked(due=due, path=rng.choice(paths)))
            due += rng.expovariate(rate)
        waiting, give_up = list(reversed(asked)), end + 15
        while (waiting or self.flying) and time.monotonic() < give_up:
            now = time.monotonic()
            while waiting and waiting[-1].due <= now:
                self._begin(waiting.pop())
            self._turn(max(0.0, waiting[-1].due - time.monotonic()) if waiting else 0.2)
        return asked

    def closed_loop(
        self, paths: list[str], connections: int, seconds: float, rng: random.Random
    ) -> list[Asked]:
        """Ask again as soon as an answer is there."""
        end = time.monotonic() + seconds
        asked: list[Asked] = []
        while time.monotonic() < end:
            while self.flying < connections:
                asked.append(Asked(due=time.monotonic(), path=rng.choice(paths)))
                self._begin(asked[-1])
            self._turn(0.2)
        while self.flying:
            self._turn(0.2)
        return asked

    def _begin(self, asked: Asked) -> None:
        sock = socket.socket()
        sock.setblocking(False)
        asked.sent = time.monotonic()
        if sock.connect_ex(self._address) not in (0, errno.EINPROGRESS):
            asked.ended = time.monotonic()
            sock.close()
            return
        self.flying += 1
        self._selector.register(sock, selectors.EVENT_WRITE, asked)

    def _turn(self, timeout_s: float) -> None:
        for key, _ in self._selector.select(timeout_s):
            sock, asked = key.fileobj, key.data
            assert isinstance(sock, socket.socket)
            try:
                if key.events == selectors.EVENT_WRITE:
                    sock.send(
                        f"GET {asked.path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
                    )
                    self._selector.modify(sock, selectors.EVENT_READ, asked)
                    continue
                if piece := sock.recv(1 << 18):
                    asked.received += piece if len(asked.received) < 12 else b""
                    continue
                asked.status = int(asked.received[9:12] or 0)
            except OSError:
                asked.status = 0
            asked.ended = time.monotonic()
            self._selector.unregister(sock)
            sock.close()
            self.flying -= 1


class SlowClients:
    """Connections that send a header one byte a second, and come back when they are cut; a process of its own."""

    def __init__(self, port: int, number: int) -> None:
        self._pid = os.fork() if number else 0
        if number and not self._pid:
            drip(port, number)

    def end(self) -> None:
        """End it."""
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)


def drip(port: int, number: int) -> None:
    """Send a byte of a header now and then on ``number`` connections, for ever."""
    text = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"a" * 10_000
    due = [(time.monotonic() + place / number, place, 0) for place in range(number)]
    open_ones: dict[int, socket.socket] = {}
    while True:
        when, place, sent = heapq.heappop(due)
        time.sleep(max(0.0, when - time.monotonic()))
        try:
            if place not in open_ones:
                open_ones[place], sent = socket.create_connection(("127.0.0.1", port), timeout=1), 0
            open_ones[place].send(text[sent : sent + 1])
        except OSError:
            with contextlib.suppress(KeyError):
                open_ones.pop(place).close()
        heapq.heappush(due, (when + 1, place, sent + 1))


def slow_work(pipe: object, settings: object) -> None:
    """Stand in for a search process whose search takes a second for one word."""
    from webapp import deadline, services

    class Slow(services.Services):
        def search(self, request):  # type: ignore[no-untyped-def]
            if SLOW_WORD in request.q:
                end = time.process_time() + 1
                while time.process_time() < end:
                    pass
            return super().search(request)

    services.Services = Slow  # type: ignore[misc]
    deadline.work(pipe, settings)  # type: ignore[arg-type]


def serve(port: int) -> None:
    """Be ``archive serve``, with search processes that know the slow word."""
    from importlib import import_module

    from webapp import deadline
    from webapp.cli import cli

    pool = deadline.WorkerPool.__init__

    def with_slow(self, settings, **more):  # type: ignore[no-untyped-def]
        pool(self, settings, **{**more, "target": import_module("benchmarks.overload").slow_work})

    deadline.WorkerPool.__init__ = with_slow  # type: ignore[method-assign]
    cli(["serve", "--port", str(port)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one load was answered with; times in milliseconds."""

    name: str
    rate: float
    asked: list[Asked]
    memory_mb: float

    def times(self, *statuses: int, slow: bool | None = None) -> list[float]:
        """Return how long answers took, sorted."""
        return sorted(
            each.ms
            for each in self.asked
            if each.status in statuses and (slow is None or (SLOW_WORD in each.path) == slow)
        )

    def line(self) -> str:
        """Return the row of the table."""
        ok, refused = self.times(200), self.times(503)
        lag = sorted((each.sent - each.due) * 1000 for each in self.asked)
        counts = Counter(each.status for each in self.asked)
        other = sum(count for status, count in counts.items() if status not in (200, 503))
        return (
            f"{self.name:<12}{self.rate:>8.0f}{len(ok):>8}{at(ok, 0.5):>8.1f}{at(ok, 0.95):>8.1f}{at(ok, 0.99):>8.1f}"
            f"{len(refused):>9}{at(refused, 0.5):>8.1f}{at(refused, 0.99):>8.1f}{at(refused, 1):>8.1f}"
            f"{other:>7}{self.memory_mb:>7.0f}{at(lag, 0.99):>7.1f}"
        )


HEAD = (
    f"{'load':<12}{'asked/s':>8}{'200':>8}{'p50':>8}{'p95':>8}{'p99':>8}{'503':>9}{'p50':>8}{'p99':>8}{'max':>8}"
    f"{'other':>7}{'MB':>7}{'lag':>7}"
)


def at(times: list[float], share: float) -> float:
    """Return the quantile ``share`` of sorted ``times``, 0 of none."""
    return times[min(len(times) - 1, int(len(times) * share))] if times else 0.0


def normal_again_s(after: list[Asked], normal_ms: float) -> float:
    """Return after how many seconds nobody was refused any more and answers took what they took before."""
    last = after[0].due
    for each in after:
        if each.status != 200 or each.ms > 2 * normal_ms:
            last = each.ended
        if each.due - last > 2:
            break
    return max(0.0, last - after[0].due)


def words_of(corpus: Path) -> list[str]:
    """Return words of the first articles of ``corpus``, neither rare nor everywhere."""
    counts: Counter[str] = Counter()
    with gzip.open(corpus, "rt") as lines:
        for number, line in enumerate(lines):
            if number == 1000:
                break
            counts.update(set(_WORD.findall(json.loads(line)["text"].lower())))
    return [word for word, count in counts.items() if 10 <= count <= 1000 * COMMON][:400]


def measure(port: int, pid: int, words: list[str], options: argparse.Namespace) -> None:
    """Print the table for the server ``pid``."""
    rng = random.Random(options.seed)
    with contextlib.suppress(OSError):
        os.nice(-10)
    paths = [
        f"/?q={a}+{b}" if rng.random() < 0.5 else f"/api/v1/search?q={a}+{b}" for a, b in _pairs(words, rng)
    ]
    if options.slow_queries:
        paths = [
            f"/api/v1/search?q={SLOW_WORD}" if place % 10 == 0 else path for place, path in enumerate(paths)
        ]
    client = Client(port)
    client.closed_loop(paths, 2, 3, rng)  # warm
    asked = client.closed_loop(paths, options.connections, options.seconds / 3, rng)
    full = sum(each.status == 200 for each in asked) / (asked[-1].ended - asked[0].sent)
    print(
        f"saturated at {full:.0f} answers/s ({options.connections} at a time); times in ms, MB of the server"
    )
    print(HEAD)
    rounds = []
    slow = SlowClients(port, options.slow_clients)
    try:
        for name, share in (("80 %", 0.8), ("4 x", 4.0), ("80 % again", 0.8)):
            asked = client.open_loop(paths, share * full, options.seconds, rng)
            found = Round(name=name, rate=share * full, asked=asked, memory_mb=_memory_mb(pid))
            rounds.append(found)
            print(found.line(), flush=True)
    finally:
        slow.end()
    before, over, after = rounds
    p99 = at(before.times(200), 0.99)
    print(f"accepted p99 at 4 x / at 80 %: {at(over.times(200), 0.99) / p99:.2f}")
    if options.slow_queries:
        fast = [at(each.times(200, slow=False), 0.99) for each in rounds]
        print(f"the fast nine in ten: {fast[0]:.0f} ms, {fast[1]:.0f} ms, ratio {fast[1] / fast[0]:.2f}")
    print(f"refused within (p99): {at(over.times(503), 0.99):.1f} ms")
    print(f"normal again after: {normal_again_s(after.asked, p99):.2f} s")
    print(f"memory: {(after.memory_mb / before.memory_mb - 1) * 100:+.1f} %")


def _pairs(words: list[str], rng: random.Random) -> list[tuple[str, str]]:
    return [(rng.choice(words), rng.choice(words)) for _ in range(1000)]


def main() -> None:
    """Build, serve, measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", nargs="?", type=Path)
    parser.add_argument("--home", type=Path, help="an archive of that corpus that is there already")
    parser.add_argument("--articles", type=int, default=2000, help="without a corpus: how many to make up")
    parser.add_argument("--seconds", type=float, default=20.0, help="length of each load")
    parser.add_argument("--connections", type=int, default=3, help="at a time, to saturate")
    parser.add_argument("--slow-clients", type=int, default=0)
    parser.add_argument("--slow-queries", action="store_true", help="one query in ten takes a second")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=8780)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.port)
        return
    with tempfile.TemporaryDirectory() as folder:
        home = options.home or Path(folder)
        if options.corpus:
            words = words_of(options.corpus)
            if not options.home:
                command = [
                    sys.executable,
                    "-m",
                    "webapp.cli",
                    "ingest",
                    "--home",
                    folder,
                    str(options.corpus),
                ]
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        else:
            words = build(home, options.articles)
        environment = {**os.environ, "ARCHIVE_HOME": str(home)}
        if options.slow_queries:
            environment.setdefault("ARCHIVE_QUERY_TIMEOUT_MS", "3000")
        with (Path(folder) / "log").open("wb") as log:
            server = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.overload", "--serve", "--port", str(options.port)],
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
            try:
                _wait(options.port)
                measure(options.port, server.pid, words, options)
            finally:
                server.send_signal(signal.SIGTERM)
                server.wait(20)


if __name__ == "__main__":
    main()
