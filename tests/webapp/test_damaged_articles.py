"""An article that is not what was written is named wherever it would be shown, and never shown."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.errors import ArticleDamagedError
from archive.store import Store
from archive.store.bodies import compress
from tests.webapp.fake_services import BufferedClient
from tests.webapp.small_archive import build
from webapp import create_app
from webapp.cli import cli
from webapp.services import Services
from webapp.settings import Settings

#: Ways in which an article can be other than it was written; the last cannot be read at all.
DAMAGE = {
    "another-title": ("UPDATE articles SET title = 'Missiles banned' WHERE id = 2", ()),
    "another-text": ("UPDATE texts SET body = ? WHERE article_id = 2", (compress("All about missiles."),)),
    "no-text": ("DELETE FROM texts WHERE article_id = 2", ()),
    "text-cannot-be-unpacked": ("UPDATE texts SET body = x'28b52ffd00' WHERE article_id = 2", ()),
}
SLUG = "harbour-strike-ends"

SHOWING = [
    f"/article/{SLUG}",
    "/export/csv?q=missiles",
    "/export/ndjson?q=missiles",
    "/feed.atom?q=missiles",
]
SHOWING_COMMANDS = [
    ("show", SLUG),
    ("export",),
]


@pytest.fixture(scope="module", params=list(DAMAGE))
def damaged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = build(tmp_path_factory.mktemp("archive"), "memory")
    statement, values = DAMAGE[request.param]
    with sqlite3.connect(settings.store_path) as connection:
        assert connection.execute("SELECT slug FROM articles WHERE id = 2").fetchone() == (SLUG,)
        assert connection.execute(statement, values).rowcount == 1
    connection.close()
    return settings


@pytest.fixture(scope="module")
def client(damaged: Settings):
    with Services(damaged) as services:
        app = create_app(damaged, services=services)
        app.test_client_class = BufferedClient
        yield app.test_client()


@pytest.mark.parametrize("address", SHOWING)
def test_a_page_that_would_show_it_names_it_and_the_command(client, address: str) -> None:
    answer = client.get(address)

    assert answer.status_code == 503
    assert SLUG in answer.text
    assert "archive verify" in answer.text
    assert "Traceback" not in answer.text


def test_the_api_has_a_code_for_it(client) -> None:
    answer = client.get(f"/api/v1/articles/{SLUG}")

    assert answer.status_code == 503
    assert answer.json["error"]["code"] == "article_damaged"
    assert SLUG in answer.json["error"]["message"]
    assert "archive verify" in answer.json["error"]["message"]


def test_search_keeps_its_place_and_shows_the_others(client) -> None:
    answer = client.get("/api/v1/search?q=missiles+OR+approved")

    assert answer.status_code == 200
    assert answer.json["total"] == len(answer.json["hits"]) == 3
    hits = {hit["id"]: hit for hit in answer.json["hits"]}
    assert (hits[2]["slug"], hits[2]["damaged"]) == (SLUG, True)
    assert "archive verify" in hits[2]["snippets"][0]["text"]
    assert "damaged" not in hits[1]


def test_page_of_results_says_so_in_its_place(client) -> None:
    answer = client.get("/?q=missiles+OR+approved")

    assert answer.status_code == 200
    assert "Damaged article" in answer.text
    assert "archive verify" in answer.text
    assert "Harbour strike" not in answer.text
    assert "Missiles banned" not in answer.text


@pytest.mark.parametrize("flags", [(), ("--json",)], ids=["for people", "json"])
def test_search_command_says_so_in_its_place(damaged: Settings, flags: tuple[str, ...]) -> None:
    done = CliRunner().invoke(
        cli,
        ["search", "--home", str(damaged.home), "missiles", *flags],
        env={"ARCHIVE_ENGINE": "memory"},
    )

    assert done.exit_code == 0
    assert SLUG in done.stdout
    assert "archive verify" in done.stdout
    assert "Harbour strike" not in done.stdout


def test_searches_that_do_not_show_it_are_answered(client) -> None:
    answer = client.get("/api/v1/search?q=approved")

    assert answer.status_code == 200
    assert [hit["id"] for hit in answer.json["hits"]] == [1]


@pytest.mark.parametrize("arguments", SHOWING_COMMANDS, ids=" ".join)
def test_a_command_that_would_show_it_fails_and_names_it(
    damaged: Settings, arguments: tuple[str, ...]
) -> None:
    done = CliRunner().invoke(
        cli, [arguments[0], "--home", str(damaged.home), *arguments[1:]], env={"ARCHIVE_ENGINE": "memory"}
    )

    assert done.exit_code == 1
    assert f"({SLUG})" in done.stderr
    assert "archive verify" in done.stderr
    assert "Traceback" not in done.output
    assert "Harbour strike" not in done.stdout


def test_the_command_that_is_named_names_it_too(damaged: Settings) -> None:
    done = CliRunner().invoke(cli, ["verify", "--home", str(damaged.home)])

    assert done.exit_code == 1
    assert f"article 2 ({SLUG})" in done.output


def test_a_damaged_former_version_is_not_shown(tmp_path: Path) -> None:
    settings = build(tmp_path, "memory")
    with Store.open(settings.store_path) as store:
        store.put([replace(store.get(1), title="Other title")])
        with sqlite3.connect(settings.store_path) as connection:
            connection.execute("UPDATE versions SET title = 'What it never said'")
        connection.close()

        with pytest.raises(ArticleDamagedError, match="archive verify"):
            store.versions(1)
        assert store.get(1).title == "Other title"
