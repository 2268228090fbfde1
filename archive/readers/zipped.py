"""Zip files of articles: the members as parts, the refused ones by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from archive.containers import Part, buffered, is_asset, is_hidden, member_path, refusal, skipped
from archive.document import Origin
from archive.errors import EmptyItemError, ReadError
from archive.readers import ReadFailure, ReadOptions
from archive.readers.zipfiles import ZipReader


def walk_zip(zipped: ZipReader, origin: Origin, options: ReadOptions) -> Iterator[Part | ReadFailure]:
    """Yield what is in a zip file; a member that is refused or damaged is a failure.

    Raises:
        EmptyItemError: there is nothing in it.
    """
    if not zipped.refused and next(zipped.names, None) is None:
        raise EmptyItemError("the zip file is empty")
    for failure in zipped.refused:
        yield refusal(failure.member, failure.code, failure.reason, within=origin.member)
    for name in zipped.names:
        if is_hidden(name):
            continue
        if is_asset(name):
            yield skipped(name, within=origin.member)
            continue
        try:
            stream = buffered(zipped.open(name))
        except ReadError as error:
            yield refusal(name, error.code, str(error), within=origin.member)
            continue
        place = replace(origin, member=member_path(origin.member, name))
        yield Part(stream=stream, origin=place, options=options)
