"""The hostile feeds and mails at hand: each is ingested, or refused with a reason; skipped where they are not."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from archive.ingest import ItemOutcome, extract_items
from archive.reading import ReadArticle

HOSTILE = Path(os.environ.get("ARCHIVE_SHARED") or Path(__file__).parents[3] / "shared") / "hostile"
FOLDERS = (
    "feedparser/encoding",
    "feedparser/illformed",
    "feedparser/wellformed",
    "handmade/feed",
    "handmade/eml",
    "email",
)
GOOD_NEIGHBOURS = ("handmade/feed", "handmade/eml")
# Nothing of the marked text is there to be read: empty files, an error page, a transfer encoding that is damaged.
WITHOUT_MARKER = {"empty.xml", "html-not-feed.xml", "bad-base64.eml", "parts-5000.eml"}


def read_folder(folder: str) -> list[ReadArticle | ItemOutcome]:
    if not (HOSTILE / folder).is_dir():
        pytest.skip("the hostile files are not at hand")
    return list(extract_items([HOSTILE / folder]))


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_hostile_file_has_an_outcome(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = read_folder(folder)

    outcomes: dict[str, str] = {}
    for each in found:
        if isinstance(each, ReadArticle):
            document = each.document
            text = f"{document.title}{document.text}{document.authors}{document.tags}"
            assert not any("\ud800" <= char <= "\udfff" or char in "\0\x1b\u202e\r" for char in text)
            known = outcomes.get(document.origin.path)
            warned = bool(document.warnings) or known == "ingested, warned"
            outcomes[document.origin.path] = "ingested, warned" if warned else "ingested"
        else:
            assert each.reason
            assert each.code != "failed", each
            outcomes.setdefault(each.path, f"refused: {each.code}")
    with capsys.disabled():
        print(f"\n{folder}: {len(outcomes)} files: {dict(sorted(Counter(outcomes.values()).items()))}")
    assert set(outcomes) == {str(path) for path in (HOSTILE / folder).rglob("*") if path.is_file()}


@pytest.mark.parametrize("folder", GOOD_NEIGHBOURS)
def test_the_good_part_of_a_hostile_file_is_kept(folder: str) -> None:
    found = read_folder(folder)

    kept = {
        Path(each.document.origin.path).name
        for each in found
        if isinstance(each, ReadArticle) and "MARKER" in each.document.text
    }
    assert kept == {path.name for path in (HOSTILE / folder).iterdir()} - WITHOUT_MARKER
