"""``archive fetch`` and ``archive feeds`` over a site on this machine."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.archive.local_site import RSS, PoolHere, body, page, rss, rss_item, serving
from webapp.cli import cli


@pytest.fixture(autouse=True)
def reads_here(monkeypatch):
    monkeypatch.setattr("archive.fetch.keeping.ReaderPool", PoolHere)


@pytest.fixture
def site():
    with serving() as site:
        site.answers |= {
            "/a": body(page("The Strike")),
            "/feed": body(rss(rss_item(site, "one")), media_type=RSS),
        }
        yield site


@pytest.fixture
def run(site, tmp_path):
    def command(
        *words, code=0, stdin=None, allowed=("--allow-private", "--allow-port", None, "--every", "0.1")
    ):
        options = [str(site.port) if word is None else word for word in allowed]
        found = CliRunner().invoke(
            cli, [words[0], "--home", str(tmp_path / "home"), *options, *words[1:]], input=stdin
        )
        assert found.exit_code == code, found.output
        return found

    return command


def test_page_is_fetched_and_found(run, site, tmp_path):
    assert run("fetch", f"{site.url}/a").stdout.startswith("added 1, ")

    found = CliRunner().invoke(cli, ["search", "--home", str(tmp_path / "home"), "breakwater", "--json"])

    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout)["title"] == "The Strike"


def test_addresses_come_from_standard_input(run, site):
    lines = f"# pages\n\n{site.url}/a\n{site.url}/missing\n"

    found = run("fetch", "-", stdin=lines, code=1)

    assert found.stdout == "added 1, changed 0, unchanged 0, duplicate 0, failed 1\n"
    assert "no such page (HTTP status 404)" in found.stderr


def test_this_machine_is_refused_unless_allowed(run, site):
    found = run("fetch", f"{site.url}/a", code=1, allowed=("--allow-port", None))

    assert "this machine; --allow-private" in found.stderr
    assert site.asked == []


def test_setting_allows_private_addresses(run, site, monkeypatch):
    monkeypatch.setenv("ARCHIVE_FETCH_PRIVATE", "1")

    run("fetch", f"{site.url}/a", allowed=("--allow-port", None))

    assert site.pages == ["/a"]


def test_fetch_without_address_is_wrong_usage(run):
    assert "Give at least one URL" in run("fetch", code=2).stderr


def test_feed_is_added_polled_listed_and_removed(run, site):
    assert "Following harbour" in run("feeds", "add", f"{site.url}/feed", "--name", "Harbour").stdout
    assert run("feeds", "poll").stdout.startswith("added 1, ")
    assert "No feed is due before" in run("feeds", "poll").stderr
    assert "unchanged 1," in run("feeds", "poll", "harbour").stdout

    listed = json.loads(run("feeds", "list", "--json").stdout)
    assert (listed["name"], listed["failures"], listed["status"]) == ("harbour", 0, "0 new of 1")
    assert f"harbour  {site.url}/feed" in run("feeds").stdout

    assert "Removed harbour" in run("feeds", "remove", "harbour").stdout
    assert "No feeds are followed" in run("feeds", "list").stderr


def test_feed_that_fails_is_named_and_the_exit_code_says_so(run, site):
    run("feeds", "add", f"{site.url}/missing")

    assert "HTTP status 404" in run("feeds", "poll", code=1).stderr


WRONG = [
    pytest.param(("add",), 2, "Give the URL", id="add-without-url"),
    pytest.param(("remove",), 2, "Give the NAME", id="remove-without-name"),
    pytest.param(("list", "x"), 2, "takes no NAME", id="list-with-name"),
    pytest.param(
        ("add", "http://a.example/", "http://b.example/", "--name", "x"), 2, "one URL", id="one-name-for-two"
    ),
    pytest.param(("add", "ftp://a.example/"), 1, "only http and https", id="no-address-of-the-web"),
    pytest.param(("remove", "x"), 1, "no feed is followed as 'x'", id="unknown-name"),
]


@pytest.mark.parametrize(("words", "code", "message"), WRONG)
def test_wrong_use_is_told(run, site, words, code, message):
    run("feeds", "add", f"{site.url}/feed")

    assert message in run("feeds", *words, code=code).stderr
