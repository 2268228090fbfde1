"""The headline of a page: the visible one, without the name of the site.

Titles come from the JSON-LD headline, OpenGraph, Twitter, ``<title>`` and the
headings.  The visible ``<h1>`` that says what a known title says is the headline
that readers saw; the others are often written for search engines and end in the
site's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborNode

from archive.document import Provenance
from archive.htmlpage import Page, one_line, plain
from archive.sitenames import SEPARATOR, compare_key, names_site, site_keys, site_names, without_site

_WORD = re.compile(r"\w+")
_EXTENSION = re.compile(r"\.\w{2,5}$")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_LETTERS_OR_DIGITS = re.compile(r"[^\W\d_]+|\d+")
_CJK = re.compile("[\u3040-\u9fff\uac00-\ud7a3]")

# What stands in a heading beside the headline.
_ASIDE = re.compile(
    r"kicker|over-?line|top-?line|roof-?line|eyebrow|dachzeile|spitzmarke|pre-?title|pre-?headline|supertitle"
    r"|sub-?(?:title|head|line)|topic-?label|visually-?hidden|off-?screen|sr-only|screen-reader",
    re.IGNORECASE,
)
_ASIDE_TAGS = frozenset(["small", "time", "button"])
_NO_TEXT = frozenset(["style", "script", "svg", "template", "noscript"])
_MAX_PARTS_DEPTH = 8

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
    best = _most_alike(tops, strong or weak, SAME_SHARE) or _most_alike(
        [top for top in tops if not strong or any(top.words & _words(title) for title in strong)],
        weak,
        SAME_TAG_SHARE,
    )
    if best is not None:
        return (
            next((c for c in known if c.provenance.method in ("json-ld",) and _is_whole(c.value, best)), None)
            or next((c for c in known if _is_edge(c.value, best)), None)
            or best.candidate(0.9)
        )
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
        parts = list(_parts(node))
        headline = one_line(" ".join(part for part, is_aside in parts if not is_aside)).strip(" -–—:|")
        text = headline if len(_words(headline)) >= 2 else one_line(" ".join(part for part, _ in parts))
        if not text or len(text) > MAX_CHARS or names_site(text, keys):
            continue
        words = frozenset(_words(text))
        if words:
            found.append(_Heading(tag, text, tuple(part for part, _ in parts), words))
    return found


def _parts(node: LexborNode, *, is_aside: bool = False, depth: int = 0) -> Iterator[tuple[str, bool]]:
    """The stretches of text of a heading, and whether each is a kicker, a subtitle or the like."""
    for child in node.iter(include_text=True):
        if child.tag == "-text":
            text = one_line(child.text())
            if text:
                yield text, is_aside
        elif child.tag not in _NO_TEXT and depth < _MAX_PARTS_DEPTH:
            attributes = child.attributes
            aside = child.tag in _ASIDE_TAGS or _ASIDE.search(
                f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
            )
            yield from _parts(child, is_aside=is_aside or bool(aside), depth=depth + 1)


def _most_alike(headings: Sequence[_Heading], titles: Sequence[str], share: float) -> _Heading | None:
    """The heading of which at least ``share`` of the words are in one title, the most alike first."""
    sets = [words for title in titles if (words := _words(title))]
    best: tuple[float, _Heading] | None = None
    for heading in headings:
        common = [
            (len(heading.words & words), words)
            for words in sets
            if len(headings) == 1 or len(heading.words) > 1 or len(words) < 4
        ]
        if not any(count >= share * len(heading.words) for count, _ in common):
            continue
        alike = max(2 * count / (len(heading.words) + len(words)) for count, words in common)
        if best is None or alike > best[0]:
            best = (alike, heading)
    return best[1] if best else None


def _is_whole(title: str, heading: _Heading) -> bool:
    """Whether ``title`` is the heading with its kicker or subtitle."""
    whole = _WORD.findall(" ".join(heading.parts).casefold())
    return whole != _WORD.findall(heading.text.casefold()) and _WORD.findall(title.casefold()) == whole


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
    if len(headings) == 1 and _length(headings[0].text) >= 4:
        return headings[0].candidate(0.5)
    return None


def _part_of_known(headings: Sequence[_Heading], titles: Sequence[str]) -> TitleCandidate | None:
    wholes = [compare_key(title) for title in titles]
    for heading in headings:
        key = compare_key(heading.text)
        if heading.tag == "h2" and _length(heading.text) >= 3:
            for whole in wholes:
                if key != whole and key in whole and len(key) >= 0.4 * len(whole):
                    return heading.candidate(0.6)
    return None


def _part_that_stands_alone(page: Page, titles: Sequence[str]) -> TitleCandidate | None:
    """The longest part of the title tag that is all the text of an element of an old page."""
    for title in titles:
        parts = [part.strip() for part in SEPARATOR.split(title)]
        for part in sorted(parts, key=_length, reverse=True):
            if _length(part) >= 3 and re.search(
                rf">\s*{re.escape(part)}\s*<", page.text.partition("<body")[2]
            ):
                return _candidate(part, "heading", "part of the title tag", 0.6)
    return None


def _length(text: str) -> int:
    """Words, or a third of the characters in scripts without spaces."""
    return len(text) // 3 if _CJK.search(text) else len(_WORD.findall(text))


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
