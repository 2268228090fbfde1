"""More than the server can do: refused at once, the rest answered, and all well again afterwards.

Bounds are loose, for a machine that does other work; `benchmarks/overload.py` measures.
"""

from __future__ import annotations

import random
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_archives import FaultRun

from benchmarks.overload import Client, at
from tests.webapp.small_archive import build
from webapp import create_app
from webapp.deadline import WorkerPool
from webapp.limits import lane_of, lanes_for
from webapp.server import Server
from webapp.services import Services

PATHS = ["/?q=missiles", "/api/v1/search?q=harbour", "/api/v1/search?q=missiles+OR+strike"]

#: Many times what two processes can answer.
CONNECTIONS, SLOW_CONNECTIONS = 64, 100

REFUSED_MS, ANSWERED_MS = 500, 10_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    settings = build(tmp_path / "home", "tantivy", extra=50)
    pool = WorkerPool(settings, size=2, timeout_s=5)
    pool.wait_ready()
    with Services(settings) as services:
        app = create_app(settings, services=services, runner=pool)
        running = Server(app, host="127.0.0.1", port=0, lanes=lanes_for(settings), lane_of=lane_of)
        thread = threading.Thread(target=running.run)
        thread.start()
        yield running
        running.stop()
        thread.join(30)
        pool.close()
        assert not thread.is_alive()


@pytest.mark.parametrize("slow", [0, SLOW_CONNECTIONS], ids=["alone", "with-slow-clients"])
def test_too_many_requests_are_refused_at_once_and_the_rest_answered(
    server: Server, slow: int, faults: FaultRun
) -> None:
    client, rng = Client(server.port), random.Random(faults.seed)
    dripping = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(slow)]
    for connection in dripping:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: loc")

    over = client.closed_loop(PATHS, CONNECTIONS, 20 if faults.long else 2, rng)
    after = client.closed_loop(PATHS, 1, 1, rng)
    for connection in dripping:
        connection.close()

    counts = Counter(each.status for each in over)
    faults.count("load", "answered", counts[200])
    faults.count("load", "refused", counts[503])
    assert counts.keys() == {200, 503}
    assert Counter(each.status for each in after).keys() == {200}
    times = {status: sorted(each.ms for each in over if each.status == status) for status in counts}
    assert at(times[503], 0.99) < REFUSED_MS
    assert at(times[200], 0.99) < ANSWERED_MS
