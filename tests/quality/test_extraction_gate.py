"""The extractor on pages written for it: a fall in quality stops here.

The pages under ``tests/data/pages`` were written for this project.  The big run
over real pages is ``benchmarks/extraction.py``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from archive.extract import Extracted, extract_page

PAGES = Path(__file__).resolve().parent.parent / "data" / "pages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a reader would say of one page.

    Attributes:
        body: selects the article's text in the markup.
        without: what must not be in the text.
    """

    name: str
    title: str
    authors: tuple[str, ...]
    date: str
    language: str
    source: str
    body: str
    without: tuple[str, ...]


EXPECTED = [
    Expected(
        name="news-json-ld",
        title="Ferry link to outer islands returns after storm repairs",
        authors=("Maren Oldfield", "Tobias Quill"),
        date="2024-03-01",
        language="en",
        source="The Coast Courier",
        body="article > p:not(.byline), article > h2, article > ul > li",
        without=("Related articles", "newsletter", "Share", "Storm damage bill", "©"),
    ),
    Expected(
        name="blog-german",
        title="Warum ich meinen Garten nicht mehr umgrabe",
        authors=("Lene Brandt",),
        date="2023-10-14",
        language="de",
        source="",
        body=".entry-content p",
        without=("Letzte Beiträge", "Kommentare", "Tomaten im Topf", "Lehm"),
    ),
    Expected(
        name="table-layout",
        title="Old mill to become a library",
        authors=("Ruth Calloway",),
        date="2004-06-11",
        language="en",
        source="",
        body="td[width='500']",
        without=("Weather", "Choir wins second prize", "Copyright"),
    ),
    Expected(
        name="agency-french",
        title="Le col rouvre à la circulation",
        authors=("AFP",),
        date="2022-05-21",
        language="fr",
        source="Journal des Cimes",
        body=".article-body p",
        without=("À lire aussi", "Mentions légales", "Météo"),
    ),
    Expected(
        name="essay-plain",
        title="On keeping bees badly",
        authors=("Arthur Penhale",),
        date="2011",
        language="en",
        source="",
        body="p:not(:has(em)):not(:last-of-type)",
        without=("Copyright",),
    ),
    Expected(
        name="recipe-lists",
        title="Barley soup for a wet evening",
        authors=("Ines Fairweather",),
        date="2021-11-05",
        language="en",
        source="Pantry Notes",
        body=".post > p, .post h2, .post li",
        without=("affiliate",),
    ),
]
IDS = [page.name for page in EXPECTED]


def _markup(page: Expected) -> bytes:
    return (PAGES / f"{page.name}.html").read_bytes()


def _extracted(page: Expected) -> Extracted:
    return extract_page(_markup(page))


def _token_f1(wanted: str, found: str) -> float:
    first, second = Counter(wanted.casefold().split()), Counter(found.casefold().split())
    common = sum((first & second).values())
    return 2 * common / (sum(first.values()) + sum(second.values()))


@pytest.mark.parametrize("page", EXPECTED, ids=IDS)
def test_fields_are_what_a_reader_would_say(page: Expected) -> None:
    extracted = _extracted(page)

    assert extracted.title == page.title
    assert extracted.authors == page.authors
    assert (str(extracted.published) if extracted.published else "") == page.date
    assert extracted.language == page.language
    assert extracted.source == page.source


@pytest.mark.parametrize("page", EXPECTED, ids=IDS)
def test_text_is_the_article_and_nothing_else(page: Expected) -> None:
    parts = BeautifulSoup(_markup(page), "lxml").select(page.body)
    wanted = " ".join(part.get_text(" ") for part in parts)

    found = _extracted(page).text

    assert _token_f1(wanted, found) >= 0.95
    assert [word for word in page.without if word in found] == []


@pytest.mark.parametrize("page", EXPECTED, ids=IDS)
def test_every_value_says_where_it_came_from(page: Expected) -> None:
    extracted = _extracted(page)

    named = {
        name
        for name in ("title", "authors", "published", "language", "source", "url", "section", "tags", "text")
        if getattr(extracted, name)
    }
    assert named <= set(extracted.provenance)
    assert all(0 < extracted.provenance[name].confidence <= 1 for name in named)
