"""Chips: what a search asks for, one by one; each leads to the search without it."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

import pytest
from bs4 import BeautifulSoup

from tests.webapp.small_archive import build
from webapp import create_app
from webapp.services import Services

QUERIES = [
    pytest.param("q=harbour+strike", id="two-words"),
    pytest.param("q=harbour+strike&sort=newest&limit=5", id="order-and-length"),
    pytest.param('q="long-range missiles" -nuclear', id="phrase-and-not"),
    pytest.param("q=(harbour OR missiles) author:lovelace", id="group-and-field"),
    pytest.param("q=harbour NEAR/5 strike dock", id="near"),
    pytest.param("q=harbour AND strike", id="and"),
    pytest.param("q=%2Bharbour workers", id="plus"),
    pytest.param("q=missiles since:2023 until:2024-09", id="dates-in-the-query"),
    pytest.param("q=harbour&author=Ada Lovelace&author=Grace Hopper", id="two-authors"),
    pytest.param("q=harbour&author=none&-source=Daily Post&year=none", id="missing-and-not"),
    pytest.param("q=missiles&from=2023&to=2024-09&language=en&match=any", id="times-and-match"),
    pytest.param("author=Ada Lovelace&-month=2024-09", id="filters-only"),
    pytest.param("q=title:harbour in:title strike^2 atleast2:harbour", id="operators"),
    pytest.param("q=harb* strik~ words:>2 has:author", id="wildcards-and-numbers"),
    pytest.param("q=missiles&engine=tantivy&collapse=1", id="how"),
]


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    with Services(build(tmp_path_factory.mktemp("archive"), "tantivy", extra=3)) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(services):
    return create_app(services.settings, services=services).test_client()


def chips(client, path):
    """Return the chips of a page: label to address."""
    answer = client.get(path)
    assert answer.status_code == 200
    links = BeautifulSoup(answer.data, "html.parser").select(".chips a")
    return {link.bdi.get_text(): link["href"] for link in links}


def found(client, path):
    """Return the JSON of the search that a page shows."""
    return client.get(f"/api/v1/search{path.removeprefix('/')}").json


@pytest.mark.parametrize("query", QUERIES)
def test_each_chip_leads_to_the_search_without_it_and_nothing_else(client, query):
    before = chips(client, f"/?{query}")

    assert len(before) > 1
    for label, address in before.items():
        after = chips(client, address)
        rest = set(before) - {label}
        # A search for one thing alone shows it in its field, not as a chip.
        assert set(after) in (rest, set()), label
        if not after:
            assert len(rest) == 1


@pytest.mark.parametrize("query", QUERIES)
def test_chips_taken_off_one_by_one_leave_the_newest_articles(client, query):
    path, steps = f"/?{query}", 0

    while left := chips(client, path):
        path = next(iter(left.values()))
        steps += 1
        assert steps < 12
    state = parse_qs(urlsplit(path).query)

    assert not set(state) - {"q", "sort", "limit", "collapse"}


@pytest.mark.parametrize("query", QUERIES)
def test_a_search_without_one_of_its_parts_finds_no_fewer_articles(client, query):
    path = f"/?{query}"
    if "match=any" in query or " OR " in query:
        pytest.skip("with any of the words, fewer words find fewer")
    total = found(client, path)["total"]

    for label, address in chips(client, path).items():
        filters = ("Author: ", "Source: ", "Engine: ")
        if label.startswith(filters) and query.count("author=") > 1:
            continue  # one author of two widens the search
        assert found(client, address)["total"] >= total, label


@pytest.mark.parametrize(
    ("q", "labels"),
    [
        pytest.param("date:2024-13 strike", ["date:2024-13", "strike"], id="no date"),
        pytest.param("strike AND OR harbour", ["strike", "OR", "harbour"], id="an operator that is text"),
        pytest.param(r"date\:soon strike", [r"date\:soon", "strike"], id="escaped by hand"),
        pytest.param('"say \\"no\\"" strike', ['"say \\"no\\""', "strike"], id="quotes in quotes"),
        pytest.param(r'"C:\new" strike', [r'"C:\new"', "strike"], id="a backslash in quotes"),
        pytest.param("a~b harbour", ["a~b", "harbour"], id="a sign in a word"),
    ],
)
def test_a_chip_shows_what_was_typed_and_leads_to_the_search_without_it(client, q, labels):
    path = f"/?q={quote(q)}"

    before = chips(client, path)

    assert list(before) == labels
    rest = parse_qs(urlsplit(before[labels[-1]]).query)["q"][0]
    understood = found(client, path)["understood"]
    assert understood.startswith(rest)
    assert found(client, f"/?q={quote(rest)}")["understood"] == rest


def test_text_that_looks_like_an_operator_is_told_of_without_backslashes(client):
    page = BeautifulSoup(client.get("/?q=date:2024-13").data, "html.parser")

    assert "\\" not in page.select_one("main").get_text()


def test_the_order_stays_when_a_chip_is_taken_off(client):
    addresses = chips(client, "/?q=harbour+strike&sort=title").values()

    assert all("sort=title" in address for address in addresses)


def test_the_page_goes_back_to_the_first_when_a_chip_is_taken_off(client):
    addresses = chips(client, "/?q=harbour+strike&page=2").values()

    assert not any("page=" in address for address in addresses)
