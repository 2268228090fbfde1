"""Author pages reach the last article, beyond where page numbers end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from archive.document import Draft, Origin, PartialDate
from archive.normalise import document_from_draft
from archive.store import Store
from index.errors import QueryError
from index.indexer import Indexer
from tests.webapp.small_archive import build
from webapp import create_app
from webapp.models import SearchParams
from webapp.services import Services

ARTICLES = 11


@pytest.fixture(params=["memory", "tantivy", "whoosh"], scope="module")
def services(request, tmp_path_factory):
    settings = replace(build(tmp_path_factory.mktemp("archive"), request.param), page_size=2)
    with Store.open(settings.store_path) as store:
        store.put(
            [
                document_from_draft(
                    Draft(
                        title=f"Column {number}",
                        text=f"Column number {number} on tides.",
                        authors=("Jo Column",),
                        published=PartialDate(2024, 1, 1 + number // 3) if number < 9 else None,
                        origin=Origin(path=f"/{number}.txt"),
                    )
                )
                for number in range(ARTICLES)
            ]
        )
        Indexer(store, settings.index_root, request.param).reindex()
    with Services(settings) as opened:
        yield opened


@pytest.fixture
def shallow(monkeypatch):
    """Let page numbers end at the fourth hit."""
    monkeypatch.setattr("webapp.cursors.MAX_DEPTH", 4)
    monkeypatch.setattr("webapp.paging.MAX_DEPTH", 4)


def walk(client, path):
    """Follow the links to the next page; yield each page."""
    while path:
        page = BeautifulSoup(client.get(path).data, "html.parser")
        yield page
        link = page.select_one(".pager [rel=next]")
        path = link["href"] if link else ""


@pytest.mark.parametrize("path", ["/author/jo-column", "/?author=Jo+Column", "/?q=tides&sort=oldest"])
def test_the_next_pages_lead_to_the_last_article_and_end(services, shallow, path):
    client = create_app(services.settings, services=services).test_client()

    pages = list(walk(client, path))

    titles = [link.get_text() for page in pages for link in page.select(".hits h2 a")]
    assert len(pages) == 6
    assert len(titles) == len(set(titles)) == ARTICLES
    assert all("Pages end here" not in page.get_text() for page in pages)


def test_the_numbers_of_articles_go_on_behind_the_page_numbers(services, shallow):
    client = create_app(services.settings, services=services).test_client()

    pages = list(walk(client, "/author/jo-column"))

    assert [page.select_one("ol.hits")["start"] for page in pages] == ["1", "3", "5", "7", "9", "11"]
    assert "11–11" in pages[-1].select_one(".range").get_text()


def test_a_cursor_of_another_list_is_refused(services):
    search = services.search(SearchParams(author=("Jo Column",), sort="newest", limit=2))

    with pytest.raises(QueryError, match="another search"):
        services.author("jo-column", cursor=search.next)
