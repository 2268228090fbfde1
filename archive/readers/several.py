"""Files that hold several articles, or none but addresses: which reader reads which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from archive.document import Draft, Origin
from archive.readers import ReadFailure, ReadOptions, marks

SEVERAL: Final = frozenset(
    {marks.FEED, marks.JSON_FEED, marks.EMAIL, marks.OPML, marks.BOOKMARKS, marks.SAVED_JSON, marks.SAVED_CSV}
)


def read_several(
    kind: str, data: bytes, origin: Origin, options: ReadOptions
) -> Iterator[Draft | ReadFailure]:
    """Read a file of one of the kinds in `SEVERAL`; each reader is imported where it is needed.

    Raises:
        ReadError: the file as a whole cannot be read.
    """
    if kind == marks.FEED:
        from archive.readers.feed import read_feed

        yield from read_feed(data, origin, options)
    elif kind == marks.JSON_FEED:
        from archive.readers.jsonfeed import read_json_feed

        yield from read_json_feed(data, origin, options)
    elif kind == marks.EMAIL:
        from archive.readers.mail import read_mail

        yield from read_mail(data, origin, options)
    elif kind == marks.OPML:
        from archive.readers.opml import read_opml

        yield from read_opml(data, origin, options)
    elif kind == marks.BOOKMARKS:
        from archive.readers.bookmarks import read_bookmarks

        yield from read_bookmarks(data, origin, options)
    else:
        from archive.readers.exports import read_saved_csv, read_saved_json

        read_saved = read_saved_json if kind == marks.SAVED_JSON else read_saved_csv
        yield from read_saved(data, origin, options)
