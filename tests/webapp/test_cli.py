"""The command line: what each command prints where, and with which exit code."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from archive.store import Store
from tests.webapp.small_archive import build
from webapp.cli import cli
from webapp.cli.common import marked
from webapp.cli.progress import describe, duration
from webapp.cli.serving import _or_free
from webapp.models import SearchParams
from webapp.presenters import hit_json
from webapp.services import Services
from webapp.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return build(tmp_path_factory.mktemp("archive"), "tantivy", extra=130)


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """An archive that a test may change."""
    return build(tmp_path, "tantivy")


def run(settings: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments[:1], "--home", str(settings.home), *arguments[1:]])


def rows(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


# search


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
    from dataclasses import replace

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


WRONG = [
    pytest.param(["search", "--sort", "best"], 2, "--sort", id="option"),
    pytest.param(["search", "--from", "soon"], 2, "--from must be a date", id="date"),
    pytest.param(["search", "((((((((((((((((((((((((((a"], 2, "too deep", id="query"),
    pytest.param(["search", "--limit", "200", "--page", "2"], 2, "--page goes with", id="page-of-many"),
    pytest.param(["search", "--engine", "lucene"], 2, "'lucene' is not one of", id="engine"),
    pytest.param(["show", "nobody"], 1, "'nobody'. Find its address with: archive search", id="slug"),
    pytest.param(["similar", "nobody"], 1, "archive search WORDS", id="similar"),
    pytest.param(["searches", "run", "nobody"], 1, "listed by: archive searches", id="saved-search"),
    pytest.param(
        ["export", "x", "--output", "/no/such/x.csv"], 2, "no folder /no/such: make it", id="no-folder"
    ),
    pytest.param(["search", "x", "--answer", "--json"], 2, "--answer is one page", id="answer-of-lines"),
    pytest.param(["search", "x", "--json", "--facets"], 2, "--answer prints facets", id="facets-of-lines"),
    pytest.param(["search", "x", "--cursor", "abc"], 2, "cursor: it must be the 'next'", id="cursor"),
    pytest.param(["delete", "nobody"], 1, "There is no article nobody", id="delete"),
]


@pytest.mark.parametrize(("arguments", "code", "message"), WRONG)
def test_what_is_wrong_is_said_in_a_line(
    settings: Settings, arguments: list[str], code: int, message: str
) -> None:
    result = run(settings, *arguments)

    assert result.exit_code == code
    assert message in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", [["search", "x"], ["show", "x"], ["status"], ["reindex"], ["export"]])
def test_no_archive_names_the_command_that_begins_one(tmp_path: Path, command: list[str]) -> None:
    result = run(Settings(home=tmp_path / "none"), *command)

    assert result.exit_code == 1
    assert "archive ingest" in result.stderr
    assert not (tmp_path / "none").exists()


def test_a_wrong_configuration_file_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("prot = 1\n")

    result = run(Settings(home=tmp_path), "status")

    assert result.exit_code == 2
    assert "did you mean 'port'" in result.stderr


def test_an_interrupt_ends_with_130(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Services, "search", interrupt)

    result = run(settings, "search", "x")

    assert result.exit_code == 130
    assert "Interrupted" in result.stderr


def heed_interrupts() -> None:
    """Undo what a shell does to what it runs in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(settings: Settings, *arguments: str, **more: Any) -> subprocess.Popen[str]:
    """Start the command line as a process of its own, as a shell does."""
    command = [
        sys.executable,
        "-m",
        "webapp.cli",
        *arguments[:1],
        "--home",
        str(settings.home),
        *arguments[1:],
    ]
    return subprocess.Popen(command, text=True, stderr=subprocess.PIPE, cwd=ROOT, **more)


@pytest.mark.skipif(os.name == "nt", reason="pipes end otherwise there")
@pytest.mark.parametrize(
    "arguments", [("search", "--all", "--json"), ("export",), ("export", "bulletin", "--format", "csv")]
)
def test_a_reader_that_goes_ends_the_output_quietly(settings: Settings, arguments: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)

    process = start(settings, *arguments, stdout=writing)
    os.close(writing)
    said = process.communicate(timeout=60)[1]

    assert process.returncode == 141
    assert "Traceback" not in said
    assert "Error" not in said


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_an_interrupt_ends_a_command_under_way(settings: Settings) -> None:
    reading, writing = os.pipe()  # nobody reads: the command waits when the pipe is full
    process = start(settings, "export", stdout=writing, preexec_fn=heed_interrupts)
    os.close(writing)
    os.read(reading, 1)  # it has begun

    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[1]
    os.close(reading)

    assert process.returncode == 130
    assert said.strip() == "Error: Interrupted."


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


@pytest.mark.parametrize(
    "address",
    ["/article/undated-notes", "http://127.0.0.1:8000/article/undated-notes?q=x&page=2", "undated-notes"],
)
def test_an_article_may_be_named_by_the_address_of_its_page(settings: Settings, address: str) -> None:
    assert run(settings, "show", address).stdout.startswith("Undated notes")


def test_every_command_stands_under_a_heading_of_the_help() -> None:
    shown = CliRunner().invoke(cli, ["--help"]).stdout

    assert "Commands:" not in shown
    assert "Find and read them:\n  search " in shown
    assert all(re.search(rf"^  {name} ", shown, re.MULTILINE) for name in cli.commands)


def test_an_interrupt_while_it_is_loaded_ends_without_a_traceback() -> None:
    code = (
        "import os, signal; from webapp.cli import _starting; signal.signal(signal.SIGINT, _starting._leave);"
        "os.kill(os.getpid(), signal.SIGINT)"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stderr) == (130, "")


def test_once_loaded_the_signal_is_the_commands_again() -> None:
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "import webapp.cli; assert signal.getsignal(signal.SIGINT) is signal.default_int_handler"
    )

    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)


# show, export, delete


def test_show_prints_facts_and_text(settings: Settings) -> None:
    result = run(settings, "show", "harbour-strike-ends", "-q", "strike", "--provenance")

    assert result.stdout.splitlines()[:2] == ["Harbour [strike] ends", "Authors: Ada Lovelace, Grace Hopper"]
    assert "Published: May 2023" in result.stdout
    assert "Dock workers ended their [strike]." in result.stdout


def test_show_json_is_the_whole_article(settings: Settings) -> None:
    (row,) = rows(run(settings, "show", "undated-notes", "--json"))

    assert (row["published"], row["authors"], row["slug"]) == (None, [], "undated-notes")
    assert row["origin"]["path"] == "/data/3.txt"  # type: ignore[index]


def test_export_prints_every_article(settings: Settings) -> None:
    found = rows(run(settings, "export", "--jsonl"))

    assert len(found) == 134
    assert all(row["text"] for row in found)


def test_delete_removes_from_archive_and_index(own: Settings) -> None:
    result = run(own, "delete", "undated-notes", "nobody")

    assert (result.exit_code, result.stdout.strip()) == (1, "Deleted 1 article.")
    assert rows(run(own, "search", "--json", "diving")) == []
    assert rows(run(own, "status", "--json"))[0]["articles"] == 3


# status, reindex, verify


def test_status_tells_articles_and_index(settings: Settings) -> None:
    (status,) = rows(run(settings, "status", "--json"))

    assert (status["articles"], status["ready"], status["behind"], status["engine"]) == (
        134,
        True,
        0,
        "tantivy",
    )
    assert status["indexes"]["tantivy"]["documents"] == 134  # type: ignore[index]
    assert (status["changes"], status["undated"], status["versions"]) == (134, 1, 0)
    assert status["store_bytes"] > 10_000  # type: ignore[operator]
    assert (status["password"], status["tokens"]) == (False, 0)
    words = run(settings, "status").stdout
    assert "134 articles, up to date" in words
    assert "Articles: 134, 1 undated" in words
    assert "Next:" not in words


def test_a_lost_index_is_told_everywhere_until_it_is_rebuilt(own: Settings) -> None:
    shutil.rmtree(own.index_root)

    search, status, verify = run(own, "search", "x"), run(own, "status", "--json"), run(own, "verify")
    hints = run(own, "status")
    rebuilt = run(own, "reindex")

    assert (search.exit_code, search.stdout) == (1, "")
    assert "archive reindex" in search.stderr
    assert rows(status)[0]["ready"] is False
    assert "Next:     archive reindex --if-needed mends the tantivy index" in hints.stdout
    assert verify.exit_code == 1
    assert "archive reindex" in verify.stderr
    assert (rebuilt.exit_code, rebuilt.stdout.split(" in ")[0]) == (0, "Indexed 4 articles")
    assert len(rows(run(own, "search", "missiles", "--json"))) == 3


def test_reindex_builds_another_engine_beside(own: Settings) -> None:
    assert run(own, "reindex", "--engine", "memory").exit_code == 0

    (status,) = rows(run(own, "status", "--json"))
    found = rows(run(own, "search", "missiles", "--engine", "memory", "--json"))

    assert set(status["indexes"]) == {"tantivy", "memory"}  # type: ignore[call-overload]
    assert len(found) == 3


def test_verify_finds_articles_that_the_index_lacks(own: Settings) -> None:
    good = run(own, "verify")
    with Store.open(own.store_path) as store:
        mark, sequence = next(iter(store.marks().items()))
        gone = store.by_slug("undated-notes").id
        store.delete([gone])
        store.set_mark(mark, sequence + 1)  # as if the index knew

    bad = run(own, "verify")

    assert (good.exit_code, good.stdout.strip()) == (0, "Checked 4 articles; 0 problems.")
    assert bad.exit_code == 1
    assert "In the index and not stored: 1." in bad.stderr
    told = run(own, "verify", "--json")
    assert told.exit_code == 1
    (row,) = rows(told)
    assert (row["articles"], row["repaired"]) == (3, [])
    assert any("In the index and not stored: 1." in problem for problem in row["problems"])  # type: ignore[attr-defined]


# printing


def test_marks_are_brackets_where_bold_cannot_be() -> None:
    assert marked("one two", ((4, 7),)) == "one [two]"


def test_marks_are_bold_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.cli.common.is_styled", lambda: True)

    assert marked("one two", ((4, 7),)) == "one \x1b[1mtwo\x1b[0m"


DURATIONS = [
    pytest.param(0.4, "0 s", id="none"),
    pytest.param(59.6, "1 min 0 s", id="rounded-up"),
    pytest.param(200, "3 min 20 s", id="minutes"),
    pytest.param(7500, "2 h 5 min", id="hours"),
]


@pytest.mark.parametrize(("seconds", "text"), DURATIONS)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_progress_tells_amount_rate_and_time_left() -> None:
    assert describe("Indexing", 5000, 20000, rate=2500.4, left_s=6.0) == (
        "Indexing: 5,000 of 20,000, 2,500 a second, 6 s left"
    )
    assert describe("Reading", 5000, None, rate=2500.0, left_s=None) == "Reading: 5,000, 2,500 a second"


def test_the_demo_takes_a_free_port_when_the_usual_one_is_taken(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    with socket.socket() as taken:
        taken.bind((settings.host, 0))
        busy = replace(settings, port=taken.getsockname()[1])

        assert _or_free(busy, None).port == 0
        assert _or_free(busy, busy.port).port == busy.port
