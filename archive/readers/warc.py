"""Web archives: the pages among their records, with address and time of capture."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

from archive.containers import Budget, Part, buffered, member_path, shown_name
from archive.document import Origin
from archive.errors import EmptyItemError, ReadError
from archive.readers import ReadFailure, ReadOptions
from archive.readers.httpbody import content_type, decoded_body, parse_response
from archive.readers.warcrecords import Record, RecordReader
from archive.urls import normalise_url

_PAGES: Final = frozenset({"text/html", "application/xhtml+xml", "application/pdf"})
_TYPES: Final = frozenset({"response", "resource", "conversion"})
_HTML_STARTS: Final = (b"<!doctype html", b"<html")


def walk_warc(
    stream: io.BufferedReader,
    inflater: object,
    origin: Origin,
    options: ReadOptions,
    budget: Budget,
    *,
    only: Collection[str] = (),
) -> Iterator[Part | ReadFailure]:
    """Yield the pages of a WARC file, each with its address and time of capture.

    A page is a response with status 200, a resource or a conversion that is HTML
    or PDF (for a conversion: text).  Other records are passed over.

    Args:
        inflater: what unpacks ``stream``, if it is packed.
        only: canonical addresses; where there are any, other pages are passed over.

    Raises:
        EmptyItemError: there is no page in it.
        LimitExceededError: it has too many records, or unpacks to too much.
    """
    records = parts = 0
    for record in RecordReader(stream, inflater, options.limits):
        records += 1
        budget.count_entry()
        budget.spend(len(record.content))
        found = _page(record, origin, options, only)
        if found is not None:
            parts += 1
            yield found
    if not parts:
        raise EmptyItemError(f"there is no page in it, in {records:,} records")


def _page(
    record: Record, origin: Origin, options: ReadOptions, only: Collection[str]
) -> Part | ReadFailure | None:
    url = record.fields.get("warc-target-uri", "").strip("<> ").replace(" ", "%20")
    member = member_path(origin.member, f"record {record.number}" + (f", {shown_name(url)}" if url else ""))
    if record.failure:
        return ReadFailure(member=member, code=record.code, reason=record.failure)
    kind = record.fields.get("warc-type", "").lower()
    if kind not in _TYPES:
        return None
    if only and normalise_url(url) not in only:
        return None
    try:
        found = _content(record, kind, options)
    except ReadError as error:
        return ReadFailure(member=member, code=error.code, reason=str(error))
    if found is None:
        return None
    body, charset, notes = found
    if not body.strip():
        return ReadFailure(member=member, code=EmptyItemError.code, reason="the page has no content")
    part_options = replace(
        options, url=url, declared=charset, fetched=record.fields.get("warc-date", "")[:40], notes=notes
    )
    stream = buffered(io.BytesIO(body))
    return Part(stream=stream, origin=replace(origin, member=member), options=part_options)


def _content(record: Record, kind: str, options: ReadOptions) -> tuple[bytes, str, tuple[str, ...]] | None:
    """Body, stated charset and warnings of a record that is a page; None if it is none."""
    notes = (record.warning,) if record.warning else ()
    if record.fields.get("warc-truncated"):
        reason = shown_name(record.fields["warc-truncated"][:30])
        notes = (*notes, f"the capture was cut ({reason}); its text may be incomplete")
    if kind != "response" or not record.content.startswith(b"HTTP/"):
        media_type, charset = content_type(record.fields.get("content-type", ""))
        wanted = media_type in _PAGES or (kind == "conversion" and media_type == "text/plain")
        if not wanted and not (kind == "response" and _is_html(record.content)):
            return None
        return record.content, charset, notes
    response = parse_response(record.content, options.limits)
    if response is None:
        return record.content, "", (*notes, "its HTTP header cannot be read")
    if response.status != 200 or (response.media_type and response.media_type not in _PAGES):
        return None
    body, warnings = decoded_body(response, options.limits)
    if not response.media_type and not _is_html(body):
        return None
    return body, response.charset, (*notes, *warnings)


def _is_html(body: bytes) -> bool:
    return body[:200].lstrip().lower().startswith(_HTML_STARTS)
