"""The marks by which feeds, mail, lists and exports are known from their first bytes."""

from __future__ import annotations

import csv
import re
from typing import Final

from archive.readers.jsonfeed import VERSION as _JSON_FEED

FEED: Final = "application/rss+xml"
JSON_FEED: Final = "application/feed+json"
EMAIL: Final = "message/rfc822"
MBOX: Final = "application/mbox"
OPML: Final = "text/x-opml"
BOOKMARKS: Final = "application/x-netscape-bookmarks"
SAVED_JSON: Final = "application/x-saved-articles+json"
SAVED_CSV: Final = "text/x-saved-articles+csv"

_FEED_SUFFIXES: Final = frozenset({"xml", "rss", "atom", "rdf", "feed", "rss2"})
# What may stand before the first element; possessive, so that it is linear.
_PROLOGUE: Final = re.compile(
    r"(?:\s++|<\?(?>.*?\?>)|<!--(?>.*?-->)"
    r"|<!DOCTYPE(?:[^<>\[\"']++|\"[^\"]*+\"|'[^']*+')*+"
    r"(?:\[(?:[^\]\"'<]++|\"[^\"]*+\"|'[^']*+'|<(?!!--)|<!--(?>.*?-->))*+\]\s*+)?+>)*+",
    re.IGNORECASE | re.DOTALL,
)
# The document type names the root, where it is too long to see the root itself.
_FEED_ROOT: Final = re.compile(
    r"<(?:!DOCTYPE\s{1,20})?(?:[\w.-]{1,20}:)?(?:rss|feed|rdf)(?=[\s>/:])", re.IGNORECASE
)
_OPML_ROOT: Final = re.compile(r"<(?:!DOCTYPE\s{1,20})?opml[\s>]", re.IGNORECASE)
_BOOKMARK_FILE: Final = re.compile(
    r"<!DOCTYPE NETSCAPE-Bookmark-file|<title>\s*(?:Pocket Export|Instapaper: Export)\s*</title>",
    re.IGNORECASE,
)
_MBOX: Final = re.compile(r"From (?:\S+|- )[^\n]*\n(?:[!-9;-~]+:|>?From )")
_HEADER: Final = re.compile(r"([!-9;-~]{1,60}):[^\n]*\r?\n(?:[ \t][^\n]*\n)*")
# Headers that only a message has; and those that a text may have on top as well.
_OF_MAIL_NAMES: Final = """
received return-path delivered-to message-id mime-version dkim-signature list-id list-unsubscribe
x-original-to authentication-results arc-seal reply-to
"""
_OF_MAIL: Final = frozenset(_OF_MAIL_NAMES.split())
_OF_LETTERS: Final = frozenset({"from", "to", "subject", "date"})
_MAX_HEADERS: Final = 100
_SAVED_KEYS: Final = (
    ('"is_archived"', '"domain_name"', '"reading_time"'),  # wallabag
    ('"readingProgress"', '"savedAt"', '"slug"'),  # Omnivore
    ('"reading_progress"', '"source_url"', '"site_name"'),  # Readwise Reader
)
SAVED_HEADERS: Final = (
    ("title", "url", "time_added", "tags", "status"),  # Pocket
    ("url", "title", "selection", "folder", "timestamp"),  # Instapaper
    ("title", "url", "id", "document tags", "saved date"),  # Readwise Reader
)


def marked_kind(text: str, suffix: str) -> str:
    """Return the kind of a text by its first 64,000 characters; empty if it has none of the marks.

    Args:
        suffix: of the file's name, in lower case.
    """
    if text.startswith("<") or suffix in _FEED_SUFFIXES | {"opml"}:
        found = _markup_kind(text, suffix)
        if found:
            return found
    if text.startswith(("{", "[")):
        return _json_kind(text)
    if suffix == "mbox" or _MBOX.match(text):
        return MBOX
    if suffix == "eml" or _is_mail(text, suffix):
        return EMAIL
    return SAVED_CSV if _is_saved_table(text) else ""


def _markup_kind(text: str, suffix: str) -> str:
    if _BOOKMARK_FILE.search(text[:4_000]):
        return BOOKMARKS
    prologue = _PROLOGUE.match(text)
    start = prologue.end() if prologue else 0
    if _OPML_ROOT.match(text, start) or suffix == "opml":
        return OPML
    if _FEED_ROOT.match(text, start):
        return FEED
    # Something else stands before it, as after an error of the program that wrote it.
    if suffix in _FEED_SUFFIXES and not text[start : start + 5].lower().startswith(("<html", "<!doc")):
        return FEED if _FEED_ROOT.search(text) else ""
    return ""


def _json_kind(text: str) -> str:
    if _JSON_FEED.search(text[:4_000]):
        return JSON_FEED
    saved = any(all(key in text for key in keys) for keys in _SAVED_KEYS)
    return SAVED_JSON if saved else ""


def _is_mail(text: str, suffix: str) -> bool:
    """Say whether a text begins with the header of a message."""
    names: set[str] = set()
    place = 0
    for _ in range(_MAX_HEADERS):
        match = _HEADER.match(text, place)
        if match is None:
            break
        names.add(match[1].lower())
        place = match.end()
    ended = place >= len(text) or text.startswith(("\n", "\r\n"), place)
    if not ended or not names:
        return False
    if names & _OF_MAIL:
        return suffix not in {"txt", "text", "md", "markdown"} or "from" in names
    return suffix == "" and len(names & _OF_LETTERS) >= 3


def _is_saved_table(text: str) -> bool:
    first = text.partition("\n")[0][:2_000]
    if "," not in first:
        return False
    try:
        header = tuple(cell.strip().lower() for cell in next(csv.reader([first]), []))
    except csv.Error:
        return False
    return any(header[: len(names)] == names for names in SAVED_HEADERS)
