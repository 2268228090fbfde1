"""JSON, JSON Lines and the names in their records."""

from __future__ import annotations

import contextlib
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

from archive.document import Draft, Origin
from archive.errors import LimitExceededError, MalformedItemError, ReadError
from archive.limits import Limits
from archive.readers import ReadFailure, ReadOptions
from archive.readers.jsonl import read_json, read_jsonl
from archive.readers.registry import read

GOOD: dict[str, Any] = {
    "title": "Good",
    "author": "Jane Doe",
    "date": "2020-01-01",
    "body": "Some text here.",
}
SHARED = Path(os.environ.get("ARCHIVE_SHARED", Path(__file__).parents[3] / "shared"))
JSON_SUITE = SHARED / "hostile" / "jsontestsuite" / "test_parsing"


def lines(data: bytes, **options: Any) -> list[Draft | ReadFailure]:
    stream = io.BufferedReader(io.BytesIO(data))
    return list(read_jsonl(stream, Origin(path="/a.jsonl"), ReadOptions(**options)))


def only(record: dict[str, Any], **options: Any) -> Draft:
    (draft,) = lines(json.dumps(record).encode(), **options)
    assert isinstance(draft, Draft)
    return draft


def outcomes(results: list[Draft | ReadFailure]) -> list[str]:
    return [
        f"{each.member}: {each.code}" if isinstance(each, ReadFailure) else each.title for each in results
    ]


ENCODED = json.dumps(GOOD).encode()

LINES = [
    pytest.param(ENCODED + b"\n" + ENCODED, ["Good", "Good"], id="two-lines-no-final-newline"),
    pytest.param(b"\xef\xbb\xbf" + ENCODED, ["Good"], id="mark"),
    pytest.param(b"\n\n  \n# c\n// c\n" + ENCODED + b"\n\n", ["Good"], id="blank-and-comment-lines"),
    pytest.param(ENCODED + b"\r\n" + ENCODED + b"\r\n", ["Good", "Good"], id="crlf"),
    pytest.param(ENCODED + b"\r" + ENCODED + b"\r", ["Good", "Good"], id="cr-only"),
    pytest.param(ENCODED + b'\n{"title": "cut of', ["Good", "line 2: malformed"], id="cut-last-line"),
    pytest.param(b"oops\n" + ENCODED, ["line 1: malformed", "Good"], id="junk-first"),
    pytest.param(b'{"title": NaN}\n' + ENCODED, ["line 1: malformed", "Good"], id="nan"),
    pytest.param(b'42\n"s"\nnull\n[]\n' + ENCODED,
                 ["line 1: malformed", "line 2: malformed", "line 3: malformed", "line 4: malformed", "Good"], id="no-objects"),
    pytest.param(b"[" + ENCODED + b"," + ENCODED + b"]", ["Good", "Good"], id="array-in-a-line"),
    pytest.param(b"[" * 2000 + b"]" * 2000 + b"\n" + ENCODED, ["line 1: malformed", "Good"], id="very-deep"),
    pytest.param(b'{"a":' * 70 + b"1" + b"}" * 70 + b"\n" + ENCODED, ["line 1: limit", "Good"], id="deeper-than-allowed"),
    pytest.param(b'{"title":"Big","n":' + b"9" * 10_000 + b',"body":"x"}', ["Big"], id="huge-integer"),
    pytest.param(b'{"title":"a","title":"b","body":"x"}', ["b"], id="the-last-of-two-keys"),
    pytest.param('{"title":"a\u2028b","body":"x"}'.encode(), ["a\u2028b"], id="u2028-inside"),
    pytest.param(b"", [], id="nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), LINES)
def test_every_line_has_its_outcome(data: bytes, expected: list[str]) -> None:
    assert outcomes(lines(data)) == expected


def test_a_line_over_the_limit_is_named_and_the_next_is_read() -> None:
    data = b'{"title":"' + b"x" * 500 + b'"}\n' + ENCODED

    assert outcomes(lines(data, limits=Limits(line_bytes=200))) == ["line 1: limit", "Good"]


@pytest.mark.parametrize(("size", "expected"), [(99, "ok"), (100, "ok"), (101, "line 1: limit")])
def test_the_line_limit_is_exact(size: int, expected: str) -> None:
    frame = b'{"title":"ok","body":""}'
    data = frame[:-2] + b"x" * (size - len(frame)) + frame[-2:]

    assert outcomes(lines(data + b"\n", limits=Limits(line_bytes=100))) == [expected]


def test_lone_surrogates_are_replaced_and_said() -> None:
    (draft,) = lines(b'{"title":"\\ud800 x","body":"\\udfff y"}')

    assert isinstance(draft, Draft)
    assert "surrogates" in draft.warnings[0]


def test_bytes_that_are_not_utf8_are_read_and_said() -> None:
    (draft,) = lines(b'{"title":"caf\xe9","body":"x"}')

    assert isinstance(draft, Draft)
    assert draft.title == "café"
    assert draft.warnings


def test_utf16_lines() -> None:
    data = (json.dumps(GOOD) + "\n" + json.dumps(GOOD) + "\n").encode("utf-16")

    results = list(read(data, Origin(path="/a.jsonl"), options=ReadOptions()))

    assert outcomes(results) == ["Good", "Good"]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param([GOOD, GOOD], id="array"),
        pytest.param({"articles": [GOOD, GOOD]}, id="articles"),
        pytest.param({"version": "1", "items": [GOOD, GOOD]}, id="json-feed"),
        pytest.param({"response": 1, "data": {"docs": [GOOD, GOOD]}}, id="nested"),
        pytest.param({"hits": {"hits": [{"_source": GOOD}, {"_source": GOOD}]}}, id="search-engine-export"),
    ],
)
def test_whole_files(value: Any) -> None:
    results = list(read_json(json.dumps(value, indent=1).encode(), Origin(path="/a.json"), ReadOptions()))

    assert outcomes(results) == ["Good", "Good"]
    assert [each.origin.member for each in results if isinstance(each, Draft)] == ["item 1", "item 2"]


def test_one_object_is_one_article() -> None:
    (draft,) = read_json(json.dumps(GOOD, indent=1).encode(), Origin(path="/a.json"), ReadOptions())

    assert isinstance(draft, Draft)
    assert draft.origin.member == ""


@pytest.mark.parametrize("data", [b"{", b"[1, 2]", b"3", b"{'a': 1}", b"[1,]", b"\xff"])
def test_what_holds_no_article_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedItemError):
        list(read_json(data, Origin(path="/a.json"), ReadOptions()))


def test_depth_is_limited() -> None:
    with pytest.raises(LimitExceededError):
        list(read_json(b'{"a":' * 65 + b"1" + b"}" * 65, Origin(path="/a.json"), ReadOptions()))


ALIASES = [
    pytest.param({"headline": "Good", "content": "Some text here.", "byline": "By Jane Doe", "pubDate": "2020-01-01"}, id="feed"),
    pytest.param({"Headline": "Good", "Article Body": "Some text here.", "creator": "Jane Doe", "Publish_Date": "2020"}, id="spelling"),
    pytest.param({"title": {"rendered": "Good"}, "content": {"rendered": "<p>Some text here.</p>"},
                  "author": {"name": "Jane Doe"}, "date": "2020-01-01T00:00:00"}, id="wordpress"),
    pytest.param({"name": "Good", "articleBody": "Some text here.", "datePublished": "2020-01-01",
                  "author": [{"@type": "Person", "name": "Jane Doe"}]}, id="json-ld"),
    pytest.param({"title": "Good", "description": "A summary.", "text": "Some text here.",
                  "authors": [{"first": "Jane", "last": "Doe"}], "timestamp": 1577836800}, id="epoch-and-summary"),
]  # fmt: skip


@pytest.mark.parametrize("record", ALIASES)
def test_names_by_alias(record: dict[str, Any]) -> None:
    draft = only(record)

    assert (draft.title, draft.text, draft.authors) == ("Good", "Some text here.", ("Jane Doe",))
    assert draft.published is not None
    assert draft.published.year == 2020


def test_all_other_values() -> None:
    draft = only(
        GOOD | {"link": "https://e.org/a", "publisher": {"name": "The Daily"}, "inLanguage": "en-GB", "keywords": "a, b; c",
                "articleSection": "World", "guid": 17, "__class__": "x", "constructor": 1}
    )  # fmt: skip

    assert (draft.url, draft.source, draft.language) == ("https://e.org/a", "The Daily", "en")
    assert (draft.tags, draft.section, draft.external_id) == (("a", "b", "c"), "World", "17")
    assert draft.provenance["source"].detail == "publisher"


def test_the_caller_names_the_fields() -> None:
    draft = only({"h": "Good", "b": "Some text here.", "title": "other"}, fields={"title": "h", "text": "b"})

    assert (draft.title, draft.text) == ("Good", "Some text here.")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("date", "soon"),
        ("date", "2020-02-30"),
        ("author", {"a": 1}),
        ("title", True),
        ("language", "klingon"),
    ],
)
def test_values_of_the_wrong_kind_are_left_out_and_said(name: str, value: Any) -> None:
    draft = only({"body": "x y z", name: value})

    assert any(name in warning for warning in draft.warnings)


def test_html_in_a_field_becomes_text() -> None:
    draft = only(GOOD | {"body": "<p>One &amp; two</p><p>Three<br>four</p><script>alert(1)</script>"})

    assert draft.text == "One & two\n\nThree\nfour"


def test_signs_in_plain_text_stay() -> None:
    text = "if a < b and b > c then <foo@bar.org> wins &lt;tag&gt;"

    assert only(GOOD | {"body": text}).text == text


def test_many_authors_are_capped_and_said() -> None:
    draft = only(
        GOOD | {"author": [f"Jane{chr(65 + i % 26)} Doe{chr(97 + i // 26 % 26)}" for i in range(10_000)]}
    )

    assert 10 < len(draft.authors) <= 100
    assert any("authors" in warning for warning in draft.warnings)


@pytest.mark.skipif(not JSON_SUITE.is_dir(), reason="the JSON test suite is not at hand")
def test_the_json_test_suite_has_an_outcome_for_every_file() -> None:
    for path in sorted(JSON_SUITE.glob("*.json")):
        data = path.read_bytes()
        results: list[Draft | ReadFailure] = []
        with contextlib.suppress(ReadError):  # and nothing else
            results = list(read(data, Origin(path=str(path)), options=ReadOptions()))
        bad = path.name.startswith("n_") and any(isinstance(each, Draft) for each in results)
        assert not bad, path.name
