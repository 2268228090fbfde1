"""The one door to the readers: bytes or a stream in, drafts and failures out."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterator
from typing import Final

from archive.document import Draft, Origin
from archive.encoding import decode
from archive.errors import LimitExceededError, ReadError
from archive.readers import ReadFailure, ReadOptions
from archive.readers.csv import read_csv
from archive.readers.gunzip import Gunzip
from archive.readers.jsonl import read_json, read_jsonl
from archive.readers.markdown import read_markdown
from archive.readers.sniff import HEAD_BYTES, Kind, sniff
from archive.readers.text import read_text

_GZIP: Final = b"\x1f\x8b"
_BUFFER: Final = 1_000_000


def read(data: bytes, origin: Origin, *, options: ReadOptions) -> Iterator[Draft | ReadFailure]:
    """Read every article in ``data``.

    Raises:
        ReadError: the item as a whole cannot be read; a part that cannot is a `ReadFailure`.
    """
    return read_stream(io.BufferedReader(io.BytesIO(data)), origin, options=options)


def read_stream(
    stream: io.BufferedReader, origin: Origin, *, options: ReadOptions
) -> Iterator[Draft | ReadFailure]:
    """Read every article in a stream, in memory bounded by its largest article.

    Raises:
        ReadError: as `read`, when the first article is asked for or later.
    """
    opened = open_stream(stream, origin, options)
    yield from opened.articles(options)


@dataclasses.dataclass(slots=True)
class Opened:
    """A stream whose kind is known and of which nothing is read yet."""

    stream: io.BufferedReader
    kind: Kind
    origin: Origin
    inflater: Gunzip | None = None

    def articles(self, options: ReadOptions) -> Iterator[Draft | ReadFailure]:
        """Yield the articles, and the failures of parts."""
        try:
            yield from self._read(options)
        except ReadError as error:
            if self.kind not in {Kind.JSONL, Kind.CSV}:
                raise
            # What came before the damage is read already.
            yield ReadFailure(code=error.code, reason=str(error))

    def _read(self, options: ReadOptions) -> Iterator[Draft | ReadFailure]:
        if self.kind is Kind.JSONL:
            yield from read_jsonl(self.stream, self.origin, options)
        elif self.kind is Kind.CSV:
            yield from read_csv(self.stream, self.origin, options)
        else:
            data = self._whole(options.limits.file_bytes)
            if self.kind is Kind.JSON:
                yield from read_json(data, self.origin, options)
            else:
                yield self._article(data, options)

    def _article(self, data: bytes, options: ReadOptions) -> Draft:
        if self.kind is Kind.HTML:
            # Imported where it is needed: it brings lxml and the extractor with it.
            from archive.readers.html import read_html

            draft = read_html(data, self.origin, options)
        elif self.kind is Kind.MARKDOWN:
            draft = read_markdown(data, self.origin, options)
        else:
            draft = read_text(data, self.origin, options)
        if self.inflater is not None and self.inflater.warning:
            draft = dataclasses.replace(draft, warnings=(*draft.warnings, self.inflater.warning))
        return draft

    def _whole(self, limit: int) -> bytes:
        data = self.stream.read(limit + 1)
        if len(data) > limit:
            hint = "; as JSON Lines it can be of any size" if self.kind is Kind.JSON else ""
            raise LimitExceededError(f"larger than {limit // 1_000_000} MB{hint}")
        return data


def open_stream(stream: io.BufferedReader, origin: Origin, options: ReadOptions) -> Opened:
    """Look at the beginning of a stream and say what it is; gzip is looked through.

    Raises:
        ReadError: it is empty, or of a kind that is not read.
    """
    name = origin.path
    head = stream.peek(HEAD_BYTES)[:HEAD_BYTES]
    inflater = None
    if head.startswith(_GZIP):
        inflater = Gunzip(stream, options.limits)
        stream = io.BufferedReader(inflater, _BUFFER)
        head = stream.peek(HEAD_BYTES)[:HEAD_BYTES]
        name = name.removesuffix(".gz").removesuffix(".GZ")
    kind = sniff(head, name)
    if kind is Kind.JSONL:
        stream = _as_utf8(stream, head)
    return Opened(
        stream=stream,
        kind=kind,
        origin=dataclasses.replace(origin, media_type=str(kind)),
        inflater=inflater,
    )


def _as_utf8(stream: io.BufferedReader, head: bytes) -> io.BufferedReader:
    """Lines of UTF-16 do not end in one byte: read them through UTF-8."""
    encoding = decode(head[: len(head) & ~3]).encoding
    if not encoding.startswith(("utf-16", "utf-32")):
        return stream
    return io.BufferedReader(_Transcoder(stream, encoding), _BUFFER)


class _Transcoder(io.RawIOBase):
    def __init__(self, stream: io.BufferedReader, encoding: str) -> None:
        super().__init__()
        self._text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        content = self._text.read(len(view) // 4).encode()
        view[: len(content)] = content
        return len(content)
