"""The fuzz targets by name, and the corpus that each is kept with."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import fuzz_readers
import fuzz_texts
from fuzz_readers import read_as

CORPUS = Path(__file__).parent / "corpus"

#: Kept inputs are at most this long.
MAX_BYTES = 4_096

Target = Callable[[bytes], object]

TARGETS: dict[str, Target] = {
    "html": partial(read_as, "a.html"),
    "markdown": partial(read_as, "a.md"),
    "text": partial(read_as, "a.txt"),
    "jsonl": partial(read_as, "a.jsonl"),
    "json": partial(read_as, "a.json"),
    "csv": partial(read_as, "a.csv"),
    "feed": partial(read_as, "a.xml"),
    "bookmarks": partial(read_as, "bookmarks.html"),
    "opml": partial(read_as, "a.opml"),
    "mail": partial(read_as, "a.eml"),
    "mbox": partial(read_as, "a.mbox"),
    "mhtml": partial(read_as, "a.mhtml"),
    "warc": partial(read_as, "a.warc"),
    "tar": partial(read_as, "a.tar"),
    "zip": partial(read_as, "a.zip"),
    "pdf": partial(read_as, "a.pdf"),
    "docx": fuzz_readers.docx,
    "odt": fuzz_readers.odt,
    "epub": fuzz_readers.epub,
    "wacz": fuzz_readers.wacz,
    "query": fuzz_texts.query,
    "date": fuzz_texts.date,
    "address": fuzz_texts.address,
    "slug": fuzz_texts.slug,
    "cursor": fuzz_texts.cursor,
    "marking": fuzz_texts.marking,
}


def corpus_of(name: str) -> list[Path]:
    """Return the kept inputs of a target: examples, and whatever once failed."""
    return sorted(path for path in (CORPUS / name).iterdir() if path.is_file())
