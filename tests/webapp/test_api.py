"""The JSON API, over services that answer what a test gives them."""

from dataclasses import replace

import pytest

from index.query.ast import QueryWarning
from tests.webapp.fake_services import FACETS, HIT, FakeServices, make_client
from webapp.models import SearchParams
from webapp.status import Status


def test_a_search_has_exactly_the_documented_keys():
    services = FakeServices(
        facets=FACETS, total=95, warnings=(QueryWarning(code="odd", message="Odd.", span=(0, 1)),)
    )

    answer = make_client(services).get("/api/v1/search?q=strike").json

    assert list(answer) == [
        "query", "understood", "match", "warnings", "total", "took_ms", "hits", "partial", "facets", "next",
    ]  # fmt: skip
    assert answer["query"] == "strike"
    assert answer["total"] == 95
    assert answer["next"] == "abc"
    assert answer["warnings"] == [{"code": "odd", "message": "Odd.", "span": [0, 1]}]
    assert answer["hits"][0]["title_spans"] == [[8, 14]]
    assert answer["facets"]["source"] == [
        {"value": "Harbour Post", "label": "Harbour Post", "count": 9, "selected": True}
    ]


def test_the_last_page_has_no_next():
    assert make_client().get("/api/v1/search?q=x").json["next"] is None


def test_partial_matches_are_not_among_the_hits():
    services = FakeServices(partial=(replace(HIT, id=9, missing=("pearl",)),))

    answer = make_client(services).get("/api/v1/search?q=x").json

    assert [hit["id"] for hit in answer["hits"]] == [7, 8]
    assert answer["partial"]["total"] == 1
    assert answer["partial"]["hits"][0]["missing"] == ["pearl"]


def test_the_api_asks_the_same_as_the_page():
    services = FakeServices()
    client = make_client(services)
    query = "?q=x&author=Ada&year=2024&from=2024-01&to=2024&sort=title&page=2&limit=5"

    client.get("/" + query)
    client.get("/api/v1/search" + query)

    # the page draws matches over time, the API gives them when asked
    assert services.asked[0] == replace(services.asked[1], histogram=True)
    assert services.asked[1] == SearchParams(
        q="x",
        author=("Ada",),
        year=("2024",),
        date_from="2024-01",
        date_to="2024",
        sort="title",
        page=2,
        limit=5,
    )


def test_a_page_holds_as_many_hits_as_the_settings_say():
    services = FakeServices()

    make_client(services, page_size=7).get("/api/v1/search?q=x")

    assert services.asked[0].limit == 7


def test_text_is_not_html_in_json():
    answer = make_client().get("/api/v1/search?q=x")

    assert answer.mimetype == "application/json"
    assert answer.json["hits"][1]["title"].startswith("<script>")


def test_an_article_is_given_whole():
    article = make_client().get("/api/v1/articles/harbour-strike").json

    assert article["text"] == "The strike went on.\n\nNo strike & no talks, <em>they</em> said."
    assert article["published"] == {"value": "2024-09-10", "precision": "day"}
    assert article["published_at"] == "2024-09-10T08:30:00Z"
    assert article["provenance"]["title"]["method"] == "json-ld"
    assert article["origin"]["path"] == "strike.html"


def test_an_article_takes_no_parameters():
    answer = make_client().get("/api/v1/articles/harbour-strike?q=x")

    assert answer.status_code == 400
    assert answer.json["error"]["code"] == "unknown_parameter"


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("*/*", 200),
        ("application/*", 200),
        ("text/html,application/xhtml+xml,*/*;q=0.8", 200),
        ("", 200),
        ("text/html", 406),
        ("application/json;q=0", 406),
    ],
)
def test_json_is_given_to_all_who_can_take_it(accept, status):
    answer = make_client().get("/api/v1/search?q=x", headers={"Accept": accept} if accept else {})

    assert answer.status_code == status
    assert answer.mimetype == "application/json"


def test_the_page_for_people_names_every_parameter():
    text = make_client().get("/api", headers={"Accept": "text/html"}).text

    for parameter in ("author", "language", "cursor", "facets"):
        assert f"<code>{parameter}</code>" in text


def test_head_is_get_without_a_body():
    client = make_client()

    head = client.head("/api/v1/search?q=x")

    assert head.status_code == 200
    assert head.data == b""
    assert head.headers["Content-Length"] == str(len(client.get("/api/v1/search?q=x").data))


def test_the_process_is_alive_without_asking_the_archive():
    assert make_client(FakeServices(error=RuntimeError())).get("/healthz").json == {"status": "ok"}


def test_readiness_tells_the_truth():
    assert make_client().get("/readyz").status_code == 200
    state = Status(articles=5, engine="memory", ready=False, problem_code="index_damaged", behind=2)

    answer = make_client(FakeServices(state=state)).get("/readyz")

    assert answer.status_code == 503
    assert answer.json == {"ready": False, "articles": 5, "behind": 2, "problem": "index_damaged"}
