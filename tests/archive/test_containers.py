"""Names and budgets of archives, and files inside zip files."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable

import pytest
from made_files import SENTENCE, found_in, zip_of

from archive.containers import Budget, Guarded, buffered, shown_name, why_name_is_refused
from archive.errors import LimitExceededError, ReadError
from archive.limits import LIMITS, Limits

GOOD = ("good.txt", f"Good title\n\n{SENTENCE}")


NAMES = [
    pytest.param("a/b.txt", "", id="plain"),
    pytest.param("Grüße/日本.txt", "", id="not-ascii"),
    pytest.param("..a/b..txt", "", id="dots-in-names"),
    pytest.param("", "no name", id="empty"),
    pytest.param("/etc/passwd", "absolute", id="absolute"),
    pytest.param("C:/x.txt", "drive", id="drive"),
    pytest.param("a\\b.txt", "backslash", id="backslash"),
    pytest.param("../x.txt", "leads out", id="slip"),
    pytest.param("a/../../x.txt", "leads out", id="slip-inside"),
    pytest.param("a/..", "leads out", id="slip-at-the-end"),
    pytest.param("a\udcff.txt", "not UTF-8", id="not-utf-8"),
    pytest.param("a\x00.txt", "control", id="nul"),
    pytest.param("a\u202etxt.exe", "control", id="bidi-override"),
    pytest.param("a" * 1_000, "", id="as-long-as-allowed"),
    pytest.param("a" * 1_001, "longer", id="too-long"),
]


@pytest.mark.parametrize(("name", "reason"), NAMES)
def test_names_that_reach_out_or_cannot_be_shown_are_refused(name: str, reason: str) -> None:
    found = why_name_is_refused(name, LIMITS)

    assert reason in found
    assert bool(reason) == bool(found)


def test_a_budget_allows_what_it_says_and_no_byte_more() -> None:
    budget = Budget(Limits(archive_bytes=10, entries=1))
    budget.spend(10)
    budget.count_entry()

    with pytest.raises(LimitExceededError):
        budget.spend(1)
    with pytest.raises(LimitExceededError):
        budget.count_entry()


def test_a_limit_that_is_met_further_out_is_told_as_it_is() -> None:
    def read(_size: int) -> bytes:
        raise LimitExceededError("the archive around it is too large")

    member = Guarded(read, Budget(LIMITS), errors=(Exception,))

    with pytest.raises(LimitExceededError, match="the archive around it is too large"):
        buffered(member).read()


def test_a_long_name_is_shown_cut_and_a_shorter_one_whole() -> None:
    assert shown_name("a" * 300) == "a" * 300
    assert shown_name("a" * 301) == "a" * 299 + "…"


def test_members_of_a_zip_are_read_like_files() -> None:
    lines = '{"title": "One", "text": "First words here."}\n{bad\n'
    data = zip_of(
        {
            "a/good.txt": GOOD[1],
            "list.jsonl": lines,
            "page.md": "# Marked\n\nSome words.",
            "x.png": b"\x89PNG",
        }
    )

    drafts, failures = found_in(data, "box.zip")

    assert [(draft.origin.member, draft.title) for draft in drafts] == [
        ("a/good.txt", "Good title"),
        ("list.jsonl: line 1", "One"),
        ("page.md", "Marked"),
    ]
    assert [(failure.member, failure.code) for failure in failures] == [
        ("list.jsonl: line 2", "malformed"),
        ("x.png", "skipped"),
    ]


def test_entries_of_one_name_are_kept_apart() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        data = zip_of([GOOD, ("good.txt", "Other title\n\nOther words.")])

    drafts, failures = found_in(data)

    assert [(draft.origin.member, draft.title) for draft in drafts] == [
        ("good.txt", "Good title"),
        ("good.txt#2", "Other title"),
    ]
    assert not failures


def _with_mode(mode: int, name: str = "bad") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as zipped:
        info = zipfile.ZipInfo(name)
        info.create_system = 3
        info.external_attr = mode << 16
        zipped.writestr(info, "/etc/passwd")
        zipped.writestr(*GOOD)
    return target.getvalue()


def _encrypted() -> bytes:
    data = bytearray(zip_of([("bad", "secret words"), GOOD]))
    place = data.find(b"PK\x01\x02")
    data[place + 8] |= 1
    data[data.find(b"PK\x03\x04") + 6] |= 1
    return bytes(data)


def _bad_crc() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as zipped:
        zipped.writestr("bad", "some stored words")
        zipped.writestr(*GOOD)
    return target.getvalue().replace(b"some stored words", b"some changed word", 1)


def _lying_size(change: int) -> bytes:
    """The size of the first entry is stated wrongly, in both places."""
    data = bytearray(zip_of([("bad", b"a" * 1000), GOOD]))
    struct.pack_into("<L", data, 22, 1000 + change)
    struct.pack_into("<L", data, data.find(b"PK\x01\x02") + 24, 1000 + change)
    return bytes(data)


def _overlapping() -> bytes:
    """The second entry's directory record points to the first one's data, as in a quoted bomb."""
    data = bytearray(zip_of([("bad", b"a" * 1000), ("ba2", b"a" * 1000), GOOD]))
    first = data.find(b"PK\x01\x02")
    second = data.find(b"PK\x01\x02", first + 4)
    struct.pack_into("<L", data, second + 42, 0)
    return bytes(data)


def _bomb() -> bytes:
    return zip_of([("bad", b"words " * 1_500_000), GOOD])


def _not_utf8() -> bytes:
    return zip_of([("bad", "words of it"), GOOD]).replace(b"bad", b"b\xffd")


BAD_ENTRIES = [
    pytest.param(lambda: zip_of([("../bad", "x"), GOOD]), "name", id="slip"),
    pytest.param(lambda: zip_of([("/bad", "x"), GOOD]), "name", id="absolute"),
    pytest.param(lambda: zip_of([("D:bad", "x"), GOOD]), "name", id="drive"),
    pytest.param(lambda: zip_of([("a\\bad", "x"), GOOD]), "name", id="backslash"),
    pytest.param(_not_utf8, "name", id="not-utf-8"),
    pytest.param(lambda: _with_mode(stat.S_IFLNK | 0o777), "link", id="link"),
    pytest.param(lambda: _with_mode(stat.S_IFIFO | 0o600), "link", id="pipe"),
    pytest.param(lambda: _with_mode(stat.S_IFCHR | 0o600), "link", id="device"),
    pytest.param(_encrypted, "encrypted", id="encrypted"),
    pytest.param(_bad_crc, "malformed", id="wrong-checksum"),
    pytest.param(lambda: _lying_size(-10), "malformed", id="size-too-small"),
    pytest.param(lambda: _lying_size(10), "malformed", id="size-too-large"),
    pytest.param(_overlapping, "malformed", id="overlap"),
    pytest.param(_bomb, "limit", id="bomb"),
]


@pytest.mark.parametrize(("make", "code"), BAD_ENTRIES)
def test_a_bad_entry_is_refused_by_name_and_its_neighbour_read(make: Callable[[], bytes], code: str) -> None:
    drafts, failures = found_in(make(), "box.zip")

    assert [draft.title for draft in drafts] == ["Good title"]
    assert failures
    assert all("b" in failure.member and failure.code == code and failure.reason for failure in failures)


@pytest.mark.parametrize(
    ("depth", "texts"),
    [pytest.param(1, 1, id="one-around-another"), pytest.param(2, 0, id="two-around-another")],
)
def test_archives_are_opened_one_deep(depth: int, texts: int) -> None:
    data = zip_of([GOOD])
    for level in range(depth):
        data = zip_of([(f"inner{level}.zip", data)])

    drafts, failures = found_in(data)

    assert len(drafts) == texts
    assert [failure.code for failure in failures] == ["limit"] * (1 - texts)


@pytest.mark.parametrize("extra", [0, 1], ids=["as-many-as-allowed", "one-more"])
def test_the_number_of_entries_is_limited(extra: int) -> None:
    data = zip_of([(f"{number}.txt", f"Title\n\nWords {number}") for number in range(5 + extra)])

    if extra:
        with pytest.raises(LimitExceededError, match="entries"):
            found_in(data, limits=Limits(entries=5))
    else:
        assert len(found_in(data, limits=Limits(entries=5))[0]) == 5


def test_the_whole_of_an_archive_is_limited() -> None:
    data = zip_of([(f"{number}.txt", SENTENCE * 20) for number in range(10)])

    drafts, failures = found_in(data, limits=Limits(archive_bytes=5_000))

    assert 0 < len(drafts) < 10
    assert failures[-1].code == "limit"
    assert "unpacks to more" in failures[-1].reason


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(zip_of([GOOD])[:-30], id="cut"),
        pytest.param(b"PK\x03\x04" + bytes(100), id="nothing-after-the-beginning"),
        pytest.param(b"PK\x05\x06" + bytes(6) + b"\xff" * 10, id="only-an-end-that-lies"),
        pytest.param(zip_of([]), id="empty"),
    ],
)
def test_what_is_no_sound_zip_is_refused_with_a_reason(data: bytes) -> None:
    try:
        drafts, failures = found_in(data, "a.zip")
    except ReadError as error:
        drafts, reasons = [], [str(error)]
    else:
        reasons = [failure.reason for failure in failures]

    assert not drafts
    assert all(reasons)
    assert reasons


def test_bytes_before_a_zip_do_not_matter() -> None:
    drafts, _ = found_in(b"#!/bin/sh\0\1\2\3" * 20 + zip_of([GOOD]), "self-unpacking.zip")

    assert [draft.title for draft in drafts] == ["Good title"]


def test_office_documents_that_are_not_read_are_named() -> None:
    with pytest.raises(ReadError, match="Excel"):
        found_in(zip_of({"xl/workbook.xml": "<workbook/>"}), "a.xlsx")


def _zip_with_entry_changed(change: Callable[[bytearray, int], None]) -> bytes:
    """A zip file of a good text, an ill one and another good one; ``change`` gets the ill one's directory entry."""
    data = bytearray(zip_of([GOOD, ("über.txt", "Ill title\n\nWords."), ("zuletzt.txt", GOOD[1])]))
    places = [at for at in range(len(data)) if data.startswith(b"PK\x01\x02", at)]
    change(data, places[1])
    return bytes(data)


def _spoil_name(data: bytearray, entry: int) -> None:
    assert data[entry + 46 : entry + 48] == "ü".encode()
    data[entry + 46] = 0xFF
    local = struct.unpack_from("<L", data, entry + 42)[0]
    data[local + 30] = 0xFF


def _ask_for_a_later_version(data: bytearray, entry: int) -> None:
    struct.pack_into("<H", data, entry + 6, 99)
    struct.pack_into("<H", data, entry + 10, 77)  # a method of packing that there is not


@pytest.mark.parametrize(
    ("change", "code", "member"),
    [
        pytest.param(_spoil_name, "name", "\\udcff", id="marked-as-utf-8-and-is-not"),
        pytest.param(_ask_for_a_later_version, "malformed", "über.txt", id="later-version"),
    ],
)
def test_an_entry_that_ends_the_directory_costs_no_other(
    change: Callable[[bytearray, int], None], code: str, member: str
) -> None:
    drafts, failures = found_in(_zip_with_entry_changed(change), "x.zip")

    assert [draft.origin.member for draft in drafts] == ["good.txt", "zuletzt.txt"]
    assert [failure.code for failure in failures] == [code]
    assert member in failures[0].member
