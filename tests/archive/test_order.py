"""What comes of an ingest depends neither on the number of workers nor on the order of the files."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from made_files import page, warc_record

from archive.dedupe import group_duplicates
from archive.ingest import IngestOptions, ingest
from archive.store import Store

_WORDS = [
    "harbour",
    "winter",
    "ferry",
    "council",
    "bridge",
    "market",
    "river",
    "school",
    "garden",
    "engine",
    "island",
    "letter",
    "window",
    "summer",
    "paper",
    "forest",
    "station",
    "valley",
    "concert",
    "museum",
]


def story(seed: int, sentences: int = 14) -> str:
    rng = random.Random(seed)
    return " ".join(f"{' '.join(rng.choices(_WORDS, k=11)).capitalize()}." for _ in range(sentences))


def html(title: str, text: str, url: str = "") -> str:
    link = f'<link rel="canonical" href="{url}">' if url else ""
    body = "".join(f"<p>{each}.</p>" for each in text.split(". "))
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>{title}</title>{link}</head>"
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pages enough for child processes, a near-duplicate, summaries, and captures of one page."""
    path = tmp_path / "in"
    path.mkdir()
    for number in range(9):
        (path / f"page{number}.html").write_text(html(f"Story {number}", story(number)), "utf-8")
    (path / "copy.html").write_text(html("As told by others", f"{story(3)} Told again."), "utf-8")
    url = "https://one.example/a"
    (path / "whole.html").write_text(html("Whole", story(50), url), "utf-8")
    record = {"title": "Whole", "url": url, "summary": "Of what the story has, this is all that is here."}
    (path / "summary.jsonl").write_text(json.dumps(record | {"tags": ["told"]}) + "\n", "utf-8")
    for number in range(3):
        capture = warc_record(
            "https://one.example/b", page(f"Capture {number}"), date=f"201{number}-01-01T00:00:00Z"
        )
        (path / f"crawl{2 - number}.warc").write_bytes(capture)
    (path / "broken.json").write_text("{", "utf-8")
    return path


def stored(tmp_path: Path, sources: list[Path], workers: int) -> dict[str, Any]:
    """Identity -> everything that is promised to be the same."""
    home = tmp_path / f"{workers}-{len(list(tmp_path.iterdir()))}"
    home.mkdir()
    with Store.open(home / "archive.db") as store:
        report = ingest(store, sources, options=IngestOptions(workers=workers, batch=4))
        group_duplicates(store)
        documents = [document for batch in store.iterate() for document in batch]
        groups: dict[int, set[str]] = {}
        for document in documents:
            groups.setdefault(document.group, set()).add(document.identity)
        found: dict[str, Any] = {
            document.identity: (
                document.slug,
                document.title,
                document.text,
                document.tags,
                groups[document.group] if document.group else set(),
                [
                    version.document.text
                    for version in store.versions(document.id)
                    if ": " not in document.url
                ],
            )
            for document in documents
        }
    found["failed"] = [failure.path for failure in report.failures]
    return found


def test_one_worker_and_four_store_the_same(tmp_path: Path, folder: Path) -> None:
    one = stored(tmp_path, [folder], 1)
    four = stored(tmp_path, [folder], 4)

    assert one == four
    assert len(one) == 13
    assert len(one["url:https://one.example/b"][5]) == 2
    assert any(len(values[4]) == 2 for identity, values in one.items() if identity != "failed")


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_files_does_not_matter(tmp_path: Path, folder: Path, seed: int) -> None:
    files = sorted(folder.iterdir())
    shuffled = random.Random(seed).sample(files, len(files))

    before = stored(tmp_path, files, 2)
    after = stored(tmp_path, shuffled, 2)

    # The address of captures is that of the first one read, and a summary that was first is a version.
    for found in (before, after):
        found["url:https://one.example/b"] = found["url:https://one.example/b"][1:]
        found["url:https://one.example/a"] = found["url:https://one.example/a"][:5]
    assert before == after
