"""Which reader gets which bytes; gzip; tables."""

from __future__ import annotations

import contextlib
import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.document import Draft, Origin
from archive.errors import (
    EmptyItemError,
    LimitExceededError,
    MalformedItemError,
    ReadError,
    UnsupportedFormatError,
)
from archive.limits import Limits
from archive.readers import ReadFailure, ReadOptions
from archive.readers.registry import read
from archive.readers.sniff import Kind, sniff

RECORD = json.dumps({"title": "T", "text": "Some words."}).encode()

KINDS = [
    pytest.param(b"<!DOCTYPE html><p>x", "a.txt", Kind.HTML, id="html-in-a-text-name"),
    pytest.param(b"\xef\xbb\xbf <!-- c -->\n<html lang=en>", "a", Kind.HTML, id="html-after-comment"),
    pytest.param(b"<div>Hi</div>", "a.html", Kind.HTML, id="fragment"),
    pytest.param(b"plain words", "a.html", Kind.HTML, id="by-name-where-content-does-not-say"),
    pytest.param("<html>".encode("utf-16"), "a", Kind.HTML, id="utf-16-html"),
    pytest.param(RECORD + b"\n" + RECORD, "a.txt", Kind.JSONL, id="lines-in-a-text-name"),
    pytest.param(RECORD, "a.json", Kind.JSON, id="one-object"),
    pytest.param(RECORD + b"\n" + RECORD, "a.json", Kind.JSONL, id="lines-in-a-json-name"),
    pytest.param(b'{\n  "title": 1\n}', "a", Kind.JSON, id="object-over-lines"),
    pytest.param(b"[" + RECORD + b"]", "-", Kind.JSON, id="array"),
    pytest.param(b"[\n" + RECORD + b"]", "a.jsonl", Kind.JSON, id="array-in-a-lines-name"),
    pytest.param(b"# comment\n" + RECORD, "a.jsonl", Kind.JSONL, id="comment-first"),
    pytest.param(b'{"title": "cut', "a.jsonl", Kind.JSONL, id="cut-line"),
    pytest.param(b'{"t": "' + b"x" * 64_000, "-", Kind.JSONL, id="one-long-line"),
    pytest.param(b"[1] A footnote, then prose.", "a.txt", Kind.TEXT, id="footnote-is-text"),
    pytest.param(b"{curly} words", "a.txt", Kind.TEXT, id="brace-is-text"),
    pytest.param(b"---\ntitle: x\n---\nText", "a.txt", Kind.MARKDOWN, id="front-matter"),
    pytest.param(b"+++\ntitle='x'\n+++\nText", "a", Kind.MARKDOWN, id="toml-front-matter"),
    pytest.param(b"# Heading\n\n<div>x</div>", "a.md", Kind.MARKDOWN, id="markdown-by-name"),
    pytest.param(b"<div>x</div>\n\n# Heading", "a.md", Kind.MARKDOWN, id="markdown-that-begins-with-html"),
    pytest.param(b"title,text,date\na,b,2020", "a", Kind.CSV, id="table"),
    pytest.param(b"x;y\n1;2", "a.csv", Kind.CSV, id="table-by-name"),
    pytest.param(b"Title, and text of a line", "a.txt", Kind.TEXT, id="commas-are-text"),
    pytest.param(b"Just words.", "a.unknown", Kind.TEXT, id="text"),
    pytest.param(b"a\0b some more text of words", "a.txt", Kind.TEXT, id="few-nuls"),
]


@pytest.mark.parametrize(("head", "name", "kind"), KINDS)
def test_content_before_name(head: bytes, name: str, kind: Kind) -> None:
    assert sniff(head, name) is kind


REFUSED = [
    pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG image", id="png"),
    pytest.param(b"\x7fELF\x02\x01", "a program", id="elf"),
    pytest.param(b"SQLite format 3\0", "an SQLite database", id="sqlite"),
    pytest.param(bytes(range(256)) * 4, "binary", id="noise"),
    pytest.param(b"\0" * 500, "binary", id="zeros"),
]


@pytest.mark.parametrize(("head", "what"), REFUSED)
def test_other_formats_are_refused_by_name(head: bytes, what: str) -> None:
    with pytest.raises(UnsupportedFormatError, match=what):
        sniff(head, "article.txt")


@pytest.mark.parametrize("head", [b"", b" \n\t", b"\xef\xbb\xbf\n", b"\xff\xfe \0"])
def test_nothing_is_refused_as_empty(head: bytes) -> None:
    with pytest.raises(EmptyItemError):
        sniff(head, "a.txt")


def results(data: bytes, name: str = "/a.txt", **options: object) -> list[Draft | ReadFailure]:
    return list(read(data, Origin(path=name), options=ReadOptions(**options)))  # type: ignore[arg-type]


@given(
    st.binary(max_size=300), st.sampled_from(["/a", "/a.md", "/a.csv", "/a.jsonl", "/a.json", "/a.txt.gz"])
)
def test_any_bytes_have_an_outcome(data: bytes, name: str) -> None:
    found: list[Draft | ReadFailure] = []

    with contextlib.suppress(ReadError):  # and nothing else
        found = results(data, name)

    assert all(isinstance(each, Draft | ReadFailure) for each in found)


def test_gzip_is_read_through() -> None:
    (draft,) = results(gzip.compress(b"T\n\nwords here"), "/a.txt.gz")

    assert isinstance(draft, Draft)
    assert (draft.title, draft.origin.media_type) == ("T", "text/plain")


def test_gzip_members_follow_each_other() -> None:
    data = gzip.compress(RECORD + b"\n") + gzip.compress(RECORD + b"\n")

    assert len(results(data, "/a.jsonl.gz")) == 2


def test_bytes_after_gzip_are_said() -> None:
    (draft,) = results(gzip.compress(b"T\n\nwords here") + b"garbage", "/a.txt.gz")

    assert isinstance(draft, Draft)
    assert "other bytes" in draft.warnings[-1]


@pytest.mark.parametrize("cut", [1, 8, 20])
def test_a_cut_gzip_is_refused(cut: int) -> None:
    with pytest.raises(MalformedItemError, match="too early"):
        results(gzip.compress(b"T\n\n" + bytes(range(97, 123)) * 20)[:-cut], "/a.txt.gz")


def test_a_cut_gzip_of_lines_gives_what_is_there_and_a_failure() -> None:
    data = gzip.compress(b"\n".join([RECORD] * 2000), compresslevel=0)[:-3000]

    found = results(data, "/a.jsonl.gz")

    assert len(found) > 1000
    assert isinstance(found[-1], ReadFailure)
    assert "too early" in found[-1].reason


def test_a_damaged_gzip_is_refused() -> None:
    data = bytearray(gzip.compress(b"T\n\n" + b"words and words " * 50))
    data[-6] ^= 0xFF

    with pytest.raises(MalformedItemError, match="damaged"):
        results(bytes(data), "/a.txt.gz")


def test_a_bomb_is_refused_in_bounded_memory() -> None:
    data = gzip.compress(b"x" * 20_000_000)

    with pytest.raises(LimitExceededError, match="bomb"):
        results(data, "/a.txt.gz")


def test_gzip_in_gzip_is_refused() -> None:
    with pytest.raises(UnsupportedFormatError, match="gzip file inside"):
        results(gzip.compress(gzip.compress(b"x")), "/a.txt.gz.gz")


@pytest.mark.parametrize(("size", "fits"), [(999, True), (1000, True), (1001, False)])
def test_the_file_limit_is_exact(size: int, fits: bool) -> None:
    data = b"T\n\n" + b"x" * (size - 3)

    if fits:
        assert len(results(data, limits=Limits(file_bytes=1000))) == 1
    else:
        with pytest.raises(LimitExceededError):
            results(data, limits=Limits(file_bytes=1000))


TABLES = [
    pytest.param("title,text,date\nT,words here,2020-01-01\n", id="commas"),
    pytest.param("title;text;date\nT;words here;2020-01-01\n", id="semicolons"),
    pytest.param("Title\tBody\tPubDate\nT\twords here\t1 Jan 2020\n", id="tabs-and-aliases"),
    pytest.param('\ufeffHeadline,Content,Date\r\n"T","words here",2020-01-01\r\n', id="mark-and-quotes"),
]


@pytest.mark.parametrize("text", TABLES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_tables(text: str, encoding: str) -> None:
    (draft,) = results(
        text.removeprefix("\ufeff").encode(encoding) if encoding != "utf-8" else text.encode(), "/a.csv"
    )

    assert isinstance(draft, Draft)
    assert (draft.title, draft.text, str(draft.published)) == ("T", "words here", "2020-01-01")
    assert draft.origin.member == "row 2"


def test_bad_rows_are_named_and_the_rest_read() -> None:
    found = results(b'title,text\nA,one two\nB\nC,"x, ""y""\n\nz"\nD,d,extra\nE,e,\n', "/a.csv")

    assert [each.member if isinstance(each, ReadFailure) else each.title for each in found] == [
        "A",
        "row 3",
        "C",
        "row 5",
        "E",
    ]
    assert isinstance(found[2], Draft)
    assert found[2].text == 'x, "y"\n\nz'


def test_a_table_without_text_is_refused() -> None:
    (failure,) = results(b"a,b\n1,2\n", "/a.csv")

    assert isinstance(failure, ReadFailure)
    assert (failure.member, failure.code) == ("", "malformed")
    assert "a, b" in failure.reason


def test_the_caller_names_columns() -> None:
    (draft,) = results(b"h,b\nT,words\n", "/a.csv", fields={"title": "h", "text": "b"})

    assert isinstance(draft, Draft)
    assert (draft.title, draft.text) == ("T", "words")
