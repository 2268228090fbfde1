"""The records of a WARC file, from front to back, whatever their headers claim.

Libraries for WARC lose records in silence where a length is wrong or a file was
cut; here a length that does not fit is noticed, the next record is looked for by
its first line, and the record says what was wrong with it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from archive.errors import ReadError
from archive.limits import Limits
from archive.readers.gunzip import Gunzip

_CHUNK: Final = 1_000_000
_START: Final = re.compile(rb"WARC/[0-9]+\.[0-9]+\r?\n")
_NEXT: Final = re.compile(rb"\r?\n(?=WARC/[0-9]+\.[0-9]+\r?\n[A-Za-z-]+:)")
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_BLANK: Final = re.compile(rb"[\r\n]*")
_NEWLINES: Final = b"\r\n"
_PEEK: Final = 64
_TAIL: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record.

    Attributes:
        number: its place in the file, from 1.
        fields: header fields by lower-case name; the first of several.
        content: at most as many bytes as a file may have.
        warning: what was wrong with it, in words for the user; empty if nothing was.
        failure: why its content is not there; empty if it is.
        code: of the failure.
    """

    number: int
    fields: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    warning: str = ""
    failure: str = ""
    code: str = "malformed"


class RecordReader:
    """Reads records; where the file is packed record by record, a bad one costs itself only."""

    def __init__(self, stream: io.BufferedReader, inflater: object, limits: Limits) -> None:
        self._gunzip = inflater if isinstance(inflater, Gunzip) else None
        self._stream = stream
        self._limits = limits
        self._pending = bytearray()
        self._damage: ReadError | None = None
        self._number = 0
        self._told = False

    def __iter__(self) -> Iterator[Record]:
        while True:
            record = self._next()
            if record is not None:
                yield record
            if self._damage is not None:
                if record is None or not (record.warning or record.failure):
                    yield self._failed(str(self._damage), code=self._damage.code)
                if not self._skip_damage():
                    return
            elif record is None:
                return

    def _next(self) -> Record | None:
        """The next record; None at the end of the file, or where it is damaged."""
        junk = self._skip_to_start()
        told, self._told = self._told, False
        if junk and not told:
            return self._failed(f"{junk:,} bytes before it that are no record; they were not read")
        if not self._pending:
            return None
        head = self._read_head()
        if head is None:
            return None
        if isinstance(head, str):
            return self._failed(head, code="limit")
        return self._read_record(head)

    def _failed(self, reason: str, code: str = "malformed") -> Record:
        self._number += 1
        return Record(number=self._number, failure=reason, code=code)

    def _skip_to_start(self) -> int:
        """Go to the next record's first line; return how many bytes that are no record were passed."""
        passed = 0
        while True:
            self._fill(_PEEK)
            del self._pending[: _BLANK.match(self._pending).end()]  # type: ignore[union-attr]
            if not self._fill(_PEEK) and not self._pending:
                return passed
            if _START.match(self._pending):
                return passed
            found = _NEXT.search(self._pending)
            if found is not None:
                del self._pending[: found.end()]
                return passed + found.end()
            dropped = max(0, len(self._pending) - _TAIL)  # a first line may begin in the tail
            del self._pending[:dropped]
            passed += dropped
            if not self._fill(len(self._pending) + 1):
                passed += len(self._pending)
                self._pending.clear()
                return passed

    def _read_head(self) -> dict[str, str] | str | None:
        """The header's fields; a reason if it is too large; None if the file ends in it."""
        limit = self._limits.warc_head_bytes
        size = 4096
        while (end := _HEAD_END.search(self._pending)) is None:
            if len(self._pending) > limit:
                return self._give_up_head(f"its header is larger than {limit:,} bytes")
            before = len(self._pending)
            if not self._fill(size) and len(self._pending) == before:
                if self._damage is None:
                    self._damage = _CutError("the file ends in the middle of a record's header; it was cut")
                return None
            size += 8192
        if end.end() > limit:
            return self._give_up_head(f"its header is larger than {limit:,} bytes")
        head = bytes(self._pending[: end.start()])
        lines = head.split(b"\n")
        if max(map(len, lines)) > self._limits.warc_line_bytes:
            longest = self._limits.warc_line_bytes
            return self._give_up_head(f"a line of its header is longer than {longest:,} bytes")
        del self._pending[: end.end()]
        return _fields(lines[1:])

    def _give_up_head(self, reason: str) -> str:
        """Let the next record be looked for behind this one's first line."""
        del self._pending[:6]
        self._told = True
        return reason

    def _read_record(self, fields: dict[str, str]) -> Record:
        self._number += 1
        stated = fields.get("content-length", "")
        if not (stated.isascii() and stated.isdigit() and len(stated) < 16):
            return self._record_of_unknown_length(fields, f"its length is not a number: {stated[:30]!r}")
        length = int(stated)
        most = self._limits.file_bytes
        if length > most:
            return self._large_record(fields, length)
        self._fill(length + _PEEK)
        if len(self._pending) < length or not self._fits(length):
            reason = f"its length is not the stated {length:,} bytes; it was taken up to the next record"
            return self._record_of_unknown_length(fields, reason)
        content = bytes(self._pending[:length])
        del self._pending[:length]
        return Record(number=self._number, fields=fields, content=content)

    def _fits(self, length: int) -> bool:
        """Say whether a record that is so long is followed by another, by the end, or by its own end."""
        after = bytes(self._pending[length : length + _PEEK])
        rest = after.lstrip(_NEWLINES)
        if not after or (len(rest) < len(after) and (not rest or rest.startswith(b"WARC/"))):
            return True
        return after.startswith(b"\r\n\r\n") and _NEXT.search(self._pending, 0, length) is None

    def _record_of_unknown_length(self, fields: dict[str, str], reason: str) -> Record:
        """A record up to where the next one seems to begin."""
        most = self._limits.file_bytes
        place = 0
        while (found := _NEXT.search(self._pending, place)) is None:
            place = max(0, len(self._pending) - 200)
            if len(self._pending) > most:
                self._pending.clear()
                return Record(number=self._number, fields=fields, failure=reason)
            if not self._fill(len(self._pending) + 1):
                break
        end = len(self._pending) if found is None else found.start()
        content = bytes(self._pending[:end]).rstrip(_NEWLINES)
        del self._pending[:end]
        damage = self._damage
        if damage is not None and damage.code == "limit":
            return Record(number=self._number, fields=fields, failure=str(damage), code=damage.code)
        if found is None:
            reason = "the file ends in the middle of it; its text may be incomplete"
        return Record(number=self._number, fields=fields, content=content, warning=reason)

    def _large_record(self, fields: dict[str, str], length: int) -> Record:
        """A record over the limit: passed over, unless it only says that it is so large."""
        most = self._limits.file_bytes
        if not self._fill(most):
            reason = f"its length is not the stated {length:,} bytes; it was taken up to the next record"
            return self._record_of_unknown_length(fields, reason)
        left = length
        while left > 0 and (self._pending or self._fill(1)):
            passed = min(left, len(self._pending))
            del self._pending[:passed]
            left -= passed
        reason = f"larger than {most // 1_000_000} MB"
        if left:
            reason = f"its length is not the stated {length:,} bytes; what follows it was not read"
        return Record(number=self._number, fields=fields, failure=reason, code="limit")

    def _fill(self, size: int) -> bool:
        """Read until ``size`` bytes are pending; False where there are not so many."""
        while len(self._pending) < size and self._damage is None:
            try:
                more = self._stream.read1(_CHUNK)
            except ReadError as error:
                self._damage = error
                return False
            if not more:
                return False
            self._pending += more
        return len(self._pending) >= size

    def _skip_damage(self) -> bool:
        """Go on behind a damaged member; False at the end of the file."""
        if isinstance(self._damage, _CutError) or self._gunzip is None:
            return False
        self._damage = None
        self._pending.clear()
        # The stream's buffer is empty now: it was read to where its source failed.
        return self._gunzip.skip_member()


class _CutError(ReadError):
    """The file ends where it must not."""

    code = "malformed"


def _fields(lines: list[bytes]) -> dict[str, str]:
    fields: dict[str, str] = {}
    last = ""
    for line in lines:
        text = line.decode("utf-8", "replace").rstrip("\r")
        if text[:1] in {" ", "\t"} and last:
            fields[last] += " " + text.strip()
            continue
        name, colon, value = text.partition(":")
        last = name.strip().lower()
        if colon and last not in fields:
            fields[last] = value.strip()
        elif not colon:
            last = ""
    return fields
