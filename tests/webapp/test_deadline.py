"""Searches in processes: the same answers, a deadline that holds, and workers that are replaced."""

from __future__ import annotations

import http.client
import multiprocessing
import os
import signal
import threading
import time
from contextlib import closing
from dataclasses import replace
from itertools import islice

import pytest

from archive.errors import ArticleNotFoundError
from index.errors import DeadlineExceededError, EngineUnavailableError, QueryLimitError
from tests.webapp.small_archive import build
from webapp import create_app, deadline, workers
from webapp.context import EXTENSION
from webapp.deadline import WorkerFailedError, WorkerPool
from webapp.guarding import REMOTE
from webapp.models import SearchParams
from webapp.server import Server
from webapp.services import Services
from webapp.settings import Settings

WAIT_S = 60.0


class Odd(Services):
    """Services with ways to misbehave; in the worker they take the place of the real ones."""

    def matches(self, request, *, most=None):
        found = super().matches(replace(request, tag=()), most=most)
        if request.tag:
            return replace(found, documents=breaking(request.tag[0], next(found.documents)))
        return found

    def sleep(self, seconds):
        time.sleep(seconds)
        return os.getpid()

    def die(self):
        os.kill(os.getpid(), signal.SIGKILL)

    def late_engine(self):
        raise DeadlineExceededError("the engine says so")

    def bug(self):
        raise ZeroDivisionError("boom")


def breaking(how, document):
    """Yield a page of articles and then do not go on."""
    yield from [document] * deadline.PAGE
    if how == "late":
        time.sleep(3600)
    if how == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "tell":
        raise EngineUnavailableError("the engine says so")


def work(pipe, settings):
    """Stand in for the worker's own loop; imported by the child."""
    import webapp.services

    webapp.services.Services = Odd
    deadline.work(pipe, settings)


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> Settings:
    return build(tmp_path_factory.mktemp("workers") / "home", "tantivy")


@pytest.fixture
def pool(settings):
    pool = WorkerPool(settings, size=1, timeout_s=5, target=work)
    pool.wait_ready(WAIT_S)
    yield pool
    pool.close()
    assert multiprocessing.active_children() == []


def test_a_worker_answers_as_this_process_does(pool, settings):
    with Services(settings) as here:
        ours = here.search(SearchParams(q="missiles"))
        article = here.article("long-range-missiles-approved", "missile")

    theirs = pool.call("search", SearchParams(q="missiles"))

    assert (theirs.hits, theirs.facets, theirs.total) == (ours.hits, ours.facets, ours.total)
    assert pool.call("article", "long-range-missiles-approved", "missile") == article


CALLS = {
    "search": (SearchParams(q="missles", histogram=True),),
    "facet": (SearchParams(), "author"),
    "article": ("long-range-missiles-approved", "missile"),
    "history": ("long-range-missiles-approved",),
    "similar": ("long-range-missiles-approved",),
    "author": ("ada-lovelace",),
    "complete": ("miss",),
    "count": (SearchParams(q="missiles"),),
    "last_id": (),
}


def test_whatever_is_asked_of_a_worker_fits_through_the_pipe(pool, settings):
    assert CALLS.keys() == REMOTE

    with Services(settings) as here:
        here.search(SearchParams(q="qzxjkvwqzxj"))  # as warm as a worker
        for name, args in CALLS.items():
            answer = pool.call(name, *args)
            assert type(answer) is type(getattr(here, name)(*args)), name
        assert pool.call("complete", "miss") == here.complete("miss")


def test_errors_come_back_as_they_are_and_the_worker_goes_on(pool):
    worker = pool.call("sleep", 0)

    with pytest.raises(ArticleNotFoundError):
        pool.call("article", "none")
    with pytest.raises(QueryLimitError) as limit:
        pool.call("search", SearchParams(q="(" * 5000))
    with pytest.raises(DeadlineExceededError, match="says so"):
        pool.call("late_engine")
    with pytest.raises(WorkerFailedError, match="ZeroDivisionError: boom"):
        pool.call("bug")

    assert str(limit.value)
    assert pool.call("sleep", 0) == worker
    assert pool.replaced == 0


def test_a_late_search_is_answered_on_time_and_its_worker_replaced(settings):
    pool = WorkerPool(settings, size=1, timeout_s=1, target=work)
    try:
        pool.wait_ready(WAIT_S)
        worker = pool.call("sleep", 0)

        with pytest.raises(DeadlineExceededError):
            pool.call("sleep", 3600)
        pool.wait_ready(WAIT_S)

        assert pool.call("sleep", 0) != worker
        assert pool.replaced == 1
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)
    finally:
        pool.close()


def test_a_search_that_kills_its_process_does_not_kill_the_server(pool):
    with pytest.raises(EngineUnavailableError):
        pool.call("die")

    pool.wait_ready(WAIT_S)
    assert pool.call("search", SearchParams(q="missiles")).total == 3


def test_a_worker_that_was_killed_while_it_waited_is_not_asked(pool):
    os.kill(pool.call("sleep", 0), signal.SIGKILL)
    deadline_s = time.monotonic() + WAIT_S
    while (
        pool.searching._idle.queue
        and pool.searching._idle.queue[0].is_alive()
        and time.monotonic() < deadline_s
    ):
        time.sleep(0.01)

    assert isinstance(asked_until_answered(pool), int)
    assert pool.replaced == 1


@pytest.mark.parametrize("error", [OSError(24, "Too many open files"), EOFError(), ConnectionRefusedError()])
def test_a_worker_that_cannot_be_begun_is_begun_later(settings, monkeypatch, caplog, error):
    begin, failures = workers.Worker, [error, error]

    def fails_twice(*args):
        if failures:
            raise failures.pop()
        return begin(*args)

    monkeypatch.setattr(workers, "RETRY_S", 0.01)
    monkeypatch.setattr(workers, "Worker", fails_twice)

    with closing(WorkerPool(settings, size=1, timeout_s=30.0, target=work)) as pool:
        pool.wait_ready()

        assert pool.call("store_id")
    assert caplog.text.count("trying again") == 2


def test_readiness_tells_of_search_processes_that_cannot_be_begun(settings, monkeypatch):
    may_begin, begin = threading.Event(), workers.Worker

    def fails(*args):
        if not may_begin.is_set():
            raise OSError(12, "Cannot allocate memory")
        return begin(*args)

    monkeypatch.setattr(workers, "RETRY_S", 0.01)
    monkeypatch.setattr(workers, "Worker", fails)
    with closing(WorkerPool(settings, size=1, timeout_s=30.0)) as pool:
        client = create_app(settings, runner=pool).test_client()

        before = client.get("/readyz")
        may_begin.set()
        pool.wait_ready()
        after = client.get("/readyz")

    assert (before.status_code, before.json["problem"]) == (503, "engine_unavailable")
    assert after.status_code == 200


def asked_until_answered(pool):
    from webapp.refusals import RefusedError

    for _ in range(20):
        try:
            return pool.call("sleep", 0)
        except RefusedError:
            continue
    return None


def test_the_application_answers_a_late_search_with_503_and_when_to_come_back(settings):
    class Late:
        def is_able(self):
            return True

        def call(self, name, *args, **more):
            raise DeadlineExceededError(f"{name} in /secret/place")

    with Services(settings) as services:
        client = create_app(settings, services=services, runner=Late()).test_client()
        page, api = client.get("/?q=missiles"), client.get("/api/v1/search?q=missiles")
        health = client.get("/healthz")
        counted = client.get("/metrics").text

    assert (page.status_code, api.status_code, health.status_code) == (503, 503, 200)
    assert api.headers["Retry-After"] == "5"
    assert api.json["error"]["code"] == "deadline_exceeded"
    assert "secret" not in page.text + api.text
    assert 'archive_searches_total{call="search",outcome="late"} 2' in counted
    assert 'archive_refused_total{reason="deadline"} 2' in counted


def test_the_application_asks_its_workers(settings, pool):
    with Services(settings) as services:
        app = create_app(settings, services=services, runner=pool)
        answer = app.test_client().get("/api/v1/search?q=missiles")
        direct = app.extensions[EXTENSION].search(SearchParams(q="missiles"))

    assert answer.json["total"] == direct.total == 3


def test_an_export_comes_page_by_page_and_is_the_same(settings, pool, monkeypatch):
    with Services(settings) as here:
        ours = here.matches(SearchParams(q="missiles"))

        theirs = pool.stream(SearchParams(q="missiles"))

        assert (theirs.total, theirs.understood) == (ours.total, ours.understood)
        assert list(theirs.documents) == list(ours.documents)
    assert len(pool.exporting.pids()) == 1  # it waits for the next


def test_an_export_that_nobody_wants_any_more_gives_its_worker_back(pool):
    first = pool.stream(SearchParams(tag=("endless",)))
    next(first.documents)
    first.documents.close()
    unread = pool.stream(SearchParams(tag=("endless",)))
    del unread

    assert len(list(pool.stream(SearchParams()).documents)) == 4
    assert len(pool.exporting.pids()) == 1
    assert pool.replaced == 0


def test_an_export_of_a_bad_query_is_told_at_once(pool):
    with pytest.raises(QueryLimitError):
        pool.stream(SearchParams(q="(" * 5000))

    assert pool.replaced == 0


@pytest.mark.parametrize(
    ("how", "error", "replaced"),
    [
        ("late", DeadlineExceededError, 1),
        ("die", EngineUnavailableError, 1),
        ("tell", EngineUnavailableError, 0),
    ],
)
def test_an_export_that_fails_on_its_second_page_fails_there(settings, monkeypatch, how, error, replaced):
    monkeypatch.setattr(deadline, "EXPORT_PATIENCE", 1)
    pool = WorkerPool(settings, size=0, timeout_s=2, target=work)
    try:
        found = pool.stream(SearchParams(tag=(how,)))
        assert len(list(islice(found.documents, deadline.PAGE))) == deadline.PAGE

        with pytest.raises(error):
            next(found.documents)

        assert pool.replaced == replaced
        assert len(pool.exporting.pids()) == 1 - replaced
    finally:
        pool.close()


def test_an_export_cut_off_is_seen_by_who_reads_it_and_frees_its_place(settings, caplog):
    pool = WorkerPool(settings, size=1, timeout_s=5, target=work)
    try:
        with Services(settings) as services:
            app = create_app(settings, services=services, runner=pool)
            server = Server(app, host="127.0.0.1", port=0)
            thread = threading.Thread(target=server.run)
            thread.start()
            try:
                for _ in range(3):  # one more than there are places
                    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=WAIT_S)
                    with closing(connection):
                        connection.request("GET", "/export/ndjson?tag=die")
                        with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
                            connection.getresponse().read()
            finally:
                server.stop()
                thread.join(WAIT_S)
    finally:
        pool.close()
    assert "an export was cut off" in caplog.text
