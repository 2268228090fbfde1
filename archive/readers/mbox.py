"""Mailboxes: the messages of an mbox file, each to be read like an ``.eml`` file."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Iterator
from typing import Final

from archive.containers import Budget, Part, buffered, member_path
from archive.document import Origin
from archive.errors import LimitExceededError
from archive.readers import ReadFailure, ReadOptions

_LINE: Final = 1_000_000
# What programs write: "From jane@example.org Mon Jan  1 00:00:00 2024", also "From - Mon …".
_FROM: Final = re.compile(rb"From (\S*).*?\d{1,2}:\d\d")
_QUOTED_FROM: Final = re.compile(rb">+From ")
_HEADER: Final = re.compile(rb"[!-9;-~]+:|>?From |\s*\Z")


def walk_mbox(
    stream: io.BufferedReader, origin: Origin, options: ReadOptions, budget: Budget
) -> Iterator[Part | ReadFailure]:
    """Yield the messages of a mailbox in memory bounded by the largest of them.

    Raises:
        LimitExceededError: there are more messages than entries of an archive may be.
    """
    limit = options.limits.file_bytes
    for number, (message, is_whole) in enumerate(_messages(stream, limit), 1):
        budget.count_entry()
        member = member_path(origin.member, f"message {number}")
        if is_whole:
            place = dataclasses.replace(origin, member=member)
            yield Part(stream=buffered(io.BytesIO(message)), origin=place, options=options)
        else:
            reason = f"the message is larger than {limit // 1_000_000} MB"
            yield ReadFailure(member=member, code=LimitExceededError.code, reason=reason)


def _messages(stream: io.BufferedReader, limit: int) -> Iterator[tuple[bytes, bool]]:
    lines: list[bytes] = []
    size = 0
    after_blank = True
    is_whole_line = True
    while line := stream.readline(_LINE):
        starts = is_whole_line and after_blank and line.startswith(b"From ")
        if starts and (not lines or _begins_message(line, stream)):
            if lines:
                yield _joined(lines, size <= limit)
            lines, size = [_envelope(line)], 0
        else:
            size += len(line)
            if size <= limit:
                lines.append(line[1:] if is_whole_line and _QUOTED_FROM.match(line) else line)
        after_blank = is_whole_line and not line.strip()
        is_whole_line = line.endswith(b"\n")
    if lines:
        yield _joined(lines, size <= limit)


def _begins_message(line: bytes, stream: io.BufferedReader) -> bool:
    """Say whether a line that begins with "From " begins a message: a sentence can begin so, too."""
    return _FROM.match(line[:1_000]) is not None and _HEADER.match(stream.peek(1_000)[:1_000]) is not None


def _envelope(line: bytes) -> bytes:
    """The line before a message as the header that it stands for, by which it is known as a message."""
    sender = line[5:300].split(b" ", 1)[0].strip(b"<>\r\n ")
    return b"Return-Path: <%b>\n" % re.sub(rb"[^!-~]", b"?", sender)


def _joined(lines: list[bytes], is_whole: bool) -> tuple[bytes, bool]:
    return (b"".join(lines) if is_whole else b"", is_whole)
