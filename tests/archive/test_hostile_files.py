"""The hostile files at hand: each is ingested, or refused with a reason; skipped where they are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive.ingest import extract_items
from archive.reading import ReadArticle

HOSTILE = (
    Path(os.environ.get("ARCHIVE_SHARED", Path(__file__).parents[3] / "shared")) / "hostile" / "handmade"
)
FOLDERS = ("txt", "md", "jsonl", "gz")


@pytest.mark.skipif(not HOSTILE.is_dir(), reason="the hostile files are not at hand")
@pytest.mark.parametrize("folder", FOLDERS)
def test_every_hostile_file_has_an_outcome(folder: str) -> None:
    found = list(extract_items([HOSTILE / folder]))

    paths = {each.document.origin.path if isinstance(each, ReadArticle) else each.path for each in found}
    assert paths == {str(path) for path in (HOSTILE / folder).iterdir()}
    for each in found:
        if isinstance(each, ReadArticle):
            document = each.document
            text = f"{document.title}{document.text}{document.authors}"
            assert document.title
            assert document.text
            assert not any("\ud800" <= char <= "\udfff" or char in "\0\x1b\u202e" for char in text)
        else:
            assert each.reason
            assert each.code != "failed"
