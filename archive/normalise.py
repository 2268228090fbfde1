"""From a draft to a document: every value clean, within its limits, and with an identity.

The functions for single values live in `archive.characters` and `archive.urls`
and can be had from here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from archive.characters import (
    content_hash,
    count_words,
    fold_key,
    loses_characters,
    normalise_line,
    normalise_text,
)
from archive.document import Document, Draft, Provenance
from archive.errors import EmptyItemError
from archive.language import detect_language, language_code
from archive.limits import LIMITS, Limits
from archive.urls import has_path, normalise_url

__all__ = [
    "content_hash",
    "count_words",
    "document_from_draft",
    "fold_key",
    "identity_of",
    "normalise_line",
    "normalise_text",
    "normalise_url",
]

_STANDARD_INPUT: Final = "-"
_DETECTED: Final = Provenance(method="detected", confidence=0.99)
_FIRST_WORDS: Final = Provenance(method="extractor", detail="first words of the text", confidence=0.2)


def document_from_draft(draft: Draft, *, limits: Limits = LIMITS) -> Document:
    """Return the article that a draft stands for, without id and slug.

    Raises:
        EmptyItemError: its text holds no character that can be seen.
    """
    warnings = list(draft.warnings)
    provenance = dict(draft.provenance)
    text = _text(draft.text, limits, warnings)
    if not text:
        raise EmptyItemError("there is no text in it")
    title = _title(draft.title, text, limits, warnings, provenance)
    url = normalise_url(draft.url) if draft.url else ""
    if draft.url and not url:
        warnings.append(f"the address is not one of a web page and was left out: {draft.url[:100]!r}")
        provenance.pop("url", None)
    digest = content_hash(title, text)
    return Document(
        title=title,
        text=text,
        lead=_lead(text, limits),
        identity=_identity(url, draft, digest),
        origin=draft.origin,
        content_hash=digest,
        words=count_words(text),
        authors=_names(draft.authors, limits, warnings),
        published=draft.published,
        published_at=draft.published_at,
        language=_language(draft.language, text, provenance),
        source=normalise_line(draft.source, limits.source_chars) if draft.source else "",
        url=url,
        section=normalise_line(draft.section, limits.section_chars) if draft.section else "",
        tags=_tags(draft.tags, limits, warnings) if draft.tags else (),
        provenance=provenance,
        warnings=tuple(warnings),
    )


def identity_of(document: Document, external_id: str, *, with_url: bool = True) -> str:
    """Return what makes a later item the same article.

    The canonical address, unless it is a front page; else the record's own id
    in its file; else the file and the place in it.  What came through standard
    input has no place: its content is its identity.
    """
    url = document.url if with_url else ""
    origin = document.origin
    return _identity_from(url, external_id, origin.path, origin.member, document.content_hash)


def _identity(url: str, draft: Draft, digest: str) -> str:
    return _identity_from(url, draft.external_id, draft.origin.path, draft.origin.member, digest)


def _identity_from(url: str, external_id: str, path: str, member: str, digest: str) -> str:
    if url and has_path(url):
        # The same page whether it was fetched over TLS or not.
        return f"url:{'https' + url[4:] if url.startswith('http:') else url}"
    if path == _STANDARD_INPUT:
        return f"hash:{digest}"
    if external_id:
        return f"id:{path}#{external_id}"
    return f"path:{path}#{member}" if member else f"path:{path}"


def _text(raw: str, limits: Limits, warnings: list[str]) -> str:
    if len(raw) > limits.text_chars:
        warnings.append(f"the text was cut: {len(raw):,} characters, {limits.text_chars:,} allowed")
        raw = raw[: limits.text_chars]
    text = normalise_text(raw)
    if len(text) != len(raw) and loses_characters(raw):
        warnings.append("control characters were removed from the text")
    elif "\ufffd" in text and "\ufffd" not in raw:
        warnings.append("characters that are not Unicode text were replaced by \ufffd")
    return text


def _title(
    raw: str, text: str, limits: Limits, warnings: list[str], provenance: dict[str, Provenance]
) -> str:
    title = normalise_line(raw, limits.title_chars)
    if title:
        if len(raw) > limits.title_chars and len(title) > limits.title_chars - 5:
            warnings.append(f"the title was cut at {limits.title_chars:,} characters")
        if "\ufffd" in title and "\ufffd" not in raw:
            warnings.append("characters of the title that are not Unicode text were replaced by \ufffd")
        return title
    provenance["title"] = _FIRST_WORDS
    return _first_words(text)


def _first_words(text: str, max_chars: int = 80) -> str:
    """The text's first line, cut at a word where it is longer than a title should be."""
    line = normalise_line(text[: max_chars * 4].lstrip().partition("\n")[0], max_chars * 4)
    if len(line) <= max_chars:
        return line
    cut = line[: max_chars - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > max_chars // 2 else cut).rstrip(" ,;:.-–—") + "…"


def _lead(text: str, limits: Limits) -> str:
    lead = text.partition("\n\n")[0]
    if len(lead) <= limits.lead_chars:
        return lead
    head, space, _ = lead[: limits.lead_chars].rpartition(" ")
    return head if space else lead[: limits.lead_chars]


def _names(raw: tuple[str, ...], limits: Limits, warnings: list[str]) -> tuple[str, ...]:
    if not raw:
        return ()
    if len(raw) > limits.authors:
        warnings.append(f"only the first {limits.authors} of {len(raw):,} authors were kept")
    names = (normalise_line(each, limits.author_chars) for each in raw[: limits.authors])
    return tuple({name: None for name in names if name})


def _tags(raw: tuple[str, ...], limits: Limits, warnings: list[str]) -> tuple[str, ...]:
    if len(raw) > limits.tags:
        warnings.append(f"only the first {limits.tags} of {len(raw):,} tags were kept")
    tags = (normalise_line(each, limits.tag_chars) for each in raw[: limits.tags])
    return tuple({tag: None for tag in tags if tag})


def _language(raw: str, text: str, provenance: dict[str, Provenance]) -> str:
    if raw:
        code = language_code(raw)
        if code:
            return code
    code, confidence = detect_language(text)
    if code:
        sure = confidence == _DETECTED.confidence
        provenance["language"] = _DETECTED if sure else replace(_DETECTED, confidence=confidence)
    else:
        provenance.pop("language", None)
    return code
