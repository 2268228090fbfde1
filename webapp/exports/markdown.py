"""Markdown (CommonMark): a heading, a byline and the text for each article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from archive.document import Document
from webapp.exports.head import Head, block, day, line, summary
from webapp.presenters import date_words
from webapp.urls import outside_link

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$&!])")
#: What makes a list, a rule or a heading at the beginning of a line.
_FIRST = re.compile(r"^(\s*)(?:([-+=])|([0-9]{1,9})([.)]))", re.MULTILINE)
#: GitHub makes links of bare addresses; what an article says is no link of ours.
_BARE = re.compile(r"(?i)\b(https?|ftp|mailto|www)([:.])")


def write(documents: Iterable[Document], head: Head) -> Iterator[str]:
    """Yield a section for each article; the first lines name query, number and day."""
    level = "#"
    if head.total is not None:
        level = "##"
        what = f"{head.total:,} {'article' if head.total == 1 else 'articles'}"
        asked = f" for {escaped(line(head.query))}" if head.query else ""
        yield f"# {what}{asked}\n\nExported on {day(head.exported)}."
        if head.page:
            yield f" [The search]({_target(head.page)})."
        yield "\n"
    for document in documents:
        yield ("\n" if level == "##" else "") + _section(document, head, level)


def escaped(text: str) -> str:
    """Return ``text`` so that Markdown shows it as it stands."""
    plain = _SPECIAL.sub(r"\\\1", text)
    plain = _BARE.sub(lambda match: f"{match[1]}\\{match[2]}", plain)
    return _FIRST.sub(_first, plain)


def _first(match: re.Match[str]) -> str:
    if match[2]:
        return f"{match[1]}\\{match[2]}"
    return f"{match[1]}{match[3]}\\{match[4]}"


def _section(document: Document, head: Head, level: str) -> str:
    title = escaped(line(document.title))
    permalink = head.permalink(document)
    if permalink:
        title = f"[{title}]({_target(permalink)})"
    facts = [", ".join(map(line, document.authors)), date_words(document.published), line(document.source)]
    parts = [f"{level} {title}", " · ".join(escaped(fact) for fact in facts if fact)]
    text = block(document.text if head.text else summary(document))
    if text:
        indent = "" if head.text else "> "
        paragraphs = [" ".join(map(str.strip, part.split("\n"))) for part in text.split("\n\n")]
        parts.append(f"\n{indent.rstrip()}\n".join(indent + escaped(part) for part in paragraphs if part))
    if link := outside_link(document.url):
        parts.append(f"<{_target(link)[1:-1]}>")
    return "\n\n".join(parts) + "\n"


def _target(url: str) -> str:
    return "<" + quote(url, safe="/:?#[]@!$&'()*+,;=%~-._") + ">"
