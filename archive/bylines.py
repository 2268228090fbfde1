"""Bylines that readers see: marked as such, or an element that begins like one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from archive.authorcandidates import CERTAIN_BELIEF, MAX_BYLINE_NAMES, AuthorsCandidate, candidate_from
from archive.authors import looks_like_name, looks_like_organisation
from archive.htmlpage import Page, one_line

MAX_BYLINE_CHARS = 200
MAX_NODES = 80
MAX_ANCESTORS = 12
MAX_WRITTEN = 20

# Where a byline can stand, the headline among them, in the order of the page.
_SELECTOR = ", ".join(
    (
        "h1",
        "[rel~=author]",
        "[itemprop=author]",
        *(
            f"[class*={word} i]"
            for word in ("author", "byline", "autor", "writer", "vcard", "username", "by-line")
        ),
        *(f"[id*={word} i]" for word in ("author", "byline")),
        *(
            f"a[href*='/{word}/']"
            for word in ("author", "authors", "autor", "autoren", "auteur", "profile", "staff")
        ),
        "a[href*='/editors/']",
    )
)
_STRONG = re.compile(
    r"by-?line|author[-_]{0,2}(?:name|link|title)|\bfn\b|vcard|posted-?by|autor-?name|writer|username",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"comment|respond|sidebar|related|recommend|widget|(?<!post-)(?<!entry-)(?<!article-)footer|teaser|promo|popular|"
    r"trending|newsletter|carousel|most-?read|more-?(?:from|stories|on)|latest|next-|bio\b|about",
    re.IGNORECASE,
)
_LEADS = (
    "By|BY|by|Von|VON|von|Par|Por|POR|Di|Door|Av|Af|Oleh|Text|Texte|Texto|Testo|Tekst|Words|Autor|Autorin|Auteur"
    "|Autore|Author|Автор|Eingestellt von|Geschrieben von|Verfasst von|Ein Beitrag von|Written by|WRITTEN BY"
    "|Posted by|Published by|Story by|Publié par|Écrit par|Escrito por|Publicado por|Scritto da"
)
_WRITTEN = re.compile(
    rf">[\s\-–—*]*(?:(?:{_LEADS})(?:\s*:\s*|\s+|\s*(?=<))"
    r"(?:\s|&nbsp;|<!--[^<>]{0,40}-->|</?(?:a|b|strong|em|span|i|u|p|div|br|dt|dd)\b[^<>]{0,300}>){0,12})([^<>\n]{3,80})<"
)

# What stands between two linked names of one byline, and the second.
_ANOTHER = re.compile(
    r"(?:\s*</(?:a|span|b|strong|em)\s*>)+\s*(?:,\s*and|,|&amp;|&|und|and|y|et|e|og|och|en|i|/|\|)\s*"
    r"(?:<(?:a|span|b|strong|em)\b[^<>]{0,300}>\s*)+([^<>\n]{3,80})<",
    re.IGNORECASE,
)


def bylines_in_markup(page: Page, own: set[str]) -> Iterator[AuthorsCandidate]:
    """Bylines in the markup, believed by how plainly they are marked and how near the headline they are."""
    after_headline = 0
    for node in page.css(_SELECTOR, MAX_NODES):
        if node.tag == "h1":
            after_headline = 1
            continue
        base = _mark(node)
        texts = _texts(node)
        if not base or not texts or is_elsewhere(node):
            continue
        if after_headline:
            base += max(0.0, 0.1 - 0.01 * after_headline)
            after_headline += 1
        candidate = candidate_from(texts, own, "byline", _describe(node), base)
        if candidate is None or len(candidate.value) > MAX_BYLINE_NAMES:
            continue
        if base < 0.5 and not all(looks_like_name(name) for name in candidate.value):
            continue
        yield candidate
        if candidate.belief >= CERTAIN_BELIEF:
            return


def _mark(node: LexborNode) -> float:
    attributes = node.attributes
    if "author" in (attributes.get("rel") or "").split() or attributes.get("itemprop") == "author":
        return 0.6
    marks = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    if _STRONG.search(marks):
        return 0.55
    return 0.5 if node.tag == "a" and "author" in (attributes.get("href") or "") else 0.4


def _texts(node: LexborNode) -> list[str]:
    """Names of the links in a byline, or else its text."""
    if node.attributes.get("itemprop") == "author":
        name = node.css_first("[itemprop=name]")
        if name is not None:
            return [one_line(name.attributes.get("content") or name.text(separator=" "))]
    text = one_line(node.text(separator=" "))
    if not text or len(text) > MAX_BYLINE_CHARS:
        return []
    if node.tag == "a":
        first, *rest = _stretches(node, "\x1f")
        return [first] if rest and looks_like_name(first) else [text]  # a name, then a role
    links = [one_line(link.text(separator=" ")) for link in node.css("a")]
    named = [link for link in links if looks_like_name(link) and not looks_like_organisation(link)]
    if named:
        return named
    names = _stretches(node, "\n")
    if len(names) > 1 and all(looks_like_name(name) for name in names):
        return names
    return [text]


def _stretches(node: LexborNode, separator: str) -> list[str]:
    """The texts of a node that a child element, or a ``separator`` within one, keeps apart."""
    return [text for part in node.text(separator=separator).split(separator) if (text := one_line(part))]


def _describe(node: LexborNode) -> str:
    mark = node.attributes.get("rel") or node.attributes.get("itemprop") or node.attributes.get("class") or ""
    return f"{node.tag} {mark}".strip()[:60]


def bylines_in_text(page: Page, own: set[str]) -> Iterator[AuthorsCandidate]:
    """ "By A. Name" as the beginning of an element, wherever it stands."""
    start = max(0, page.text.find("<h1"))
    for number, match in enumerate(_WRITTEN.finditer(page.text, start)):
        if number >= MAX_WRITTEN:
            return
        candidate = candidate_from(
            _with_others(page.text, match), own, "byline", "text", 0.5 - 0.005 * number
        )
        if candidate and all(looks_like_name(name) and not name[0].islower() for name in candidate.value):
            yield candidate


def _with_others(html: str, first: re.Match[str]) -> list[str]:
    """The name of a written byline, and those that follow it in links of their own."""
    names = [one_line(first.group(1))]
    end = first.end() - 1
    while len(names) < MAX_BYLINE_NAMES and (other := _ANOTHER.match(html, end)):
        names.append(one_line(other.group(1)))
        end = other.end() - 1
    return names


def is_elsewhere(node: LexborNode) -> bool:
    """Whether a node is in the comments, a teaser or another part that is not the article's."""
    parent: LexborNode | None = node
    for _ in range(MAX_ANCESTORS):
        if parent is None or parent.tag in ("body", "html", "article", "main"):
            return False
        if parent.tag in ("footer", "aside", "nav") and parent is not node:
            return True
        attributes = parent.attributes
        if _ELSEWHERE.search(f"{attributes.get('class') or ''} {attributes.get('id') or ''}"):
            return True
        parent = parent.parent
    return False
