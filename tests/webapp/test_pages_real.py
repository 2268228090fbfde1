"""Pages and API over a real store and real engines."""

import pytest
from bs4 import BeautifulSoup
from jsonschema import Draft202012Validator

from archive.store import Store
from tests.webapp.fake_services import BufferedClient
from tests.webapp.small_archive import build
from webapp import create_app
from webapp.openapi import OPENAPI
from webapp.services import Services
from webapp.settings import Settings


@pytest.fixture(scope="module", params=["memory", "tantivy"])
def client(request, tmp_path_factory):
    settings = build(tmp_path_factory.mktemp("archive"), request.param, extra=25)
    with Services(settings) as services:
        app = create_app(settings, services=services)
        app.test_client_class = BufferedClient
        yield app.test_client()


def soup_of(response):
    assert response.status_code == 200, response.text
    return BeautifulSoup(response.data, "lxml")


def titles(page):
    return [h2.get_text() for h2 in page.select(".hits h2")]


def test_words_are_found_in_every_form_and_marked(client):
    page = soup_of(client.get("/?q=missile"))

    assert titles(page)[0] == "Long-range missiles approved"
    marked = {mark.get_text() for mark in page.select(".result mark")}
    assert marked == {"missiles", "missile"}


def test_a_phrase_is_marked_as_a_phrase(client):
    page = soup_of(client.get("/?q=%22long-range+missiles%22"))

    assert titles(page) == ["Long-range missiles approved"]
    assert page.h2.mark.get_text() == "Long-range missiles"


def test_author_and_date_fields_narrow(client):
    assert titles(soup_of(client.get("/?author=Grace+Hopper"))) == ["Harbour strike ends"]
    assert titles(soup_of(client.get("/?q=missiles&from=2024&to=2024-09"))) == [
        "Long-range missiles approved"
    ]
    assert len(titles(soup_of(client.get("/?q=missiles&to=2023")))) == 2


def test_every_facet_link_finds_as_many_articles_as_it_says(client):
    page = soup_of(client.get("/?q=missiles"))
    links = [
        (a["href"], int(a.select_one(".count").get_text())) for a in page.select(".facet a:not(.exclude)")
    ]

    assert len(links) > 5
    for href, count in links:
        answer = client.get("/api/v1/search" + href.removeprefix("/"))
        assert answer.json["total"] == count, href


def test_chips_and_sort_links_lead_to_pages(client):
    page = soup_of(client.get("/?q=missiles&author=Ada+Lovelace&from=2023"))

    for link in page.select(".chips a, .sorts a"):
        assert client.get(link["href"]).status_code == 200


def test_paging_reaches_every_article_once(client):
    slugs, url = [], "/?sort=oldest"
    while url:
        page = soup_of(client.get(url))
        slugs += [a["href"] for a in page.select(".hits h2 a")]
        following = page.select_one("a[rel=next]")
        url = following["href"] if following else None

    assert len(slugs) == len(set(slugs)) == 29


def test_undated_articles_come_last(client):
    for sort in ("newest", "oldest"):
        hits = client.get(f"/api/v1/search?limit=100&sort={sort}").json["hits"]
        assert hits[-1]["published"] is None


def test_the_cursor_goes_on_where_the_page_ended(client):
    first = client.get("/api/v1/search?q=bulletin&limit=7").json
    second = client.get(f"/api/v1/search?q=bulletin&limit=7&cursor={first['next']}").json
    page = client.get("/api/v1/search?q=bulletin&limit=7&page=2").json

    assert second["hits"] == page["hits"]
    assert not {hit["id"] for hit in first["hits"]} & {hit["id"] for hit in second["hits"]}


def test_a_cursor_of_another_search_is_refused(client):
    cursor = client.get("/api/v1/search?q=bulletin&limit=7").json["next"]

    answer = client.get(f"/api/v1/search?q=ships&limit=7&cursor={cursor}")

    assert answer.status_code == 400
    assert answer.json["error"]["parameter"] == "cursor"


def test_an_article_opens_from_its_result_with_its_marks(client):
    href = soup_of(client.get("/?q=missile")).h2.a["href"]

    page = soup_of(client.get(href))

    assert [mark.get_text() for mark in page.select("a.hit mark")] == ["missiles", "missiles", "missile"]
    assert page.select_one(".record a[rel]")["href"] == "https://example.org/missiles"


def test_an_author_page_opens_from_a_result(client):
    href = soup_of(client.get("/?q=strike")).select_one(".byline a")["href"]

    assert set(titles(soup_of(client.get(href)))) == {"Long-range missiles approved", "Harbour strike ends"}


def test_hostile_metadata_stays_text(client):
    for href in ("/?q=hostile", soup_of(client.get("/?q=hostile")).h2.a["href"]):
        page = soup_of(client.get(href))

        assert len(page("script")) == 1
        assert not page("img")
        assert "owned" in page.get_text()
        assert not [a for a in page("a", href=True) if a["href"].lower().startswith("javascript")]


QUERIES = [
    "", "(", ")", '"', "\\", "*", "?", "~", "a:b:c", "date:", "date:2024-99", "NOT NOT NOT a", "a OR", "OR",
    "((((((((((a))))))))))", "title:", "author:", "is:undated", "-a", "a -a", "é ü 漢字 😀", "'", "%", "..", "a~9",
    '"a b"~5', "lead:pearl", "🙂" * 50, "x" * 90, "\u202eabc", "<script>", "{{7*7}}", "a AND (b OR",
]  # fmt: skip


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: repr(q[:20]))
def test_no_query_is_an_error_and_the_answer_is_as_described(client, query):
    answer = client.get("/api/v1/search", query_string={"q": query})
    page = client.get("/", query_string={"q": query})

    assert (answer.status_code, page.status_code) == (200, 200)
    wanted = {"$ref": "#/components/schemas/SearchAnswer", "components": OPENAPI["components"]}
    Draft202012Validator(wanted).validate(answer.json)


@pytest.mark.parametrize("query", ["(" * 2000 + "a", "x" * 3000, "a " * 3000], ids=["deep", "word", "many"])
def test_an_absurd_query_is_refused_kindly(client, query):
    answer = client.get("/", query_string={"q": query})

    assert answer.status_code == 400
    assert 'href="/help"' in answer.text


def test_every_example_of_the_help_is_understood(client):
    page = soup_of(client.get("/help"))
    examples = [a["href"] for a in page.select("tbody td a")]

    assert len(examples) > 20
    for href in examples:
        answer = client.get("/api/v1/search" + href.removeprefix("/")).json
        assert answer["warnings"] == [], href


def test_an_article_is_as_described(client):
    slug = client.get("/api/v1/search?q=missile").json["hits"][0]["slug"]

    article = client.get(f"/api/v1/articles/{slug}").json

    wanted = {"$ref": "#/components/schemas/Article", "components": OPENAPI["components"]}
    Draft202012Validator(wanted).validate(article)


def test_an_empty_archive_says_how_to_fill_it(tmp_path):
    settings = Settings(home=tmp_path, engine="memory")
    Store.open(settings.store_path).close()
    with Services(settings) as services:
        page = create_app(settings, services=services).test_client().get("/")

    assert page.status_code == 200
    assert "archive ingest" in page.text


def test_a_missing_index_is_told_and_not_shown_as_no_hits(tmp_path):
    settings = build(tmp_path, "memory")
    with Services(Settings(home=tmp_path, engine="tantivy")) as services:
        client = create_app(settings, services=services).test_client()

        page, ready = client.get("/?q=missiles"), client.get("/readyz")

    assert page.status_code == 503
    assert "archive reindex" in page.text
    assert ready.status_code == 503
    assert ready.json["problem"] == "index_missing"
