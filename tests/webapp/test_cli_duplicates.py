"""``archive duplicates``, and that ingesting finds them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from webapp.cli import cli

STORY = "\n\n".join(
    f"Paragraph {number} tells of the harbour strike: {' '.join(f'word{number}x{n}' for n in range(30))}."
    for number in range(6)
)


def run(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments[:1], "--home", str(home), *arguments[1:]])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    articles = tmp_path / "articles.jsonl"
    rows = [
        {
            "title": "Strike",
            "text": STORY,
            "date": "2024-09-10",
            "source": "Gazette",
            "url": "https://a.org/1",
        },
        {"title": "Dock strike", "text": STORY + "\n\nMore.", "date": "2024-09-11", "source": "Herald"},
        {"title": "Pearls", "text": "Pearl divers met. " * 3, "date": "2024-09-10", "source": "Gazette"},
    ]
    articles.write_text("\n".join(json.dumps(row) for row in rows))
    home = tmp_path / "home"
    assert run(home, "ingest", str(articles)).exit_code == 0
    return home


def test_ingest_finds_copies_and_duplicates_prints_them(home: Path) -> None:
    result = run(home, "duplicates")

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "Strike",
        "    10 September 2024 · Gazette",
        "    strike",
        "  Dock strike",
        "    11 September 2024 · Herald · 99% alike",
        "    dock-strike",
        "",
    ]
    assert result.stderr.strip() == "1 group of 2 articles."


def test_duplicates_as_json_name_what_each_is_like(home: Path) -> None:
    result = run(home, "duplicates", "--json")

    (group,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert group["group"] == 1
    assert [(each["slug"], each["similar_to"]) for each in group["articles"]] == [
        ("strike", None),
        ("dock-strike", "strike"),
    ]
    assert 0.9 < group["articles"][1]["similarity"] < 1


def test_duplicates_anew_looks_at_every_article(home: Path) -> None:
    result = run(home, "duplicates", "--anew")

    assert "Looked at 3 articles; 0 came into a group." in result.stderr


def test_what_was_stored_without_index_is_found_by_a_scan(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.txt"
    copy.write_text(f"A third paper\n\n{STORY}")
    run(home, "ingest", str(copy), "--no-index")

    result = run(home, "duplicates", "--scan", "--json")

    assert len(json.loads(result.stdout)["articles"]) == 3


def test_search_finds_duplicates_and_leaves_them_out(home: Path) -> None:
    found = run(home, "search", "is:duplicate", "--json").stdout.splitlines()
    others = run(home, "search", "--json", "--", "-is:duplicate").stdout.splitlines()

    assert {json.loads(line)["slug"] for line in found} == {"strike", "dock-strike"}
    assert {json.loads(line)["slug"] for line in others} == {"pearls"}
