"""What every answer says, whom the archive answers, and what it refuses."""

import re
from pathlib import Path

import pytest

from index.errors import IndexMissingError
from tests.webapp.fake_services import FakeServices, make_client
from webapp.proxies import Proxies, parse_proxies
from webapp.security import MAX_BODY_BYTES, MAX_URL_BYTES, is_loopback

WEBAPP = Path(__file__).parents[2] / "webapp"
TEMPLATES = sorted((WEBAPP / "templates").glob("*"))

PATHS = [
    "/", "/?q=x", "/article/harbour-strike", "/author/ada-lovelace", "/help", "/api", "/healthz", "/readyz",
    "/api/v1/search", "/api/v1/articles/harbour-strike", "/api/v1/openapi.json", "/static/style.css",
    "/robots.txt", "/nope", "/api/nope", "/?limit=0", "/static/nope",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_headers(path):
    headers = make_client().get(path).headers

    assert headers["Content-Security-Policy"].startswith(
        "default-src 'none'; script-src 'self'; style-src 'self'"
    )
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Set-Cookie" not in headers
    assert "charset=utf-8" in headers["Content-Type"] or headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("error", [IndexMissingError("x"), ZeroDivisionError()])
def test_answers_to_errors_carry_the_headers_too(error):
    answer = make_client(FakeServices(error=error)).get("/?q=x")

    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_no_shared_cache_keeps_articles():
    client = make_client()

    assert client.get("/?q=x").headers["Cache-Control"] == "private, no-cache"
    assert client.get("/api/v1/search").headers["Cache-Control"] == "private, no-cache"


def test_static_files_are_kept_under_the_address_of_their_version_only():
    client = make_client()
    versioned = re.search(r"/static/style\.css\?v=[0-9a-f]+", client.get("/").text)[0]

    assert "max-age=31536000" in client.get(versioned).headers["Cache-Control"]
    assert "max-age" not in client.get("/static/style.css?v=zzz").headers["Cache-Control"]


HOSTS = [
    pytest.param("localhost", 200, id="localhost"),
    pytest.param("localhost:8000", 200, id="port"),
    pytest.param("127.0.0.1:8000", 200, id="ipv4"),
    pytest.param("[::1]:8000", 200, id="ipv6"),
    pytest.param("evil.example", 400, id="rebinding"),
    pytest.param("localhost.evil.example", 400, id="suffix"),
    pytest.param("127.0.0.1.evil.example", 400, id="address-suffix"),
]


@pytest.mark.parametrize(("host", "status"), HOSTS)
@pytest.mark.parametrize("path", ["/?q=x", "/api/v1/search", "/static/style.css", "/nope"])
def test_on_loopback_only_loopback_names_are_answered(host, status, path):
    answer = make_client().get(path, headers={"Host": host})

    assert answer.status_code == (404 if path == "/nope" and status == 200 else status)
    if status == 400:
        assert "host name" in answer.text
        assert "nosniff" in answer.headers["X-Content-Type-Options"]


def test_a_public_server_answers_to_the_name_it_is_given():
    assert make_client(host="0.0.0.0").get("/?q=x", headers={"Host": "archive.example"}).status_code == 200


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("[::1]", True), ("localhost", True),
        ("0.0.0.0", False), ("::", False), ("192.168.1.2", False), ("example.org", False), ("", False),
    ],
)  # fmt: skip
def test_is_loopback(host, expected):
    assert is_loopback(host) is expected


def test_an_address_may_be_as_long_as_the_limit_and_no_longer():
    client = make_client()
    room = MAX_URL_BYTES - len("/") - len("q=")

    assert client.get("/?q=" + "a" * room).status_code == 200
    assert client.get("/?q=" + "a" * (room + 1)).status_code == 414
    assert client.get("/article/" + "a" * MAX_URL_BYTES).status_code == 414


def test_a_body_is_refused():
    answer = make_client().get("/", data=b"x" * (MAX_BODY_BYTES + 1))

    assert answer.status_code == 413


def test_a_query_string_that_is_not_utf8_is_refused():
    answer = make_client().get("/api/v1/search?q=%ff%fe")

    assert answer.status_code == 400
    assert answer.json["error"]["code"] == "bad_encoding"


def test_there_are_templates_to_lint():
    assert len(TEMPLATES) >= 8


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_escape_everything_and_quote_every_attribute(template):
    source = template.read_text("utf-8")

    assert not re.search(r"\|\s*safe\b|autoescape\s+false|Markup|\bstyle\s*=|\son\w+\s*=", source)
    assert not re.search(r"=\s*\{\{", re.sub(r"\{%.*?%\}", "", source)), "an attribute without quotes"
    assert "<style" not in source
    assert not re.search(r"<script(?![^>]*\bsrc=)", source)
    assert not re.search(r"""(src|href)=["'](https?:)?//""", source)


def test_markup_is_made_in_one_module_only():
    makers = [path.name for path in WEBAPP.rglob("*.py") if re.search(r"\bMarkup\(", path.read_text("utf-8"))]

    assert makers == ["marking.py"]


def test_debugging_is_off():
    app = make_client().application

    assert not app.debug
    assert not app.testing
    assert not app.config["PROPAGATE_EXCEPTIONS"]


NAMED = [
    pytest.param("archive.example", 200, id="named"),
    pytest.param("ARCHIVE.example:8443", 200, id="case-and-port"),
    pytest.param("[2001:db8::1]:8000", 200, id="ipv6"),
    pytest.param("localhost", 200, id="loopback"),
    pytest.param("evil.example", 400, id="other"),
    pytest.param("archive.example.evil.example", 400, id="suffix"),
    pytest.param("archive.example@evil.example", 400, id="user"),
    pytest.param("", 400, id="empty"),
]


@pytest.mark.parametrize(("host", "status"), NAMED)
@pytest.mark.parametrize("listening", ["0.0.0.0", "127.0.0.1"])
def test_with_names_set_only_these_are_answered(listening, host, status):
    client = make_client(host=listening, hosts="archive.example, 2001:db8::1")

    assert client.get("/?q=x", headers={"Host": host}).status_code == status


def test_hsts_is_sent_over_tls_only():
    client = make_client()

    assert "Strict-Transport-Security" not in client.get("/").headers
    secure = client.get("/", base_url="https://localhost").headers["Strict-Transport-Security"]
    assert int(re.search(r"max-age=(\d+)", secure)[1]) >= 365 * 24 * 3600
    assert "includeSubDomains" in secure


def test_only_a_configured_proxy_says_that_there_is_tls():
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "localhost"}

    direct = make_client().get("/", headers=forwarded)
    behind = make_client(proxies="127.0.0.0/8").get("/", headers=forwarded)
    stranger = make_client(proxies="10.0.0.1").get("/", headers=forwarded)

    assert "Strict-Transport-Security" in behind.headers
    assert "Strict-Transport-Security" not in direct.headers
    assert "Strict-Transport-Security" not in stranger.headers


def test_what_a_stranger_says_of_a_proxy_reaches_nothing_behind():
    seen = []
    door = Proxies(lambda environ, _start: seen.append(environ) or [], parse_proxies("10.0.0.1"))

    door({"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1", "HTTP_FORWARDED": "for=_x"}, None)

    assert seen == [{"REMOTE_ADDR": "192.0.2.1"}]


@pytest.mark.parametrize(
    "prefix", ["//evil.example", "/\\evil.example", "https://evil.example", "/a//b", "/<b>", "/a b", "x"]
)
def test_a_prefix_that_leads_elsewhere_is_not_believed(prefix):
    app = make_client(proxies="127.0.0.1").application

    page = app.test_client().get("/", headers={"X-Forwarded-Prefix": prefix})

    assert b"evil" not in page.data
    assert b'href="/static/' in page.data


def test_the_name_that_a_proxy_forwards_must_be_one_of_ours():
    client = make_client(proxies="127.0.0.1", hosts="archive.example")

    assert client.get("/", headers={"X-Forwarded-Host": "archive.example"}).status_code == 200
    assert client.get("/", headers={"X-Forwarded-Host": "evil.example"}).status_code == 400


def test_no_debugger_and_no_test_mode():
    app = make_client().application

    assert not app.debug
    assert not app.testing
    assert not app.config["PROPAGATE_EXCEPTIONS"]


def test_nothing_lets_other_sites_read_answers():
    answer = make_client().get("/api/v1/search", headers={"Origin": "https://evil.example"})

    assert not [name for name, _ in answer.headers if name.lower().startswith("access-control-")]
    assert make_client().get("/api/v1/search?callback=f").status_code == 400


SOURCES = [path for path in WEBAPP.parent.glob("[aiw]*/**/*.py") if path.parts[-2] != "seeds"]


def test_there_is_no_code_that_runs_what_it_is_given():
    forbidden = re.compile(
        r"\b(eval|exec|os\.system)\(|shell=True|yaml\.(unsafe|full)_load|marshal\.loads|render_template_string"
    )

    found = [path.name for path in SOURCES if forbidden.search(path.read_text("utf-8"))]

    assert len(SOURCES) > 100
    assert found == []
