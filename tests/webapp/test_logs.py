"""Log lines cannot be forged, carry the id of their request, and no secrets."""

from __future__ import annotations

import io
import json
import logging
import re
import sys

import pytest

from tests.webapp.fake_services import FakeServices, make_client
from webapp.logs import REQUEST_ID, JsonFormatter, PlainFormatter, configure, new_request_id, one_line

HOSTILE = "a\nERROR webapp forged\r\n\x1b[31mred\x00\x85b\u2028c\u2029d\u202ee\ttab \\n"


@pytest.fixture(autouse=True)
def no_request():
    """Begin outside of any request; a client that did not close its answer leaves an id behind."""
    REQUEST_ID.set("")


@pytest.fixture
def logged():
    """Return a function that sets up logging and gives what was written; all is put back."""
    root = logging.getLogger()
    names = ("archive", "index", "webapp", "waitress.queue")
    before = root.handlers[:], root.level, [(name, logging.getLogger(name).level) for name in names]
    stream = io.StringIO()

    def start(form="plain", level="info"):
        configure(form, level, stream=stream)
        return stream

    yield start
    root.handlers[:], root.level = before[0], before[1]
    for name, value in before[2]:
        logging.getLogger(name).setLevel(value)


def record(message, *args, exc_info=None, **extra):
    made = logging.getLogger("webapp.test").makeRecord(
        "webapp.test", logging.INFO, __file__, 1, message, args, exc_info, extra=extra
    )
    made.created = 1_790_000_000.5
    return made


def test_a_plain_line_is_one_line_whatever_is_in_it():
    line = PlainFormatter().format(record("found %s", HOSTILE, path=HOSTILE))

    assert len(line.splitlines()) == 1
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202e]", line)
    assert line.startswith("2026-09-21T")
    assert "Z INFO webapp.test found a\\nERROR" in line


def test_what_was_escaped_cannot_be_taken_for_what_was_there():
    assert one_line("a\nb") == "a\\nb"
    assert one_line("a\\nb") == "a\\\\nb"


def trouble():
    try:
        {}[HOSTILE]
    except KeyError:
        return sys.exc_info()


def test_a_traceback_cannot_begin_a_line_of_the_log():
    lines = PlainFormatter().format(record("bad", exc_info=trouble())).splitlines()

    assert len(lines) > 3
    assert all(line.startswith("  | ") for line in lines[1:])


def test_a_json_line_is_one_object():
    text = JsonFormatter().format(record("found %s", HOSTILE, exc_info=trouble(), status=200))
    found = json.loads(text)

    assert "\n" not in text
    assert text.isascii()
    assert found["message"] == f"found {HOSTILE}"
    assert found["status"] == 200
    assert found["level"] == "info"
    assert "Traceback" in found["trace"]
    assert "request_id" not in found


def test_lines_of_a_request_carry_its_id():
    REQUEST_ID.set("abcdefgh1234")
    try:
        assert "[abcdefgh1234]" in PlainFormatter().format(record("x"))
        assert json.loads(JsonFormatter().format(record("x")))["request_id"] == "abcdefgh1234"
    finally:
        REQUEST_ID.set("")


@pytest.mark.parametrize(
    "given", ["", "short", "a" * 65, "with space 1", "line\nbreak1", "a;b;c;d;e", "é" * 10]
)
def test_an_odd_id_is_replaced(given):
    assert re.fullmatch(r"[0-9a-f]{16}", new_request_id(given))


def test_each_request_is_a_line_with_the_id_that_is_answered(logged):
    stream = logged("json")

    answer = make_client().get("/article/harbour-strike?q=private+words")

    found = json.loads(stream.getvalue())
    assert found["request_id"] == answer.headers["X-Request-ID"]
    assert (found["method"], found["path"], found["status"]) == ("GET", "/article/harbour-strike", 200)
    assert found["route"] == "/article/<slug>"
    assert found["ms"] >= 0
    assert "private" not in stream.getvalue()


def test_an_unexpected_error_is_logged_under_the_same_id(logged):
    stream = logged("json")

    answer = make_client(FakeServices(error=ZeroDivisionError("boom"))).get("/?q=x")

    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert answer.status_code == 500
    assert {line["request_id"] for line in lines} == {answer.headers["X-Request-ID"]}
    assert any("boom" in line.get("trace", "") for line in lines)
    assert "boom" not in answer.text


@pytest.mark.parametrize("path", ["/a%0aERROR%20forged", "/%1b[31m", "/%e2%80%a8x", "/x%00y"])
def test_a_path_cannot_forge_a_line(logged, path):
    stream = logged("plain")

    make_client().get(path)

    lines = stream.getvalue().split("\n")
    assert len(lines) == 2
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u2028]", stream.getvalue())


def test_ids_of_clients_are_believed_from_a_proxy_only():
    given = {"X-Request-ID": "client-says-this"}

    assert make_client().get("/", headers=given).headers["X-Request-ID"] != "client-says-this"
    behind = make_client(proxies="127.0.0.1")
    assert behind.get("/", headers=given).headers["X-Request-ID"] == "client-says-this"


def test_the_level_is_that_of_our_own_packages(logged):
    stream = logged("plain", "warning")

    logging.getLogger("webapp.x").info("quiet")
    logging.getLogger("other").info("quiet")
    logging.getLogger("other").warning("loud")

    assert stream.getvalue().count("\n") == 1
    assert "loud" in stream.getvalue()
