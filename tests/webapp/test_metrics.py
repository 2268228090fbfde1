"""Numbers for Prometheus: well formed, bounded, true, and not for strangers."""

from __future__ import annotations

import re
import threading

import pytest

from tests.webapp.fake_services import FakeServices, make_client
from webapp.metrics import BUCKETS, MAX_SERIES, Metrics
from webapp.status import Status

LINE = re.compile(
    r'([a-z_]+)(\{[a-z_]+="(?:[^"\\\n]|\\.)*"(?:,[a-z_]+="(?:[^"\\\n]|\\.)*")*\})? (-?[0-9.e+-]+)'
)


def series(text):
    """Return every sample of the text form, checking each line's form."""
    found, described = {}, set()
    for line in text.splitlines():
        if line.startswith("#"):
            kind, name = line.split(" ")[1:3]
            assert kind in ("HELP", "TYPE")
            assert (kind, name) not in described
            described.add((kind, name))
            continue
        match = LINE.fullmatch(line)
        assert match, line
        name = re.sub(r"_(bucket|sum|count)$", "", match[1])
        assert ("TYPE", name) in described or ("TYPE", match[1]) in described
        assert match[1] + (match[2] or "") not in found
        found[match[1] + (match[2] or "")] = float(match[3])
    return found


def test_labels_are_escaped():
    metrics = Metrics()
    metrics.describe("a_total", "counter", "A.")
    metrics.add("a_total", what='x"\\\ny')

    assert metrics.render().splitlines()[-1] == 'a_total{what="x\\"\\\\\\ny"} 1'


def test_a_histogram_counts_up_to_each_bound():
    metrics = Metrics()
    metrics.describe("a_seconds", "histogram", "A.")
    for value in (0.001, 0.0011, 3, 99):
        metrics.observe("a_seconds", value)

    found = series(metrics.render())

    counts = [found[f'a_seconds_bucket{{le="{bound}"}}'] for bound in (*BUCKETS, "+Inf")]
    assert counts == [1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 4]
    assert found["a_seconds_count"] == 4
    assert found["a_seconds_sum"] == pytest.approx(102.0021)


def test_the_number_of_series_is_bounded():
    metrics = Metrics()
    metrics.describe("a_total", "counter", "A.")
    for number in range(MAX_SERIES + 50):
        metrics.add("a_total", what=str(number))

    found = series(metrics.render())

    assert len(found) == MAX_SERIES + 1
    assert found['a_total{what="other"}'] == 50


def test_threads_lose_no_count():
    metrics = Metrics()
    metrics.describe("a_total", "counter", "A.")
    threads = [
        threading.Thread(target=lambda: [metrics.add("a_total") for _ in range(500)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert metrics.value("a_total") == 2000


def test_requests_are_counted_by_route_and_status():
    client = make_client()
    for path in (
        "/?q=secret",
        "/?q=b",
        "/?limit=0",
        "/article/harbour-strike",
        "/article/other",
        "/a/b",
        "/c",
    ):
        client.get(path)
    client.delete("/")
    client.open("/", method="BREW")

    answer = client.get("/metrics")
    found = series(answer.text)

    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert found['archive_requests_total{method="GET",route="/",status="200"}'] == 2
    assert found['archive_requests_total{method="GET",route="/",status="400"}'] == 1
    assert found['archive_requests_total{method="GET",route="/article/<slug>",status="200"}'] == 1
    assert found['archive_requests_total{method="GET",route="/article/<slug>",status="404"}'] == 1
    assert found['archive_requests_total{method="GET",route="none",status="404"}'] == 2
    assert found['archive_requests_total{method="other",route="none",status="405"}'] == 2
    assert found['archive_request_seconds_count{route="/"}'] == 3
    assert found["archive_requests_in_flight"] == 1  # this one
    assert found['archive_searches_total{call="search",outcome="answered"}'] == 2
    assert "secret" not in answer.text


def test_the_archive_and_its_index_are_told():
    state = Status(articles=1234, engine="memory", indexed=1200, behind=34, ready=False, changes=1300)

    found = series(make_client(FakeServices(state=state)).get("/metrics").text)

    assert found["archive_articles"] == 1234
    assert found["archive_changes_total"] == 1300
    assert found["archive_index_articles"] == 1200
    assert found["archive_index_lag_changes"] == 34
    assert found["archive_index_ready"] == 0
    assert found["process_cpu_seconds_total"] > 0
    assert found["process_start_time_seconds"] > 1.6e9


def test_without_a_password_only_this_machine_sees_them():
    client = make_client(host="0.0.0.0")

    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 401
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"}).status_code == 200


def test_a_client_cannot_say_that_it_is_this_machine():
    client = make_client(host="0.0.0.0", proxies="10.0.0.1")

    answer = client.get(
        "/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"}, headers={"X-Forwarded-For": "127.0.0.1"}
    )

    assert answer.status_code == 401
