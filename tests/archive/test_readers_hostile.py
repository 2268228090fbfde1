"""The hostile web archives and zip files at hand: what each must come to; skipped where they are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive.ingest import extract_items
from archive.reading import ReadArticle

HOSTILE = Path(os.environ.get("ARCHIVE_SHARED") or Path(__file__).parents[3] / "shared") / "hostile"

# File -> articles, articles with a warning, codes of what was refused.
EXPECTED = {
    "handmade/warc/bomb-20MB.warc.gz": (1, 0, {"limit"}),
    "handmade/warc/charset-header-lie.warc": (2, 1, set()),
    "handmade/warc/chunked-lie.warc": (2, 1, set()),
    "handmade/warc/encoding-lie.warc": (2, 1, set()),
    "handmade/warc/huge-length.warc": (2, 1, set()),
    "handmade/warc/js-uri.warc": (3, 1, set()),
    "handmade/warc/junk-between.warc": (2, 0, {"malformed"}),
    "handmade/warc/long-header-300k.warc": (1, 0, {"limit"}),
    "handmade/warc/no-record-id.warc": (2, 0, set()),
    "handmade/warc/non-chunked-gzip.warc.gz": (2, 0, set()),
    "handmade/warc/truncated.warc.gz": (2, 1, set()),
    "handmade/zip/backslash.zip": (1, 0, {"name"}),
    "handmade/zip/bad-crc.zip": (0, 0, {"malformed"}),
    "handmade/zip/case-collide.zip": (3, 0, set()),
    "handmade/zip/dup-names.zip": (3, 0, set()),
    "handmade/zip/empty.zip": (0, 0, {"empty"}),
    "handmade/zip/encrypted-flag.zip": (0, 0, {"encrypted"}),
    "handmade/zip/eocd-only-huge-count.zip": (0, 0, {"malformed"}),
    "handmade/zip/fifo-device.zip": (1, 0, {"link"}),
    "handmade/zip/long-names.zip": (1, 0, {"name"}),
    "handmade/zip/many-3000.zip": (1, 0, {"empty"}),
    "handmade/zip/nested-7.zip": (0, 0, {"limit"}),
    "handmade/zip/size-lie.zip": (0, 0, {"malformed"}),
    "handmade/zip/slip.zip": (1, 0, {"name"}),
    "handmade/zip/symlink.zip": (2, 0, {"link"}),
    "handmade/zip/truncated.zip": (0, 0, {"malformed"}),
    "handmade/gz/bomb-20MB.txt.gz": (0, 0, {"limit"}),
    "handmade/gz/multi-member.txt.gz": (1, 0, set()),
    "handmade/gz/name-traversal.txt.gz": (1, 0, set()),
    "warc/bad.arc": (0, 0, {"unsupported"}),
    "warc/example-bad-non-chunked.warc.gz": (1, 0, set()),
    "warc/example-iana.org-chunked.warc": (1, 0, set()),
    "warc/example-resource.warc.gz": (1, 0, set()),
    "warc/example-trunc.warc": (1, 1, set()),
    "warc/example-wget-bad-target-uri.warc.gz": (1, 0, set()),
    "warc/example.warc": (1, 0, set()),
    "warc/example.warc.gz": (1, 0, set()),
    "warc/post-test.warc.gz": (0, 0, {"empty"}),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_hostile_file_comes_to_what_it_must(name: str) -> None:
    if not (HOSTILE / name).is_file():
        pytest.skip("the hostile files are not at hand")

    found = list(extract_items([HOSTILE / name]))

    articles = [each.document for each in found if isinstance(each, ReadArticle)]
    refused = [each for each in found if not isinstance(each, ReadArticle)]
    warned = sum(bool(article.warnings) for article in articles)
    assert (len(articles), warned, {each.code for each in refused}) == EXPECTED[name]
    assert all(each.reason for each in refused)


@pytest.mark.parametrize("folder", ["handmade/warc", "handmade/zip", "handmade/gz", "warc"])
def test_every_hostile_file_has_an_outcome(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    if not (HOSTILE / folder).is_dir():
        pytest.skip("the hostile files are not at hand")

    found = list(extract_items([HOSTILE / folder]))

    paths = {each.document.origin.path if isinstance(each, ReadArticle) else each.path for each in found}
    codes = [each.code for each in found if not isinstance(each, ReadArticle)]
    with capsys.disabled():
        print(f"\n{folder}: {len(paths)} files, {len(found) - len(codes)} articles, {len(codes)} refused")
    assert paths == {str(path) for path in (HOSTILE / folder).iterdir()}
    assert "failed" not in codes
