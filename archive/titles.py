"""The headline of a page: the visible one, without the name of the site.

Titles come from the JSON-LD headline, OpenGraph, Twitter, ``<title>`` and the
headings.  The visible ``<h1>`` that says what a known title says is the headline
that readers saw; the others are often written for search engines and end in the
site's name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from archive.document import Provenance
from archive.htmlpage import Page, one_line, plain

_WORD = re.compile(r"\w+")
_KEY = re.compile(r"[\W_]+")
# Separators between a headline and a name, the spaces are part of them.
_SEPARATOR = re.compile(r"\s+[|•·»«›‹:~–—―/\\-]+\s+|\s*[|｜»«]\s*|\s+::\s+|(?<=\w):\s+|\s+[-–—]{2}\s+")
_STRONG = re.compile(r"[|｜»«•·]|::")
MAX_CHARS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleCandidate:
    """One title of the page and where it stood."""

    value: str
    provenance: Provenance


def title_candidates(page: Page) -> list[TitleCandidate]:
    """Every title of the page in the order in which it is believed, the chosen one first."""
    stated = _stated(page)
    names = site_names(page)
    cleaned = [
        TitleCandidate(value=without_site(c.value, names), provenance=c.provenance) for c in stated if c.value
    ]
    heading = _heading(page, [c.value for c in cleaned])
    return [*([heading] if heading else []), *cleaned] or _fallback(page)


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
    keys = {key for name in names if len(key := _key(name)) >= 2}
    for _ in range(3):
        shorter = _without_last(title, keys) or _without_first(title, keys)
        if not shorter:
            break
        title = shorter
    return title


def _without_last(title: str, keys: set[str]) -> str:
    matches = list(_SEPARATOR.finditer(title))
    for match in matches:
        head, tail = title[: match.start()].strip(), title[match.end() :].strip()
        if head and tail and _names_site(tail, keys):
            return head
    if matches:
        match = matches[-1]
        head, tail = title[: match.start()].strip(), title[match.end() :].strip()
        words = len(_WORD.findall(tail))
        if _STRONG.search(match.group()) and words <= 4 and len(_WORD.findall(head)) > words:
            return head
    return ""


def _without_first(title: str, keys: set[str]) -> str:
    match = _SEPARATOR.search(title)
    if match is None:
        return ""
    head, tail = title[: match.start()].strip(), title[match.end() :].strip()
    return tail if head and tail and _names_site(head, keys) else ""


def _names_site(part: str, keys: set[str]) -> bool:
    key = _key(part)
    if not key:
        return False
    return key in keys or any(
        len(known) >= 4
        and (key.startswith(known) or known.startswith(key) or key.endswith(known))
        and min(len(key), len(known)) * 2 >= max(len(key), len(known))
        for known in keys
    )


def _key(text: str) -> str:
    return _KEY.sub("", text).casefold()


def _candidate(value: str, method: str, detail: str, confidence: float) -> TitleCandidate:
    return TitleCandidate(
        value=one_line(value)[:MAX_CHARS],
        provenance=Provenance(method=method, detail=detail, confidence=confidence, raw=value[:500]),
    )


def _stated(page: Page) -> list[TitleCandidate]:
    graph, article = page.graph, page.article
    found = [
        _candidate(plain(graph.text(article, "headline")), "json-ld", "headline", 0.85),
        *(_candidate(plain(v), "opengraph", n, 0.8) for n, v in page.meta("og:title")),
        *(
            _candidate(plain(v), "meta", n, 0.8)
            for n, v in page.meta("citation_title", "parsely-title", "sailthru.title")
        ),
        *(
            _candidate(plain(v), "meta", n, 0.7)
            for n, v in page.meta("twitter:title", "headline", "dc.title", "dcterms.title", "title")
        ),
        _candidate(plain(graph.text(article, "name")), "json-ld", "name", 0.7),
        _candidate(page.title_tag, "title-tag", "title", 0.6),
    ]
    return [c for c in found if c.value]


def _heading(page: Page, known: Sequence[str]) -> TitleCandidate | None:
    """The first ``<h1>`` that shares half of its words with a known title."""
    sets = [words for title in known if (words := _words(title))]
    best: tuple[float, TitleCandidate] | None = None
    for node in page.css("h1", 20):
        value = one_line(node.text(separator=" "))
        words = _words(value)
        if not words or len(value) > MAX_CHARS:
            continue
        share = max((len(words & other) / len(words) for other in sets), default=0.0)
        if share >= 0.5 and (best is None or share > best[0]):
            best = (share, _candidate(value, "heading", "h1", 0.9))
    return best[1] if best else None


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _fallback(page: Page) -> list[TitleCandidate]:
    for selector in ("[itemprop=headline]", "h1", "h2"):
        for node in page.css(selector, 5):
            value = one_line(node.text(separator=" "))
            if value:
                return [_candidate(value, "heading", selector, 0.4)]
    return []
