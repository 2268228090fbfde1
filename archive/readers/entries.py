"""What the entries of feeds of all kinds have in common, and how one becomes a draft."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Protocol
from urllib.parse import urljoin

from archive.authors import split_bylines
from archive.characters import normalise_line
from archive.containers import SKIPPED
from archive.dates import ParsedDate
from archive.document import Draft, Origin, Provenance
from archive.fragments import looks_like_html, text_from_fragment, unescape_entities
from archive.language import language_code
from archive.paragraphs import shape_paragraphs
from archive.readers import ReadFailure, ReadOptions
from archive.readers.fields import read_date
from archive.standing import CUT

_MAX_NAMES: Final = 1_000


@dataclass(slots=True, kw_only=True)
class Value:
    """A value and the name that it has in the feed.

    Attributes:
        is_html: True or False where the feed says so; None where it is to be seen.
    """

    text: str
    name: str
    is_html: bool | None = None


class _Note(Protocol):
    """Keeps where a value came from."""

    def __call__(self, name: str, value: Value, confidence: float = 0.9) -> None: ...


@dataclass(slots=True, kw_only=True)
class Entry:
    """The values of one entry that are there, the best of each first."""

    texts: list[Value] = field(default_factory=list)
    titles: list[Value] = field(default_factory=list)
    authors: list[Value] = field(default_factory=list)
    dates: list[Value] = field(default_factory=list)
    urls: list[Value] = field(default_factory=list)
    languages: list[Value] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    tags_name: str = "category"
    sources: list[Value] = field(default_factory=list)
    external_id: str = ""
    base: str = ""
    warnings: list[str] = field(default_factory=list)


def draft_of(
    entry: Entry, origin: Origin, options: ReadOptions, *, method: str = "feed"
) -> Draft | ReadFailure:
    """Return the article of an entry, or that it is only an address."""
    warnings = list(entry.warnings)
    provenance: dict[str, Provenance] = {}

    def note(name: str, value: Value, confidence: float = 0.9) -> None:
        provenance[name] = Provenance(
            method=method, detail=value.name[:100], confidence=confidence, raw=value.text[:500]
        )

    url = _first_url(entry)
    if url is not None:
        note("url", url)
    title = _title_of(entry)
    text, text_name, lost = _text_of(entry, options)
    if not text:
        return _without_text(title, url, origin)
    provenance["text"] = Provenance(method=method, detail=text_name[:100], confidence=0.9)
    warnings.extend(lost)
    if CUT.search(text[-200:]):
        warnings.append("the text looks cut short; the whole article may be at its address")
    if title:
        note("title", Value(text=title, name=entry.titles[0].name))
    source = next((each for each in entry.sources if each.text.strip()), None)
    if source is not None:
        note("source", source)
    language = _language(entry, note)
    parsed = _date(entry, options, language, warnings, note)
    names = [value.text for value in entry.authors[:_MAX_NAMES]]
    authors = split_bylines(names, publisher=source.text if source else "")
    if authors:
        note("authors", Value(text="; ".join(names)[:500], name=entry.authors[0].name))
    if entry.tags:
        provenance["tags"] = Provenance(method=method, detail=entry.tags_name, confidence=0.9)
    return Draft(
        text=text,
        origin=origin,
        title=title,
        authors=authors,
        published=parsed.date if parsed else None,
        published_at=parsed.at if parsed else None,
        language=language,
        source=line_of(source.text) if source else "",
        url=url.text if url else "",
        tags=tuple(dict.fromkeys(line_of(tag) for tag in entry.tags if tag.strip())),
        external_id=normalise_line(entry.external_id, options.limits.id_chars),
        provenance=provenance,
        warnings=tuple(warnings),
    )


def _text_of(entry: Entry, options: ReadOptions) -> tuple[str, str, tuple[str, ...]]:
    """The best text that is none but markup, under which name it stands, and warnings; else nothing."""
    for value in entry.texts:
        text, lost = body_of(value.text, value.is_html, options)
        if text.strip():
            return text, value.name, lost
    return "", "", ()


def body_of(text: str, is_html: bool | None, options: ReadOptions) -> tuple[str, tuple[str, ...]]:
    """Return the paragraphs of a text that may be HTML, and warnings."""
    if is_html is None:
        is_html = looks_like_html(text)
        if not is_html and "&lt;" in text and looks_like_html(unescape_twice(text)):
            text, is_html = unescape_twice(text), True  # escaped once too often
    if is_html:
        return text_from_fragment(text, limits=options.limits)
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    return shape_paragraphs(unescape_entities(text).strip()), ()


def unescape_twice(text: str) -> str:
    """Resolve the entities that stand for markup."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")


def line_of(text: str) -> str:
    """Return a title or a name as one line without markup."""
    if "<" in text and looks_like_html(text[:4_000]):
        text, _ = text_from_fragment(text[:4_000])
    return " ".join(unescape_entities(text[:40_000]).split())


def _title_of(entry: Entry) -> str:
    return next((line for value in entry.titles if (line := line_of(value.text))), "")


def _first_url(entry: Entry) -> Value | None:
    for value in entry.urls:
        address = value.text.strip()
        if not address:
            continue
        if entry.base and not address.lower().startswith(("http:", "https:")):
            try:
                address = urljoin(entry.base, address)
            except ValueError:
                continue
        return Value(text=address, name=value.name)
    return None


def _without_text(title: str, url: Value | None, origin: Origin) -> ReadFailure:
    if url is None:
        return ReadFailure(member=origin.member, code="empty", reason="there is no text in the entry")
    shown = f"{title[:80]!r}: " if title else ""
    reason = f"{shown}only an address; fetch it with `archive fetch {url.text[:200]}`"
    return ReadFailure(member=origin.member, code=SKIPPED, reason=reason, url=url.text)


def _language(entry: Entry, note: _Note) -> str:
    for value in entry.languages:
        code = language_code(value.text[:60])
        if code:
            note("language", value)
            return code
    return ""


def _date(
    entry: Entry, options: ReadOptions, language: str, warnings: list[str], note: _Note
) -> ParsedDate | None:
    for value in entry.dates:
        raw = " ".join(value.text.split())
        if not raw:
            continue
        parsed = read_date(raw, options, language, value.name, warnings)
        if parsed is not None:
            fallback = value.name in FALLBACK_DATES
            confidence = 0.5 if parsed.ambiguous or fallback else 0.95
            note("published", value, confidence)
            return parsed
    return None


# When something was changed, which is not when it was published, but bounds it.
FALLBACK_DATES: Final = frozenset({"updated", "modified", "dcterms:modified", "date_modified"})
