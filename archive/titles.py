"""The headline of a page: the visible one, without the name of the site.

Titles come from the JSON-LD headline, OpenGraph, Twitter, ``<title>`` and the
headings.  The visible ``<h1>`` that says what a known title says is the headline
that readers saw; the others are often written for search engines and end in the
site's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from archive.document import Provenance
from archive.htmlpage import Page, one_line, plain

_WORD = re.compile(r"\w+")
_KEY = re.compile(r"[\W_]+")
# Separators between a headline and a name, the spaces are part of them.
_SEPARATOR = re.compile(r"\s+[|•·»«›‹:~–—―/\\-]+\s+|\s*[|｜»«]\s*|\s+::\s+|(?<=\w):\s+|\s+[-–—]{2}\s+")
_STRONG = re.compile(r"[|｜»«•·]|::")
_EXTENSION = re.compile(r"\.\w{2,5}$")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_LETTERS_OR_DIGITS = re.compile(r"[^\W\d_]+|\d+")
_CJK = re.compile("[\u3040-\u9fff\uac00-\ud7a3]")

MAX_CHARS = 500
MAX_HEADINGS = 12
# Chosen on half of the sites of a benchmark, checked on the other half.
SAME_SHARE = 0.7
SAME_TAG_SHARE = 0.8
SLUG_SHARE = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleCandidate:
    """One title of the page and where it stood."""

    value: str
    provenance: Provenance


def title_candidates(page: Page) -> list[TitleCandidate]:
    """Every title of the page in the order in which it is believed, the chosen one first."""
    names = site_names(page)
    keys = site_keys(names)
    stated = [replace(c, value=without_site(c.value, names)) for c in _stated(page)]
    known = [c for c in stated if c.value]
    chosen = headline(page, known, keys)
    rest = [c for c in known if c is not chosen]
    return [*([chosen] if chosen else []), *rest] or _fallback(page)


def headline(page: Page, known: Sequence[TitleCandidate], keys: set[str]) -> TitleCandidate | None:
    """The title that readers saw.

    In this order: the ``<h1>`` that says what a known title says, less a kicker in
    an element of its own; a heading that says what the address says; the first
    long ``<h1>`` that has a word in common with a known title; a smaller heading
    that is the larger part of a known title.  None leaves the stated titles.
    """
    tops = _headings(page, "h1", keys)
    strong = [c.value for c in known if c.provenance.method != "title-tag"]
    weak = [c.value for c in known if c.provenance.method == "title-tag"]
    best = _most_alike(tops, strong or weak, SAME_SHARE) or _most_alike(tops, weak, SAME_TAG_SHARE)
    if best is not None:
        return next((c for c in known if _is_edge(c.value, best)), None) or best.candidate(0.9)
    headings = [*tops, *_headings(page, "h2", keys)]
    return (
        _by_address(page, headings, strong + weak)
        or _first_long(tops, strong + weak)
        or _part_of_known(headings, strong + weak)
        or (None if strong else _part_that_stands_alone(page, weak))
    )


@dataclass(frozen=True, slots=True)
class _Heading:
    tag: str
    text: str
    parts: tuple[str, ...]
    words: frozenset[str]

    def candidate(self, confidence: float) -> TitleCandidate:
        return _candidate(self.text, "heading", self.tag, confidence)


def _headings(page: Page, tag: str, keys: set[str]) -> list[_Heading]:
    """The headings of one level that do not name the site."""
    found = []
    for node in page.css(tag, MAX_HEADINGS):
        text = one_line(node.text(separator=" "))
        if not text or len(text) > MAX_CHARS or _names_site(text, keys):
            continue
        children = (one_line(child.text(separator=" ")) for child in node.iter(include_text=True))
        words = frozenset(_words(text))
        if words:
            found.append(_Heading(tag, text, tuple(part for part in children if part), words))
    return found


def _most_alike(headings: Sequence[_Heading], titles: Sequence[str], share: float) -> _Heading | None:
    """The heading of which at least ``share`` of the words are in one title, the most alike first."""
    sets = [words for title in titles if (words := _words(title))]
    best: tuple[float, _Heading] | None = None
    for heading in headings:
        common = [(len(heading.words & words), words) for words in sets]
        if not any(count >= share * len(heading.words) for count, _ in common):
            continue
        alike = max(2 * count / (len(heading.words) + len(words)) for count, words in common)
        if best is None or alike > best[0]:
            best = (alike, heading)
    return best[1] if best else None


def _is_edge(title: str, heading: _Heading) -> bool:
    """Whether ``title`` is the heading without what stands in an element of its own before or after it."""
    wanted = _WORD.findall(title.casefold())
    if len(wanted) < 3 or len(heading.parts) < 2:
        return False
    edges = range(1, len(heading.parts))
    return any(
        _WORD.findall(" ".join(part).casefold()) == wanted
        for edge in edges
        for part in (heading.parts[edge:], heading.parts[:edge])
    )


def _by_address(page: Page, headings: Sequence[_Heading], titles: Sequence[str]) -> TitleCandidate | None:
    """A heading that has more of the words of the address than any title has."""
    slug = _words(_slug(page.url or page.canonical))
    if not slug:
        return None
    most = max((len(_words(title) & slug) for title in titles), default=0)
    best = max(
        (heading for heading in headings if len(heading.words) >= 4),
        key=lambda h: len(h.words & slug),
        default=None,
    )
    if best is None or len(best.words & slug) <= max(most, SLUG_SHARE * len(slug)):
        return None
    return best.candidate(0.7)


def _slug(url: str) -> str:
    """The part of an address that has three words or more, the longest."""
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:
        return ""
    segments = [_EXTENSION.sub("", segment) for segment in path.split("/")]
    worded = [segment for segment in segments if len(_LETTERS.findall(segment)) >= 3]
    return " ".join(_LETTERS_OR_DIGITS.findall(max(worded, key=len))) if worded else ""


def _first_long(headings: Sequence[_Heading], titles: Sequence[str]) -> TitleCandidate | None:
    known = {word for title in titles for word in _words(title)}
    for heading in headings:
        if _length(heading.text) >= 4 and len(heading.words & known) >= 0.1 * len(heading.words):
            return heading.candidate(0.6)
    return None


def _part_of_known(headings: Sequence[_Heading], titles: Sequence[str]) -> TitleCandidate | None:
    wholes = [_key(title) for title in titles]
    for heading in headings:
        key = _key(heading.text)
        if heading.tag == "h2" and _length(heading.text) >= 3:
            for whole in wholes:
                if key != whole and key in whole and len(key) >= 0.4 * len(whole):
                    return heading.candidate(0.6)
    return None


def _part_that_stands_alone(page: Page, titles: Sequence[str]) -> TitleCandidate | None:
    """The longest part of the title tag that is all the text of an element of an old page."""
    for title in titles:
        parts = [part.strip() for part in _SEPARATOR.split(title)]
        for part in sorted(parts, key=_length, reverse=True):
            if _length(part) >= 3 and re.search(
                rf">\s*{re.escape(part)}\s*<", page.text.partition("<body")[2]
            ):
                return _candidate(part, "heading", "part of the title tag", 0.6)
    return None


def _length(text: str) -> int:
    """Words, or a third of the characters in scripts without spaces."""
    return len(text) // 3 if _CJK.search(text) else len(_WORD.findall(text))


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
    return {key for name in names if len(key := _key(name)) >= 2}


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


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _fallback(page: Page) -> list[TitleCandidate]:
    for selector in ("[itemprop=headline]", "h1", "h2"):
        for node in page.css(selector, 5):
            value = one_line(node.text(separator=" "))
            if value:
                return [_candidate(value, "heading", selector, 0.4)]
    return []
