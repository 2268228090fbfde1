"""When nothing matches: spelling, and searches with one thing less, in every engine."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from archive.document import Draft, Origin
from archive.normalise import document_from_draft
from archive.store import Store
from index.indexer import Indexer
from tests.webapp.small_archive import build
from webapp import create_app
from webapp.models import SearchParams
from webapp.services import Services


@pytest.fixture(params=["memory", "tantivy", "whoosh"], scope="module")
def services(request, tmp_path_factory):
    with Services(build(tmp_path_factory.mktemp("archive"), request.param, extra=3)) as opened:
        yield opened


@pytest.fixture
def client(services):
    return create_app(services.settings, services=services).test_client()


def repair(services, q, **more):
    return services.search(SearchParams(q=q, **more)).repair


@pytest.mark.parametrize(
    ("q", "meant"),
    [
        pytest.param("misiles", "missiles", id="a word"),
        pytest.param("harbour strkie", "harbour strike", id="the wrong one of two"),
        pytest.param('"harbuor strike"', '"harbour strike"', id="in a phrase"),
        pytest.param("title:harbuor", "title:harbour", id="in a field"),
        pytest.param("author:lovelase", "author:lovelace", id="an author"),
        pytest.param(
            "strike OR misiles OR hrabour", "strike OR missiles OR harbour", id="where little matches"
        ),
    ],
)
def test_a_word_that_no_article_has_is_put_right(services, q, meant):
    corrected = repair(services, q).corrected

    assert corrected.text == meant
    assert corrected.total == services.search(SearchParams(q=meant)).total > 0


@pytest.mark.parametrize(
    "q", ["missiles", "strike diving", "-misiles", "misil*", "source:nobody", "qqqqqqq", "xyzzyx"]
)
def test_what_is_there_or_cannot_be_guessed_is_left_alone(services, q):
    found = repair(services, q)

    assert found is None or found.corrected is None


@pytest.mark.parametrize("q", ["harbour ase", "harbour dont", "harbour last month"])
def test_what_little_is_left_of_a_word_is_no_reason_to_guess(tmp_path, q):
    settings = build(tmp_path, "memory")
    text = "As strikes go, they do not count by the month at the port, he didn't say."
    with Store.open(settings.store_path) as store:
        store.put([document_from_draft(Draft(text=text, origin=Origin(path="/port")))])
        Indexer(store, settings.index_root, "memory").catch_up()

    with Services(settings) as services:
        found = repair(services, q)

    assert found is None or found.corrected is None


def test_a_slip_that_an_article_has_too_is_put_right_where_nothing_has_all_words(tmp_path):
    settings = build(tmp_path, "memory", extra=30)
    with Store.open(settings.store_path) as store:
        store.put([document_from_draft(Draft(text="The wether of old.", origin=Origin(path="/slip")))])
        Indexer(store, settings.index_root, "memory").catch_up()

    with Services(settings) as services:
        assert repair(services, "wether shpis").corrected.text == "weather ships"
        assert repair(services, "wether ships").corrected.text == "weather ships"
        assert repair(services, "wether") is None


def test_the_slip_of_an_article_is_not_kept_for_the_sake_of_that_article(tmp_path):
    settings = build(tmp_path, "memory", extra=30)
    with Store.open(settings.store_path) as store:
        store.put(
            [document_from_draft(Draft(text="The wether and ships of old.", origin=Origin(path="/slip")))]
        )
        Indexer(store, settings.index_root, "memory").catch_up()

    with Services(settings) as services:
        assert repair(services, "wether shpis").corrected.text == "weather ships"


def test_what_may_help_never_costs_an_answer_its_deadline(tmp_path):
    with Services(build(tmp_path, "memory")) as services:
        services.repair_within(0.0)

        late = services.search(SearchParams(q="harbour misiles"))
        services.repair_within(60.0)

        assert late.repair is None
        assert services.search(SearchParams(q="harbour misiles")).repair is not None


def test_without_each_word_there_are_so_many(services):
    found = repair(services, "+strike +diving +missiles")

    assert [(other.text, other.total) for other in found.without] == [("diving", 1)]
    assert services.search(found.without[0].params).total == 1


def test_without_each_filter_there_are_so_many(services):
    found = repair(
        services, "missiles", source=("Daily Post",), year=("2023",), excluded=(("language", "fr"),)
    )

    assert {other.text: other.total for other in found.without} == {"source: Daily Post": 1, "year: 2023": 1}


def test_any_of_the_words_is_offered(services):
    assert repair(services, "strike diving nothing").widened.total == 2


def test_enough_matches_need_no_help(services):
    assert repair(services, "") is None or repair(services, "").corrected is None


def test_the_api_tells_what_may_help(client):
    answer = client.get("/api/v1/search?q=harbour+strkie").json

    assert answer["repair"]["did_you_mean"] == {
        "text": "harbour strike",
        "query": "harbour strike",
        "total": 1,
    }
    assert answer["repair"]["without"][0] == {"text": "strkie", "query": "harbour", "total": 2}


def test_the_page_links_to_what_may_help(client):
    page = BeautifulSoup(client.get("/?q=harbour+strkie").data, "html.parser")

    assert page.select_one(".did-you-mean a")["href"] == "/?q=harbour+strike"
    assert page.select_one(".lessened a")["href"] == "/?q=harbour"


def test_each_part_of_the_query_is_a_chip_that_removes_it(client):
    page = BeautifulSoup(client.get("/?q=missile*+-harbour+author:lovelace&year=2024").data, "html.parser")

    chips = {chip.bdi.get_text(): chip["href"] for chip in page.select(".chips a")}
    assert chips == {
        "missile*": "/?q=-harbour+author%3Alovelace&year=2024",
        "-harbour": "/?q=missile%2A+author%3Alovelace&year=2024",
        "author:lovelace": "/?q=missile%2A+-harbour&year=2024",
        "Year: 2024": "/?q=missile%2A+-harbour+author%3Alovelace",
    }


def test_one_word_alone_needs_no_chip(client):
    page = BeautifulSoup(client.get("/?q=missile").data, "html.parser")

    assert page.select(".chips a") == []
