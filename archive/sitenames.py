"""The names by which a page calls its site, and titles without them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from archive.htmlpage import Page, plain

_WORD = re.compile(r"\w+")
_KEY = re.compile(r"[\W_]+")
# Separators between a headline and a name, the spaces are part of them.
SEPARATOR = re.compile(r"\s+[|•·»«›‹:~–—―/\\-]+\s+|\s*[|｜»«]\s*|\s+::\s+|(?<=\w):\s+|\s+[-–—]{2}\s+")
_STRONG = re.compile(r"[|｜»«•·]|::")


def site_names(page: Page) -> list[str]:
    """Names by which the page calls its site, and the parts of its host."""
    graph = page.graph
    names = [
        page.first_meta("og:site_name"),
        page.first_meta("application-name"),
        page.first_meta("apple-mobile-web-app-title"),
        *graph.names(page.article.get("publisher")),
        graph.text(graph.first("WebSite"), "name", "alternateName"),
        graph.text(graph.first("NewsMediaOrganization", "Organization", "Corporation"), "name"),
        page.first_meta("twitter:site").lstrip("@"),
        page.host,
    ]
    labels = page.host.split(".")
    if len(labels) > 1:
        names.append(max(labels[:-1], key=len))
    return [plain(name) for name in dict.fromkeys(names) if name]


def without_site(title: str, names: Sequence[str]) -> str:
    """``title`` without a part at its end or start that names the site.

    A part goes when it is one of ``names`` but for punctuation and case, or when
    it stands behind ``|`` and is much shorter than the rest.
    """
    keys = site_keys(names)
    for _ in range(3):
        shorter = _without_last(title, keys) or _without_first(title, keys)
        if not shorter:
            break
        title = shorter
    return title


def site_keys(names: Iterable[str]) -> set[str]:
    """``names`` without punctuation and case, for comparing."""
    return {key for name in names if len(key := compare_key(name)) >= 2}


def _without_last(title: str, keys: set[str]) -> str:
    matches = list(SEPARATOR.finditer(title))
    for match in matches:
        head, tail = title[: match.start()].strip(), title[match.end() :].strip()
        if head and tail and names_site(tail, keys):
            return head
    if matches:
        match = matches[-1]
        head, tail = title[: match.start()].strip(), title[match.end() :].strip()
        words = len(_WORD.findall(tail))
        if _STRONG.search(match.group()) and words <= 4 and len(_WORD.findall(head)) > words:
            return head
    return ""


def _without_first(title: str, keys: set[str]) -> str:
    match = SEPARATOR.search(title)
    if match is None:
        return ""
    head, tail = title[: match.start()].strip(), title[match.end() :].strip()
    return tail if head and tail and names_site(head, keys) else ""


def names_site(part: str, keys: set[str]) -> bool:
    key = compare_key(part)
    if not key:
        return False
    return key in keys or any(
        len(known) >= 4
        and (key.startswith(known) or known.startswith(key) or key.endswith(known))
        and min(len(key), len(known)) * 2 >= max(len(key), len(known))
        for known in keys
    )


def compare_key(text: str) -> str:
    return _KEY.sub("", text).casefold()
