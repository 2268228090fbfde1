"""What every container of files is held to: names, budget, sizes.

A container's members are handed to the readers as streams, like files; nothing is
ever unpacked to a folder.  Its index is written by whoever made it, so that no
name, size or count in it is believed.
"""

from __future__ import annotations

import contextlib
import io
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, Final, cast

from archive.document import Origin
from archive.errors import LimitExceededError, MalformedItemError, ReadError
from archive.limits import Limits
from archive.readers import ReadFailure, ReadOptions
from archive.sources import ASSET_SUFFIXES

REFUSED_NAME: Final = "name"
REFUSED_KIND: Final = "link"
ENCRYPTED: Final = "encrypted"
SKIPPED: Final = "skipped"
_NO_ARTICLE: Final = "not an article by its name"

_CHUNK: Final = 256_000
_SPOOL_BYTES: Final = 8_000_000
_BUFFER: Final = 64_000
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_HIDDEN: Final = re.compile(r"(?:^|/)(?:__MACOSX/|\.[^/]|Thumbs\.db$|desktop\.ini$)")


@dataclass(slots=True, kw_only=True)
class Part:
    """One member of a container, to be read before the next one is asked for."""

    stream: io.BufferedReader
    origin: Origin
    options: ReadOptions


@dataclass(slots=True)
class Budget:
    """What a container and the containers inside it may use together."""

    limits: Limits
    entries: int = 0
    written: int = 0

    def count_entry(self) -> None:
        """Raises LimitExceededError: there are more entries than allowed."""
        self.entries += 1
        if self.entries > self.limits.entries:
            raise LimitExceededError(f"more than {self.limits.entries:,} entries; the others were not read")

    @property
    def is_spent(self) -> bool:
        """Whether nothing more may be unpacked."""
        return self.written > self.limits.archive_bytes

    def spend(self, size: int) -> None:
        """Raises LimitExceededError: the container unpacks to more than allowed."""
        self.written += size
        if self.written > self.limits.archive_bytes:
            allowed = self.limits.archive_bytes // 1_000_000
            raise LimitExceededError(f"the archive unpacks to more than {allowed:,} MB")


class Guarded(io.RawIOBase):
    """The bytes of one member, counted while they are read.

    Raises (when read):
        LimitExceededError: they are many more than the packed ones, or than the budget allows.
        MalformedItemError: they cannot be unpacked, or are not as many as the index says.
    """

    def __init__(
        self,
        read: Callable[[int], bytes],
        budget: Budget,
        *,
        packed: int | None = None,
        declared: int | None = None,
        errors: tuple[type[Exception], ...] = (),
    ) -> None:
        super().__init__()
        self._read = read
        self._budget = budget
        self._packed = packed
        self._declared = declared
        self._errors: tuple[type[Exception], ...] = (EOFError, *errors)
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        try:
            content = self._read(min(len(view), _CHUNK))
        except ReadError:
            raise
        except self._errors as error:
            raise MalformedItemError(f"it cannot be unpacked: {error}"[:300]) from error
        view[: len(content)] = content
        self._size += len(content)
        self._budget.spend(len(content))
        self._check(at_end=not content)
        return len(content)

    def _check(self, *, at_end: bool) -> None:
        limits = self._budget.limits
        if self._packed is not None and self._size > max(
            limits.ratio_free_bytes, limits.ratio * self._packed
        ):
            raise LimitExceededError(f"it grows to more than {limits.ratio} times its size; it may be a bomb")
        if at_end and self._declared is not None and self._size != self._declared:
            raise MalformedItemError(f"it holds {self._size:,} bytes, but {self._declared:,} are stated")


def buffered(raw: io.RawIOBase | io.BytesIO) -> io.BufferedReader:
    """Return a stream to hand to a reader."""
    return io.BufferedReader(cast("io.RawIOBase", raw), _BUFFER)


def seekable(stream: io.BufferedReader, limits: Limits) -> BinaryIO:
    """Return ``stream``, or a temporary copy where one cannot go back in it.

    Raises:
        LimitExceededError: it is larger than an archive may be.
    """
    if stream.seekable():
        return stream
    with contextlib.ExitStack() as closing:
        copy = closing.enter_context(tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES))
        size = 0
        while content := stream.read(_CHUNK):
            size += len(content)
            if size > limits.archive_bytes:
                raise LimitExceededError(f"larger than {limits.archive_bytes // 1_000_000:,} MB")
            copy.write(content)
        copy.seek(0)
        closing.pop_all()  # the caller closes it
    return cast("BinaryIO", copy)


def why_name_is_refused(name: str, limits: Limits) -> str:
    """Return why no member may be called ``name``; empty if it may.

    Members are not written anywhere, but their names are shown, stored and
    exported again: a name that reaches out of a folder is not passed on.
    """
    if not name:
        return "it has no name"
    if _SURROGATES.search(name):
        return "its name is not UTF-8"
    if len(name) > limits.entry_name_chars:
        return f"its name is longer than {limits.entry_name_chars:,} characters"
    if "\\" in name:
        return "its name has a backslash in it"
    if name.startswith("/"):
        return "its name is an absolute path"
    if _DRIVE.match(name):
        return "its name begins with a drive"
    if ".." in name.split("/"):
        return "its name leads out of the archive"
    if _CONTROLS.search(name):
        return "its name has control characters in it"
    return ""


def is_hidden(name: str) -> bool:
    """Say whether a member is hidden, or left by a file manager."""
    return _HIDDEN.search(name) is not None


def is_asset(name: str) -> bool:
    """Say whether a member is what a saved page brings with it, such as an image, by its name."""
    return PurePosixPath(name).suffix.lower() in ASSET_SUFFIXES


def shown_name(name: str) -> str:
    """Return a member's name as text that can be shown and stored."""
    name = _CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", name)
    name = name.encode("utf-8", "backslashreplace").decode()
    return name if len(name) <= 300 else f"{name[:299]}…"


def member_path(outer: str, inner: str) -> str:
    """Return the name of a part inside a member: ``issue.zip: a.html``, ``list.jsonl: line 12``."""
    if not outer or not inner or inner == outer:
        return outer or inner
    return f"{outer}: {inner}"


def skipped(name: str, *, within: str = "") -> ReadFailure:
    """Return that a member was passed over, as such files in a folder are."""
    return refusal(name, SKIPPED, _NO_ARTICLE, within=within)


def refusal(name: str, code: str, reason: str, *, within: str = "") -> ReadFailure:
    """Return the failure of one member."""
    return ReadFailure(member=member_path(within, shown_name(name)), code=code, reason=reason)
