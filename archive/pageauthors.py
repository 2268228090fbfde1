"""Authors of a page: stated in its metadata, or in a byline that readers see."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.authorcandidates import FULLER_BELIEF, MAX_BYLINE_NAMES, AuthorsCandidate, candidate_from
from archive.authors import name_key
from archive.bylines import bylines_in_markup, bylines_in_text
from archive.htmlpage import Page, plain
from archive.jsonld import types

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


def author_candidates(page: Page, publishers: list[str]) -> list[AuthorsCandidate]:
    """Readings of the authors in the order in which they are believed.

    Persons that the page states come first, then persons in a byline near the
    headline, handles, names that may belong to another article, organisations,
    agencies, and at last the publication if it calls itself the author.
    """
    own = {name_key(name) for name in publishers}
    found = list(_stated(page, own))
    if not any(c.belief >= FULLER_BELIEF for c in found):  # else no byline could be believed more
        found += [*bylines_in_markup(page, own), *bylines_in_text(page, own)]
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


def _stated(page: Page, own: set[str]) -> Iterator[AuthorsCandidate]:
    for names, method, detail, confidence in _statements(page):
        candidate = candidate_from(names, own, method, detail, confidence)
        if candidate is not None:
            yield candidate


def _statements(page: Page) -> Iterator[tuple[list[str], str, str, float]]:
    """What the metadata says: texts, where they stand (method and detail), and how far that is believed."""
    graph, article = page.graph, page.article
    authors = [plain(name) for name in graph.names(article.get("author"))]
    creators = [plain(name) for name in graph.names(article.get("creator"))]
    main = creators if 0 < len(creators) < len(authors) and set(creators) <= set(authors) else authors
    yield main, "json-ld", "author", 0.95
    yield creators, "json-ld", "creator", 0.7
    for key, confidence in _METAS:
        values = [plain(value) for _, value in page.meta(key)]
        if values:
            method = "opengraph" if key.startswith(("og:", "article:", "book:")) else "meta"
            yield values, method, key, confidence
    if _LABEL.search(page.first_meta("twitter:label1")):
        yield [page.first_meta("twitter:data1")], "meta", "twitter:data1", 0.8
    persons = [node for node in graph.nodes if "Person" in types(node) and node.get("name")]
    if not authors and len(persons) == 1:
        yield [plain(graph.text(persons[0], "name"))], "json-ld", "Person", 0.6
