"""From a result to the article and back: the search is as it was left."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from tests.webapp.fake_services import FACETS, FakeServices, make_client

SEARCHES = [
    pytest.param("/?q=strike", id="words"),
    pytest.param("/?q=strike&author=Ada+Lovelace&-tag=sport&from=2023&sort=oldest&page=3", id="everything"),
    pytest.param("/?author=Ada+Lovelace", id="filters-only"),
    pytest.param("/?q=strike&cursor=abc", id="cursor"),
    pytest.param("/?q=strike&match=any&engine=memory&collapse=1&limit=25", id="how"),
]


def soup(client, path):
    return BeautifulSoup(client.get(path).data, "html.parser")


@pytest.mark.parametrize("search", SEARCHES)
def test_all_results_leads_back_to_the_same_page_of_the_same_search(search):
    client = make_client(FakeServices(total=500, facets=FACETS))

    link = soup(client, search).select_one(".hits h2 a")["href"]
    back = soup(client, link).select_one("a.back")["href"]

    assert link.partition("?")[0] == "/article/harbour-strike"
    assert back == search


def test_an_article_opened_by_itself_has_no_way_back():
    page = soup(make_client(), "/article/harbour-strike")

    assert not page.select(".marks")


def test_the_newest_articles_have_plain_addresses():
    page = soup(make_client(), "/")

    assert page.select_one(".hits h2 a")["href"] == "/article/harbour-strike"


def test_a_search_without_words_marks_nothing():
    page = soup(make_client(), "/article/harbour-strike?author=Ada")

    assert page.select_one("a.back")["href"] == "/?author=Ada"
    assert not page.select(".tally, .page mark")


def test_an_article_refuses_what_is_no_part_of_a_search():
    assert make_client().get("/article/harbour-strike?colour=red").status_code == 400
