"""The command line's searches: hits, notes, pages, facets."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.store import Store
from tests.webapp.cli_runs import rows, run
from tests.webapp.small_archive import build
from webapp.cli import cli
from webapp.models import SearchParams
from webapp.presenters import hit_json
from webapp.services import Services
from webapp.settings import Settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return build(tmp_path_factory.mktemp("archive"), "tantivy", extra=130)


def test_search_prints_title_facts_slug_and_marked_passages(settings: Settings) -> None:
    result = run(settings, "search", '"long-range missiles"')

    assert result.exit_code == 0
    assert result.stderr.strip() == '1 article for: "long-range missiles"'
    assert result.stdout.splitlines()[:4] == [
        "  1. [Long-range missiles] approved",
        "     Ada Lovelace · 10 September 2024 · Daily Post",
        "     long-range-missiles-approved",
        "     The government approved [long-range missiles] on Tuesday.",
    ]


def test_a_slip_made_twice_is_noted_once_and_text_is_printed_without_escapes(settings: Settings) -> None:
    result = run(settings, "search", "() date:2024-13 ()")

    assert result.stderr.splitlines()[:3] == [
        "Note: Empty brackets were left out.",
        "Note: '2024-13' is not a date that date: knows; it was searched as text.",
        "0 articles for: date:2024-13",
    ]


@pytest.mark.parametrize("query", ["(((", "a (", "title:(", '"', "NOT ("])
def test_one_slip_is_one_note(settings: Settings, query: str) -> None:
    result = run(settings, "search", query)

    assert sum(line.startswith("Note: ") for line in result.stderr.splitlines()) == 1


def test_search_json_prints_the_hits_of_the_api(settings: Settings) -> None:
    with Services(settings) as services:
        expected = [hit_json(hit) for hit in services.search(SearchParams(q="missiles")).hits]

    result = run(settings, "search", "missiles", "--json")

    assert rows(result) == expected
    assert len(expected) == 3


def test_search_without_hits_is_no_failure(settings: Settings) -> None:
    result = run(settings, "search", "nowhere", "--json")

    assert (result.exit_code, result.stdout) == (0, "")
    assert "No articles match." in result.stderr


OPTIONS = [
    pytest.param(["--author", "grace hopper"], {"Harbour strike ends"}, id="author"),
    pytest.param(["--source", "Harbour News"], {"Harbour strike ends"}, id="source"),
    pytest.param(["--from", "2023", "--to", "2023-05"], {"Harbour strike ends"}, id="dates"),
    pytest.param(["is:undated"], {"Undated notes"}, id="undated"),
    pytest.param(["--lang", "xx"], set(), id="language"),
    pytest.param(["harbour", "strike"], {"Harbour strike ends", "Undated notes"}, id="several-words"),
]


@pytest.mark.parametrize(("arguments", "titles"), OPTIONS)
def test_search_options(settings: Settings, arguments: list[str], titles: set[str]) -> None:
    result = run(settings, "search", "--json", *arguments)

    assert {row["title"] for row in rows(result)} == titles


def test_partial_matches_are_told_apart(settings: Settings) -> None:
    found = rows(run(settings, "search", "--json", "harbour", "strike"))

    assert [(row["title"], row.get("partial"), row.get("missing")) for row in found] == [
        ("Harbour strike ends", None, None),
        ("Undated notes", True, ["strike"]),
    ]


def test_search_prints_more_than_one_request_holds(settings: Settings) -> None:
    found = rows(run(settings, "search", "bulletin", "--limit", "125", "--json"))

    assert len({row["id"] for row in found}) == 125


def test_search_pages(settings: Settings) -> None:
    first = rows(run(settings, "search", "--sort", "oldest", "--limit", "3", "--json"))
    second = rows(run(settings, "search", "--sort", "oldest", "--limit", "3", "--page", "2", "--json"))
    both = rows(run(settings, "search", "--sort", "oldest", "--limit", "6", "--json"))

    assert first + second == both


def test_stored_text_cannot_act_on_the_terminal(tmp_path: Path) -> None:

    from archive.document import Draft, Origin
    from archive.normalise import document_from_draft

    settings = Settings(home=tmp_path, engine="memory")
    document = document_from_draft(Draft(text="missile text", origin=Origin(path="/a.txt")))
    evil = "\x1b]0;owned\x07\x1b[2Jmissile\u202e\x9b31m"
    with Store.open(settings.store_path) as store:
        store.put([replace(document, title=evil, authors=(evil,), source=evil)])
    assert run(settings, "reindex", "--engine", "memory").exit_code == 0

    result = CliRunner(env={"ARCHIVE_ENGINE": "memory"}).invoke(
        cli, ["search", "--home", str(tmp_path), "missile"]
    )

    assert "missile" in result.output
    assert not set("\x1b\x07\u202e\x9b") & set(result.output)


def test_a_search_goes_on_where_its_cursor_points_until_the_last_hit(settings: Settings) -> None:
    found: list[str] = []
    cursor: list[str] = []
    while True:
        result = run(settings, "search", "bulletin", "--sort", "title", "--limit", "50", "--json", *cursor)
        found += [str(row["slug"]) for row in rows(result)]
        more = re.search(r"--cursor (\S+)", result.stderr)
        if more is None:
            break
        cursor = ["--cursor", more[1]]

    everything = run(settings, "search", "bulletin", "--sort", "title", "--all", "--json")
    assert found == [row["slug"] for row in rows(everything)]
    assert len(set(found)) == 130


def test_all_are_all_that_match_and_a_page_of_those_with_some_of_the_words(settings: Settings) -> None:
    result = run(settings, "search", "bulletin missiles", "--all", "--json")

    assert len(rows(result)) == 100
    assert re.search(r"There are more with some of the words: add --cursor \S+$", result.stderr.strip())


def test_numbers_go_on_behind_a_cursor(settings: Settings) -> None:
    first = run(settings, "search", "bulletin", "--limit", "7")
    more = re.search(r"--cursor (\S+)", first.stderr)
    assert more is not None

    second = run(settings, "search", "bulletin", "--limit", "3", "--cursor", more[1])

    assert re.findall(r"^ *(\d+)\. ", second.stdout, re.MULTILINE) == ["8", "9", "10"]


def test_facets_histogram_and_reasons_are_printed(settings: Settings) -> None:
    result = run(settings, "search", "missiles", "--facets", "--histogram", "--explain", "--limit", "1")

    lines = result.stdout.splitlines()
    assert " 100%  stem:missil" in result.stdout
    assert lines[lines.index("Author") + 1] == "  2  Ada Lovelace"
    bars = lines[lines.index("By month") + 1 :]
    assert len([line for line in bars if re.fullmatch(r"  \d{4}-\d\d     1  [█#]{40}", line)]) == 2
    assert "  2024-08     0" in bars
    assert "  1 more with a coarser date" in bars


def test_what_would_find_more_is_said_where_nothing_matches(settings: Settings) -> None:
    result = run(settings, "search", "misiles", "author:hopper")

    assert "Did you mean: missiles author:hopper (1 article)" in result.stderr
    assert "Without misiles: 1 article" in result.stderr


def test_an_empty_archive_says_how_to_begin(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, engine="memory")
    Store.open(settings.store_path).close()

    status = run(settings, "status")

    assert "Next:     archive ingest PATH takes articles in" in status.stdout
