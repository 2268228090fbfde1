"""Facets over a real store and real engines: counts, choices, exclusions, months, all values."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from archive.document import Draft, Origin, PartialDate
from archive.normalise import document_from_draft
from archive.store import Store
from index.indexer import Indexer
from webapp import create_app
from webapp.models import SearchParams
from webapp.services import Services
from webapp.settings import Settings

ROWS = (
    # authors, source, tags, section, language, date
    (("Ada Lovelace",), "Post", ("Ships",), "World", "en", "2024-09-10"),
    (("Ada Lovelace", "Grace Hopper"), "Post", ("ships", "Strikes"), "", "en", "2024-09-12"),
    (("Grace Hopper",), "Harbour News", (), "World", "en", "2024-10"),
    ((), "Harbour News", ("Ships",), "", "fr", "2023"),
    (("Émile Zola",), "", (), "", "fr", ""),
)


@pytest.fixture(params=["memory", "tantivy", "whoosh"], scope="module")
def services(request, tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("archive"), engine=request.param)
    drafts = [
        Draft(
            title=f"Ship {number}",
            text=f"A ship came in, number {number}.",
            origin=Origin(path=f"/{number}"),
            authors=authors,
            source=source,
            tags=tags,
            section=section,
            language=language,
            published=PartialDate.from_iso(date) if date else None,
        )
        for number, (authors, source, tags, section, language, date) in enumerate(ROWS, 1)
    ]
    drafts += [
        Draft(
            title=f"Wire {number}",
            text=f"Wire report {number}.",
            origin=Origin(path=f"/w{number}"),
            authors=(f"Writer {number:02d}",),
            language="en",
        )
        for number in range(30)
    ]
    with Store.open(settings.store_path) as store:
        store.put([document_from_draft(draft) for draft in drafts])
        Indexer(store, settings.index_root, settings.engine).catch_up()
    with Services(settings) as opened:
        yield opened


@pytest.fixture
def client(services):
    return create_app(services.settings, services=services).test_client()


def counts(services, name, **more):
    page = services.search(SearchParams(**{"q": "ship", **more}))
    return {value.value: value.count for value in page.facets[name]}


FACETS = [
    pytest.param("author", {"Ada Lovelace": 2, "Grace Hopper": 2, "Émile Zola": 1, "none": 1}, id="author"),
    pytest.param("source", {"Harbour News": 2, "Post": 2, "none": 1}, id="source"),
    pytest.param("tag", {"Ships": 3, "World": 2, "Strikes": 1, "none": 1}, id="tags and sections"),
    pytest.param("language", {"en": 3, "fr": 2}, id="language"),
    pytest.param("year", {"2023": 1, "2024": 3, "none": 1}, id="year"),
]


@pytest.mark.parametrize(("name", "expected"), FACETS)
def test_values_are_counted_and_so_are_articles_without_one(services, name, expected):
    found = counts(services, name)

    assert {key.casefold(): count for key, count in found.items()} == {
        key.casefold(): count for key, count in expected.items()
    }


def test_a_facet_is_counted_as_if_nothing_were_chosen_in_it(services):
    assert counts(services, "source", source=("Post",)) == counts(services, "source")
    assert counts(services, "author", source=("Post",)) == {"Ada Lovelace": 2, "Grace Hopper": 1}


def test_values_of_one_facet_widen_and_facets_narrow(services):
    def total(**more):
        return services.search(SearchParams(q="ship", **more)).total

    assert total(source=("Post",)) == 2
    assert total(source=("Post", "Harbour News")) == 4
    assert total(source=("Post", "none")) == 3
    assert total(source=("Post", "Harbour News"), language=("fr",)) == 1
    assert total(tag=("SHIPS",), author=("none",)) == 1


def test_the_count_of_a_value_is_what_choosing_it_adds(services):
    chosen = services.search(SearchParams(q="ship", language=("fr",)))
    for name in ("author", "source", "tag", "language", "year"):
        for value in chosen.facets[name]:
            params = {"language": ("fr",), name: (value.value,)}
            assert services.search(SearchParams(q="ship", **params)).total == value.count, (name, value)


@pytest.mark.parametrize(
    ("name", "value", "left"),
    [
        pytest.param("source", "Post", 3, id="a source"),
        pytest.param("author", "Ada Lovelace", 3, id="an author"),
        pytest.param("author", "none", 4, id="those without an author"),
        pytest.param("tag", "ships", 2, id="a tag"),
        pytest.param("year", "2024", 2, id="a year"),
        pytest.param("year", "none", 4, id="undated"),
        pytest.param("month", "2024-09", 3, id="a month"),
    ],
)
def test_a_value_can_be_left_out(services, name, value, left):
    page = services.search(SearchParams(q="ship", excluded=((name, value),)))

    assert page.total == left
    assert [entry.value.casefold() for entry in page.facets[name] if entry.excluded] == [value.casefold()]


def test_what_is_understood_finds_the_same_when_it_is_typed(services):
    params = SearchParams(q="ship", excluded=(("source", "Post"), ("year", "none")), language=("en",))
    page = services.search(params)

    assert services.search(SearchParams(q=page.understood)).total == page.total == 1


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ship date:2024", {"2024-09": 2, "2024-10": 1}),
        ("ship date:2023", {}),
        ("ship date:2023..2024", {"2024-09": 2, "2024-10": 1}),
        ("ship date:2024 OR wire", {"2024-09": 2, "2024-10": 1}),
        ("ship -date:2024", {}),
        ("date:2020..2024 number", {"2024-09": 2, "2024-10": 1}),
        ("ship date:2022..2023", {}),
    ],
)
def test_months_are_right_where_the_query_names_years(services, query, expected):
    months = services.search(SearchParams(q=query)).facets["month"]

    assert {value.value: value.count for value in months} == expected


def test_months_stand_in_time_order_when_years_are_few(services):
    assert counts(services, "month") == {"2024-09": 2, "2024-10": 1}
    assert counts(services, "month", year=("2023",)) == {}
    assert counts(services, "month", month=("2024-10",)) == {"2024-09": 2, "2024-10": 1}
    assert services.search(SearchParams(q="ship", month=("2024-09", "2024-10"))).total == 3


def test_a_chosen_value_is_there_though_it_is_rare(services):
    page = services.search(SearchParams(author=("Writer 29",)))

    chosen = [value for value in page.facets["author"] if value.selected]
    assert [(value.value, value.count) for value in chosen] == [("Writer 29", 1)]


def test_all_values_of_a_facet_are_listed_and_found(services):
    whole = services.facet(SearchParams(), "author")
    found = services.facet(SearchParams(), "author", find="wri 2")

    assert whole.total == 34
    assert {value.label for value in found.values} == {f"Writer {number}" for number in range(20, 30)}
    assert services.facet(SearchParams(), "author", find="emile").values[0].label == "Émile Zola"
    assert services.facet(SearchParams(q="ship"), "author", find="writer").total == 0


def test_pages_of_values_are_disjoint_and_complete(services):
    pages = [services.facet(SearchParams(), "author", page=number) for number in (1, 2)]

    assert [len(page.values) for page in pages] == [34, 0]


def test_the_api_lists_values(client):
    answer = client.get("/api/v1/facets/source?q=ship&find=harb").json

    assert answer == {
        "name": "source",
        "find": "harb",
        "total": 1,
        "page": 1,
        "values": [{"value": "Harbour News", "label": "Harbour News", "count": 2, "selected": False}],
    }
    assert client.get("/api/v1/facets/colour").status_code == 404
    assert client.get("/api/v1/facets/source?limit=3").status_code == 400


def test_the_page_links_to_leave_a_value_out_and_to_take_it_in_again(client):
    page = BeautifulSoup(client.get("/?q=ship&-source=Post").data, "html.parser")

    chip = page.select_one(".chips a[href='/?q=ship']")
    assert "Not source: Post" in chip.get_text()
    assert page.select_one("#facet-source ~ ul a.left-out")["href"] == "/?q=ship"
    hrefs = [link["href"] for link in page.select("#facet-language ~ ul a.exclude")]
    assert "/?q=ship&-source=Post&-language=fr" in hrefs
    hidden = {(field["name"], field["value"]) for field in page.select("form.search input[type=hidden]")}
    assert ("-source", "Post") in hidden


def test_the_page_of_a_facet_narrows_the_search(client):
    page = BeautifulSoup(client.get("/facet/author?q=wire&find=writer+07").data, "html.parser")

    links = [link["href"] for link in page.select(".facet li > a:first-child")]
    assert links == ["/?q=wire&author=Writer+07"]


def test_a_long_facet_links_to_all_its_values(client):
    page = BeautifulSoup(client.get("/?q=wire").data, "html.parser")

    assert page.select_one("#facet-author ~ a.all-values")["href"] == "/facet/author?q=wire"


def test_the_way_back_from_all_values_is_the_search_as_it_was(client):
    path = "?q=wire&-source=Post&sort=oldest&collapse=1"

    boxes = BeautifulSoup(client.get(f"/{path}").data, "html.parser")
    page = BeautifulSoup(client.get(f"/facet/author{path}").data, "html.parser")

    assert boxes.select_one("#facet-author ~ a.all-values")["href"] == f"/facet/author{path}"
    assert page.select_one(".range a")["href"] == f"/{path}"
    hidden = {(field["name"], field["value"]) for field in page.select("form.find [type=hidden]")}
    assert hidden == {("q", "wire"), ("-source", "Post"), ("sort", "oldest"), ("collapse", "1")}


@pytest.mark.parametrize(
    "path",
    [
        "/?-colour=red",
        "/?month=2024",
        "/?month=2024-13",
        "/api/v1/facets/author?sort=title",
        "/facet/author?facets=0",
    ],
)
def test_wrong_parameters_are_refused(client, path):
    assert client.get(path).status_code == 400


def test_a_name_that_is_part_of_another_is_chosen_alone(tmp_path):
    settings = Settings(home=tmp_path)
    names = (("Eric",), ("Eric Mill",), ("Mill Eric",), ("Eric", "Ada Lovelace"), ("Ada Lovelace King",))
    drafts = [
        Draft(title=f"Ship {n}", text="A ship.", origin=Origin(path=f"/{n}"), authors=authors)
        for n, authors in enumerate(names)
    ]
    with Services(settings) as services:
        services.store.put([document_from_draft(draft) for draft in drafts])
        services.catch_up()

        def found(*author, **more):
            return services.search(SearchParams(author=author, **more)).total

        for value in services.search(SearchParams()).facets["author"]:
            assert found(value.value) == value.count, value
            assert found(excluded=(("author", value.value),)) == len(names) - value.count, value
            assert services.matches(SearchParams(author=(value.value,))).total == value.count, value
        assert found("eric") == 2
        assert found("Mill") == 2  # nobody's whole name: whoever has the word
        assert found("King Ada") == 1
