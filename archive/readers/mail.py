"""E-mail: a newsletter or a post to a list is one article; a digest is one for each message in it.

The text is the HTML part through the page extractor, unless that keeps much less
than is there; else the plain part.  Attachments are never read nor stored.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from typing import Final

from archive.authors import looks_like_name, looks_like_organisation, split_bylines
from archive.dates import ParsedDate
from archive.document import Draft, Origin, Provenance
from archive.encoding import decode
from archive.encodinglabels import codec_of
from archive.errors import EmptyItemError, LimitExceededError, ReadError
from archive.fragments import text_from_fragment
from archive.language import language_code
from archive.paragraphs import shape_paragraphs
from archive.readers import ReadFailure, ReadOptions
from archive.readers.fields import read_date
from archive.readers.mailhead import addresses_of, archived_at, identifier_of, list_of, value_of
from archive.readers.mimeparts import MimePart, decoded_body, inner_parts, message_of

_PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})
_NO_TEXTS: Final = frozenset(
    {"text/calendar", "text/vcard", "text/x-vcard", "text/css", "text/csv", "text/javascript"}
    | {"text/rfc822-headers", "text/directory", "text/x-amp-html"}
)
_LEAST_KEPT: Final = 0.6
# Hosts of mailboxes, which say nothing about where a message was published.
_MAILBOXES: Final = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "aol.com"}
    | {"icloud.com", "me.com", "gmx.de", "gmx.net", "web.de", "proton.me", "protonmail.com", "mail.ru"}
)


@dataclass(slots=True)
class _Body:
    """What was found of a message's text.

    Attributes:
        parts: how many parts may still be looked at.
    """

    options: ReadOptions
    parts: int
    texts: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    messages: list[MimePart] = field(default_factory=list)
    is_digest: bool = False

    def warn(self, *warnings: str) -> None:
        self.warnings.extend(each for each in warnings if each not in self.warnings)


def read_mail(data: bytes, origin: Origin, options: ReadOptions) -> Iterator[Draft | ReadFailure]:
    """Read a message, or each message of a digest.

    Raises:
        EmptyItemError: there is no text in it.
    """
    yield from _read(message_of(data, options.limits.mail_head_bytes), origin, options, 0)


def _read(
    message: MimePart, origin: Origin, options: ReadOptions, depth: int
) -> Iterator[Draft | ReadFailure]:
    body = _Body(options, options.limits.mail_parts)
    if message.is_head_cut:
        body.warn(f"its header is longer than {options.limits.mail_head_bytes:,} bytes and was cut")
    if not message.head.keys():
        body.warn("it has no header; all of it was taken as text")
        message = MimePart(message.head, message.body or _unparsed(message.head))
    _gather(message, body, depth)
    if body.is_digest and body.messages:
        for number, inner in enumerate(body.messages, 1):
            place = dataclasses.replace(origin, member=f"message {number}")
            try:
                yield from _read(inner, place, options, depth + 1)
            except ReadError as error:
                yield ReadFailure(member=place.member, code=error.code, reason=str(error))
        return
    text = "\n\n".join(each for each in body.texts if each.strip())
    if not text.strip() and body.messages and depth < 2:
        # A forwarded or returned message with nothing around it: it is the text.
        yield from _read(body.messages[0], origin, options, depth + 1)
        return
    if not text.strip():
        shown = f" ({'; '.join(body.warnings)})" if body.warnings else ""
        raise EmptyItemError(f"there is no text in the message{shown}")
    if body.messages:
        body.warn(f"{len(body.messages)} attached messages were left out")
    yield _draft(message.head, text, body, origin)


def _unparsed(head: Message) -> bytes:
    payload = head.get_payload()
    return payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""


def _gather(part: MimePart, body: _Body, depth: int) -> None:
    """Add the text of a part, and of the parts inside it."""
    if depth > body.options.limits.mail_depth:
        body.warn(f"parts nested deeper than {body.options.limits.mail_depth} levels were left out")
        return
    body.parts -= 1
    kind = part.head.get_content_type()
    if kind.startswith("multipart/"):
        _gather_inside(part, kind, body, depth)
    elif part.head.get_content_disposition() == "attachment" and depth:
        return
    elif kind == "message/rfc822":
        inner, warnings = decoded_body(part)
        body.warn(*warnings)
        body.messages.append(message_of(inner, body.options.limits.mail_head_bytes))
    elif (kind.startswith("text/") or kind in _PAGES) and kind not in _NO_TEXTS:
        body.texts.append(_text_of(part, kind, body))


def _gather_inside(part: MimePart, kind: str, body: _Body, depth: int) -> None:
    inner = _listed(part, body)
    if not inner:
        if part.body.strip() and not body.texts:
            body.warn("its parts cannot be told apart; it was read as text")
            text, is_page = decode(part.body).text, b"<html" in part.body[:2_000].lower()
            body.texts.append(text_from_fragment(text)[0] if is_page else _paragraphs(text, part.head))
        return
    if kind == "multipart/alternative":
        _gather_best(inner, body, depth)
        return
    if kind == "multipart/related":
        inner = inner[:1]
    body.is_digest = body.is_digest or kind == "multipart/digest"
    for each in inner:
        if kind == "multipart/digest" and "Content-Type" not in each.head:
            each.head["Content-Type"] = "message/rfc822"
        _gather(each, body, depth + 1)


def _listed(part: MimePart, body: _Body) -> list[MimePart]:
    found: list[MimePart] = []
    limits = body.options.limits
    try:
        for inner in inner_parts(part, limits.mail_head_bytes, max(body.parts, 0)):
            found.append(inner)
    except LimitExceededError:
        body.warn(f"only the first {limits.mail_parts} of its parts were read")
    return found


def _gather_best(parts: list[MimePart], body: _Body, depth: int) -> None:
    """Add the one alternative that is to be read: the last, unless it is much shorter than another."""
    best: _Body | None = None
    most = 0.0
    for part in parts:
        trial = _Body(body.options, body.parts)
        _gather(part, trial, depth + 1)
        body.parts = trial.parts
        size = float(sum(len(each.split()) for each in trial.texts))
        if best is None or (size and size >= _LEAST_KEPT * most):
            best = trial
            most = max(most, size)
    if best is not None:
        body.texts.extend(best.texts)
        body.messages.extend(best.messages)
        body.warn(*best.warnings)


def _text_of(part: MimePart, kind: str, body: _Body) -> str:
    data, warnings = decoded_body(part)
    body.warn(*warnings)
    charset = part.head.get_content_charset("") or ""
    if charset and not codec_of(charset):
        body.warn(f"its character set {charset[:40]!r} is not known; it was guessed")
        charset = ""
    if kind in _PAGES:
        return _page_text(data, charset, body)
    decoded = decode(data, charset)
    body.warn(*decoded.warnings)
    if kind != "text/plain" and kind != "text/markdown" and "<" in decoded.text:
        return text_from_fragment(decoded.text, limits=body.options.limits)[0]
    return _paragraphs(decoded.text, part.head)


def _page_text(data: bytes, charset: str, body: _Body) -> str:
    """The text of an HTML part: what the extractor keeps, if that is most of it."""
    from archive.extract import extract_page

    decoded = decode(data, charset)
    everything, lost = text_from_fragment(decoded.text, limits=body.options.limits)
    try:
        kept = extract_page(data, declared=charset).text
    except ReadError:
        kept = ""
    if len(kept.split()) >= _LEAST_KEPT * len(everything.split()):
        return kept
    body.warn(*decoded.warnings, *lost)
    return everything


def _paragraphs(text: str, head: Message) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if str(head.get_param("format", "") or "").lower() == "flowed":
        text = _unflowed(text, delete=str(head.get_param("delsp", "") or "").lower() == "yes")
    return shape_paragraphs(text.strip("\n"))


def _unflowed(text: str, *, delete: bool) -> str:
    """Join the lines that end in a space (RFC 3676); a signature's mark is no such line."""
    lines: list[str] = []
    open_line = False
    for raw in text.split("\n"):
        line = raw[1:] if raw.startswith(" ") else raw
        if open_line and not line.startswith(">"):
            lines[-1] += line
        else:
            lines.append(line)
        open_line = line.endswith(" ") and line != "-- "
        if open_line and delete:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)


def _draft(head: Message, text: str, body: _Body, origin: Origin) -> Draft:
    options = body.options
    provenance = {"text": Provenance(method="header", detail="body of the message", confidence=0.9)}

    def note(name: str, detail: str, confidence: float = 0.9, raw: str = "") -> None:
        provenance[name] = Provenance(method="header", detail=detail, confidence=confidence, raw=raw[:500])

    if title := value_of(head, "Subject"):
        note("title", "Subject", raw=title)
    people = addresses_of(head, "From", options.limits.authors)
    source, place = _source(head, people)
    if source:
        note("source", place, 0.8)
    authors = _authors(people, source)
    if authors:
        note("authors", "From", raw="; ".join(name for name, _ in people))
    if url := archived_at(head):
        note("url", "Archived-At", raw=url)
    language = language_code(value_of(head, "Content-Language").partition(",")[0][:60])
    if language:
        note("language", "Content-Language")
    parsed = _date(head, options, language, body)
    if parsed is not None:
        note("published", "Date", 0.95, value_of(head, "Date"))
    tags = tuple(tag.strip() for tag in value_of(head, "Keywords").split(",") if tag.strip())
    if tags:
        note("tags", "Keywords")
    return Draft(
        text=text,
        origin=origin,
        title=title,
        authors=authors,
        published=parsed.date if parsed else None,
        published_at=parsed.at if parsed else None,
        language=language,
        source=source,
        url=url,
        tags=tags,
        external_id=identifier_of(head)[: options.limits.id_chars],
        provenance=provenance,
        warnings=tuple(body.warnings),
    )


def _source(head: Message, people: list[tuple[str, str]]) -> tuple[str, str]:
    """What published a message: the list, the sender for somebody, an organisation, else its domain."""
    if listed := list_of(head):
        return listed, "List-Id"
    sender = next((name for name, _ in addresses_of(head, "Sender", 1) if name), "")
    if sender and sender not in {name for name, _ in people}:
        return sender, "Sender"
    name, address = people[0] if people else ("", "")
    if name and (looks_like_organisation(name) or not looks_like_name(name)) and "@" not in name:
        return name, "From"
    domain = address.rpartition("@")[2].lower() if "@" in address else ""
    return ("", "") if domain in _MAILBOXES or "." not in domain else (domain, "domain of From")


def _authors(people: list[tuple[str, str]], source: str) -> tuple[str, ...]:
    return split_bylines([name for name, _ in people if name and "@" not in name], publisher=source)


def _date(head: Message, options: ReadOptions, language: str, body: _Body) -> ParsedDate | None:
    raw = value_of(head, "Date")[:200]
    return read_date(raw, options, language, "Date", body.warnings) if raw else None
