"""Cursors: where the next page begins, opaque to whoever carries them.

A cursor is bound to its search: given with another one it is refused instead of
skipping articles silently.
"""

from __future__ import annotations

import base64
import hashlib
import re

from index.errors import QueryError

#: How many hits deep a search can be paged.
MAX_DEPTH = 10_000

_FORM = re.compile(r"1\.([0-9]{1,6})\.([0-9a-f]{12})")


def make_cursor(offset: int, search: str) -> str:
    """Return the cursor for ``offset`` of the search that ``search`` spells out."""
    return base64.urlsafe_b64encode(f"1.{offset}.{_digest(search)}".encode()).decode().rstrip("=")


def offset_from_cursor(cursor: str, search: str) -> int:
    """Return the offset that ``cursor`` stands for.

    Raises:
        QueryError: it is no cursor, or that of another search.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True).decode("ascii")
    except ValueError:
        text = ""
    match = _FORM.fullmatch(text)
    if match is None:
        raise QueryError("cursor: it must be the 'next' of an earlier answer, unchanged.")
    if match[2] != _digest(search):
        raise QueryError("cursor: it belongs to another search; use the 'next' of this one.")
    return int(match[1])


def check_depth(offset: int, limit: int) -> None:
    """Refuse to page deeper than `MAX_DEPTH`.

    Raises:
        QueryError: the page ends beyond.
    """
    if offset + limit > MAX_DEPTH:
        raise QueryError(
            f"page: only the first {MAX_DEPTH:,} hits can be paged through; "
            "narrow the search by words, author or date."
        )


def _digest(search: str) -> str:
    return hashlib.blake2b(search.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
