"""Files inside tar archives, and what packs them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable

import pytest
import zstandard
from made_files import SENTENCE, found_in

from archive.errors import LimitExceededError, MalformedItemError
from archive.limits import Limits

GOOD = ("good.txt", f"Good title\n\n{SENTENCE}")


def tar_of(entries: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        for entry, content in [*entries, (tarfile.TarInfo(GOOD[0]), GOOD[1].encode())]:
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return target.getvalue()


def _entry(name: str, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = "/etc/passwd"
    return info


PACKINGS = [
    pytest.param(lambda data: data, "a.tar", id="plain"),
    pytest.param(gzip.compress, "a.tar.gz", id="gz"),
    pytest.param(bz2.compress, "a.tar.bz2", id="bz2"),
    pytest.param(lzma.compress, "a.txz", id="xz"),
    pytest.param(zstandard.compress, "a.tar.zst", id="zst"),
]


@pytest.mark.parametrize(("pack", "name"), PACKINGS)
def test_a_tar_is_read_through_its_packing(pack: Callable[[bytes], bytes], name: str) -> None:
    drafts, failures = found_in(pack(tar_of([(_entry("./a/one.md"), b"# One\n\nFirst words.")])), name)

    assert [(draft.origin.member, draft.title) for draft in drafts] == [
        ("a/one.md", "One"),
        ("good.txt", "Good title"),
    ]
    assert not failures


@pytest.mark.parametrize(("pack", "name"), PACKINGS[1:])
def test_a_packed_file_that_was_cut_says_so(pack: Callable[[bytes], bytes], name: str) -> None:
    packed = pack("".join(f"Line {number} of many.\n" for number in range(2_000)).encode())

    with pytest.raises(MalformedItemError, match="ends too early"):
        found_in(packed[: len(packed) // 2], "a.txt" + name[5:])


@pytest.mark.parametrize(("pack", "name"), PACKINGS[1:])
def test_a_packed_bomb_is_refused(pack: Callable[[bytes], bytes], name: str) -> None:
    limits = Limits(ratio_free_bytes=100_000)

    with pytest.raises(LimitExceededError, match="bomb"):
        found_in(pack(b"words " * 500_000), "a.txt", limits=limits)


@pytest.mark.parametrize(("pack", "name"), PACKINGS[1:])
def test_several_packed_streams_are_one_text(pack: Callable[[bytes], bytes], name: str) -> None:
    drafts, _ = found_in(pack(b"First words.\n\n") + pack(b"Second words.") + bytes(16), "a.txt")

    assert drafts[0].title + drafts[0].text == "First words.Second words."


BAD_TAR_ENTRIES = [
    pytest.param(_entry("../bad"), "name", id="slip"),
    pytest.param(_entry("/bad"), "name", id="absolute"),
    pytest.param(_entry("b\udcffd"), "name", id="not-utf-8"),
    pytest.param(_entry("bad", tarfile.SYMTYPE), "link", id="link"),
    pytest.param(_entry("bad", tarfile.LNKTYPE), "link", id="hard-link"),
    pytest.param(_entry("bad", tarfile.FIFOTYPE), "link", id="pipe"),
    pytest.param(_entry("bad", tarfile.CHRTYPE), "link", id="device"),
]


@pytest.mark.parametrize(("entry", "code"), BAD_TAR_ENTRIES)
def test_a_bad_tar_entry_is_refused_and_its_neighbour_read(entry: tarfile.TarInfo, code: str) -> None:
    content = b"words" if entry.type == tarfile.REGTYPE else b""

    drafts, failures = found_in(tar_of([(entry, content)]), "a.tar")

    assert [draft.title for draft in drafts] == ["Good title"]
    assert [failure.code for failure in failures] == [code]


@pytest.mark.parametrize("cut", [700, 1_200, 1_600], ids=["in-content", "in-header", "in-second-content"])
def test_a_tar_that_was_cut_says_so(cut: int) -> None:
    data = tar_of([(_entry("one.txt"), b"Title\n\n" + b"words " * 50)])

    _, failures = found_in(data[:cut], "a.tar")

    assert any(
        "damaged" in failure.reason or "cut" in failure.reason or "unpacked" in failure.reason
        for failure in failures
    )


def test_a_damaged_header_inside_a_tar_is_no_silent_end() -> None:
    data = bytearray(tar_of([(_entry("one.txt"), b"Title\n\nSome words.")]))
    data[1024 + 150] ^= 0xFF

    drafts, failures = found_in(bytes(data), "a.tar")

    assert [draft.origin.member for draft in drafts] == ["one.txt"]
    assert [failure.code for failure in failures] == ["malformed"]


def test_a_header_that_claims_a_huge_name_is_not_read() -> None:
    entry = _entry("././@LongLink", tarfile.GNUTYPE_LONGNAME)
    header = bytearray(entry.tobuf())
    header[124:136] = b"77777777777\0"
    header[148:156] = b"        "
    header[148:156] = b"%06o\0 " % sum(header[:512])

    _, failures = found_in(bytes(header[:512]) + bytes(2048), "a.tar")

    assert "header" in failures[0].reason


def test_a_tar_entry_whose_name_is_not_utf8_costs_no_other() -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name in ("good.txt", "b\udcff.txt", "zuletzt.txt"):
            content = GOOD[1].encode()
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))

    drafts, failures = found_in(target.getvalue(), "x.tar")

    assert [draft.origin.member for draft in drafts] == ["good.txt", "zuletzt.txt"]
    assert [(failure.code, failure.member) for failure in failures] == [("name", "b\\udcff.txt")]
