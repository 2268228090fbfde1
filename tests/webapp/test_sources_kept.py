"""`--keep-source`, `show --source` and `reprocess`: the original bytes, and what is read from them again."""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.store import Store
from webapp.cli import cli

PAGE = """<!doctype html><html lang="en"><head><title>{title}</title>
<meta name="author" content="Ada Lovelace"><link rel="canonical" href="https://news.example/{title}"></head>
<body><article><h1>{title}</h1>{body}</article></body></html>"""
BODY = "".join(
    f"<p>Paragraph {n} tells of the harbour and of the strike that went on there.</p>" for n in range(9)
)


def page(title: str) -> bytes:
    return PAGE.format(title=title, body=BODY.replace("strike", f"strike {title}")).encode()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A page, a text, a list and a container with a page."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "page.html").write_bytes(page("pier"))
    (folder / "note.txt").write_bytes("Caf\xe9 note\n\nSome text of the note.".encode("latin-1"))
    (folder / "list.jsonl").write_text('{"title": "Listed", "text": "A record of a list."}\n')
    with zipfile.ZipFile(folder / "pages.zip", "w") as zipped:
        zipped.writestr("inside.html", page("inside"))
    return folder


def run(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments[:1], "--home", str(home), *arguments[1:]])


def test_kept_sources_are_the_very_bytes(home: Path, folder: Path) -> None:
    run(home, "ingest", str(folder), "--keep-source")

    found = {
        slug: run(home, "show", slug, "--source").stdout_bytes for slug in ("pier", "inside", "cafe-note")
    }

    assert found == {
        "pier": (folder / "page.html").read_bytes(),
        "inside": page("inside"),
        "cafe-note": (folder / "note.txt").read_bytes(),
    }


def test_keeping_does_not_change_what_is_read(home: Path, folder: Path, tmp_path: Path) -> None:
    kept = run(home, "ingest", str(folder), "--keep-source")
    plain = run(tmp_path / "other", "ingest", str(folder))

    assert kept.stdout == plain.stdout == "added 4, changed 0, unchanged 0, duplicate 0, failed 0\n"
    for slug in ("pier", "inside", "cafe-note", "listed"):
        with Store.open(home / "archive.db") as one, Store.open(tmp_path / "other" / "archive.db") as two:
            assert one.by_slug(slug).content_hash == two.by_slug(slug).content_hash


@pytest.mark.parametrize("keep", [False, True], ids=["not-kept", "record-of-a-list"])
def test_source_that_is_not_there_is_said_so(home: Path, folder: Path, keep: bool) -> None:
    run(home, "ingest", str(folder), *(["--keep-source"] if keep else []))

    result = run(home, "show", "listed", "--source")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "was not kept" in result.stderr


def test_setting_keeps_sources_too(home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCHIVE_KEEP_SOURCE", "1")
    run(home, "ingest", str(folder))

    assert run(home, "show", "pier", "--source").exit_code == 0


def test_ingesting_again_keeps_what_was_not_kept(home: Path, folder: Path) -> None:
    run(home, "ingest", str(folder))
    again = run(home, "ingest", str(folder), "--keep-source")

    assert "unchanged 4" in again.stdout
    assert run(home, "show", "pier", "--source").exit_code == 0


def spoiled(home: Path) -> None:
    """Articles as a poorer reader left them."""
    with Store.open(home / "archive.db") as store:
        for slug in ("pier", "inside"):
            document = store.by_slug(slug)
            poor = "Menu. Cookies."
            store.put([replace(document, text=poor, lead=poor, words=2, content_hash=f"spoiled {slug}")])


def test_reprocess_reads_again_and_leaves_edits_alone(home: Path, folder: Path) -> None:
    run(home, "ingest", str(folder), "--keep-source")
    spoiled(home)
    run(home, "edit", "pier", "--author", "By Hand")
    for path in folder.iterdir():
        path.unlink()

    result = run(home, "reprocess", "--all")

    assert result.stdout == "changed 2, unchanged 1, without source 0, failed 0\n"
    with Store.open(home / "archive.db") as store:
        pier = store.by_slug("pier")
        assert "Paragraph 8" in pier.text
        assert "Paragraph 8" in store.by_slug("inside").text
        assert (pier.authors, pier.identity) == (("By Hand",), "url:https://news.example/pier")
        assert len(store.versions(pier.id)) == 3
    assert len(run(home, "search", "paragraph", "--json").stdout.splitlines()) == 2


def test_reprocess_of_one_article_and_twice(home: Path, folder: Path) -> None:
    run(home, "ingest", str(folder), "--keep-source")

    assert run(home, "reprocess", "pier").stdout.startswith("changed 0, unchanged 1,")


@pytest.mark.parametrize("arguments", [(), ("pier", "--all")], ids=["nothing", "both"])
def test_reprocess_must_know_what(home: Path, folder: Path, arguments: tuple[str, ...]) -> None:
    run(home, "ingest", str(folder))

    assert run(home, "reprocess", *arguments).exit_code == 2


def test_reprocess_names_what_it_cannot_read(home: Path, folder: Path) -> None:
    run(home, "ingest", str(folder), "--keep-source")
    with closing(sqlite3.connect(home / "archive.db")) as connection, connection:
        connection.execute("UPDATE originals SET body = x'00'")

    result = run(home, "reprocess", "pier", "listed")

    assert result.exit_code == 1
    assert "Failed: pier: a kept source is damaged" in result.stderr
    assert "without source 1, failed 1" in result.stdout


def test_sources_of_deleted_and_changed_articles_go(home: Path, folder: Path) -> None:
    run(home, "ingest", str(folder), "--keep-source")
    (folder / "page.html").write_bytes(page("pier").replace(b"Paragraph 3", b"Corrected 3"))
    run(home, "ingest", str(folder), "--keep-source")
    run(home, "delete", "inside")

    with closing(sqlite3.connect(home / "archive.db")) as connection:
        assert connection.execute("SELECT count(*) FROM originals").fetchone() == (2,)
    assert b"Corrected 3" in run(home, "show", "pier", "--source").stdout_bytes


DAMAGES = [
    pytest.param("UPDATE originals SET body = x'00' WHERE hash = ?", "cannot be unpacked", id="not-packed"),
    pytest.param("UPDATE originals SET size = 7 WHERE hash = ?", "7 were kept", id="size"),
    pytest.param("UPDATE originals SET body = 'text' WHERE hash = ?", "not what was kept", id="type"),
    pytest.param(
        "UPDATE originals SET body = (SELECT body FROM originals o WHERE o.hash <> originals.hash LIMIT 1), "
        "size = (SELECT size FROM originals o WHERE o.hash <> originals.hash LIMIT 1) WHERE hash = ?",
        "not what was kept",
        id="another-source",
    ),
    pytest.param("DELETE FROM originals WHERE hash = ?", "it is missing", id="gone"),
]


@pytest.mark.parametrize(("sql", "reason"), DAMAGES)
def test_damaged_source_is_named_and_can_be_kept_again(
    home: Path, folder: Path, sql: str, reason: str
) -> None:
    run(home, "ingest", str(folder), "--keep-source")
    whole = run(home, "verify", "--deep")
    with closing(sqlite3.connect(home / "archive.db")) as connection, connection:
        (hash_,) = connection.execute(
            "SELECT hash FROM article_originals JOIN articles ON id = article_id WHERE slug = 'pier'"
        ).fetchone()
        connection.execute(sql, (hash_,))

    damaged = run(home, "verify", "--deep")
    run(home, "verify", "--deep", "--repair")
    mended = run(home, "verify", "--deep")
    run(home, "ingest", str(folder), "--keep-source")

    assert (whole.exit_code, damaged.exit_code, mended.exit_code) == (0, 1, 0)
    (told,) = (line for line in damaged.output.splitlines() if hash_ in line)
    assert "(pier)" in told
    assert reason in told
    assert run(home, "show", "pier", "--source").stdout_bytes == page("pier")
