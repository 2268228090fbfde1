"""Services over a real store and real engines: what a search gives, and how it pages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from archive.document import PartialDate
from index.errors import EngineUnavailableError, IndexMissingError, QueryError, QueryLimitError
from tests.webapp.filled_archive import ARTICLES, fill, search, titles
from webapp.models import SearchParams
from webapp.services import Services
from webapp.settings import Settings


@pytest.fixture(params=["memory", "tantivy", "whoosh"], scope="module")
def services(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    settings = Settings(home=tmp_path_factory.mktemp("archive"), engine=request.param)
    fill(settings, ARTICLES)
    with Services(settings) as opened:
        yield opened


FILTERS = [
    pytest.param({"author": ("lovelace",)}, {"Harbour strike", "Undated notes"}, id="author-by-a-word"),
    pytest.param({"author": ("hopper grace",)}, {"Harbour strike"}, id="author-words-lie-in-one-name"),
    pytest.param({"author": ("GRACE",)}, {"Harbour strike", "Strike ends"}, id="author-case"),
    pytest.param({"author": ("none",)}, {"Grève au port"}, id="without-author"),
    pytest.param(
        {"author": ("lovelace", "none")}, {"Harbour strike", "Undated notes", "Grève au port"}, id="either"
    ),
    pytest.param({"source": ("post",)}, {"Harbour strike", "Grève au port"}, id="source-by-its-whole-name"),
    pytest.param({"source": ("none",)}, {"Undated notes"}, id="without-source"),
    pytest.param({"language": ("fr",)}, {"Grève au port"}, id="language"),
    pytest.param({"year": ("2024",)}, {"Harbour strike", "Strike ends", "Grève au port"}, id="year"),
    pytest.param({"year": ("none",)}, {"Undated notes"}, id="undated"),
    pytest.param({"date_to": "2024-09"}, {"Harbour strike"}, id="to-a-month-includes-all-of-it"),
    pytest.param({"date_from": "2024-10"}, {"Strike ends"}, id="from-a-month"),
    pytest.param(
        {"date_from": "2024", "date_to": "2024"},
        {"Harbour strike", "Strike ends", "Grève au port"},
        id="a-year",
    ),
    pytest.param(
        {"date_to": "9999"}, {"Harbour strike", "Strike ends", "Grève au port"}, id="to-the-end-of-time"
    ),
    pytest.param({"author": ("ada",), "year": ("2024",)}, {"Harbour strike"}, id="filters-narrow-each-other"),
]


@pytest.mark.parametrize(("filters", "expected"), FILTERS)
def test_filters(services: Services, filters: dict[str, object], expected: set[str]) -> None:
    page = search(services, **filters)

    assert set(titles(page)) == expected
    assert page.total == len(expected)


@pytest.mark.parametrize(
    ("filters", "expected"), [case for case in FILTERS if case.id != "source-by-its-whole-name"]
)
def test_what_was_understood_finds_the_same(
    services: Services, filters: dict[str, object], expected: set[str]
) -> None:
    understood = search(services, "", **filters).understood

    again = search(services, understood)

    assert set(titles(again)) == expected
    assert again.understood == understood


def test_filters_do_not_rank(services: Services) -> None:
    plain = {hit.title: hit.score for hit in search(services, "harbour strike").hits}

    narrowed = search(services, "harbour strike", author=("hopper grace",), year=("2024",))

    assert [(hit.title, hit.score) for hit in narrowed.hits] == [("Harbour strike", plain["Harbour strike"])]


def test_words_are_marked_in_title_and_text(services: Services) -> None:
    page = search(services, "strikes harbour")

    hit = page.hits[0]
    assert [hit.title[start:end] for start, end in hit.title_spans] == ["Harbour", "strike"]
    snippet = hit.snippets[0]
    assert [snippet.text[start:end] for start, end in snippet.spans] == ["harbour"]


def test_hits_carry_what_is_shown(services: Services) -> None:
    hit = search(services, "walked").hits[0]

    assert hit.authors == ("Ada Lovelace", "Grace Hopper")
    assert hit.author_slugs == ("ada-lovelace", "grace-hopper")
    assert (hit.published, hit.source, hit.language) == (PartialDate(2024, 9, 30), "Post", "en")


def test_facets_name_count_and_select(services: Services) -> None:
    facets = search(services, "", author=("Ada Lovelace",)).facets

    authors = [(value.label, value.count, value.selected) for value in facets["author"]]
    assert authors == [
        ("Ada Lovelace", 2, True),
        ("Grace Hopper", 1, False),
        ("Grace Jones", 1, False),
        ("Hopper Stone", 1, False),
        ("No author", 1, False),
    ]
    assert [(value.value, value.label, value.count) for value in facets["year"]] == [
        ("2024", "2024", 1),
        ("none", "Undated", 1),
    ]


def test_facets_are_left_out_on_request(services: Services) -> None:
    assert search(services, "", facets=False).facets == {}


def test_years_stand_in_time_order(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, engine="memory")
    years = [2024, 1999, 2024, 2010]
    fill(
        settings,
        tuple(
            {"title": f"T{n}", "text": f"Text {n}", "published": PartialDate(y)} for n, y in enumerate(years)
        ),
    )

    with Services(settings) as services:
        facet = search(services).facets["year"]

    assert [value.value for value in facet] == ["1999", "2010", "2024"]


SORTS = [
    pytest.param("newest", ["Strike ends", "Harbour strike", "Grève au port", "Undated notes"], id="newest"),
    pytest.param("oldest", ["Grève au port", "Harbour strike", "Strike ends", "Undated notes"], id="oldest"),
    pytest.param("title", ["Grève au port", "Harbour strike", "Strike ends", "Undated notes"], id="title"),
    pytest.param(
        "relevance", ["Strike ends", "Harbour strike", "Grève au port", "Undated notes"], id="nothing-ranks"
    ),
]


@pytest.mark.parametrize(("sort", "expected"), SORTS)
def test_sorts(services: Services, sort: str, expected: list[str]) -> None:
    assert titles(search(services, sort=sort)) == expected


def test_articles_with_some_of_the_words_follow_apart_from_the_total(services: Services) -> None:
    page = search(services, "harbour strike monday")

    assert (titles(page), page.total) == (["Harbour strike"], 1)
    assert [(hit.title, hit.missing) for hit in page.partial] == [
        ("Strike ends", ("monday",)),
        ("Undated notes", ("strike", "monday")),
    ]
    assert page.partial_total == 2


def test_partial_matches_are_paged_after_the_full_ones(services: Services) -> None:
    request = SearchParams(q="harbour strike monday", limit=1)
    seen = []
    while True:
        page = services.search(request)
        seen.append((titles(page), [hit.title for hit in page.partial]))
        if page.next is None:
            break
        request = replace(request, cursor=page.next)

    assert seen == [(["Harbour strike"], []), ([], ["Strike ends"]), ([], ["Undated notes"])]


@pytest.mark.parametrize("match", ["all", "any"])
def test_no_partial_matches_unless_asked_for(services: Services, match: str) -> None:
    page = search(services, "harbour strike monday", match=match)

    assert page.partial == ()
    assert page.total == {"all": 1, "any": 3}[match]


def test_a_cursor_goes_on_where_the_page_ended(services: Services) -> None:
    first = search(services, sort="title", limit=3)
    second = search(services, sort="title", limit=3, cursor=first.next or "")

    assert titles(first) + titles(second) == [
        "Grève au port",
        "Harbour strike",
        "Strike ends",
        "Undated notes",
    ]
    assert second.next is None


def test_pages_are_numbered_from_one(services: Services) -> None:
    assert titles(search(services, sort="title", limit=3, page=2)) == ["Undated notes"]
    assert titles(search(services, sort="title", limit=3, page=9)) == []


WRONG = [
    pytest.param({"sort": "best"}, "^sort:", id="sort"),
    pytest.param({"match": "some"}, "^match:", id="match"),
    pytest.param({"limit": 0}, "^limit:", id="no-limit"),
    pytest.param({"limit": 101}, "^limit:", id="limit-too-large"),
    pytest.param({"page": 0}, "^page:", id="page-before-the-first"),
    pytest.param({"page": 1001}, "^page: page numbers reach the first 10,000", id="page-too-deep"),
    pytest.param({"date_from": "September"}, "^from:", id="from-is-no-date"),
    pytest.param({"date_to": "2024-13"}, "^to:", id="to-is-no-date"),
    pytest.param({"date_from": "2024-10", "date_to": "2024-09"}, "^from: .* lies after", id="from-after-to"),
    pytest.param({"year": ("24",)}, "^year:", id="year"),
    pytest.param({"language": ("",)}, "^language:", id="language"),
    pytest.param({"source": (" ",)}, "^source:", id="source"),
    pytest.param({"author": ("…",)}, "^author:", id="author-without-a-word"),
    pytest.param({"cursor": "abc"}, "^cursor:", id="cursor-made-up"),
    pytest.param({"cursor": "ünï"}, "^cursor:", id="cursor-not-ascii"),
]


@pytest.mark.parametrize(("wrong", "message"), WRONG)
def test_a_wrong_parameter_is_named(services: Services, wrong: dict[str, object], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        search(services, "harbour", **wrong)


def test_a_cursor_of_another_search_is_refused(services: Services) -> None:
    cursor = search(services, "", limit=1).next

    with pytest.raises(QueryError, match="another search"):
        search(services, "harbour", cursor=cursor)


def test_a_query_longer_than_the_setting_is_refused(tmp_path: Path) -> None:
    with (
        Services(Settings(home=tmp_path, engine="memory", max_query_chars=20)) as services,
        pytest.raises(QueryLimitError),
    ):
        search(services, "x" * 21)


def test_an_unknown_engine_is_named(services: Services) -> None:
    with pytest.raises(EngineUnavailableError, match="lucene"):
        search(services, engine="lucene")


def test_an_engine_without_an_index_names_the_command(services: Services) -> None:
    other = "memory" if services.settings.engine == "tantivy" else "tantivy"

    with pytest.raises(IndexMissingError, match="archive reindex"):
        search(services, "harbour", engine=other)
