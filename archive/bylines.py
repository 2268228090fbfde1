"""Authors of a page: stated in its metadata, or in a byline that readers see."""

from __future__ import annotations

from dataclasses import dataclass

from archive.authors import is_agency, looks_like_name, split_bylines
from archive.document import Provenance
from archive.htmlpage import Page, one_line, plain

MAX_BYLINE_CHARS = 300
# From the most explicit to the vaguest.
BYLINE_SELECTORS = (
    "[rel~=author]",
    "[itemprop=author] [itemprop=name]",
    "[itemprop=author]",
    "[class*=author-name], [class*=authorName], [class*=author_name], [class*=byline-name]",
    "[class*=byline], [class*=Byline], [class*=by-line], [id*=byline]",
    ", ".join(
        f"a[href*='/{part}/']" for part in ("author", "authors", "autor", "autoren", "auteur", "staff")
    ),
    "[class*=author], [class*=Author], [id*=author], [class*=autor]",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorsCandidate:
    """One reading of who wrote the page."""

    value: tuple[str, ...]
    provenance: Provenance


def author_candidates(page: Page, publishers: list[str]) -> list[AuthorsCandidate]:
    """Readings of the authors in the order in which they are believed; agencies last."""
    found = [c for c in (*_stated(page, publishers), *_visible(page, publishers)) if c.value]
    people = [c for c in found if not all(is_agency(name) for name in c.value)]
    agencies = [c for c in found if all(is_agency(name) for name in c.value)]
    return [*people, *agencies]


def _candidate(
    raw: list[str], publishers: list[str], method: str, detail: str, confidence: float
) -> AuthorsCandidate:
    names = split_bylines(raw, publisher=publishers[0] if publishers else "")
    keys = {"".join(p.casefold().split()) for p in publishers}
    kept = tuple(name for name in names if "".join(name.casefold().split()) not in keys)
    return AuthorsCandidate(
        value=kept,
        provenance=Provenance(method=method, detail=detail, confidence=confidence, raw="; ".join(raw)[:500]),
    )


def _stated(page: Page, publishers: list[str]) -> list[AuthorsCandidate]:
    graph, article = page.graph, page.article
    found = []
    for key in ("author", "creator"):
        names = [plain(name) for name in graph.names(article.get(key))]
        if names:
            found.append(_candidate(names, publishers, "json-ld", key, 0.95))
    for method, confidence, keys in (
        ("meta", 0.85, ("author", "article:author_name", "article.author", "byl", "byline", "authors")),
        ("meta", 0.85, ("parsely-author", "sailthru.author", "rbauthors", "mediator_author")),
        (
            "meta",
            0.85,
            (
                "citation_author",
                "citation_authors",
                "dc.creator",
                "dcterms.creator",
                "dc.creator.personalname",
            ),
        ),
        ("opengraph", 0.75, ("article:author", "og:author", "og:article:author", "book:author")),
        (
            "meta",
            0.7,
            ("twitter:creator:name", "cxenseparse:author", "cxenseparse:recs:author", "author-name"),
        ),
    ):
        for key in keys:
            values = [plain(value) for _, value in page.meta(key)]
            if values:
                found.append(_candidate(values, publishers, method, key, confidence))
    return found


def _visible(page: Page, publishers: list[str]) -> list[AuthorsCandidate]:
    found = []
    for selector in BYLINE_SELECTORS:
        for node in page.css(selector, 8):
            text = one_line(node.text(separator=" "))
            if not text or len(text) > MAX_BYLINE_CHARS:
                continue
            candidate = _candidate([text], publishers, "byline", selector.split(",")[0], 0.6)
            if candidate.value and all(looks_like_name(name) for name in candidate.value):
                found.append(candidate)
                break
    return found
