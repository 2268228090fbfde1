"""Raw hostile requests from public collections, where they are at hand, against the real server.

Nothing may crash, lead to another site, come back as markup or as a header, or
read a file.  Prints how many of each list were answered with what.
"""

from __future__ import annotations

import json
import os
import re
import socket
import threading
from collections import Counter
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.webapp.small_archive import build
from webapp import create_app
from webapp.server import Server
from webapp.services import Services

HOSTILE = Path(os.environ.get("ARCHIVE_SHARED") or Path(__file__).parents[3] / "shared") / "hostile"

pytestmark = pytest.mark.skipif(not HOSTILE.is_dir(), reason="the collection of hostile input is not here")

HOST = "localhost"

#: What only an attack that worked would put into an answer.
LEAKED = re.compile(rb"root:.*:0:0:|Traceback \(most recent|File \"/|create_app|site-packages")


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    settings = build(tmp_path_factory.mktemp("hostile") / "home", "tantivy")
    with Services(settings) as services:
        server = Server(create_app(settings, services=services), host="127.0.0.1", port=0)
        thread = threading.Thread(target=server.run)
        thread.start()
        yield server.port
        server.stop()
        thread.join(20)


class Answer:
    """What came back over the wire."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        head, _, self.body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(first.split(" ")[1])
        self.headers = {}
        for line in lines:
            name, colon, value = line.partition(": ")
            assert colon, f"not a header: {line!r}"
            self.headers.setdefault(name.lower(), []).append(value)


def ask(port, target, method="GET", headers=None, body=b""):
    """Send one request as it stands and return the answer."""
    given = {"Host": HOST, **(headers or {}), "Connection": "close"}
    if body and not any(name.lower() == "content-length" for name in given):
        given["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    raw = f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("utf-8", "surrogatepass") + body
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        try:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # refused before it was read to its end
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return Answer(b"".join(parts))


def check(answer, sent):
    """Hold an answer to what is true of every answer."""
    assert answer.status < 500 or answer.status == 501, sent
    assert not LEAKED.search(answer.body), sent
    for location in answer.headers.get("location", []):
        assert re.match(r"/(?![/\\])", location), (sent, location)
    assert not {"set-cookie", "x-injection-header", "x-xss-protection", "crlf"} & answer.headers.keys(), sent
    assert len(answer.headers.get("content-length", [""])) == 1, sent
    if answer.status not in (400, 413, 414, 431, 501) or "content-security-policy" in answer.headers:
        assert answer.headers["x-content-type-options"] == ["nosniff"], sent


def told(capsys, name, counts):
    with capsys.disabled():
        said = ", ".join(f"{number} x {status}" for status, number in sorted(counts.items()))
        print(f"\n{name}: {sum(counts.values())} requests: {said}")


def lines_of(name):
    text = (HOSTILE / "http" / name).read_text("utf-8", "replace")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_the_raw_requests(port, capsys):
    requests = [
        json.loads(line) for line in (HOSTILE / "handmade" / "requests.jsonl").read_text("utf-8").splitlines()
    ]
    counts = Counter()

    for each in requests:
        target = re.sub(r"^/api/search", "/api/v1/search", each["target"])
        target = re.sub(r"^/search\?", "/?", target)
        for sent in {each["target"], target}:
            body = each.get("body", "").encode("utf-8", "surrogatepass")
            answer = ask(port, sent, each["method"], each.get("headers"), body)
            check(answer, each["case"])
            assert b"<script>alert" not in answer.body, each["case"]
            counts[answer.status] += 1
            if each["case"].startswith("int-") and not sent.partition("=a&")[2].endswith("="):
                assert answer.status in (400, 404), each["case"]
            if each["case"].startswith("method-"):
                assert answer.status in (400, 405, 501), each["case"]
            if each["case"].startswith("body-"):
                assert answer.status in (400, 404, 405, 415), each["case"]

    told(capsys, "requests.jsonl", counts)
    assert sum(counts.values()) >= len(requests) > 100


@pytest.mark.parametrize("prefix", ["/static/", "/article/", "/export/", "/saved/"])
@pytest.mark.parametrize("name", ["fuzzdb-traversals-8-deep.txt", "patt-directory-traversal.txt"])
def test_traversals(port, capsys, name, prefix):
    counts = Counter()

    for line in lines_of(name)[:: 1 if prefix == "/static/" else 7]:
        target = prefix + quote(
            line.replace("{FILE}", "etc/passwd").lstrip("/"), safe="/%\\.:;?=&<>{}*@!$'()+,~|"
        )
        answer = ask(port, target)
        check(answer, line)
        assert answer.status in (400, 404), line
        counts[answer.status] += 1

    told(capsys, f"{name} under {prefix}", counts)


@pytest.mark.parametrize("name", ["patt-open-redirect.txt", "fuzzdb-redirect-urls.txt"])
def test_open_redirects(port, capsys, name):
    counts = Counter()

    for line in lines_of(name):
        line = line.replace("{target}", "evil.example")
        raw = quote(line, safe="/%\\.:;?=&<>{}*@!$'()+,~|#[]")
        for target in (raw if raw.startswith("/") else f"/{raw}", "/login?next=" + quote(line, safe="")):
            answer = ask(port, target)
            check(answer, line)
            counts[answer.status] += 1

    told(capsys, name, counts)


@pytest.mark.parametrize("name", ["patt-crlf.txt", "fuzzdb-crlf-injection.txt", "fuzzdb-hpp.txt"])
def test_injected_lines_and_doubled_parameters(port, capsys, name):
    counts = Counter()

    for line in lines_of(name):
        raw = quote(line, safe="/%\\.:;?=&<>{}*@!$'()+,~|#[]")
        for target in (
            raw if raw.startswith("/") else f"/{raw}",
            f"/?q={raw}",
            f"/login?next={raw}",
            f"/article/x{raw}",
        ):
            answer = ask(port, target)
            check(answer, line)
            counts[answer.status] += 1

    told(capsys, name, counts)


def test_methods(port, capsys):
    counts = Counter()

    for line in lines_of("fuzzdb-http-protocol-methods.txt"):
        method = line.split(" ")[0]
        if method in ("GET", "HEAD"):
            continue
        answer = ask(port, "/api/v1/search?q=a", method)
        check(answer, line)
        assert answer.status in (400, 405, 501), line
        counts[answer.status] += 1

    told(capsys, "methods", counts)


def test_schemes_are_never_links(port):
    for line in lines_of("fuzzdb-known-uri-types.txt"):
        answer = ask(port, "/?q=" + quote(line, safe=""))
        check(answer, line)
        hrefs = re.findall(rb'(?:href|src|action)="([^"]*)"', answer.body)
        assert all(re.match(rb"/|#|\?|https?:", href) for href in hrefs), line


FRAMING = [
    pytest.param(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        id="both",
    ),
    pytest.param(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        id="two-lengths",
    ),
    pytest.param(
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        id="odd-encoding",
    ),
    pytest.param("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", id="negative"),
    pytest.param("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1_0\r\n\r\n", id="underscore"),
    pytest.param("GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", id="space-before-colon"),
    pytest.param("GET / HTTP/1.1\r\nHost: localhost\r\nA: b\r\n folded\r\n\r\n", id="folded"),
    pytest.param("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", id="two-hosts"),
    pytest.param("GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", id="absolute"),
    pytest.param("GET / HTTP/1.1\r\n\r\n", id="no-host"),
    pytest.param("GET /\r\n\r\n", id="http-0.9"),
    pytest.param("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", id="tls"),
    pytest.param("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", id="version"),
]


@pytest.mark.parametrize("raw", FRAMING)
def test_no_second_request_hides_in_one_whose_end_is_in_doubt(port, raw, request):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(
            raw.encode("latin-1") + b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        connection.shutdown(socket.SHUT_WR)
        found = b""
        while part := connection.recv(65536):
            found += part

    answers = re.findall(rb"HTTP/1\.[01] (\d+)", found)
    assert len(answers) == 1 or request.node.callspec.id in ("folded", "two-hosts", "absolute", "no-host")
    assert not re.search(rb"HTTP/1\.[01] 5(?!01)", found)
    assert b"evil.example" not in found
    assert not LEAKED.search(found)
