"""From sources to the store: counts, identities, one outcome an item."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

from archive.errors import LockHeldError, StoreError
from archive.ingest import IngestOptions, IngestReport, ItemOutcome, Progress, extract_items, ingest
from archive.lock import WriterLock
from archive.reading import ReadArticle
from archive.store import Store

SEEDS = Path(__file__).parents[2] / "seeds"


def counts(report: IngestReport) -> tuple[int, int, int, int, int]:
    return report.added, report.changed, report.unchanged, report.duplicate, report.failed


def record(number: int, **values: Any) -> dict[str, Any]:
    body = f"Article number {number} has words of its own, such as word{number}."
    return {"title": f"Title {number}", "text": body} | values


def write_lines(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
    return path


def test_the_seeds_are_stored_and_stay_as_they_are(store: Store) -> None:
    first = ingest(store, [SEEDS])
    second = ingest(store, [SEEDS])

    assert counts(first) == (2, 0, 0, 0, 0)
    assert counts(second) == (0, 0, 2, 0, 0)
    assert first.failures == first.warnings == []
    assert first.bytes == sum(path.stat().st_size for path in SEEDS.glob("*.txt"))
    titles = [document.title for batch in store.iterate() for document in batch]
    assert titles == [
        "US to Discuss Permitting Ukraine ATACMS Strikes on Russia",
        "The Pentagon and the State Department reportedly disagree on the issue",
    ]


def test_a_changed_file_is_an_update_that_keeps_its_slug(store: Store, folder: Path) -> None:
    path = folder / "a.txt"
    path.write_text("Title\n\nFirst words.", encoding="utf-8")
    ingest(store, [folder])
    slug = store.get(1).slug
    path.write_text("Title\n\nSecond words.", encoding="utf-8")

    report = ingest(store, [folder])

    assert counts(report) == (0, 1, 0, 0, 0)
    assert store.by_slug(slug).text == "Second words."


def test_bad_files_have_reasons_and_the_rest_is_stored(store: Store, folder: Path) -> None:
    (folder / "a.txt").write_text("Good one\n\nwords of a", encoding="utf-8")
    (folder / "b.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    (folder / "c.txt").write_bytes(b"")
    (folder / "d.txt").write_bytes(b" \n\t")
    (folder / "e.json").write_text("{broken", encoding="utf-8")
    (folder / "f.html").write_text("<html><body></body></html>", encoding="utf-8")
    (folder / "g.txt.gz").write_bytes(gzip.compress(b"x" * 200)[:-9])
    (folder / "h.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (folder / "z.txt").write_text("Good two\n\nwords of z", encoding="utf-8")

    report = ingest(store, [folder, folder / "gone.txt"])

    assert counts(report) == (2, 0, 0, 0, 8)
    codes = {Path(failure.path).name: failure.code for failure in report.failures}
    assert codes == {
        "b.txt": "unsupported",
        "c.txt": "empty",
        "d.txt": "empty",
        "e.json": "malformed",
        "f.html": "empty",
        "g.txt.gz": "malformed",
        "h.csv": "malformed",
        "gone.txt": "unreadable",
    }
    assert all(failure.reason for failure in report.failures)


def test_bad_lines_are_named_and_the_rest_is_stored(store: Store, folder: Path) -> None:
    good = [json.dumps(record(number)) for number in range(3)]
    (folder / "a.jsonl").write_text(
        "\n".join([good[0], "oops", good[1], '{"title": "x"}', good[2], '{"cut']), "utf-8"
    )

    report = ingest(store, [folder], options=IngestOptions(batch=2))

    assert counts(report) == (3, 0, 0, 0, 3)
    assert [(failure.member, failure.code) for failure in report.failures] == [
        ("line 2", "malformed"),
        ("line 4", "empty"),
        ("line 6", "malformed"),
    ]


IDENTITIES = [
    pytest.param({"url": "https://e.org/a?utm_source=x"}, "url:https://e.org/a", id="address"),
    pytest.param({"url": "http://e.org/a"}, "url:https://e.org/a", id="with-or-without-tls"),
    pytest.param({"url": "https://e.org/", "id": "7"}, "id:{path}#7", id="front-page-is-none"),
    pytest.param({"id": 7}, "id:{path}#7", id="record-id-in-its-file"),
    pytest.param({}, "path:{path}#line 1", id="place"),
]


@pytest.mark.parametrize(("values", "identity"), IDENTITIES)
def test_identities(store: Store, folder: Path, values: dict[str, Any], identity: str) -> None:
    path = write_lines(folder / "a.jsonl", [record(1, **values)])

    ingest(store, [path])

    assert store.get(1).identity == identity.format(path=path)


def test_other_articles_that_claim_an_address_are_kept_apart_and_said(store: Store, folder: Path) -> None:
    url = "https://e.org/series"
    path = write_lines(folder / "a.jsonl", [record(number, url=url, id=number) for number in range(3)])

    first = ingest(store, [path])
    second = ingest(store, [path])

    assert counts(first) == (3, 0, 0, 0, 0)
    assert counts(second) == (0, 0, 3, 0, 0)
    assert first.warned == 2
    assert "kept apart" in first.warnings[0].warnings[0]
    assert {document.url for batch in store.iterate() for document in batch} == {url}


def test_the_same_id_twice_in_a_file_loses_nothing(store: Store, folder: Path) -> None:
    path = write_lines(folder / "a.jsonl", [record(number, id="same") for number in range(3)])

    report = ingest(store, [path])

    assert counts(report) == (3, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("data", "titles"),
    [
        pytest.param(
            "".join(json.dumps(record(n, id=n)) + "\n" for n in range(2)), ["Title 0", "Title 1"], id="lines"
        ),
        pytest.param("A title\n\nAuthor:\n\nSome words.", ["A title"], id="one-article"),
        pytest.param(
            "<html><title>Page</title><article><p>" + "Words of a page. " * 30, ["Page"], id="a-page"
        ),
    ],
)
def test_standard_input(store: Store, monkeypatch: pytest.MonkeyPatch, data: str, titles: list[str]) -> None:
    class Standard:
        buffer = io.BufferedReader(io.BytesIO(data.encode()))

    monkeypatch.setattr("sys.stdin", Standard)

    ingest(store, ["-"])

    documents = [document for batch in store.iterate() for document in batch]
    assert [document.title for document in documents] == titles
    assert all(document.identity.startswith("hash:") for document in documents)
    assert all(document.origin.path == "-" for document in documents)


def test_what_a_manifest_knows_wins(store: Store, folder: Path) -> None:
    (folder / "a.txt").write_text("File title\n\nAuthor: File Author\n\nSome words.", encoding="utf-8")
    known = {"path": "a.txt", "id": "A7", "title": "Known title", "url": "https://e.org/a", "date": "2024-09"}
    manifest = write_lines(folder / "list.jsonl", [known, {"path": "gone.txt"}])

    report = ingest(store, [], options=IngestOptions(manifest=manifest))

    document = store.get(1)
    assert counts(report) == (1, 0, 0, 0, 1)
    assert report.failures[0].member == "line 2"
    assert (document.title, str(document.published), document.url) == (
        "Known title",
        "2024-09",
        "https://e.org/a",
    )
    assert document.authors == ("File Author",)
    assert document.provenance["title"].method == "manifest"
    assert document.provenance["authors"].method == "header"


def test_extracting_stores_nothing_and_keeps_ids(folder: Path) -> None:
    path = write_lines(folder / "a.jsonl", [record(1, id="A7"), {"title": "no text"}])

    article, failure = extract_items([path])

    assert isinstance(article, ReadArticle)
    assert (article.external_id, article.document.title) == ("A7", "Title 1")
    assert isinstance(failure, ItemOutcome)
    assert (failure.outcome, failure.member, failure.code) == ("failed", "line 2", "empty")


def test_progress_goes_to_the_end(store: Store, folder: Path) -> None:
    for number in range(5):
        write_lines(folder / f"{number}.jsonl", [record(number * 10 + line) for line in range(10)])
    seen: list[Progress] = []

    ingest(store, [folder], on_progress=seen.append)

    assert seen[-1].items == 50
    assert (seen[-1].files, seen[-1].files_total) == (5, 5)
    assert seen[-1].bytes_done == seen[-1].bytes_total > 0
    assert all(one.bytes_done <= two.bytes_done for one, two in zip(seen, seen[1:], strict=False))


def test_outcomes_are_told_one_by_one(store: Store, folder: Path) -> None:
    write_lines(folder / "a.jsonl", [record(1), {"title": "x"}])
    told: list[ItemOutcome] = []

    ingest(store, [folder], on_outcome=told.append)

    assert sorted((outcome.member, outcome.outcome) for outcome in told) == [
        ("line 1", "added"),
        ("line 2", "failed"),
    ]


def test_a_second_writer_is_told_who_writes(store: Store, folder: Path, tmp_path: Path) -> None:
    options = IngestOptions(lock_path=tmp_path / "archive.lock", lock_timeout_s=0)
    (folder / "a.txt").write_text("T\n\nwords", encoding="utf-8")

    with WriterLock(tmp_path / "archive.lock"), pytest.raises(LockHeldError):
        ingest(store, [folder], options=options)
    report = ingest(store, [folder], options=options)

    assert report.added == 1


def test_a_store_that_cannot_be_written_is_an_error(tmp_path: Path, folder: Path) -> None:
    (folder / "a.txt").write_text("T\n\nwords", encoding="utf-8")
    Store.open(tmp_path / "archive.db").close()

    with Store.open(tmp_path / "archive.db", read_only=True) as store, pytest.raises(StoreError):
        ingest(store, [folder])


def test_fields_and_order_of_day_and_month_as_told(store: Store, folder: Path) -> None:
    path = write_lines(folder / "a.jsonl", [{"h": "T", "b": "Some words.", "date": "01/02/2003"}])

    ingest(store, [path], options=IngestOptions(fields={"title": "h", "text": "b"}, day_first=True))

    assert (store.get(1).title, str(store.get(1).published)) == ("T", "2003-02-01")
