"""The production server over real sockets."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress

import pytest

from webapp import server as server_module
from webapp.security import HEADERS, MAX_BODY_BYTES
from webapp.server import AddressRefusedError, ServeError, Server, check_address


def hello(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"hello"]


@contextmanager
def running(app, **options):
    server = Server(app, host="127.0.0.1", port=0, **options)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join(20)
        assert not thread.is_alive()


def connect(server):
    return socket.create_connection(("127.0.0.1", server.port), timeout=10)


def ask(connection, head=b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"):
    connection.sendall(head)
    return read(connection)


def read(connection):
    """Read to the end, which may be a reset when the server has not read all it was sent."""
    received = b""
    with suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            received += piece
    return received


def read_raw(connection):
    while connection.recv(65536):
        pass


def test_serves_and_says_where():
    with running(hello) as server, connect(server) as connection:
        assert server.url == f"http://127.0.0.1:{server.port}/"
        answer = ask(connection)

    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.endswith(b"hello")
    assert b"\r\nServer:" not in answer


def test_memory_that_answers_left_is_given_back_now_and_then(monkeypatch):
    given = threading.Event()
    monkeypatch.setattr(server_module, "GIVE_BACK_S", 0.0)
    monkeypatch.setattr(server_module, "give_back", given.set)

    with running(hello) as server, connect(server) as connection:
        ask(connection)

        assert given.wait(10)


def test_what_has_begun_is_finished_after_stop():
    entered, leave = threading.Event(), threading.Event()
    body = b"x" * 3_000_000

    def slow(environ, start_response):
        entered.set()
        leave.wait(10)
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    with running(slow) as server, connect(server) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert entered.wait(10)
        server.stop()
        threading.Timer(0.3, leave.set).start()
        answer = read(connection)

    assert answer.endswith(body)


def test_after_stop_nobody_is_let_in():
    with running(hello) as server:
        port = server.port

    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", port), timeout=2):
        pass


def test_idle_connections_do_not_hold_up_the_end():
    with running(hello) as server:
        idle = connect(server)
        with connect(server) as other:
            ask(other)
        server.stop()
        assert idle.recv(1) == b""
        idle.close()


def test_what_is_no_request_is_told_so():
    with running(hello) as server, connect(server) as connection:
        answer = ask(connection, b"\x16\x03\x01\x02\r\n\r\n")

    assert b" 400 " in answer.split(b"\r\n")[0]


def test_while_all_connections_are_taken_those_that_do_nothing_are_closed(monkeypatch):
    monkeypatch.setattr(server_module, "CROWDED_ARRIVAL_S", 0.2)

    with running(hello, connections=6) as server:  # the listener and its trigger count too
        slow = [connect(server) for _ in range(6)]
        for connection in slow:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: loc")
        with connect(server) as connection:
            answer = ask(connection)
        for each in slow:
            each.close()

    assert answer.endswith(b"hello")


def test_a_request_that_does_not_arrive_is_cut(monkeypatch):
    monkeypatch.setattr(server_module, "ARRIVAL_S", 0.2)

    with running(hello) as server, connect(server) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: loc")
        assert connection.recv(1) == b""


def test_an_answer_that_nobody_reads_gives_its_thread_back(monkeypatch):
    monkeypatch.setattr(server_module, "IDLE_S", 0.2)
    ended = threading.Event()

    def endless(environ, start_response):
        start_response("200 OK", [])
        try:
            while True:
                yield b"x" * 100_000
        finally:
            ended.set()

    with running(endless) as server, connect(server) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")

        assert ended.wait(20)


def test_a_client_that_reads_slowly_but_steadily_gets_everything(monkeypatch):
    monkeypatch.setattr(server_module, "IDLE_S", 0.2)
    body = b"x" * 8_000_000

    def long(environ, start_response):
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    with running(long) as server, connect(server) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        received = b""
        while piece := connection.recv(200_000):
            received += piece
            threading.Event().wait(0.05)

    assert received.endswith(body)


def breaking(environ, start_response):
    start_response("200 OK", [])
    yield b"first\n"
    raise ValueError("no more")


def test_an_answer_that_breaks_off_has_no_end():
    with running(breaking) as server, connect(server) as connection:
        answer = ask(connection)

    assert b"first" in answer
    assert not answer.endswith(b"0\r\n\r\n")


def test_an_answer_that_breaks_off_is_reset_where_the_end_of_the_connection_would_be_its_end():
    with running(breaking) as server, connect(server) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            read_raw(connection)


def test_headers_beyond_the_limit_are_refused():
    with running(hello) as server, connect(server) as connection:
        answer = ask(connection, b"GET / HTTP/1.1\r\nX: " + b"a" * 20_000 + b"\r\n\r\n")

    assert b"hello" not in answer


def test_a_body_beyond_the_limit_is_refused():
    with running(hello) as server, connect(server) as connection:
        answer = ask(connection, b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n")

    assert b" 413 " in answer.split(b"\r\n")[0]


@pytest.mark.parametrize(("size", "status"), [(0, 200), (-1, 200), (1, 413)])
def test_the_limit_of_a_body_is_exact(size, status):
    body = b"a" * (MAX_BODY_BYTES + size)
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"

    with running(hello) as server, connect(server) as connection:
        answer = ask(connection, head % len(body) + body)

    assert answer.startswith(b"HTTP/1.1 %d " % status)


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"GET /\x01 HTTP/9.9\r\n\r\n",
    ],
)
def test_what_cannot_be_read_is_answered_with_the_headers_of_all_answers(request_):
    with running(hello) as server, connect(server) as connection:
        answer = ask(connection, request_)

    head = answer.partition(b"\r\n\r\n")[0].decode()
    for name, value in HEADERS.items():
        assert f"{name}: {value}\r\n" in f"{head}\r\n"
    assert "Cache-Control: private, no-cache" in head


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "archive.example"])
def test_an_address_that_others_can_reach_needs_permission(host):
    with pytest.raises(AddressRefusedError, match="--public"):
        check_address(host, public=False)

    check_address(host, public=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_needs_none(host):
    check_address(host, public=False)


def test_a_refused_address_is_never_bound(monkeypatch):
    monkeypatch.setattr(server_module, "_listen", lambda *a, **k: pytest.fail("it was bound"))

    with pytest.raises(AddressRefusedError):
        Server(hello, host="0.0.0.0", port=0)


def test_a_port_in_use_is_told():
    with running(hello) as first, pytest.raises(ServeError, match="--port"):
        Server(hello, host="127.0.0.1", port=first.port)
