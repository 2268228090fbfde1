"""Web archives: pages with address and time of capture; damage and lies noticed; neighbours read."""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from collections.abc import Callable

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from made_files import found_in, page, warc_record, zip_of

from archive.errors import EmptyItemError
from archive.limits import Limits
from archive.readers.httpbody import decoded_body, parse_response
from archive.readers.warcrecords import RecordReader

FIRST = warc_record("http://example.com/first", page("First page"))
SECOND = warc_record("http://example.com/second", page("Second page"))


def _packed(*records: bytes) -> bytes:
    return b"".join(gzip.compress(record) for record in records)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(FIRST + SECOND, id="plain"),
        pytest.param(_packed(FIRST, SECOND), id="packed-by-record"),
        pytest.param(gzip.compress(FIRST + SECOND), id="packed-as-a-whole"),
        pytest.param(b"\r\n\r\n".join([FIRST.strip(), SECOND.strip()]), id="no-end-at-the-end"),
    ],
)
def test_each_page_is_an_article_with_its_address_and_time_of_capture(data: bytes) -> None:
    drafts, failures = found_in(data, "crawl.warc.gz")

    assert [(draft.title, draft.url) for draft in drafts] == [
        ("First page", "http://example.com/first"),
        ("Second page", "http://example.com/second"),
    ]
    assert drafts[1].origin.member == "record 2, http://example.com/second"
    assert drafts[0].provenance["fetched"].raw == "2020-01-02T03:04:05Z"
    assert drafts[0].published is None
    assert not failures
    assert not any(draft.warnings for draft in drafts)


def test_the_address_that_a_page_states_is_preferred() -> None:
    head = '<link rel="canonical" href="https://example.com/canonical">'

    drafts, _ = found_in(warc_record("http://example.com/first?utm_source=x", page("First page", head=head)))

    assert drafts[0].url == "https://example.com/canonical"


PASSED_OVER = [
    pytest.param(warc_record("http://e.com/x", page("X"), status="404 Not Found"), id="not-found"),
    pytest.param(warc_record("http://e.com/x", page("X"), status="301 Moved"), id="redirect"),
    pytest.param(warc_record("http://e.com/x", b"\x89PNG", http="Content-Type: image/png"), id="image"),
    pytest.param(warc_record("http://e.com/x", page("X"), kind="request"), id="request"),
    pytest.param(warc_record("http://e.com/x", b"", kind="revisit"), id="revisit"),
    pytest.param(
        warc_record("http://e.com/robots.txt", b"Disallow: /", http="Content-Type: text/plain"), id="robots"
    ),
]


@pytest.mark.parametrize("record", PASSED_OVER)
def test_records_that_are_no_pages_are_passed_over(record: bytes) -> None:
    drafts, failures = found_in(record + FIRST)

    assert [draft.title for draft in drafts] == ["First page"]
    assert not failures


def test_a_file_without_pages_says_so() -> None:
    drafts, failures = found_in(warc_record("http://e.com/x", page("X"), status="500 Oops"))

    assert not drafts
    assert [failure.code for failure in failures] == [EmptyItemError.code]


def _cut_length(record: bytes, change: int) -> bytes:
    """The record with a length that is wrong by ``change``."""
    return re.sub(
        rb"Content-Length: (\d+)",
        lambda found: b"Content-Length: %d" % (int(found[1]) + change),
        record,
        count=1,
    )


LIES = [
    pytest.param(_cut_length(FIRST, -100), "not the stated", id="too-short"),
    pytest.param(_cut_length(FIRST, 50), "not the stated", id="too-long"),
    pytest.param(_cut_length(FIRST, 10**12), "not the stated", id="much-too-long"),
    pytest.param(FIRST.replace(b"Content-Length: ", b"Content-Length: -"), "not a number", id="negative"),
    pytest.param(FIRST.replace(b"Content-Length: ", b"Content-Size: "), "not a number", id="missing"),
    pytest.param(
        FIRST.replace(b"WARC-Date", b"WARC-Truncated: length\r\nWARC-Date"), "cut", id="truncated-at-capture"
    ),
]


@pytest.mark.parametrize(("record", "warning"), LIES)
def test_a_length_that_lies_costs_a_warning_and_no_neighbour(record: bytes, warning: str) -> None:
    drafts, _ = found_in(record + SECOND)

    assert [draft.title for draft in drafts] == ["First page", "Second page"]
    assert any(warning in each for each in drafts[0].warnings)
    assert not drafts[1].warnings


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_a_file_that_was_cut_says_so(packed: bool) -> None:
    data = _packed(FIRST, SECOND) if packed else FIRST + SECOND
    cut = len(data) - (80 if packed else 200)

    drafts, _ = found_in(data[:cut])

    assert [bool(draft.warnings) for draft in drafts] == [False, True]
    assert "may be incomplete" in drafts[1].warnings[0]


def test_a_damaged_member_costs_only_itself() -> None:
    damaged = bytearray(gzip.compress(FIRST))
    damaged[40:60] = b"\0" * 20

    drafts, failures = found_in(_packed(SECOND) + bytes(damaged) + _packed(SECOND))

    assert [draft.url for draft in drafts if not draft.warnings] == ["http://example.com/second"] * 2
    assert failures or any(draft.warnings for draft in drafts)


def test_a_bomb_costs_only_itself() -> None:
    bomb = warc_record("http://example.com/bomb", b"<html>" + b" " * 4_000_000)

    drafts, failures = found_in(_packed(bomb, FIRST), limits=Limits(ratio_free_bytes=2_000_000))

    assert [draft.title for draft in drafts] == ["First page"]
    assert [failure.code for failure in failures] == ["limit"]


@pytest.mark.parametrize(
    ("junk", "code"),
    [
        pytest.param(b"junk of any kind\r\n\r\n", "malformed", id="junk"),
        pytest.param(b"WARC/1.0\r\nWARC-Type: " + b"x" * 9_000 + b"\r\n\r\n", "limit", id="long-line"),
        pytest.param(b"WARC/1.0\r\n" + b"A: b\r\n" * 20_000 + b"\r\n\r\n", "limit", id="large-header"),
    ],
)
def test_what_is_no_record_is_named_and_passed_over(junk: bytes, code: str) -> None:
    drafts, failures = found_in(FIRST + junk + SECOND)

    assert [draft.title for draft in drafts] == ["First page", "Second page"]
    assert [failure.code for failure in failures] == [code]


@pytest.mark.parametrize(("size", "articles"), [(0, 2), (1, 1)], ids=["as-large-as-allowed", "larger"])
def test_a_record_over_the_limit_is_refused_by_name(size: int, articles: int) -> None:
    length = int(re.findall(rb"Content-Length: (\d+)", FIRST)[0])

    drafts, failures = found_in(
        FIRST + SECOND[:0] + warc_record("http://e.com/2", b"<html>x"),
        limits=Limits(file_bytes=length - size),
    )

    assert len(drafts) == articles
    assert [failure.code for failure in failures] == ["limit"] * size


def _chunks(body: bytes) -> bytes:
    return (
        b"".join(
            b"%x\r\n%b\r\n" % (len(body[at : at + 100]), body[at : at + 100])
            for at in range(0, len(body), 100)
        )
        + b"0\r\n\r\n"
    )


def _raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


BODIES = [
    pytest.param("Content-Encoding: identity", lambda body: body, 0, id="plain"),
    pytest.param("Content-Encoding: gzip", gzip.compress, 0, id="gzip"),
    pytest.param("Content-Encoding: deflate", zlib.compress, 0, id="deflate"),
    pytest.param("Content-Encoding: deflate", _raw_deflate, 0, id="raw-deflate"),
    pytest.param("Transfer-Encoding: chunked", _chunks, 0, id="chunked"),
    pytest.param(
        "Transfer-Encoding: chunked\r\nContent-Encoding: gzip",
        lambda body: _chunks(gzip.compress(body)),
        0,
        id="both",
    ),
    pytest.param("Content-Encoding: gzip", lambda body: body, 1, id="not-packed-as-stated"),
    pytest.param("Transfer-Encoding: chunked", lambda body: body, 1, id="not-chunked-as-stated"),
    pytest.param("Content-Encoding: rot13", lambda body: body, 1, id="unknown-encoding"),
]


@pytest.mark.parametrize(("header", "pack", "warnings"), BODIES)
def test_bodies_are_unpacked_or_taken_as_they_are(
    header: str, pack: Callable[[bytes], bytes], warnings: int
) -> None:
    body = page("Some page")
    response = parse_response(f"HTTP/1.1 200 OK\r\n{header}\r\n\r\n".encode() + pack(body), Limits())

    assert response is not None
    content, found = decoded_body(response, Limits())
    assert content == body
    assert len(found) == warnings


def test_a_packed_body_that_was_cut_gives_what_is_there() -> None:
    packed = gzip.compress(page("Some page" * 500))
    response = parse_response(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + packed[: len(packed) - 20], Limits()
    )

    assert response is not None
    content, warnings = decoded_body(response, Limits())
    assert content.startswith(b"<!DOCTYPE html>")
    assert "too early" in warnings[0]


def test_records_are_those_that_another_reader_finds() -> None:
    data = b"".join(
        warc_record(f"http://example.com/{number}", page(f"Page {number}") * (number % 5 + 1))
        for number in range(50)
    )

    ours = [
        (record.fields["warc-target-uri"], record.content)
        for record in RecordReader(io.BufferedReader(io.BytesIO(data)), None, Limits())
    ]
    theirs = [
        (record.headers["WARC-Target-URI"], record.reader.read())
        for record in ArchiveIterator(
            io.BytesIO(data), parse_http=False, record_types=WarcRecordType.response
        )
    ]
    assert ours == theirs


def _wacz(pages: list[str]) -> bytes:
    lines = [
        json.dumps({"format": "json-pages-1.0"}),
        *(json.dumps({"url": url, "title": "T"}) for url in pages),
    ]
    return zip_of(
        {
            "datapackage.json": "{}",
            "archive/data.warc.gz": _packed(FIRST, SECOND),
            "pages/pages.jsonl": "\n".join(lines),
        }
    )


@pytest.mark.parametrize(
    ("pages", "titles"),
    [
        pytest.param(["http://example.com/second"], ["Second page"], id="one-listed"),
        pytest.param([], ["First page", "Second page"], id="none-listed"),
    ],
)
def test_wacz_gives_the_pages_that_it_lists(pages: list[str], titles: list[str]) -> None:
    drafts, failures = found_in(_wacz(pages), "crawl.wacz")

    assert [draft.title for draft in drafts] == titles
    assert drafts[-1].origin.member == "archive/data.warc.gz: record 2, http://example.com/second"
    assert not failures
