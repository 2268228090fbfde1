"""Authors of a page: stated in its metadata, or in a byline that readers see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from archive.authors import (
    is_agency,
    is_desk,
    looks_like_name,
    looks_like_organisation,
    name_key,
    split_bylines,
)
from archive.document import Provenance
from archive.htmlpage import Page, one_line, plain
from archive.jsonld import types

MAX_BYLINE_CHARS = 200
MAX_NODES = 80
MAX_ANCESTORS = 12
MAX_BYLINE_NAMES = 8
FULLER_BELIEF = 0.75
CERTAIN_BELIEF = 0.6

_METAS = (
    ("author", 0.85),
    ("article:author_name", 0.85),
    ("byl", 0.85),
    ("parsely-author", 0.85),
    ("sailthru.author", 0.85),
    ("article.author", 0.8),
    ("citation_author", 0.85),
    ("citation_authors", 0.85),
    ("dc.creator", 0.8),
    ("dcterms.creator", 0.8),
    ("cxenseparse:author", 0.8),
    ("article:author", 0.75),
    ("og:article:author", 0.75),
    ("og:author", 0.75),
    ("authors", 0.75),
    ("byline", 0.75),
    ("book:author", 0.7),
    ("author-name", 0.7),
    ("creator", 0.6),
)
_LABEL = re.compile(
    r"written|author|verfasst|autor|écrit|ecrit|par\b|escrito|scritto|geschreven|skrev|автор", re.IGNORECASE
)
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
_CAPTIONS = frozenset(
    ["noauthor", "artikelvon", "gesponserteinhalte", "imwortlaut", "developer", "writtenby"]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorsCandidate:
    """One reading of who wrote the page; ``belief`` orders readings, the higher the better."""

    value: tuple[str, ...]
    provenance: Provenance
    belief: float


def author_candidates(page: Page, publishers: list[str]) -> list[AuthorsCandidate]:
    """Readings of the authors in the order in which they are believed.

    Persons that the page states come first, then persons in a byline near the
    headline, handles, names that may belong to another article, organisations,
    agencies, and at last the publication if it calls itself the author.
    """
    own = {name_key(name) for name in publishers}
    found = list(_stated(page, own))
    if not any(c.belief >= FULLER_BELIEF for c in found):  # else no byline could be believed more
        found += [*_visible(page, own), *_written(page, own)]
    ordered = sorted(found, key=lambda c: -c.belief)
    if not ordered:
        return []
    chosen = _fuller(ordered)
    return [chosen, *(c for c in ordered if c is not chosen)]


def _fuller(ordered: list[AuthorsCandidate]) -> AuthorsCandidate:
    """The most believed reading, or one like it that also names the co-authors."""
    first = ordered[0]
    names = {name_key(name) for name in first.value}
    for other in ordered[1:]:
        if other.belief < FULLER_BELIEF or len(other.value) > MAX_BYLINE_NAMES:
            break
        if names < {name_key(name) for name in other.value}:
            return other
    return first


def _candidate(
    raw: Iterable[str], own: set[str], method: str, detail: str, confidence: float
) -> AuthorsCandidate | None:
    texts = [text for text in raw if text]
    names = tuple(name for name in split_bylines(texts) if not _is_caption(name))
    kept = tuple(name for name in names if name_key(name) not in own)
    if any(looks_like_name(name) and not looks_like_organisation(name) for name in kept):
        kept = tuple(name for name in kept if not looks_like_organisation(name))
        if method == "byline" and looks_like_name(kept[0]):  # "A. Smith, Lille" and "A. Smith, NDR"
            kept = tuple(name for name in kept if looks_like_name(name))
    belief = confidence + _kind(kept or names)
    if not kept and names:
        confidence, belief = 0.3, confidence - 3.0
    if not names:
        return _desk(texts, own, method, detail, confidence)
    return AuthorsCandidate(
        value=kept or names,
        belief=belief,
        provenance=Provenance(
            method=method, detail=detail, confidence=confidence, raw="; ".join(texts)[:500]
        ),
    )


def _desk(
    texts: list[str], own: set[str], method: str, detail: str, confidence: float
) -> AuthorsCandidate | None:
    """The desk of a publication that is stated where a person should be: the last to be believed."""
    desk = next((text for text in texts if is_desk(text) and name_key(text) not in own), None)
    if desk is None or (method == "byline" and confidence < CERTAIN_BELIEF):
        return None
    provenance = Provenance(method=method, detail=detail, confidence=0.3, raw=desk[:500])
    return AuthorsCandidate(value=(desk,), provenance=provenance, belief=-2.5)


def _is_caption(name: str) -> bool:
    return ":" in name or "→" in name or name_key(name) in _CAPTIONS


def _kind(names: tuple[str, ...]) -> float:
    """How much like persons these names are, as a difference of belief."""
    if all(is_agency(name) for name in names):
        return -2.0
    if any(looks_like_organisation(name) for name in names):
        return -1.0
    return 0.0 if all(looks_like_name(name) for name in names) else -0.5


def _stated(page: Page, own: set[str]) -> Iterator[AuthorsCandidate]:
    graph, article = page.graph, page.article
    authors = [plain(name) for name in graph.names(article.get("author"))]
    creators = [plain(name) for name in graph.names(article.get("creator"))]
    main = creators if 0 < len(creators) < len(authors) and set(creators) <= set(authors) else authors
    for key, names, confidence in (("author", main, 0.95), ("creator", creators, 0.7)):
        candidate = _candidate(names, own, "json-ld", key, confidence)
        if candidate:
            yield candidate
    for key, confidence in _METAS:
        values = [plain(value) for _, value in page.meta(key)]
        method = "opengraph" if key.startswith(("og:", "article:", "book:")) else "meta"
        candidate = _candidate(values, own, method, key, confidence) if values else None
        if candidate:
            yield candidate
    if _LABEL.search(page.first_meta("twitter:label1")):
        candidate = _candidate([page.first_meta("twitter:data1")], own, "meta", "twitter:data1", 0.8)
        if candidate:
            yield candidate
    persons = [node for node in graph.nodes if "Person" in types(node) and node.get("name")]
    if not authors and len(persons) == 1:
        candidate = _candidate([plain(graph.text(persons[0], "name"))], own, "json-ld", "Person", 0.6)
        if candidate:
            yield candidate


def _visible(page: Page, own: set[str]) -> Iterator[AuthorsCandidate]:
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
        candidate = _candidate(texts, own, "byline", _describe(node), base)
        if candidate is None or len(candidate.value) > 8:
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


def _describe(node: LexborNode) -> str:
    mark = node.attributes.get("rel") or node.attributes.get("itemprop") or node.attributes.get("class") or ""
    return f"{node.tag} {mark}".strip()[:60]


def _written(page: Page, own: set[str]) -> Iterator[AuthorsCandidate]:
    """ "By A. Name" as the beginning of an element, wherever it stands."""
    start = max(0, page.text.find("<h1"))
    for number, match in enumerate(_WRITTEN.finditer(page.text, start)):
        if number >= 20:
            return
        candidate = _candidate(_with_others(page.text, match), own, "byline", "text", 0.5 - 0.005 * number)
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
