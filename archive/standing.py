"""How much a text can be expected to hold: whole articles, records of them, mere excerpts.

One address is met in many places: the page itself, an export that holds its text, a
feed with a summary, a bookmark with a note.  The shorter forms say nothing against
the longer one and must never take its place, whichever came first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from archive.document import Document

_SIGNS: Final = re.compile(r"[\W_]+")
#: Names of fields that hold what is said about an article, and not the article.
EXCERPT_NAMES: Final = frozenset(
    {
        *("description", "summary", "abstract", "excerpt", "selection", "teaser", "lead", "note", "snippet"),
        *("dcdescription", "dctermsabstract", "dctermsdescription", "ogdescription", "mediadescription"),
        *("itunessummary", "itunessubtitle"),
    }
)
#: Media types of lists of articles; their texts are as their makers put them there.
LIST_TYPES: Final = frozenset(
    {
        "application/feed+json",
        "application/json",
        "application/rss+xml",
        "application/x-ndjson",
        "application/x-netscape-bookmarks",
        "application/x-saved-articles+json",
        "text/csv",
        "text/x-opml",
        "text/x-saved-articles+csv",
    }
)
CUT: Final = re.compile(
    r"(?:\[(?:…|\.\.\.|&hellip;)\]|…|\.\.\.)\s*$"
    r"|\b(?:read more|continue reading|weiterlesen|lire la suite|leer más)\b\W*$",
    re.IGNORECASE,
)


class Standing(IntEnum):
    """What kind of text it is, the least first."""

    EXCERPT = 0
    RECORD = 1
    WHOLE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """A text, as far as its standing against another of the same article needs it.

    Attributes:
        path: of the file or address that it was read from.
    """

    standing: Standing
    words: int
    text: str
    path: str


def standing_of(media_type: str, text_name: str) -> Standing:
    """Return the standing of a text of a file of ``media_type``, found under ``text_name`` there."""
    if media_type not in LIST_TYPES:
        return Standing.WHOLE
    return _standing_by_name(text_name)


@lru_cache(maxsize=1024)
def _standing_by_name(name: str) -> Standing:
    return Standing.EXCERPT if _SIGNS.sub("", name.casefold()) in EXCERPT_NAMES else Standing.RECORD


def is_excerpt(document: Document) -> bool:
    """Say whether a document holds only what a feed or a list says about an article."""
    media_type = document.origin.media_type
    if media_type not in LIST_TYPES:
        return False
    text = document.provenance.get("text")
    return text is not None and standing_of(media_type, text.detail) is Standing.EXCERPT


def is_shorter_form(text: Stood, other: Stood) -> bool:
    """Say whether ``text`` is an excerpt or a cut form of ``other``, and no other state of the article.

    The same file read again is a change, however short it became; so is a page that is
    shorter than the page was before.
    """
    if text.words >= other.words:
        return False
    if text.standing is Standing.EXCERPT and other.standing is not Standing.EXCERPT:
        return True
    if text.path == other.path or text.standing is other.standing is Standing.WHOLE:
        return False
    if text.standing is Standing.EXCERPT:
        return True
    is_much_shorter = text.words * 2 <= other.words
    if text.standing < other.standing and is_much_shorter:
        return True
    return (is_much_shorter or CUT.search(text.text[-200:]) is not None) and _begins(text.text, other.text)


def _begins(text: str, other: str) -> bool:
    beginning = " ".join(CUT.sub("", text).casefold().split()).rstrip(" .,;:–—-")
    return " ".join(other[: 2 * len(text) + 100].casefold().split()).startswith(beginning)
