"""Commands on articles and on the index: show, export, delete, status, reindex, verify."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from archive.store import Store
from tests.index.indexed_articles import change_manifest
from tests.webapp.cli_runs import rows, run
from tests.webapp.small_archive import build
from webapp.settings import Settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return build(tmp_path_factory.mktemp("archive"), "tantivy", extra=130)


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """An archive that a test may change."""
    return build(tmp_path, "tantivy")


@pytest.mark.parametrize(
    "address",
    ["/article/undated-notes", "http://127.0.0.1:8000/article/undated-notes?q=x&page=2", "undated-notes"],
)
def test_an_article_may_be_named_by_the_address_of_its_page(settings: Settings, address: str) -> None:
    assert run(settings, "show", address).stdout.startswith("Undated notes")


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
    change_manifest(own.index_root / mark, sequence=sequence + 1)

    bad = run(own, "verify")

    assert (good.exit_code, good.stdout.strip()) == (0, "Checked 4 articles; 0 problems.")
    assert bad.exit_code == 1
    assert "In the index and not stored: 1." in bad.stderr
    told = run(own, "verify", "--json")
    assert told.exit_code == 1
    (row,) = rows(told)
    assert (row["articles"], row["repaired"]) == (3, [])
    assert any("In the index and not stored: 1." in problem for problem in row["problems"])  # type: ignore[attr-defined]


def test_a_full_disk_is_said_with_what_to_do(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("index.indexer.Indexer.reindex", full)

    done = run(own, "reindex")

    assert done.exit_code == 1
    assert "Error: the disk is full: free some space and run the same command again." in done.stderr
