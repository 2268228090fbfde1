"""A bounded number of searches at once; the rest is refused at once."""

from __future__ import annotations

import http.client
import threading
import time
from contextlib import closing

import pytest

from index.errors import QueryError
from tests.webapp.fake_services import DOCUMENT, FakeServices, make_client
from webapp import limits
from webapp.context import EXTENSION
from webapp.guarding import Guarded
from webapp.metrics import web_metrics
from webapp.models import SearchParams
from webapp.observing import metrics_of
from webapp.overload import Gate
from webapp.refusals import RefusedError
from webapp.server import Server

WAIT_S = 20.0


def test_a_gate_lets_so_many_in_and_refuses_the_rest_at_once():
    gate = Gate(places=2, waiting=0, wait_s=WAIT_S)

    with gate.place(), gate.place(), pytest.raises(RefusedError) as refused, gate.place():
        pass

    assert (refused.value.status, refused.value.retry_after_s) == (503, 1)
    with gate.place():
        pass  # the places are free again


def test_some_wait_and_get_a_place_when_one_is_free():
    gate = Gate(places=1, waiting=1, wait_s=WAIT_S)
    inside, done = threading.Event(), threading.Event()

    def second():
        with gate.place():
            done.set()

    with gate.place():
        thread = threading.Thread(target=second)
        thread.start()
        while gate._queue == 0:
            inside.wait(0.001)
        with pytest.raises(RefusedError), gate.place():
            pass  # no room to wait
        assert not done.is_set()
    thread.join(WAIT_S)

    assert done.is_set()


def test_waiting_has_an_end():
    gate = Gate(places=1, waiting=1, wait_s=0.01)

    with gate.place(), pytest.raises(RefusedError), gate.place():
        pass


def test_a_place_is_given_back_once_however_often_it_is_tried():
    gate = Gate(places=1, waiting=0, wait_s=0)
    give_back = gate.take()
    give_back()
    give_back()

    with gate.place(), pytest.raises(RefusedError), gate.place():
        pass


def guarded(services, **more):
    metrics = web_metrics()
    gates = {"gate": Gate(places=1, waiting=0, wait_s=0), "exports": Gate(places=1, waiting=0, wait_s=0)}
    return Guarded(services, gates["gate"], gates["exports"], metrics, timeout_s=60, **more), metrics, gates


def test_calls_are_counted_by_how_they_ended():
    services = FakeServices()
    behind, metrics, gates = guarded(services)

    behind.search(SearchParams(q="x"))
    services.error = QueryError("no")
    with pytest.raises(QueryError):
        behind.search(SearchParams(q="x"))
    services.error = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        behind.search(SearchParams(q="x"))
    with gates["gate"].place(), pytest.raises(RefusedError):
        behind.search(SearchParams(q="x"))

    counted = {
        outcome: metrics.value("archive_searches_total", call="search", outcome=outcome)
        for outcome in ("answered", "bad_query", "failed", "refused")
    }
    assert counted == dict.fromkeys(counted, 1.0)
    assert metrics.value("archive_refused_total", reason="busy") == 1


def test_status_is_told_of_a_busy_archive():
    behind, _, gates = guarded(FakeServices())

    with gates["gate"].place():
        assert behind.status().articles == 2
        assert behind.store_id()


def test_an_export_holds_its_place_until_it_is_out():
    behind, metrics, _ = guarded(FakeServices())

    found = behind.matches(SearchParams(q="x"))
    with pytest.raises(RefusedError):
        behind.matches(SearchParams(q="x"))
    assert list(found.documents) == [DOCUMENT]

    again = behind.matches(SearchParams(q="x"))
    del again  # nobody took it
    assert list(behind.matches(SearchParams(q="x")).documents) == [DOCUMENT]
    assert metrics.value("archive_refused_total", reason="exports") == 1


def test_an_export_that_fails_gives_its_place_back():
    services = FakeServices(error=QueryError("no"))
    behind, _, _ = guarded(services)
    with pytest.raises(QueryError):
        behind.matches(SearchParams(q="x"))
    services.error = None

    assert behind.matches(SearchParams(q="x")).total == 1


class Slow(FakeServices):
    """Searches that end when they are told to."""

    def __init__(self):
        super().__init__()
        self.go = threading.Event()
        self.inside = threading.Semaphore(0)

    def search(self, request):
        self.inside.release()
        assert self.go.wait(WAIT_S)
        return super().search(request)


class Running:
    """A server on a free port, in a thread."""

    def __init__(self, services, *, early=False, **server):
        client = make_client(services, threads=server.get("threads", 4))
        self.app = client.application
        refused = lambda: metrics_of(self.app).add("archive_refused_total", reason="queue")  # noqa: E731
        self.server = Server(
            self.app,
            host="127.0.0.1",
            port=0,
            on_refused=refused,
            is_refused=(lambda path: limits.is_refused(self.app, path)) if early else None,
            **server,
        )
        self.thread = threading.Thread(target=self.server.run)
        self.thread.start()

    def ask(self, path, method="GET"):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=WAIT_S)
        with closing(connection):
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()

    def ask_later(self, path):
        found = []
        thread = threading.Thread(target=lambda: found.append(self.ask(path)))
        thread.start()
        return thread, found

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.server.stop()
        self.thread.join(WAIT_S)
        assert not self.thread.is_alive()


@pytest.mark.parametrize("early", [False, True], ids=["by-the-application", "before-it"])
def test_a_busy_archive_refuses_searches_and_still_says_that_it_lives(early):
    services = Slow()
    with Running(services, threads=4, early=early) as running:  # two search, none waits, two stay free
        busy = [running.ask_later("/api/v1/search?q=x") for _ in range(2)]
        for _ in busy:
            assert services.inside.acquire(timeout=WAIT_S)

        status, headers, body = running.ask("/api/v1/search?q=y")
        page = running.ask("/?q=y")
        health = running.ask("/healthz")
        ready = running.ask("/readyz")
        services.go.set()
        for thread, _ in busy:
            thread.join(WAIT_S)
        after = running.ask("/api/v1/search?q=y")

    assert (status, headers["Retry-After"]) == (503, "1")
    assert '"busy"' in body
    assert page[0] == 503
    assert "too many searches" in page[2]
    assert (health[0], ready[0], after[0]) == (200, 200, 200)
    assert [found[0][0] for _, found in busy] == [200, 200]


def test_a_full_queue_is_refused_by_the_reading_thread():
    services = Slow()
    with Running(services, threads=1, waiting=1) as running:
        first = running.ask_later("/api/v1/search?q=1")
        assert services.inside.acquire(timeout=WAIT_S)
        second = running.ask_later("/api/v1/search?q=2")
        while not running.server._listener.task_dispatcher.queue:
            time.sleep(0.001)

        api = running.ask("/api/v1/search?q=3")
        page = running.ask("/?q=3")
        head = running.ask("/?q=3", "HEAD")
        services.go.set()
        for thread, _ in (first, second):
            thread.join(WAIT_S)

    assert (first[1][0][0], second[1][0][0]) == (200, 200)
    for status, headers, _ in (api, page, head):
        assert (status, headers["Retry-After"], headers["Connection"]) == (503, "1", "close")
        assert headers["X-Content-Type-Options"] == "nosniff"
    assert '"code": "busy"' in api[2]
    assert "Try again" in page[2]
    assert head[2] == ""
    assert metrics_of(running.app).value("archive_refused_total", reason="queue") == 3


def test_an_end_lets_requests_in_flight_come_to_their_answer():
    services = Slow()
    with Running(services, threads=4) as running:
        asked = [running.ask_later("/api/v1/search?q=x") for _ in range(2)]
        for _ in asked:
            assert services.inside.acquire(timeout=WAIT_S)
        running.server.stop()
        threading.Timer(0.05, services.go.set).start()
        for thread, _ in asked:
            thread.join(WAIT_S)

    assert [found[0][0] for _, found in asked] == [200, 200]


def test_the_application_stands_behind_the_gate():
    assert isinstance(make_client().application.extensions[EXTENSION], Guarded)
