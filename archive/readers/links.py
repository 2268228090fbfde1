"""Lists of addresses, such as bookmarks: what becomes of entries that are no articles themselves.

An entry with a description of its own of ten words or more is an article of that
text, under the address; the others are counted and reported once for the list,
as skipped: an address becomes an article when it is fetched.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from archive.containers import SKIPPED
from archive.document import Draft, Origin, Provenance
from archive.errors import EmptyItemError
from archive.readers import ReadFailure, ReadOptions
from archive.readers.entries import Entry, Value, draft_of

MIN_WORDS: Final = 10
_WEB: Final = ("http://", "https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One entry of a list.

    Attributes:
        note: what the list says about the page: a description or a selected passage.
        saved: when it was put on the list, as the list says it; never a publication date.
        is_feed: it is the address of a feed, to be followed rather than fetched.
    """

    url: str
    title: str = ""
    note: str = ""
    note_name: str = "description"
    tags: tuple[str, ...] = ()
    saved: str = ""
    saved_name: str = "saved"
    is_feed: bool = False


def outcomes_of(
    links: Iterable[Link], origin: Origin, options: ReadOptions, warnings: tuple[str, ...] = ()
) -> Iterator[Draft | ReadFailure]:
    """Yield an article for each described entry, and one report of the addresses.

    Raises:
        EmptyItemError: there is no address in the list.
    """
    feeds = pages = described = 0
    for number, link in enumerate(links, 1):
        if not link.url.startswith(_WEB):
            continue
        if len(link.note.split()) < MIN_WORDS:
            feeds += link.is_feed
            pages += not link.is_feed
            continue
        described += 1
        place = dataclasses.replace(origin, member=f"entry {number}")
        yield _described(link, place, options, warnings)
    if feeds or pages:
        reason = list_reason(pages, feeds)
        yield ReadFailure(code=SKIPPED, reason="; ".join((reason, *warnings)), member=origin.member)
    elif not described:
        raise EmptyItemError("there is no web address in the list")


def list_reason(pages: int, feeds: int = 0) -> str:
    """Return what to do with the addresses of a list."""
    parts = []
    if feeds:
        parts.append(f"a list of {feeds:,} {_many('feed', feeds)}; follow them with `archive feeds add`")
    if pages:
        parts.append(f"a list of {pages:,} {_many('address', pages)}; fetch them with `archive fetch`")
    return "; and ".join(parts)


def with_saved(draft: Draft, saved: str, name: str, method: str = "column") -> Draft:
    """Return the draft with the time at which it was put on a list."""
    if not saved:
        return draft
    known = Provenance(method=method, detail=name, raw=saved[:500])
    return dataclasses.replace(draft, provenance={**draft.provenance, "saved": known})


def _described(
    link: Link, place: Origin, options: ReadOptions, warnings: tuple[str, ...]
) -> Draft | ReadFailure:
    entry = Entry(
        texts=[Value(text=link.note, name=link.note_name)],
        titles=[Value(text=link.title, name="title")],
        urls=[Value(text=link.url, name="url")],
        tags=list(link.tags),
        tags_name="tags",
        external_id=link.url,
        warnings=[*warnings, f"only the {link.note_name} in the list; the page itself was not fetched"],
    )
    found = draft_of(entry, place, options, method="column")
    return with_saved(found, link.saved, link.saved_name) if isinstance(found, Draft) else found


def _many(word: str, count: int) -> str:
    if count == 1:
        return word
    return f"{word}es" if word.endswith("s") else f"{word}s"
