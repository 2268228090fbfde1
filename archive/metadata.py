"""What a page says about itself: one value a field, with the others kept as candidates.

The order of belief in each field is the order of its candidates: structured data
of the article, then metas, then what readers see, then what an extractor finds.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from archive.document import PartialDate, Provenance
from archive.htmlpage import Page, one_line, plain
from archive.language import language_code
from archive.pageauthors import author_candidates
from archive.pagedates import date_candidates
from archive.sitenames import site_names
from archive.titles import title_candidates
from archive.urls import has_path, normalise_url

MAX_TAGS = 30
MAX_TAG_CHARS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One reading of one field as text, and where it stood."""

    value: str
    provenance: Provenance


@dataclass(slots=True, kw_only=True)
class Metadata:
    """The fields of a page but its text, and every reading of them.

    ``candidates`` and ``provenance`` are keyed by the field names of `Draft`;
    the first candidate of a field is the chosen one.
    """

    title: str = ""
    authors: tuple[str, ...] = ()
    published: PartialDate | None = None
    published_at: dt.datetime | None = None
    language: str = ""
    source: str = ""
    url: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    provenance: dict[str, Provenance] = field(default_factory=dict)
    candidates: dict[str, tuple[Candidate, ...]] = field(default_factory=dict)

    def keep(self, name: str, candidates: list[Candidate]) -> Candidate | None:
        """Record the readings of a field; give the chosen one."""
        if not candidates:
            return None
        self.candidates[name] = tuple(candidates)
        self.provenance[name] = candidates[0].provenance
        return candidates[0]


def read_metadata(page: Page) -> Metadata:
    """Everything but the text, the language by detection and the date by search."""
    data = Metadata()
    titles = title_candidates(page)
    if titles:
        data.title = titles[0].value
        data.keep("title", [Candidate(value=t.value, provenance=t.provenance) for t in titles])
    names = site_names(page)
    authors = author_candidates(page, names)
    if authors:
        data.authors = authors[0].value
        data.keep("authors", [Candidate(value="; ".join(a.value), provenance=a.provenance) for a in authors])
    dates = date_candidates(page)
    if dates:
        data.published, data.published_at = dates[0].value, dates[0].at
        data.keep("published", [Candidate(value=d.value.isoformat(), provenance=d.provenance) for d in dates])
    data.url = _text(data, "url", _urls(page))
    data.source = _text(data, "source", _sources(page))
    data.language = _text(data, "language", _languages(page))
    data.section = _text(data, "section", _sections(page))
    _tags(page, data)
    return data


def _text(data: Metadata, name: str, candidates: list[Candidate]) -> str:
    chosen = data.keep(name, [c for c in candidates if c.value])
    return chosen.value if chosen else ""


def _candidate(value: str, method: str, detail: str, confidence: float) -> Candidate:
    provenance = Provenance(method=method, detail=detail, confidence=confidence, raw=value[:500])
    return Candidate(value=value, provenance=provenance)


def _urls(page: Page) -> list[Candidate]:
    """The canonical address; one that points at a front page says nothing about the article."""
    found = []
    if page.canonical:
        canonical = normalise_url(page.canonical)
        if canonical and (has_path(canonical) or not page.url):
            found.append(_candidate(canonical, "meta", "canonical", 0.95))
    if page.url:
        found.append(_candidate(normalise_url(page.url), "url", "given", 0.9))
    return found


def _sources(page: Page) -> list[Candidate]:
    graph = page.graph
    return [
        *(_candidate(plain(value), "opengraph", name, 0.95) for name, value in page.meta("og:site_name")),
        *(
            _candidate(plain(name), "json-ld", "publisher", 0.9)
            for name in graph.names(page.article.get("publisher"))
        ),
        _candidate(plain(graph.text(graph.first("WebSite"), "name")), "json-ld", "WebSite", 0.85),
        *(
            _candidate(plain(value), "meta", name, 0.8)
            for name, value in page.meta(
                "citation_journal_title", "dc.publisher", "dcterms.publisher", "publisher", "application-name"
            )
        ),
        _candidate(page.host, "url", "host", 0.5),
    ]


def _languages(page: Page) -> list[Candidate]:
    root = page.tree.root
    declared = (
        (root.attributes.get("lang") or root.attributes.get("xml:lang") or "") if root is not None else ""
    )
    found = [("meta", "html lang", declared, 0.9)]
    article = page.graph.text(page.article, "inLanguage")
    found.append(("json-ld", "inLanguage", article, 0.85))
    for name, value in page.meta(
        "og:locale", "content-language", "language", "dc.language", "dcterms.language"
    ):
        found.append(("opengraph" if name.startswith("og:") else "meta", name, value, 0.8))
    return [
        _candidate(code, method, detail, confidence)
        for method, detail, value, confidence in found
        if (code := language_code(value.replace("_", "-").split(",")[0].strip()))
    ]


def _sections(page: Page) -> list[Candidate]:
    graph = page.graph
    return [
        _candidate(plain(graph.text(page.article, "articleSection")), "json-ld", "articleSection", 0.9),
        *(
            _candidate(plain(value), "meta", name, 0.85)
            for name, value in page.meta(
                "article:section", "og:section", "parsely-section", "section", "cxenseparse:section"
            )
        ),
    ]


def _tags(page: Page, data: Metadata) -> None:
    article = page.article
    keywords = article.get("keywords")
    for method, detail, values in (
        ("json-ld", "keywords", keywords if isinstance(keywords, list) else [keywords]),
        ("opengraph", "article:tag", [value for _, value in page.meta("article:tag", "og:article:tag")]),
        (
            "meta",
            "keywords",
            [value for _, value in page.meta("news_keywords", "keywords", "parsely-tags", "sailthru.tags")],
        ),
    ):
        tags: dict[str, str] = {}
        for value in values:
            text = value.get("name") if isinstance(value, dict) else value
            if not isinstance(text, str):
                continue
            for part in text.replace(";", ",").split(","):
                tag = one_line(plain(part))
                if tag and len(tag) <= MAX_TAG_CHARS and ":" not in tag[:12]:
                    tags.setdefault(tag.casefold(), tag)
        if tags:
            data.tags = tuple(tags.values())[:MAX_TAGS]
            data.keep("tags", [_candidate("; ".join(data.tags), method, detail, 0.8)])
            return
