"""WACZ: a zip file of WARC files, and of a list of the pages that were meant."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import orjson

from archive.containers import Budget, Part, buffered, member_path, refusal
from archive.document import Origin
from archive.errors import EmptyItemError, ReadError
from archive.readers import ReadFailure, ReadOptions
from archive.readers.gunzip import Gunzip
from archive.readers.warc import walk_warc
from archive.readers.zipfiles import ZipReader
from archive.urls import normalise_url

_PAGE_LISTS: Final = ("pages/pages.jsonl", "pages/extraPages.jsonl")
_ENDINGS: Final = (".warc", ".warc.gz")


def walk_wacz(
    zipped: ZipReader, origin: Origin, options: ReadOptions, budget: Budget
) -> Iterator[Part | ReadFailure]:
    """Yield the pages of a WACZ file: those that it lists, or all if it lists none.

    Raises:
        EmptyItemError: none of its WARC files has a page.
        LimitExceededError: it has too many entries, or unpacks to too much.
    """
    for failure in zipped.refused:
        yield refusal(failure.member, failure.code, failure.reason, within=origin.member)
    only, failures = _listed_pages(zipped, origin)
    yield from failures
    found = 0
    for name in [each for each in zipped.names if each.startswith("archive/") and each.endswith(_ENDINGS)]:
        place = replace(origin, member=member_path(origin.member, name))
        try:
            for part in _pages_of(zipped, name, place, options, budget, only):
                found += 1
                yield part
        except EmptyItemError:
            continue
        except ReadError as error:
            if budget.is_spent:
                raise
            found += 1
            yield ReadFailure(member=place.member, code=error.code, reason=str(error))
    if not found:
        raise EmptyItemError("there is no page in it")


def _pages_of(
    zipped: ZipReader, name: str, place: Origin, options: ReadOptions, budget: Budget, only: frozenset[str]
) -> Iterator[Part | ReadFailure]:
    stream = buffered(zipped.open(name))
    inflater = Gunzip(stream, options.limits) if stream.peek(2).startswith(b"\x1f\x8b") else None
    if inflater is not None:
        stream = io.BufferedReader(inflater)
    yield from walk_warc(stream, inflater, place, options, budget, only=only)


def _listed_pages(zipped: ZipReader, origin: Origin) -> tuple[frozenset[str], list[ReadFailure]]:
    """The canonical addresses of the pages that are listed."""
    addresses: set[str] = set()
    failures: list[ReadFailure] = []
    for name in _PAGE_LISTS:
        if name not in zipped:
            continue
        try:
            lines = zipped.read(name).splitlines()
        except ReadError as error:
            failures.append(refusal(name, error.code, str(error), within=origin.member))
            continue
        for line in lines:
            try:
                page = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue  # an address that is not listed costs nothing while others are
            url = page.get("url") if isinstance(page, dict) else None
            if isinstance(url, str) and (address := normalise_url(url)):
                addresses.add(address)
    return frozenset(addresses), failures
