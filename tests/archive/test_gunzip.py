"""Reading through gzip: exact limits, and what is left when a member is damaged."""

from __future__ import annotations

import gzip
import io
import random

import pytest

from archive.errors import LimitExceededError, MalformedItemError
from archive.limits import LIMITS, Limits
from archive.readers.gunzip import Gunzip

FIRST, SECOND = b"The first member.", b"The second member."


class Stuttering(io.BytesIO):
    """Gives one byte at first, and then the rest."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(1 if self.tell() == 0 else size)


def damaged_member(size: int) -> bytes:
    """A member whose first block is of no kind, and that goes on for a while."""
    data = bytearray(gzip.compress(random.Random(1).randbytes(size), mtime=0))
    data[10] |= 0b110
    return bytes(data)


def all_of(source: io.BytesIO, limits: Limits = LIMITS) -> bytes:
    return Gunzip(source, limits).readall()


@pytest.mark.parametrize("source", [io.BytesIO, Stuttering])
def test_growth_is_limited_to_the_byte(source: type[io.BytesIO]) -> None:
    packed, limits = gzip.compress(b"a" * 100_000), Limits(ratio=100, ratio_free_bytes=0)

    assert len(all_of(source(packed.ljust(1_000, b"\0")), limits)) == 100_000
    with pytest.raises(LimitExceededError, match="bomb"):
        all_of(source(packed.ljust(999, b"\0")), limits)


def test_a_small_content_may_grow_as_it_likes() -> None:
    packed = gzip.compress(b"a" * 100_000)

    assert len(all_of(io.BytesIO(packed), Limits(ratio=1, ratio_free_bytes=100_000))) == 100_000
    with pytest.raises(LimitExceededError):
        all_of(io.BytesIO(packed), Limits(ratio=1, ratio_free_bytes=99_999))


@pytest.mark.parametrize("chunk", [64, 65, 66, 256_000])
def test_the_next_member_is_found_behind_a_damaged_one(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.readers.gunzip._CHUNK", chunk)
    packed = Gunzip(io.BytesIO(damaged_member(1_000) + gzip.compress(SECOND)), LIMITS)

    with pytest.raises(MalformedItemError, match="damaged"):
        packed.readall()
    assert packed.skip_member()
    assert packed.readall() == SECOND


def test_behind_the_last_member_there_is_none() -> None:
    packed = Gunzip(io.BytesIO(damaged_member(1_000)), LIMITS)

    with pytest.raises(MalformedItemError):
        packed.readall()
    assert not packed.skip_member()
    assert packed.readall() == b""


def test_members_are_read_one_after_another() -> None:
    assert all_of(io.BytesIO(gzip.compress(FIRST) + gzip.compress(SECOND))) == FIRST + SECOND


@pytest.mark.parametrize(("rest", "told"), [(b"", False), (b"\0" * 600, False), (b"other bytes", True)])
def test_other_bytes_at_the_end_are_told_and_padding_is_not(rest: bytes, told: bool) -> None:
    packed = Gunzip(io.BytesIO(gzip.compress(FIRST) + rest), LIMITS)

    assert packed.readall() == FIRST
    assert packed.warning == ("there are other bytes after the gzip data; they were not read" if told else "")


def test_a_cut_file_is_told() -> None:
    with pytest.raises(MalformedItemError, match="too early"):
        all_of(io.BytesIO(gzip.compress(FIRST * 50)[:-12]))
