"""Cursors: where the next page begins, opaque to whoever carries them.

A cursor names the last hit that was shown, by what it is sorted by and its id,
so that it holds while articles come and go, and reaches the last hit at any
depth.  It is bound to its search: given with another one it is refused instead
of skipping articles silently.
"""

from __future__ import annotations

import base64
import hashlib
import math
from dataclasses import dataclass, replace
from typing import Any

import orjson

from index.engine import After, Key
from index.errors import QueryError

#: How many hits deep page numbers go; cursors go on from there.
MAX_DEPTH = 10_000

#: A title is cut to so many bytes, which keeps cursors below 500 characters.
MAX_KEY_BYTES = 240

_BITS = 2**63
_VERSION = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """A place in a search.

    Attributes:
        after: the last hit shown; None for the beginning.
        partial: the place is among the articles with some of the words.
        is_cut: ``after.key`` is only the beginning of a title.
    """

    after: After | None
    partial: bool = False
    is_cut: bool = False

    @property
    def position(self) -> int:
        """How many hits of its part lie before it."""
        return self.after.position if self.after else 0


def make_cursor(cursor: Cursor, search: str) -> str:
    """Return ``cursor`` as text, for the search that ``search`` spells out."""
    after = cursor.after
    key, is_cut = _shortened(after.key) if after else (None, False)
    kind = int(cursor.partial) + 2 * is_cut
    place = [after.position, after.id, key] if after else [0, 0, None]
    text = orjson.dumps([_VERSION, kind, *place, _digest(search)])
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def cursor_from_text(text: str, search: str) -> Cursor:
    """Return the place that ``text`` stands for.

    Raises:
        QueryError: it is no cursor, or that of another search.
    """
    version, kind, position, id_, key, digest = _parts(text)
    numbers = (version, kind, position, id_)
    if any(type(number) is not int or not 0 <= number < _BITS for number in numbers):
        raise _malformed()
    if version != _VERSION or kind > 3 or not _is_key(key):
        raise _malformed()
    if digest != _digest(search):
        raise QueryError("cursor: it belongs to another search; use the 'next' of this one.")
    after = After(key=key, id=id_, position=position) if id_ else None
    return Cursor(after=after, partial=bool(kind & 1), is_cut=bool(kind & 2))


def hits_before(text: str) -> int:
    """Return how many hits of its part lie before a cursor that has been taken.

    Raises:
        QueryError: it is no cursor.
    """
    position = _parts(text)[2]
    if type(position) is not int:
        raise _malformed()
    return position


def with_title(cursor: Cursor, title: str) -> Cursor:
    """Return ``cursor`` with its cut key made whole.

    Args:
        title: the key of the article now, or empty when it is gone.
    """
    after = cursor.after
    if after is None or not isinstance(after.key, str):
        return cursor
    # Past all that begins alike rather than over it again: paging must end.
    key = title if title.startswith(after.key) else after.key + "\U0010ffff"
    return replace(cursor, after=replace(after, key=key), is_cut=False)


def check_depth(offset: int, limit: int) -> None:
    """Refuse page numbers deeper than `MAX_DEPTH`.

    Raises:
        QueryError: the page ends beyond.
    """
    if offset + limit > MAX_DEPTH:
        raise QueryError(
            f"page: page numbers reach the first {MAX_DEPTH:,} hits; "
            "go on from there with 'next' as 'cursor', or narrow the search."
        )


def _parts(text: str) -> tuple[Any, ...]:
    """Return version, kind, position, id, key and digest, unchecked."""
    try:
        padded = text + "=" * (-len(text) % 4)
        found = orjson.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
        version, kind, position, id_, key, digest = found
    except (ValueError, TypeError):
        raise _malformed() from None
    return version, kind, position, id_, key, digest


def _malformed() -> QueryError:
    return QueryError("cursor: it must be the 'next' of an earlier answer, unchanged.")


def _is_key(key: object) -> bool:
    if isinstance(key, float):
        return math.isfinite(key)
    return key is None or isinstance(key, str) or (type(key) is int and -_BITS < key < _BITS)


def _shortened(key: Key) -> tuple[Key, bool]:
    if not isinstance(key, str) or len(key.encode()) <= MAX_KEY_BYTES:
        return key, False
    return key.encode()[:MAX_KEY_BYTES].decode(errors="ignore"), True


def _digest(search: str) -> str:
    return hashlib.blake2b(search.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
