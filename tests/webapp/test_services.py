"""Services over a real store and real engines: what a search gives, and how it pages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from archive.document import Draft, Origin, PartialDate
from archive.errors import ArticleNotFoundError, StoreError
from archive.normalise import document_from_draft
from archive.store import Store
from index.errors import EngineUnavailableError, IndexMissingError, QueryError, QueryLimitError
from index.indexer import Indexer
from webapp.models import SearchPage, SearchParams
from webapp.services import Services
from webapp.settings import Settings

ARTICLES: tuple[dict[str, object], ...] = (
    {
        "title": "Harbour strike",
        "text": "Dock workers walked out of the harbour on Monday.",
        "authors": ("Ada Lovelace", "Grace Hopper"),
        "published": PartialDate(2024, 9, 30),
        "source": "Post",
        "language": "en",
    },
    {
        "title": "Strike ends",
        "text": "The harbour is open and the workers are back.",
        "authors": ("Hopper Stone", "Grace Jones"),
        "published": PartialDate(2024, 10, 1),
        "source": "Post News",
        "language": "en",
    },
    {
        "title": "Grève au port",
        "text": "Les dockers du port sont en grève depuis lundi.",
        "published": PartialDate(2024),
        "source": "Post",
        "language": "fr",
    },
    {"title": "Undated notes", "text": "Notes on pearl diving in the harbour.", "authors": ("Ada Lovelace",)},
)


@pytest.fixture(params=["memory", "tantivy", "whoosh"], scope="module")
def services(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    settings = Settings(home=tmp_path_factory.mktemp("archive"), engine=request.param)
    fill(settings, ARTICLES)
    with Services(settings) as opened:
        yield opened


def fill(settings: Settings, articles: tuple[dict[str, object], ...]) -> None:
    drafts = [
        Draft(origin=Origin(path=f"/{number}.txt"), **values)  # type: ignore[arg-type]
        for number, values in enumerate(articles, 1)
    ]
    with Store.open(settings.store_path) as store:
        store.put([document_from_draft(draft) for draft in drafts])
        Indexer(store, settings.index_root, settings.engine).catch_up()


def titles(page: SearchPage) -> list[str]:
    return [hit.title for hit in page.hits]


def search(services: Services, q: str = "", **more: object) -> SearchPage:
    return services.search(SearchParams(q=q, **more))  # type: ignore[arg-type]


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


# Articles and authors


def test_article_marks_every_place(services: Services) -> None:
    slug = search(services, "harbour strike").hits[0].slug

    page = services.article(slug, "harbour strikes")

    text = page.document.text
    assert [text[start:end] for start, end in page.body_spans] == ["harbour"]
    assert page.hit_count == 3
    assert page.author_slugs == ("ada-lovelace", "grace-hopper")


def test_article_without_query_has_no_marks(services: Services) -> None:
    page = services.article(search(services, "walked").hits[0].slug)

    assert (page.title_spans, page.body_spans) == ((), ())


def test_author_lists_articles_newest_first(services: Services) -> None:
    page = services.author("ada-lovelace")

    assert (page.name, page.total) == ("Ada Lovelace", 2)
    assert [hit.title for hit in page.hits] == ["Harbour strike", "Undated notes"]


@pytest.mark.parametrize("kind", ["article", "author"])
def test_what_is_not_there_is_not_found(services: Services, kind: str) -> None:
    with pytest.raises(ArticleNotFoundError):
        getattr(services, kind)("nobody-and-nothing")


# Changes meanwhile


def test_an_article_deleted_meanwhile_is_skipped(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, engine="memory")
    fill(settings, ARTICLES)

    with Services(settings) as services:
        gone = search(services, "walked").hits[0].id
        services.store.delete([gone])

        page = search(services, "harbour")

    assert gone not in {hit.id for hit in page.hits}
    assert len(page.hits) == page.total - 1


def test_what_another_process_ingests_is_seen(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, engine="tantivy")
    fill(settings, ARTICLES[:1])

    with Services(settings) as services:
        before = search(services, "").total
        fill(settings, ARTICLES)
        after = search(services, "", author=("Hopper Stone",))

    assert (before, after.total) == (1, 1)
    assert {"Hopper Stone", "Grace Jones"} <= {value.label for value in after.facets["author"]}


def test_changes_left_by_an_earlier_run_are_indexed_at_the_start(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, engine="memory")
    fill(settings, ARTICLES[:1])
    with Store.open(settings.store_path) as store:
        store.put([document_from_draft(Draft(text="Late news.", origin=Origin(path="/late.txt")))])

    with Services(settings) as services:
        assert search(services, "late").total == 1


def test_a_new_archive_answers_with_nothing(tmp_path: Path) -> None:
    with Services(Settings(home=tmp_path / "new", engine="tantivy")) as services:
        page = search(services, "anything")
        status = services.status()

    assert (page.total, page.hits, page.next) == (0, (), None)
    assert (status.articles, status.ready, status.indexed) == (0, True, 0)


def test_articles_that_were_never_indexed_are_told_not_hidden(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, engine="memory")
    with Store.open(settings.store_path) as store:
        store.put([document_from_draft(Draft(text="Some news.", origin=Origin(path="/a.txt")))])

    with Services(settings) as services:
        status = services.status()
        with pytest.raises(IndexMissingError, match="archive reindex"):
            search(services, "news")

    assert (status.ready, status.problem_code) == (False, "index_missing")
    assert "archive reindex" in status.problem


def test_no_archive_is_told_when_none_may_be_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="archive ingest"):
        Services(Settings(home=tmp_path / "none"), create=False)

    assert not (tmp_path / "none").exists()
