"""History, differences and edits, on the command line and on the page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner, Result

from archive.document import Draft, Origin, Provenance
from archive.normalise import document_from_draft
from archive.store import Store
from tests.webapp.small_archive import XSS, build
from webapp.app import create_app
from webapp.cli import cli
from webapp.services import Services
from webapp.settings import Settings

SLUG = "long-range-missiles-approved"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return build(tmp_path, "tantivy")


def run(settings: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments[:1], "--home", str(settings.home), *arguments[1:]])


def test_edit_changes_the_article_and_the_index(settings: Settings) -> None:
    result = run(
        settings, "edit", SLUG, "--author", "Alan Turing", "--author", "Ada Lovelace", "--date", "2025-01"
    )

    assert (result.exit_code, result.stdout) == (0, f"Changed {SLUG}.\n")
    (found,) = run(settings, "search", "author:turing date:2025-01", "--json").stdout.splitlines()
    assert json.loads(found)["authors"] == ["Alan Turing", "Ada Lovelace"]
    assert "authors from hand, confidence 1.00" in run(settings, "show", SLUG, "--provenance").stdout


def test_edit_to_what_is_there_changes_nothing(settings: Settings) -> None:
    run(settings, "edit", SLUG, "--section", "World")

    assert run(settings, "edit", SLUG, "--section", "World").stdout == f"Nothing to change in {SLUG}.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((SLUG,), 2, "Give at least one value"),
        ((SLUG, "--date", "soon"), 2, "date: 'soon' cannot be read"),
        ((SLUG, "--clear", "text"), 2, "no field 'text'"),
        (("nobody", "--title", "x"), 1, "no article has the address"),
    ],
    ids=["nothing", "bad-date", "bad-clear", "unknown"],
)
def test_edit_refuses(settings: Settings, arguments: tuple[str, ...], code: int, message: str) -> None:
    result = run(settings, "edit", *arguments)

    assert result.exit_code == code
    assert message in result.stderr


def test_history_lists_the_versions(settings: Settings) -> None:
    run(settings, "edit", SLUG, "--title", "Missiles are approved")

    lines = run(settings, "history", SLUG, "--json").stdout.splitlines()

    assert [(json.loads(line)["version"], json.loads(line)["title"]) for line in lines] == [
        (1, "Long-range missiles approved"),
        (2, "Missiles are approved"),
    ]
    assert run(settings, "history", SLUG).stdout.splitlines()[3] == "     Missiles are approved"


def test_diff_marks_what_went_and_what_came(settings: Settings) -> None:
    run(settings, "edit", SLUG, "--title", "Missiles are approved")

    result = run(settings, "diff", SLUG)

    assert result.stdout == "title: [-Long-range missiles approved-]{+Missiles are approved+}\n"
    assert json.loads(run(settings, "diff", SLUG, "--json").stdout)["fields"]["title"]["after"] == (
        "Missiles are approved"
    )


def test_diff_of_an_unchanged_article_says_so(settings: Settings) -> None:
    assert "Nothing changed." in run(settings, "diff", SLUG).stderr


def test_diff_of_a_version_that_is_not_there_fails(settings: Settings) -> None:
    result = run(settings, "diff", SLUG, "--from", "7")

    assert (result.exit_code, "no version 7" in result.stderr) == (1, True)


def page(settings: Settings, path: str, status: int = 200) -> BeautifulSoup:
    with Services(settings) as services:
        response = create_app(settings, services=services).test_client().get(path)
    assert response.status_code == status
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def test_history_page_marks_changes_and_escapes_them(settings: Settings) -> None:
    with Services(settings) as services:
        for text in ("The pier is closed.\n\nSecond.", f"The pier is {XSS} open.\n\nSecond."):
            draft = Draft(text=text, title="Pier", origin=Origin(path="/pier"), language="en")
            services.store.put([document_from_draft(draft)])

    found = page(settings, "/article/pier/history")

    changes = found.select_one(".changes")
    assert changes is not None
    assert [each.get_text().strip() for each in changes.select("del")] == ["closed"]
    assert XSS in changes.get_text()
    assert not changes.select("script, img")
    assert len(changes.select("p")) == 2


def test_history_page_of_an_edit_shows_the_values(settings: Settings) -> None:
    run(settings, "edit", SLUG, "--title", "Missiles <b>are</b> approved")

    found = page(settings, f"/article/{SLUG}/history?from=1&to=2")

    assert found.select_one("td del").get_text() == "Long-range missiles approved"  # type: ignore[union-attr]
    assert found.select_one("td ins").get_text() == "Missiles <b>are</b> approved"  # type: ignore[union-attr]
    assert "The text is the same." in found.get_text()
    assert page(settings, f"/article/{SLUG}").select_one(f'a[href="/article/{SLUG}/history"]')


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/article/{SLUG}/history", 200),
        (f"/article/{SLUG}/history?from=9", 404),
        (f"/article/{SLUG}/history?from=x", 400),
        (f"/article/{SLUG}/history?q=x", 400),
        ("/article/nobody/history", 404),
    ],
)
def test_history_page_answers(settings: Settings, path: str, status: int) -> None:
    page(settings, path, status)


def test_history_tells_when_each_version_was_captured(settings: Settings) -> None:
    store_captures(settings, "2011-05-06T07:08:09Z", "2012-06-07T08:09:10Z")

    found = [json.loads(line) for line in run(settings, "history", "the-mill", "--json").stdout.splitlines()]

    assert [version["captured"] for version in found] == [["2011-05-06T07:08:09Z"], ["2012-06-07T08:09:10Z"]]
    assert "     captured 2011-05-06T07:08:09Z" in run(settings, "history", "the-mill").stdout.splitlines()
    assert "captured 6 May 2011" in page(settings, "/article/the-mill/history").get_text()


def store_captures(settings: Settings, *times: str) -> None:
    """Store an article that was captured at ``times`` and said something else each time."""
    for number, time in enumerate(times):
        draft = Draft(
            text=f"The mill turned {number} times.\n\nIt stands by the river.",
            title="The mill",
            url="https://one.example/mill",
            origin=Origin(path=f"capture{number}.warc"),
            provenance={"fetched": Provenance(method="header", detail="WARC-Date", raw=time)},
        )
        with Store.open(settings.store_path) as store:
            store.put([document_from_draft(draft)])
