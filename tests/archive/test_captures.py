"""Captures of one page at several times: a version each, in the order of the captures, however they are read."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import itertools
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from made_files import SENTENCE, warc_record, zip_of

from archive.capturetimes import capture_times, instant_of, with_capture_times
from archive.document import Document, Provenance
from archive.ingest import IngestOptions, IngestReport, ingest
from archive.store import Store
from tests.archive.store_documents import document

URL = "https://one.example/mill"
TIMES = [f"20{year:02d}-05-06T07:08:09Z" for year in range(10, 22)]


def capture(word: str, at: str, title: str = "The mill", *, canonical: bool = False) -> bytes:
    link = f'<link rel="canonical" href="{URL}">' if canonical else ""
    body = "".join(f"<p>{SENTENCE}{number} {word}.</p>" for number in range(5))
    page = (
        f"<!DOCTYPE html><html><head><title>{title}</title>{link}</head>"
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    )
    return warc_record(URL, page.encode(), date=at)


def history(store: Store) -> list[tuple[str, list[str]]]:
    """What the article said from the first version to the current one, and when that was captured."""
    (current,) = (document for batch in store.iterate() for document in batch)
    states = [*(version.document for version in store.versions(current.id)), current]
    numbers = [version.number for version in store.versions(current.id)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert not list(store.verify_rows())
    return [
        (state.text.rstrip(".").rsplit(" ", 1)[1], [f"{at:%Y}" for at in capture_times(state.provenance)])
        for state in states
    ]


def packed(records: Sequence[bytes]) -> bytes:
    return b"".join(gzip.compress(record) for record in records)


def run(store: Store, folder: Path, *files: Sequence[bytes]) -> IngestReport:
    folder.mkdir(exist_ok=True)
    paths = []
    for number, records in enumerate(files):
        path = folder / f"{number}.warc.gz"
        path.write_bytes(packed(records))
        paths.append(path)
    return ingest(store, paths)


THREE = [
    ("first", TIMES[0]),
    ("second", TIMES[1]),
    ("third", TIMES[2]),
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("is_one_file", [True, False], ids=["one-file", "three-files"])
@pytest.mark.parametrize("titles", ["same", "changing"])
def test_captures_are_versions_in_the_order_of_their_times(
    store: Store, tmp_path: Path, order: tuple[int, ...], is_one_file: bool, titles: str
) -> None:
    records = [
        capture(word, at, "The mill" if titles == "same" else f"The {word} mill") for word, at in THREE
    ]
    chosen = [records[at] for at in order]

    run(store, tmp_path / "warc", *([chosen] if is_one_file else [[each] for each in chosen]))

    assert history(store) == [("first", ["2010"]), ("second", ["2011"]), ("third", ["2012"])]


@pytest.mark.parametrize("seed", range(5))
def test_any_order_of_captures_gives_one_history(store: Store, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    words = [rng.choice(["one", "two", "three"]) for _ in TIMES]
    records = [capture(word, at, canonical=bool(seed % 2)) for word, at in zip(words, TIMES, strict=True)]
    rng.shuffle(records)
    cut = rng.randrange(1, len(records))

    run(store, tmp_path / "warc", records[:cut], records[cut:])
    again = run(store, tmp_path / "warc", records[:cut], records[cut:])

    expected = [
        (word, [at[:4] for _, at in group])
        for word, group in itertools.groupby(zip(words, TIMES, strict=True), key=lambda each: each[0])
    ]
    assert history(store) == expected
    assert (again.added, again.changed, again.unchanged) == (0, 0, len(records))


def test_captures_in_a_wacz_are_versions_too(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "crawl.wacz"
    members = {
        "datapackage.json": "{}",
        "archive/a.warc.gz": packed([capture("second", TIMES[1]), capture("third", TIMES[2])]),
        "archive/b.warc.gz": packed([capture("first", TIMES[0])]),
    }
    path.write_bytes(zip_of(members))

    ingest(store, [path])

    assert [word for word, _ in history(store)] == ["first", "second", "third"]


def test_a_former_capture_is_told_and_indexes_look_again(store: Store, tmp_path: Path) -> None:
    run(store, tmp_path / "a", [capture("later", TIMES[3])])
    reached = store.last_sequence()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "b.warc").write_bytes(capture("earlier", TIMES[2]))
    told: list[str] = []

    report = ingest(store, [tmp_path / "b"], on_outcome=lambda outcome: told.append(outcome.reason))

    assert report.changed == 1
    assert told == ["captured before the current version of the-mill"]
    assert [change.id for change in store.changes_since(reached)] == [1]


def test_revisits_change_nothing(store: Store, tmp_path: Path) -> None:
    revisit = warc_record(URL, b"", kind="revisit", date=TIMES[5])

    run(store, tmp_path / "warc", [revisit, capture("only", TIMES[0]), revisit])

    assert history(store) == [("only", ["2010"])]


def test_a_page_that_was_not_captured_is_as_old_as_its_reading(store: Store, tmp_path: Path) -> None:
    html = capture("saved", TIMES[0], canonical=True).partition(b"\r\n\r\n")[2].partition(b"\r\n\r\n")[2]
    (tmp_path / "page.html").write_bytes(html)
    ingest(store, [tmp_path / "page.html"])

    run(store, tmp_path / "warc", [capture("old", TIMES[0])])

    assert [word for word, _ in history(store)] == ["old", "saved"]


def test_values_set_by_hand_stay_with_the_current_version(store: Store, tmp_path: Path) -> None:
    from archive.editing import Edit, edited

    run(store, tmp_path / "a", [capture("middle", TIMES[3])])
    store.put([edited(store.get(1), Edit(title="By hand"))])

    run(store, tmp_path / "b", [capture("early", TIMES[1]), capture("late", TIMES[5])])

    found = [*(version.document for version in store.versions(1)), store.get(1)]
    assert [each.title for each in found] == ["The mill", "The mill", "By hand", "By hand"]
    assert [each.text.rstrip(".").rsplit(" ", 1)[1] for each in found] == [
        "early",
        "middle",
        "middle",
        "late",
    ]


def test_the_kept_source_is_that_of_the_current_version(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc"
    path.write_bytes(capture("later", TIMES[3]) + capture("earlier", TIMES[2]))

    ingest(store, [path], options=IngestOptions(keep_source=True))

    from archive.originals import original_bytes

    kept = store.original_of(1)
    assert kept is not None
    assert b" later." in original_bytes(kept)


def test_a_capture_that_is_the_same_in_a_damaged_article_is_read_in(store: Store, tmp_path: Path) -> None:
    run(store, tmp_path / "a", [capture("one", TIMES[0])])
    with store._writer.begin() as connection:
        connection.exec_driver_sql("update texts set body = x'00'")

    run(store, tmp_path / "b", [capture("two", TIMES[1])])

    assert store.get(1).text.endswith("two.")


@pytest.mark.parametrize(
    ("raw", "instant"),
    [
        ("2020-01-02T03:04:05Z", dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=dt.UTC)),
        ("2020-01-02T03:04:05.123456Z", dt.datetime(2020, 1, 2, 3, 4, 5, 123456, tzinfo=dt.UTC)),
        ("20200102030405", dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=dt.UTC)),
        ("2020-01-02", dt.datetime(2020, 1, 2, tzinfo=dt.UTC)),
        ("Thu, 02 Jan 2020 05:04:05 +0200", dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=dt.UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        ("", None),
        ("99999999999999", None),
    ],
)
def test_times_of_capture_are_read_as_they_are_written(raw: str, instant: dt.datetime | None) -> None:
    assert instant_of(raw) == instant


def test_of_many_captures_the_first_ones_and_the_last_are_remembered() -> None:
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    times = [start + dt.timedelta(days=day) for day in range(100)]
    fetched = {"fetched": Provenance(method="header", raw="2020-01-01T00:00:00Z")}
    plain: Document = document("a", provenance=fetched)

    found = capture_times(with_capture_times(plain, times).provenance)

    assert found == (*times[:15], times[-1])


def test_a_file_that_is_read_from_a_stream_is_the_same(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    class Standard:
        buffer = io.BufferedReader(io.BytesIO(capture("later", TIMES[1]) + capture("earlier", TIMES[0])))

    monkeypatch.setattr("sys.stdin", Standard)

    ingest(store, ["-"])

    assert [word for word, _ in history(store)] == ["earlier", "later"]
