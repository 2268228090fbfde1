"""Every format against what is known to be in its file: `tests/data/formats/golden.json`.

After a wanted change write it anew, and read the difference:
``ARCHIVE_WRITE_GOLDEN=1 python -m pytest tests/archive/test_golden_formats.py``
"""

from __future__ import annotations

import io
import os
from typing import Any

import orjson
import pytest
from made_formats import FORMATS, MADE

from archive.document import Origin
from archive.readers import ReadOptions
from archive.readers.registry import open_stream
from archive.readers.sniff import Kind
from archive.reading import ReadArticle, read_opened

GOLDEN = FORMATS / "golden.json"
_TIMES = ("fetched", "saved")  # when it was captured or kept: never its date
_WRITES = bool(os.environ.get("ARCHIVE_WRITE_GOLDEN"))


def found_in(name: str, data: bytes) -> tuple[str, list[dict[str, Any]]]:
    """The kind of a file, and what is in it."""
    opened = open_stream(io.BufferedReader(io.BytesIO(data)), Origin(path=name), ReadOptions())
    found: list[dict[str, Any]] = []
    for each in read_opened(opened, ReadOptions()):
        if not isinstance(each, ReadArticle):
            found.append({"code": each.code, "member": each.member, "reason": each.reason})
            continue
        document = each.document
        found.append(
            {
                "member": document.origin.member,
                "title": document.title,
                "authors": list(document.authors),
                "published": str(document.published or ""),
                "url": document.url,
                "source": document.source,
                "language": document.language,
                "tags": list(document.tags),
                "text": f"{document.text[:60]} … {document.text[-60:]}",
                "words": document.words,
                "times": {
                    name: document.provenance[name].raw for name in _TIMES if name in document.provenance
                },
                "warnings": list(document.warnings),
            }
        )
    return opened.kind.name, found


def golden() -> dict[str, Any]:
    return dict(orjson.loads(GOLDEN.read_bytes())) if GOLDEN.exists() else {}


@pytest.mark.parametrize("name", MADE)
def test_a_file_gives_what_is_known_to_be_in_it(name: str) -> None:
    file, make = MADE[name]

    kind, found = found_in(file, make())

    if _WRITES:
        known = golden() | {name: {"kind": kind, "found": found}}
        ordered = {each: known[each] for each in MADE if each in known}
        GOLDEN.write_bytes(orjson.dumps(ordered, option=orjson.OPT_INDENT_2) + b"\n")
    assert {"kind": kind, "found": found} == golden()[name]


def test_every_kind_of_file_has_a_golden_case() -> None:
    assert {case["kind"] for case in golden().values()} == {kind.name for kind in Kind}
    assert golden().keys() == MADE.keys()
