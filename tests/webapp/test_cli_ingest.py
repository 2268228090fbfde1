"""Ingesting and extracting from the command line, in process and as real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from webapp.cli import cli
from webapp.cli.serving import find_seeds

ROOT = Path(__file__).parents[2]

ARTICLE = "Harbour strike\n\nBy Ada Lovelace\n\nDock workers walked out on Monday.\n\nNobody came back.\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two articles, one of them in JSONL beside a broken line, and an empty file."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text(ARTICLE, "utf-8")
    good = json.dumps({"headline": "Pearl diving", "content": "Divers found pearls.", "kicker": "Sea"})
    (folder / "b.jsonl").write_text(f"{good}\n{{broken\n", "utf-8")
    (folder / "c.txt").write_bytes(b"")
    return folder


def run(home: Path, *arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, [arguments[0], "--home", str(home), *arguments[1:]], input=stdin)


@contextmanager
def started(home: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``archive`` as a process of its own, which ends with the block at the latest."""
    command = [sys.executable, "-W", "ignore", "-m", "webapp.cli", *arguments, "--home", str(home)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def titles(home: Path, query: str) -> list[str]:
    lines = run(home, "search", query, "--json").stdout.splitlines()
    return [json.loads(line)["title"] for line in lines]


def test_ingest_names_each_failure_and_takes_in_the_rest(home: Path, folder: Path) -> None:
    result = run(home, "ingest", str(folder))

    assert result.exit_code == 1
    assert result.stdout.strip() == "added 2, changed 0, unchanged 0, duplicate 0, failed 2"
    failures = [line for line in result.stderr.splitlines() if line.startswith("Failed: ")]
    assert len(failures) == 2
    assert "b.jsonl line 2: " in failures[0]
    assert "c.txt: the file is empty" in failures[1]
    assert titles(home, "strike") == ["Harbour strike"]


def test_ingest_again_changes_nothing_and_a_changed_file_keeps_its_slug(home: Path, folder: Path) -> None:
    source = folder / "a.txt"
    run(home, "ingest", str(source))

    again = run(home, "ingest", str(source))
    source.write_text(ARTICLE.replace("Nobody", "Everybody"), "utf-8")
    changed = run(home, "ingest", str(source))

    assert again.stdout.strip() == "added 0, changed 0, unchanged 1, duplicate 0, failed 0"
    assert changed.stdout.strip() == "added 0, changed 1, unchanged 0, duplicate 0, failed 0"
    assert "Everybody came back." in run(home, "show", "harbour-strike").stdout
    assert titles(home, "everybody") == ["Harbour strike"]
    assert titles(home, "nobody") == []


def test_ingest_reads_standard_input(home: Path) -> None:
    result = run(home, "ingest", "-", stdin='{"title": "From a pipe", "text": "Some words."}\n')

    assert result.exit_code == 0
    assert titles(home, "pipe") == ["From a pipe"]


def test_fields_name_what_aliases_do_not_cover(home: Path, folder: Path) -> None:
    run(home, "ingest", str(folder / "b.jsonl"), "--fields", "section=kicker")

    assert titles(home, "tag:sea") == ["Pearl diving"]


FIELDS = [
    pytest.param("title", "give pairs such as", id="no-name"),
    pytest.param("=x", "give pairs such as", id="no-field"),
    pytest.param("colour=x", "there is no field 'colour'", id="unknown-field"),
]


@pytest.mark.parametrize(("text", "message"), FIELDS)
def test_wrong_fields_are_wrong_usage(home: Path, text: str, message: str) -> None:
    result = run(home, "ingest", "x", "--fields", text)

    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.parametrize("command", ["ingest", "extract"])
def test_nothing_to_read_is_wrong_usage(home: Path, command: str) -> None:
    result = run(home, command)

    assert result.exit_code == 2
    assert "--manifest FILE" in result.stderr


def test_a_manifest_knows_better_than_the_file(home: Path, folder: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "list.jsonl"
    row = {"path": "articles/a.txt", "id": "one", "title": "Another title", "url": "https://example.org/a"}
    manifest.write_text(json.dumps(row) + "\n", "utf-8")

    extracted = json.loads(run(home, "extract", "--manifest", str(manifest)).stdout)
    stored = run(home, "ingest", "--manifest", str(manifest))

    assert (extracted["id"], extracted["title"], extracted["url"]) == ("one", "Another title", row["url"])
    assert extracted["provenance"]["title"]["method"] == "manifest"
    assert stored.exit_code == 0
    assert titles(home, "another") == ["Another title"]


def test_extract_prints_articles_and_stores_nothing(home: Path, folder: Path) -> None:
    result = run(home, "extract", str(folder), "--jsonl")

    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1  # two parts of the folder cannot be read
    assert [row["title"] for row in found] == ["Harbour strike", "Pearl diving"]
    assert set(found[0]) == {
        *("id", "path", "title", "authors", "date", "text"),
        *("language", "source", "url", "provenance"),
    }
    assert (found[0]["authors"], found[0]["date"]) == (["Ada Lovelace"], None)
    assert not home.exists()


def test_without_index_articles_wait_for_the_next_ingest(home: Path, folder: Path) -> None:
    run(home, "ingest", "--no-index", str(folder / "a.txt"))

    before = run(home, "search", "strike")
    run(home, "ingest", str(folder / "b.jsonl"))

    assert before.exit_code == 1
    assert "archive reindex" in before.stderr
    assert titles(home, "strike") == ["Harbour strike"]


def test_many_notes_are_counted_not_printed(home: Path, tmp_path: Path) -> None:
    source = tmp_path / "many.jsonl"
    rows = [{"title": f"T{n}", "text": f"Text {n}.", "date": "never"} for n in range(30)]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")

    result = run(home, "ingest", str(source))

    assert sum(line.startswith("Note: ") for line in result.stderr.splitlines()) == 20
    assert "… and 10 more notes" in result.stderr


# The samples


def test_demo_ingests_the_samples(home: Path) -> None:
    result = run(home, "demo", "--no-serve")

    assert result.exit_code == 0
    assert len(titles(home, "atacms")) == 2
    assert len(titles(home, '"long-range missiles"')) == 1
    assert len(titles(home, "is:undated")) == 2
    assert len(titles(home, "author:")) == 2


def test_the_samples_are_found() -> None:
    seeds = find_seeds()

    assert seeds is not None
    assert len(list(seeds.glob("*.txt"))) >= 2


# Real processes


def test_demo_serves_until_interrupted(home: Path) -> None:
    with started(home, "demo", "--port", "0") as process:
        assert process.stdout is not None
        line = process.stdout.readline().decode()
        url = line.split()[-1]
        with urllib.request.urlopen(f"{url}?q=atacms", timeout=20) as answer:
            page = answer.read().decode()
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)

    assert line.startswith("Serving the archive at http://127.0.0.1:")
    assert "<mark>ATACMS</mark>" in page
    assert process.returncode == 0


def test_a_closed_pipe_ends_quietly(home: Path, tmp_path: Path) -> None:
    source = tmp_path / "many.jsonl"
    rows = [{"title": f"Bulletin {n}", "text": "Ships. " * 2000, "id": n} for n in range(100)]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    run(home, "ingest", str(source))

    with started(home, "export") as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        words = process.stderr.read()
        process.wait(timeout=20)

    assert json.loads(first)["title"] == "Bulletin 0"
    assert words == b""


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_killed_ingest_is_caught_up_with_by_the_next(home: Path, tmp_path: Path) -> None:
    source = tmp_path / "many.jsonl"
    rows = [{"title": f"Bulletin {n}", "text": f"Ships of day {n}.", "id": n} for n in range(3000)]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    run(home, "demo", "--no-serve")
    with started(home, "ingest", str(source)) as process:
        deadline = time.monotonic() + 20
        while _articles(home) < 1000 and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.02)
        process.kill()
        process.communicate(timeout=20)

    stored = _articles(home)
    found = len(titles_of_all(home))

    assert stored >= 1000
    assert found == stored


def _articles(home: Path) -> int:
    return int(json.loads(run(home, "status", "--json").stdout)["articles"])


def titles_of_all(home: Path) -> list[str]:
    return run(home, "search", "--limit", "10000", "--json").stdout.splitlines()
