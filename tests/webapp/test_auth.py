"""With a password only a session or a token reads; without one nothing changes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from tests.webapp.fake_services import BufferedClient, FakeServices
from webapp import create_app, passwords, tokens
from webapp.access import AccessFile
from webapp.settings import Settings

PASSWORD = "harbour strike ends"
NOW = dt.datetime.now(dt.UTC)

OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="session")
def stored():
    return passwords.hash_password(PASSWORD)


@pytest.fixture
def file(tmp_path, stored):
    file = AccessFile(tmp_path)
    file.change(lambda access: replace(access, password=stored))
    return file


def make(home, **settings):
    app = create_app(Settings(home=home, **settings), services=FakeServices())
    app.test_client_class = BufferedClient
    return app.test_client()


@pytest.fixture
def client(file, tmp_path):
    return make(tmp_path)


def log_in(client, password=PASSWORD, headers=OWN, **more):
    return client.post("/login", data={"password": password, **more}, headers=headers)


def token_for(file, name="t", *, scope="api", days=None):
    keys = []

    def changed(access):
        access, key = tokens.create(access, name, scope=scope, now=NOW, days=days)
        keys.append(key)
        return access

    file.change(changed)
    return keys[0]


def every_rule(client):
    """One path for each route of the application that answers GET."""
    values = {
        "slug": "harbour-strike",
        "name": "csv",
        "extension": "atom",
        "filename": "style.css",
        "_rest": "x",
    }
    adapter = client.application.url_map.bind("localhost")
    return {
        rule.endpoint: adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})
        for rule in client.application.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.arguments <= values.keys()
    }


def test_without_a_password_nobody_is_asked(tmp_path):
    client = make(tmp_path)

    assert client.get("/?q=x").status_code == 200
    assert client.get("/api/v1/search").status_code == 200
    assert "Set-Cookie" not in client.get("/").headers


def test_with_a_password_nothing_of_the_archive_is_answered_to_strangers(client):
    open_to_all = {"static", "auth.login", "pages.robots", "api.health", "api.ready"}
    rules = every_rule(client)

    answered = {name for name, path in rules.items() if client.get(path).status_code == 200}

    assert len(rules) > 15
    assert answered == open_to_all


@pytest.mark.parametrize(
    "path", ["/?q=x&sort=newest", "/article/harbour-strike", "/help", "/nothing/here", "/saved"]
)
def test_a_stranger_on_a_page_goes_to_the_login_and_comes_back(client, path):
    sent = client.get(path)
    assert sent.status_code == 303

    form = client.get(sent.headers["Location"])
    shown = form.text.partition('name="next" value="')[2].partition('"')[0].replace("&amp;", "&")
    assert shown == path

    back = log_in(client, next=shown)
    assert back.headers["Location"] == path
    assert client.get("/?q=x").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/api/v1/search", "/api/v1/nothing", "/export/csv?q=x", "/feed.atom?q=x", "/opensearch.xml", "/metrics"],
)
def test_a_program_without_a_token_gets_401(client, path):
    answer = client.get(path)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="archive"'


def test_the_login_leads_nowhere_that_leads_back_to_it(client):
    assert '<nav aria-label="Site">' not in client.get("/login").text


def test_the_login_form_keeps_password_managers_working(client):
    page = client.get("/login").text

    assert 'type="password"' in page
    assert 'autocomplete="current-password"' in page
    assert 'method="post"' in page


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client):
    cookie = log_in(client).headers["Set-Cookie"]

    assert cookie.startswith("archive_session=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_over_tls_the_cookie_is_secure_and_bound_to_the_host(client):
    answer = client.post(
        "/login",
        data={"password": PASSWORD},
        headers=OWN,
        base_url="https://localhost",
        follow_redirects=False,
    )

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-archive_session=")
    assert "Secure" in cookie.split("; ")
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def test_a_wrong_password_is_refused_and_says_no_more(client):
    answer = log_in(client, "harbour strike begins")

    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
    assert "not the password" in answer.text
    assert "begins" not in answer.text


def test_attempts_are_limited_also_for_the_right_password(client):
    answers = [log_in(client, "wrong").status_code for _ in range(6)]

    assert answers == [401] * 5 + [429]
    refused = log_in(client)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_attempts_of_many_clients_are_limited_together(client, monkeypatch):
    monkeypatch.setattr("webapp.auth.is_password", lambda *_: False)  # the true one is slow on purpose

    answers = [
        client.post(
            "/login",
            data={"password": "wrong"},
            headers=OWN,
            environ_base={"REMOTE_ADDR": f"192.0.2.{number}"},
        ).status_code
        for number in range(105)
    ]

    assert answers[:100] == [401] * 100
    assert 429 in answers[100:]


FOREIGN = [
    pytest.param({"Sec-Fetch-Site": "cross-site"}, id="cross-site"),
    pytest.param({"Sec-Fetch-Site": "same-site"}, id="same-site"),
    pytest.param({"Sec-Fetch-Site": "none"}, id="no-page"),
    pytest.param({"Origin": "https://evil.example"}, id="origin"),
    pytest.param({"Origin": "null"}, id="origin-null"),
    pytest.param({"Origin": "http://localhost.evil.example"}, id="origin-suffix"),
    pytest.param({"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"}, id="both"),
    pytest.param({}, id="neither"),
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("path", ["/login", "/logout", "/saved"])
def test_another_site_cannot_post(client, headers, path):
    log_in(client)

    answer = client.post(path, data={"password": PASSWORD, "name": "x", "query": "q=x"}, headers=headers)

    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_where_browsers_send_no_fetch_metadata_the_origin_counts(client):
    assert log_in(client, headers={"Origin": "http://localhost"}).status_code == 303
    assert client.get("/login").status_code == 303


def test_pages_with_forms_let_the_browser_tell_their_origin(client):
    assert client.get("/login").headers["Referrer-Policy"] == "same-origin"
    log_in(client)
    assert client.get("/?q=x").headers["Referrer-Policy"] == "same-origin"
    assert client.get("/help").headers["Referrer-Policy"] == "no-referrer"


NEXT = [
    "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\tevil", "/a\nb", "javascript:alert(1)",
    "", "evil", "/login", "/%0d%0aX: y\r\nX: y", "http:evil", "///evil.example", " /a", "/" + "a" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("path", NEXT)
def test_the_login_never_sends_to_another_site(client, path):
    assert log_in(client, next=path).headers["Location"] == "/"


def test_a_new_login_ends_the_session_before(client):
    log_in(client)
    first = client.get_cookie("archive_session").value
    log_in(client)
    client.set_cookie("archive_session", first)

    assert client.get("/api/v1/search").status_code == 401


def test_a_session_that_is_used_is_sent_anew(client, monkeypatch):
    log_in(client)
    assert "Set-Cookie" not in client.get("/").headers
    monkeypatch.setattr("webapp.sessions.RENEW_S", -1)

    answer = client.get("/")

    assert answer.headers["Set-Cookie"].startswith("archive_session=")
    assert "HttpOnly" in answer.headers["Set-Cookie"]


def test_logging_out_ends_the_session_for_good(client):
    log_in(client)
    cookie = client.get_cookie("archive_session").value
    assert 'href="/logout"' in client.get("/").text
    assert client.get("/logout").status_code == 200

    answer = client.post("/logout", headers=OWN)

    assert answer.status_code == 303
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    client.set_cookie("archive_session", cookie)
    assert client.get("/api/v1/search").status_code == 401


def test_a_get_never_logs_out(client):
    log_in(client)
    client.get("/logout")

    assert client.get("/api/v1/search").status_code == 200


def test_a_new_password_ends_every_session(client, file):
    log_in(client)
    file.change(lambda access: replace(access, key="cd" * 32))

    assert client.get("/api/v1/search").status_code == 401


def test_clearing_the_password_opens_the_running_server(client, file):
    file.change(lambda access: replace(access, password=""))

    assert client.get("/api/v1/search").status_code == 200


def test_what_a_reader_gets_is_stored_nowhere(client):
    log_in(client)

    for path in ("/", "/article/harbour-strike", "/api/v1/search", "/feed.atom?q=x", "/export/csv?q=x"):
        assert client.get(path).headers["Cache-Control"] == "private, no-store"


def test_a_damaged_file_lets_nobody_in_and_tells_no_path(client, file, tmp_path):
    (tmp_path / "access.json").write_text("{")

    answer = client.get("/api/v1/search")

    assert answer.status_code in (500, 503)
    assert str(tmp_path) not in answer.text


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


def test_a_token_reads_everything_but_writes_nothing(client, file):
    key = token_for(file)

    for path in ("/api/v1/search", "/?q=x", "/feed.atom?q=x", "/export/csv?q=x", "/metrics"):
        assert client.get(path, headers=bearer(key)).status_code == 200
    posted = client.post("/saved", data={"name": "x", "query": "q=x"}, headers={**bearer(key), **OWN})
    assert posted.status_code == 403


def test_a_revoked_token_is_refused_at_once(client, file):
    key = token_for(file)
    file.change(lambda access: tokens.revoke(access, "t"))

    assert client.get("/api/v1/search", headers=bearer(key)).status_code == 401


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer ", "Basic eDp5", "Bearer arc_" + "x" * 43, "bearer \x00", "é"]
)
def test_a_wrong_token_is_refused(client, value):
    assert client.get("/api/v1/search", headers={"Authorization": value}).status_code == 401


def test_a_feed_token_opens_feeds_only_also_in_the_address(client, file):
    key = token_for(file, scope="feeds")

    assert client.get("/feed.atom?q=x", headers=bearer(key)).status_code == 200
    assert client.get(f"/feed.json?q=x&token={key}").status_code == 200
    assert client.get(f"/feed.json?token={key}&q=x").status_code == 200
    for path in ("/api/v1/search", "/?q=x", "/export/csv?q=x", "/metrics"):
        assert client.get(path, headers=bearer(key)).status_code != 200
        assert client.get(f"{path}{'&' if '?' in path else '?'}token={key}").status_code != 200


def test_a_feed_token_opens_no_article_that_is_called_feed(client, file):
    key = token_for(file, scope="feeds")

    for path in ("/article/feed.md", "/article/feed.csv", "/api/v1/articles/feed.atom"):
        assert client.get(path, headers=bearer(key)).status_code == 401, path
        assert client.get(f"{path}?token={key}").status_code == 401, path


def test_an_ordinary_token_is_no_good_in_an_address(client, file):
    key = token_for(file)

    assert client.get(f"/feed.atom?q=x&token={key}").status_code == 401


def test_the_feed_does_not_repeat_its_token(client, file, caplog):
    key = token_for(file, scope="feeds")
    with caplog.at_level("DEBUG"):
        answer = client.get(f"/feed.atom?q=x&token={key}")

    assert answer.status_code == 200
    assert key not in answer.text
    assert key not in caplog.text


def test_health_and_readiness_are_told_to_strangers_without_numbers(client, file):
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"ready": True}
    assert client.get("/readyz", headers=bearer(token_for(file))).json == {
        "ready": True,
        "articles": 2,
        "behind": 0,
    }


def test_logins_are_logged_and_counted(client, file, caplog):
    with caplog.at_level("INFO", logger="webapp.auth"):
        for _ in range(4):
            log_in(client, "secret wrong password")
        log_in(client)
        log_in(client)
        client.post("/logout", headers=OWN)

    said = [record.getMessage() for record in caplog.records if record.name == "webapp.auth"]
    assert said == ["login failed"] * 4 + ["login succeeded", "login refused: too many attempts", "logout"]
    assert {record.client for record in caplog.records if record.name == "webapp.auth"} == {"127.0.0.1"}
    assert "secret" not in caplog.text
    counted = client.get("/metrics", headers=bearer(token_for(file))).text
    assert 'archive_logins_total{outcome="failed"} 4' in counted
    assert 'archive_logins_total{outcome="succeeded"} 1' in counted


@pytest.mark.parametrize("loss", ["cleared", "lost"])
def test_who_was_let_in_by_a_password_only_is_not_let_in_without_one(file, tmp_path, loss):
    app = create_app(Settings(home=tmp_path), services=FakeServices(), needs_password=True)
    client = app.test_client()
    assert client.get("/api/v1/search").status_code == 401

    if loss == "lost":
        (tmp_path / "access.json").unlink()
    else:
        file.change(lambda access: replace(access, password=""))

    assert client.get("/api/v1/search").status_code == 401
    assert client.get("/?q=x").status_code == 303
    assert client.get("/feed.atom?q=x").status_code == 401
    assert log_in(client).status_code == 401
    assert log_in(client, "").status_code == 401
    assert client.get("/healthz").status_code == 200


def test_a_file_that_lost_its_contents_lets_nobody_in(client, tmp_path):
    (tmp_path / "access.json").write_text("{}")

    assert client.get("/api/v1/search").status_code == 500
