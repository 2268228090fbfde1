"""A bounded number of searches at once; the rest is refused at once."""

from __future__ import annotations

import http.client
import re
import threading
import time
from contextlib import closing

import pytest

from index.errors import DeadlineExceededError, QueryError
from tests.webapp.fake_services import DOCUMENT, FakeServices, make_client
from tests.webapp.small_archive import build
from webapp import limits
from webapp.context import EXTENSION
from webapp.guarding import Guarded
from webapp.metrics import web_metrics
from webapp.models import SearchParams
from webapp.overload import Gate
from webapp.queueing import Lane, LaneQueue
from webapp.refusals import RefusedError
from webapp.server import Server
from webapp.services import Services
from webapp.settings import Settings

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


def test_a_feed_is_a_search_and_takes_no_place_of_an_export():
    class Runner:
        def __init__(self):
            self.called = []

        def call(self, name, *args, **more):
            self.called.append(name)
            return FakeServices().matches(*args, **more)

    runner = Runner()
    behind, _, gates = guarded(FakeServices(), runner=runner)

    with gates["exports"].place():
        assert list(behind.matches(SearchParams(q="x"), most=50).documents) == [DOCUMENT]

    assert runner.called == ["matches"]


def test_what_saved_searches_find_is_counted_by_the_runner(tmp_path):
    class Runner:
        def call(self, name, *args, **more):
            if name == "last_id":
                return 7
            raise DeadlineExceededError(name)

    settings = build(tmp_path / "home", "memory")
    with Services(settings) as services:
        behind, metrics, _ = guarded(services, runner=Runner())
        services.saved.save("Missiles", SearchParams(q="missiles"))

        (found,) = behind.saved.all()

    assert "too long" in found.problem  # and the page can be shown
    assert metrics.value("archive_searches_total", call="count", outcome="late") == 1


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


LANES = (
    Lane(name="others", places=2, waiting=4),
    Lane(name="searches", places=2, waiting=0),
    Lane(name="logins", places=1, waiting=0),
    Lane(name="exports", places=1, waiting=0),
)


class Running:
    """A server on a free port, in a thread."""

    def __init__(self, services, *, lanes=LANES):
        self.app = make_client(services, threads=8).application
        self.refused = []
        self.server = Server(
            self.app,
            host="127.0.0.1",
            port=0,
            lanes=lanes,
            lane_of=limits.lane_of if len(lanes) > 1 else None,
            on_refused=self.refused.append,
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


def test_a_busy_archive_refuses_searches_and_still_says_that_it_lives():
    services = Slow()
    with Running(services) as running:
        busy = [running.ask_later("/api/v1/search?q=x") for _ in range(2)]
        for _ in busy:
            assert services.inside.acquire(timeout=WAIT_S)

        api = running.ask("/api/v1/search?q=y")
        page = running.ask("/?q=y")
        head = running.ask("/?q=y", "HEAD")
        others = [running.ask(path)[0] for path in ("/healthz", "/readyz", "/static/style.css", "/help")]
        services.go.set()
        for thread, _ in busy:
            thread.join(WAIT_S)
        after = running.ask("/api/v1/search?q=y")

    for status, headers, _ in (api, page, head):
        assert (status, headers["Retry-After"], headers["Connection"]) == (503, "1", "close")
        assert headers["X-Content-Type-Options"] == "nosniff"
    assert '"code": "busy"' in api[2]
    assert "too many searches" in page[2]
    assert head[2] == ""
    assert running.refused == ["searches"] * 3
    assert others == [200] * 4
    assert after[0] == 200
    assert [found[0][0] for _, found in busy] == [200, 200]


def test_a_refusal_needs_no_thread_but_the_one_that_reads():
    services = Slow()
    with Running(services, lanes=(Lane(name="all", places=1, waiting=1),)) as running:
        first = running.ask_later("/api/v1/search?q=1")
        assert services.inside.acquire(timeout=WAIT_S)
        second = running.ask_later("/api/v1/search?q=2")
        while not running.server._dispatcher.waiting():
            time.sleep(0.001)

        refused = running.ask("/api/v1/search?q=3")
        services.go.set()
        for thread, _ in (first, second):
            thread.join(WAIT_S)

    assert refused[0] == 503
    assert (first[1][0][0], second[1][0][0]) == (200, 200)


def test_no_more_searches_run_than_there_are_places_however_many_ask():
    most, now, lock = [0], [0], threading.Lock()

    class Counting(FakeServices):
        def search(self, request):
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
            time.sleep(0.005)
            with lock:
                now[0] -= 1
            return super().search(request)

    lanes = (Lane(name="others", places=2, waiting=4), Lane(name="searches", places=2, waiting=100))
    with Running(Counting(), lanes=lanes) as running:
        asked = [running.ask_later("/api/v1/search?q=x") for _ in range(12)]
        for thread, _ in asked:
            thread.join(WAIT_S)

    assert [found[0][0] for _, found in asked] == [200] * 12
    assert most[0] == 2


def test_nobody_is_let_wait_longer_than_is_bearable():
    queue = LaneQueue(Lane(name="searches", places=2, waiting=16, wait_s=0.1))
    room = []
    for mean_s in (0.01, 0.04, 1.0):
        queue.mean_s, queue.running = mean_s, 2
        queue.waiting.clear()
        while queue.has_room():
            queue.waiting.append(object())
        room.append(len(queue.waiting))

    assert room == [16, 5, 2]  # the limit; 100 ms at 2 places; as many as there are places


def test_a_free_place_is_always_taken():
    queue = LaneQueue(Lane(name="exports", places=1, waiting=0))

    assert queue.has_room()
    queue.running = 1
    assert not queue.has_room()


def test_a_lane_knows_how_long_its_requests_take_of_late():
    queue = LaneQueue(Lane(name="searches", places=1, waiting=1))
    queue.note(1.0)
    assert queue.mean_s == 1.0

    for _ in range(60):
        queue.note(0.1)

    assert queue.mean_s == pytest.approx(0.1, rel=0.1)


#: What asks no engine and reads no article.
QUICK = {
    "/static/<path:filename>", "/healthz", "/readyz", "/metrics", "/robots.txt", "/opensearch.xml", "/help",
    "/api", "/api/<path:_rest>", "/api/v1/openapi.json", "/logout",
}  # fmt: skip


def test_whatever_asks_the_archive_waits_with_the_searches():
    app = make_client().application
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    lanes = {rule: limits.lane_of(re.sub(r"<[^>]*>", "x", rule)) for rule in rules}

    assert {rule for rule, lane in lanes.items() if lane == "others"} == QUICK
    assert {rule for rule, lane in lanes.items() if lane == "logins"} == {"/login"}
    assert {rule for rule, lane in lanes.items() if lane == "exports"} == {"/export/<name>"}


def test_as_many_searches_run_as_there_are_processes_and_health_has_threads_of_its_own(tmp_path):
    for threads in (1, 8, 64):
        lanes = {lane.name: lane for lane in limits.lanes_for(Settings(home=tmp_path, threads=threads))}
        assert lanes["searches"].places == 2
        assert lanes["others"].places >= 2
        assert lanes["exports"].waiting == 0
    assert sum(lane.places for lane in lanes.values()) == 64


def test_an_end_lets_requests_in_flight_come_to_their_answer():
    services = Slow()
    with Running(services) as running:
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
