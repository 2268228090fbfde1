"""Searches that read texts, through the services: totals, facets, pages and filters as for any other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.document import Draft, Origin, PartialDate
from archive.normalise import document_from_draft
from webapp.models import SearchParams
from webapp.services import Services
from webapp.settings import Settings

SENTENCES = (
    "The harbour was quiet. A strike was over.",
    "The strike closed the harbour for a day.",
    "Harbours and strikes: nothing else.",
    "No harbour here.",
)


@pytest.fixture(params=["memory", "tantivy", "whoosh"], scope="module")
def services(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    home: Path = tmp_path_factory.mktemp("archive")
    with Services(Settings(home=home, engine=request.param)) as opened:
        drafts = [
            Draft(
                origin=Origin(path=f"/{number}.txt"),
                title=f"Report {number}",
                text=f"{SENTENCES[number % 4]}\n\nNumber {number}.",
                source="Post" if number % 3 else "Times",
                published=PartialDate(2024, 1 + number % 2),
                language="en",
            )
            for number in range(40)
        ]
        opened.store.put([document_from_draft(draft) for draft in drafts])
        opened.catch_up()
        yield opened


def test_totals_facets_and_marks(services: Services) -> None:
    page = services.search(SearchParams(q="harbour SENT strike"))

    assert page.total == 20
    assert {value.label: value.count for value in page.facets["source"]} == {"Post": 14, "Times": 6}
    assert page.understood == "harbour SENT strike"
    assert page.warnings == ()
    marked = [s.text[start:end].lower() for s in page.hits[0].snippets for start, end in s.spans]
    assert {"harbour", "strike"} <= {word.removesuffix("s") for word in marked}


def test_pages_by_cursor_reach_every_article_once(services: Services) -> None:
    page = services.search(SearchParams(q="harbour SENT strike", limit=7))
    seen = [hit.id for hit in page.hits]
    while page.next:
        page = services.search(SearchParams(q="harbour SENT strike", limit=7, cursor=page.next))
        seen += [hit.id for hit in page.hits]

    assert len(seen) == len(set(seen)) == 20


def test_filters_narrow_what_is_read(services: Services) -> None:
    page = services.search(SearchParams(q="strike PARA closed", source=("Times",), facets=False))
    assert page.total == 3


def test_exports_read_too(services: Services) -> None:
    matches = services.matches(SearchParams(q="strike SENT closed"))

    assert matches.total == 10
    assert len({document.id for document in matches.documents}) == 10


def test_mentions_are_counted(services: Services) -> None:
    assert services.count(SearchParams(q="atleast2:harbour")) == 0
    assert services.count(SearchParams(q='atleast1:"strike was"')) == 10


def test_an_article_is_marked(services: Services) -> None:
    slug = services.search(SearchParams(q="strike SENT closed", limit=1)).hits[0].slug

    article = services.article(slug, "strike NEAR/5 harbour")

    assert [article.document.text[start:end] for start, end in article.body_spans] == ["strike", "harbour"]
