"""``archive password``, ``archive token``, and whom ``archive serve`` lets in."""

from __future__ import annotations

import json
import threading

import pytest
from click.testing import CliRunner

from webapp.access import AccessFile
from webapp.cli import cli
from webapp.passwords import is_password
from webapp.server import AddressRefusedError, Server, check_address

PASSWORD = "harbour strike ends"


@pytest.fixture
def run(tmp_path):
    def run(*args, given=None):
        return CliRunner().invoke(cli, [*args, "--home", str(tmp_path)], input=given)

    return run


def test_a_password_is_asked_for_twice_and_stored_hashed(run, tmp_path):
    done = run("password", "set", given=f"{PASSWORD}\n{PASSWORD}\n")

    assert done.exit_code == 0
    assert PASSWORD not in done.output
    assert is_password(AccessFile(tmp_path).read().password, PASSWORD)
    assert PASSWORD not in (tmp_path / "access.json").read_text()


def test_a_password_may_come_from_a_program(run, tmp_path):
    assert run("password", "set", "--stdin", given=f"{PASSWORD}\n").exit_code == 0
    assert is_password(AccessFile(tmp_path).read().password, PASSWORD)


def test_a_weak_password_is_refused_with_the_reason(run, tmp_path):
    done = run("password", "set", "--stdin", given="secret\n")

    assert done.exit_code == 1
    assert "12 to 256 characters" in done.stderr
    assert AccessFile(tmp_path).read().password == ""


def test_setting_and_clearing_end_all_sessions_and_keep_tokens(run, tmp_path):
    run("password", "set", "--stdin", given=f"{PASSWORD}\n")
    run("token", "create", "t")
    first = AccessFile(tmp_path).read()

    run("password", "clear")
    second = AccessFile(tmp_path).read()

    assert second.password == ""
    assert second.key != first.key
    assert second.tokens == first.tokens


def test_a_token_is_printed_once_listed_without_its_key_and_revoked(run):
    key = run("token", "create", "laptop", "--feeds", "--days", "7").stdout.strip()
    listed = run("token", "list", "--json").stdout
    again = run("token", "create", "laptop")
    revoked = run("token", "revoke", "laptop")
    gone = run("token", "revoke", "laptop")

    assert key.startswith("arc_")
    found = json.loads(listed)
    assert (found["name"], found["scope"]) == ("laptop", "feeds")
    assert found["expires"] > found["created"]
    assert key not in listed
    assert (again.exit_code, revoked.exit_code, gone.exit_code) == (1, 0, 1)
    assert run("token", "list").stdout == ""


def test_a_token_needs_a_name(run):
    assert run("token", "create").exit_code == 2


@pytest.fixture
def served(monkeypatch):
    """Stop short of serving; collect what would have been served."""
    found = []
    monkeypatch.setattr("webapp.server.serve", lambda app, **how: found.append(how))
    monkeypatch.setenv("ARCHIVE_SEARCH_WORKERS", "0")
    return found


def test_an_open_address_is_refused_without_a_password(run, served):
    refused = run("serve", "--host", "0.0.0.0")

    assert refused.exit_code == 1
    assert "archive password set" in refused.stderr
    assert "--public" in refused.stderr
    assert served == []


@pytest.mark.parametrize("way", ["password", "option", "setting"])
def test_an_open_address_is_served_with_a_password_or_when_allowed(run, served, monkeypatch, way):
    if way == "password":
        run("password", "set", "--stdin", given=f"{PASSWORD}\n")
    if way == "setting":
        monkeypatch.setenv("ARCHIVE_PUBLIC", "yes")

    done = run("serve", "--host", "0.0.0.0", *(["--public"] if way == "option" else []))

    assert done.exit_code == 0
    assert [(how["host"], how["public"]) for how in served] == [("0.0.0.0", True)]


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(["--host", "0.0.0.0"], 401), (["--host", "0.0.0.0", "--public"], 200), ([], 200)],
)
def test_an_open_address_without_its_password_answers_nobody_any_more(run, monkeypatch, arguments, status):
    apps = []
    monkeypatch.setattr("webapp.server.serve", lambda app, **_: apps.append(app))
    monkeypatch.setenv("ARCHIVE_SEARCH_WORKERS", "0")
    run("password", "set", "--stdin", given=f"{PASSWORD}\n")
    run("serve", *arguments)
    run("password", "clear")

    assert apps[0].test_client().get("/api/v1/openapi.json").status_code == status


def test_an_odd_proxy_is_refused_at_the_start(run, served, monkeypatch):
    monkeypatch.setenv("ARCHIVE_PROXIES", "nginx")

    done = run("serve")

    assert done.exit_code == 1
    assert "'nginx' is no address" in done.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "archive.example"])
def test_the_server_itself_refuses_too(host):
    with pytest.raises(AddressRefusedError):
        check_address(host, public=False)
    with pytest.raises(AddressRefusedError):
        Server(lambda *_: [], host=host, port=0)
    assert threading.active_count() < 100
