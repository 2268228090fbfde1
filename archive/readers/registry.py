"""The one door to the readers: bytes or a stream in, drafts and failures out."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterator
from typing import Final

from archive.containers import Budget, Part
from archive.document import Draft, Origin
from archive.errors import LimitExceededError, ReadError, UnsupportedFormatError
from archive.readers import ReadFailure, ReadOptions
from archive.readers.csv import read_csv
from archive.readers.gunzip import Gunzip
from archive.readers.jsonl import read_json, read_jsonl
from archive.readers.markdown import read_markdown
from archive.readers.placing import in_context, placed
from archive.readers.several import SEVERAL, read_several
from archive.readers.sniff import CONTAINERS, HEAD_BYTES, Kind, sniff
from archive.readers.text import read_text
from archive.readers.unpack import Unpack, unpacked, unpacked_name
from archive.readers.utf8 import BUFFER, as_utf8
from archive.readers.zipcontent import zip_content
from archive.readers.zipfiles import ZipReader

_GZIP: Final = b"\x1f\x8b"


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


@dataclasses.dataclass(slots=True, kw_only=True)
class Opened:
    """A stream whose kind is known and of which nothing is read yet.

    Attributes:
        inflater: what unpacks the stream, if it is packed.
        zipped: the content, if it is a zip file of any kind.
        budget: shared with the containers that it is in.
        depth: how many containers it is in.
    """

    stream: io.BufferedReader
    kind: Kind
    origin: Origin
    budget: Budget
    inflater: Gunzip | Unpack | None = None
    zipped: ZipReader | None = None
    depth: int = 0

    @property
    def is_container(self) -> bool:
        """Whether it has `parts` to be read like files."""
        return self.kind in CONTAINERS

    def articles(self, options: ReadOptions) -> Iterator[Draft | ReadFailure]:
        """Yield the articles, and the failures of parts."""
        try:
            if self.is_container:
                yield from self._of_parts(options)
                return
            for found in self._read(options):
                inside = placed(found, self.origin.member)
                yield inside if isinstance(inside, ReadFailure) else in_context(inside, options)
        except ReadError as error:
            if self.kind not in {Kind.JSONL, Kind.CSV} | CONTAINERS:
                raise
            # What came before the damage is read already.
            yield ReadFailure(member=self.origin.member, code=error.code, reason=str(error))

    def parts(self, options: ReadOptions) -> Iterator[Part | ReadFailure]:
        """Yield the members of a container, each to be read before the next one is asked for.

        Raises:
            ReadError: it is damaged; what came before stays good.
        """
        for found in self._walk(options):
            yield found
            if self.budget.is_spent:
                self.budget.spend(0)

    def content(self, options: ReadOptions) -> bytes:
        """Return everything in the stream, to be read somewhere else.

        Raises:
            ReadError: it is larger than a file may be, or damaged.
        """
        if self.zipped is not None:
            return self.zipped.whole()
        return self._whole(options.limits.file_bytes)

    def open_part(self, part: Part) -> Opened:
        """Return a member opened like a file.

        Raises:
            ReadError: as `open_stream`; or it is a container too deep inside others.
        """
        return open_stream(part.stream, part.origin, part.options, budget=self.budget, depth=self.depth + 1)

    def _of_parts(self, options: ReadOptions) -> Iterator[Draft | ReadFailure]:
        for part in self.parts(options):
            if isinstance(part, ReadFailure):
                yield part
                continue
            try:
                yield from self.open_part(part).articles(part.options)
            except ReadError as error:
                yield ReadFailure(member=part.origin.member, code=error.code, reason=str(error))

    def _walk(self, options: ReadOptions) -> Iterator[Part | ReadFailure]:
        if self.kind is Kind.TAR:
            from archive.readers.tarred import walk_tar

            yield from walk_tar(self.stream, self.origin, options, self.budget)
        elif self.kind is Kind.WARC:
            from archive.readers.warc import walk_warc

            yield from walk_warc(self.stream, self.inflater, self.origin, options, self.budget)
        elif self.kind is Kind.MBOX:
            from archive.readers.mbox import walk_mbox

            yield from walk_mbox(self.stream, self.origin, options, self.budget)
        elif self.zipped is not None and self.kind is Kind.WACZ:
            from archive.readers.wacz import walk_wacz

            yield from walk_wacz(self.zipped, self.origin, options, self.budget)
        elif self.zipped is not None and self.kind is Kind.OMNIVORE:
            from archive.readers.omnivore import walk_omnivore

            yield from walk_omnivore(self.zipped, self.origin, options)
        elif self.zipped is not None:
            from archive.readers.zipped import walk_zip

            yield from walk_zip(self.zipped, self.origin, options)

    def _read(self, options: ReadOptions) -> Iterator[Draft | ReadFailure]:
        if self.kind is Kind.JSONL:
            yield from read_jsonl(self.stream, self.origin, options)
        elif self.kind is Kind.CSV:
            yield from read_csv(self.stream, self.origin, options)
        elif self.zipped is not None:
            yield from self._zipped_document(self.zipped, options)
        else:
            data = self._whole(options.limits.file_bytes)
            if self.kind is Kind.JSON:
                yield from read_json(data, self.origin, options)
            elif self.kind in SEVERAL:
                yield from read_several(self.kind, data, self.origin, options)
            else:
                yield self._article(data, options)

    def _zipped_document(self, zipped: ZipReader, options: ReadOptions) -> Iterator[Draft | ReadFailure]:
        if self.kind is Kind.EPUB:
            from archive.readers.epub import read_epub

            yield from read_epub(zipped, self.origin, options)
        elif self.kind is Kind.DOCX:
            from archive.readers.docx import read_docx

            yield read_docx(zipped, self.origin, options)
        else:
            from archive.readers.odt import read_odt

            yield read_odt(zipped, self.origin, options)

    def _article(self, data: bytes, options: ReadOptions) -> Draft:
        if self.kind is Kind.HTML:
            # Imported where it is needed: it brings lxml and the extractor with it.
            from archive.readers.html import read_html

            draft = read_html(data, self.origin, options)
        elif self.kind is Kind.MARKDOWN:
            draft = read_markdown(data, self.origin, options)
        elif self.kind is Kind.MHTML:
            from archive.readers.mhtml import read_mhtml

            draft = read_mhtml(data, self.origin, options)
        elif self.kind is Kind.PDF:
            from archive.readers.pdf import read_pdf

            draft = read_pdf(data, self.origin, options)
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


def open_stream(
    stream: io.BufferedReader,
    origin: Origin,
    options: ReadOptions,
    *,
    budget: Budget | None = None,
    depth: int = 0,
) -> Opened:
    """Look at the beginning of a stream and say what it is; one packing is looked through.

    Raises:
        ReadError: it is empty, or of a kind that is not read.
    """
    name = origin.member or origin.path
    budget = Budget(options.limits) if budget is None else budget
    head = stream.peek(HEAD_BYTES)[:HEAD_BYTES]
    inflater: Gunzip | Unpack | None = (
        Gunzip(stream, options.limits) if head.startswith(_GZIP) else unpacked(stream, head, options.limits)
    )
    if inflater is not None:
        stream = io.BufferedReader(inflater, BUFFER)
        head = stream.peek(HEAD_BYTES)[:HEAD_BYTES]
        name = unpacked_name(name)
    kind = sniff(head, name)
    zipped = None
    if kind is Kind.ZIP:
        zipped = ZipReader.open_stream(stream, budget)
        kind = _zip_kind(zipped)
    elif kind is Kind.JSONL:
        stream = as_utf8(stream, head)
    if kind in CONTAINERS and depth > options.limits.archive_depth:
        raise LimitExceededError("an archive too deep inside other archives; it was not opened")
    return Opened(
        stream=stream,
        kind=kind,
        origin=dataclasses.replace(origin, media_type=str(kind)),
        budget=budget,
        inflater=inflater,
        zipped=zipped,
        depth=depth,
    )


def _zip_kind(zipped: ZipReader) -> Kind:
    content = zip_content(zipped)
    kinds = {"zip": Kind.ZIP, "docx": Kind.DOCX, "odt": Kind.ODT, "epub": Kind.EPUB, "wacz": Kind.WACZ}
    kinds["omnivore"] = Kind.OMNIVORE
    if content not in kinds:
        raise UnsupportedFormatError(f"this is {content}, which is not read")
    return kinds[content]
