"""The pages, over services that answer what a test gives them."""

import re
from dataclasses import replace

import pytest

from index.errors import IndexMissingError
from index.query.ast import QueryWarning
from index.snippets import Snippet
from tests.webapp.fake_services import FACETS, HIT, FakeServices, make_client
from tests.webapp.pages_read import get, soup_of, text_of
from webapp.models import SearchParams
from webapp.paging import pager
from webapp.status import Status


def test_the_start_page_asks_for_the_newest_and_tells_how_many_there_are():
    services = FakeServices(total=1234)

    page = get("/", services)

    assert services.asked == [SearchParams(sort="newest", histogram=True)]
    assert text_of(page.h1) == "1,234 articles in the archive"


def test_a_result_shows_title_marks_date_source_authors_and_snippets():
    result = get("/?q=strike").select_one(".result")

    assert str(result.h2.a) == (
        '<a href="/article/harbour-strike?q=strike">Harbour <mark>strike</mark> enters third day</a>'
    )
    assert result.time["datetime"] == "2024-09"
    assert text_of(result.time) == "September 2024"
    assert text_of(result.select_one(".source")) == "Harbour Post"
    assert [a["href"] for a in result.select(".byline a")] == ["/author/ada-lovelace", "/author/jo-smith"]
    assert "<mark>strike</mark> went on &lt;b&gt;all&lt;/b&gt; night." in str(result.select_one(".snippet"))


def test_an_undated_article_is_called_undated():
    results = get("/?q=strike").select(".result")

    assert text_of(results[1].select_one(".dateline .undated")) == "Undated"


def test_no_title_author_source_or_snippet_becomes_an_element():
    page = get("/?q=%3Cscript%3Ealert(9)%3C/script%3E", FakeServices(facets=FACETS))

    assert [script.get("src", "") for script in page("script")] == [page.script["src"]]
    assert page.script["src"].startswith("/static/")
    assert not page(["img", "svg", "b", "em"])
    assert not page(lambda tag: any(name.startswith("on") for name in tag.attrs))


def test_the_form_holds_what_was_searched_for():
    page = get("/?q=a+%22b%22&author=Ada&from=2024-01&to=2024&source=Post&year=2024&match=any")
    fields = {(i["name"], i["value"]) for i in page.select("form.search input")}

    assert fields == {
        ("q", 'a "b"'),
        ("author", "Ada"),
        ("from", "2024-01"),
        ("to", "2024"),
        ("source", "Post"),
        ("year", "2024"),
        ("match", "any"),
    }


def test_several_authors_stay_in_the_form_and_the_field_is_free_for_another():
    page = get("/?author=Ada&author=Jo")

    assert [i["value"] for i in page.select("form.search input[name=author]")] == ["", "Ada", "Jo"]


def test_every_filter_is_a_chip_that_removes_it():
    page = get("/?q=x&author=Ada&year=none&from=2024-09", FakeServices(facets=FACETS))
    chips = {text_of(a): a["href"] for a in page.select(".chips a")}

    assert chips == {
        "Remove Author: Ada ×": "/?q=x&year=none&from=2024-09",
        "Remove Year: Undated ×": "/?q=x&author=Ada&from=2024-09",
        "Remove From September 2024 ×": "/?q=x&author=Ada&year=none",
    }


def test_a_facet_value_adds_its_filter_and_a_chosen_one_removes_it():
    page = get("/?q=x&source=Harbour+Post&page=2", FakeServices(total=50, facets=FACETS))

    assert page.select_one("#facet-language ~ ul a")["href"] == "/?q=x&source=Harbour+Post&language=en"
    assert page.select_one("#facet-source ~ ul a.chosen")["href"] == "/?q=x"


def test_languages_are_named_and_years_run_back_in_time_undated_last():
    page = get("/?q=x", FakeServices(facets=FACETS))

    assert text_of(page.select_one("#facet-language ~ ul .label")) == "English"
    years = [text_of(label) for label in page.select("#facet-year ~ ul .label")]
    assert years == ["2024", "2023", "Undated"]


def test_a_long_facet_keeps_its_rest_behind_more():
    page = get("/?q=x", FakeServices(facets=FACETS))

    assert len(page.select("#facet-author ~ ul li")) == 7
    assert text_of(page.select_one("#facet-author ~ details summary")) == "5 more"


def test_sort_links_keep_the_search_and_the_current_one_is_no_link():
    page = get("/?q=x&author=Ada&sort=newest&page=3", FakeServices(total=50))
    sorts = {text_of(li): li.a["href"] if li.a else None for li in page.select(".sorts ul:first-child li")}

    assert sorts == {
        "Relevance": "/?q=x&author=Ada",
        "Best and recent": "/?q=x&author=Ada&sort=recent",
        "Newest": None,
        "Oldest": "/?q=x&author=Ada&sort=oldest",
        "Title": "/?q=x&author=Ada&sort=title",
        "Latest stored": "/?q=x&author=Ada&sort=added",
        "Longest": "/?q=x&author=Ada&sort=longest",
    }


def test_without_words_relevance_is_not_offered():
    page = get("/?author=Ada", FakeServices(total=50))

    assert [text_of(li) for li in page.select(".sorts ul:first-child li")] == [
        "Newest", "Oldest", "Title", "Latest stored", "Longest",
    ]  # fmt: skip


def test_paging_links_to_neighbours_first_and_last():
    page = get("/?q=x&page=5", FakeServices(total=95))
    links = {text_of(a): a["href"] for a in page.select(".pager a")}

    assert links["← Previous"] == "/?q=x&page=4"
    assert links["Next →"] == "/?q=x&page=6"
    assert links["1"] == "/?q=x"
    assert links["10"] == "/?q=x&page=10"
    assert text_of(page.select_one(".pager [aria-current]")) == "5"


def test_beyond_the_page_numbers_a_cursor_goes_on():
    page = get("/?q=x&page=1000", FakeServices(total=50_000))

    assert page.select_one("a[rel=next]")["href"] == "/?q=x&cursor=abc"
    assert "Pages end here" not in page.text


def test_an_author_with_more_articles_than_pages_is_told():
    view = pager(1_000, 50_000, 10, str)

    assert view.end
    assert view.next == ""


def test_one_page_needs_no_pager():
    assert not get("/?q=x").select(".pager")


def test_a_page_beyond_the_end_leads_back():
    page = get("/?q=x&page=9", FakeServices(hits=(), total=50))

    assert page.select_one(".found > p a")["href"] == "/?q=x"


def test_what_was_understood_is_told_where_it_is_not_what_was_typed():
    assert (
        text_of(get("/?q=a+OR+b", FakeServices(understood='"a b"')).select_one(".understood code")) == '"a b"'
    )
    assert not get("/?q=a++OR+b").select(".understood")


@pytest.mark.parametrize("match", ["any", "best"])
def test_where_any_word_is_enough_the_page_says_so_and_leads_to_all(match: str):
    told = get("/?q=a+b+c+d+e", FakeServices(match=match)).select_one(".matching")

    assert "Any of the words" in text_of(told)
    assert told.a["href"] == "/?q=a+b+c+d+e&match=all"


@pytest.mark.parametrize("match", ["all", "exact"])
def test_where_all_is_asked_for_nothing_is_said_of_it(match: str):
    assert not get("/?q=a+b", FakeServices(match=match)).select(".matching")


def test_a_warning_shows_its_place_in_the_query():
    services = FakeServices(
        warnings=(QueryWarning(code="unknown_field", message="There is no field <foo>.", span=(2, 5)),)
    )

    warning = get("/?q=a+foo:b", services).select_one(".warnings p")

    assert text_of(warning).startswith("There is no field <foo>.")
    assert str(warning.code) == '<code class="place">a <mark>foo</mark>:b</code>'


def test_a_warning_that_holds_for_several_places_is_told_once():
    slips = [QueryWarning(code="empty_group", message="Empty brackets.", span=s) for s in ((0, 2), (5, 7))]

    warnings = get("/?q=()+a+()", FakeServices(warnings=tuple(slips))).select(".warnings p")

    assert len(warnings) == 1
    assert str(warnings[0].code) == '<code class="place"><mark>()</mark> a <mark>()</mark></code>'


def test_a_snippet_shows_where_it_is_cut():
    whole, cut = (
        Snippet("It ended.", ()),
        Snippet("of the strike, which", (), cut_before=True, cut_after=True),
    )

    snippets = get("/?q=strike", FakeServices(hits=(replace(HIT, snippets=(whole, cut)),))).select(".snippet")

    assert [text_of(snippet) for snippet in snippets] == ["It ended.", "… of the strike, which …"]


def test_partial_matches_stand_apart_with_the_words_they_lack():
    services = FakeServices(partial=(replace(HIT, id=9, slug="near", missing=("pearl",)),))

    partial = get("/?q=harbour+pearl", services).select_one("section.partial")

    assert partial.h3.a["href"] == "/article/near?q=harbour+pearl"
    assert text_of(partial.select_one(".missing")) == "Without: pearl"


def test_no_hits_offers_ways_on():
    page = get("/?q=xx+yy&year=2024", FakeServices(hits=(), total=0))
    links = {text_of(a): a["href"] for a in page.select(".empty a")}

    assert text_of(page.h1) == "No articles match"
    assert not any("match=any" in address for address in links.values())  # offered only where it finds some
    assert links["Search without the filters and dates"] == "/?q=xx+yy"


@pytest.mark.parametrize("path", ["/", "/?q=x"])
@pytest.mark.parametrize("error", [None, IndexMissingError("run archive reindex")], ids=["index", "no-index"])
def test_an_archive_without_articles_says_how_to_fill_it(path, error):
    services = FakeServices(hits=(), total=0, error=error, state=Status(articles=0, engine="memory"))

    assert "archive ingest" in text_of(get(path, services).main.pre)


def test_a_page_that_can_be_tried_again_leads_to_itself():
    services = FakeServices(error=IndexMissingError("run archive reindex"))

    response = make_client(services).get("/?q=a&page=2")

    assert response.status_code == 503
    assert soup_of(response).find("a", string="Try again")["href"] == "/?q=a&page=2"


def test_an_author_page_lists_articles_and_pages():
    page = get("/author/ada-lovelace?page=2")

    assert text_of(page.h1) == "Ada Lovelace"
    assert "23 articles, 11–11" in text_of(page.select_one(".range"))
    assert page.select_one("a[rel=prev]")["href"] == "/author/ada-lovelace"
    assert page.select_one("a[rel=next]")["href"] == "/author/ada-lovelace?page=3"


def test_the_help_names_every_field_and_operator():
    from index.query.fields import FIELD_TABLE
    from index.query.operators import OPERATORS

    rows = [text_of(th) for th in get("/help").select("tbody th")]

    assert [text_of_syntax(o.syntax) for o in OPERATORS] + [f"{f.name}:" for f in FIELD_TABLE] == rows


def text_of_syntax(syntax):
    return " ".join(syntax.split())


@pytest.mark.parametrize(
    "path", ["/", "/?q=x", "/article/harbour-strike?q=x", "/author/ada-lovelace", "/help", "/api"]
)
def test_every_page_has_landmarks_labels_one_heading_and_nothing_from_outside(path):
    page = get(path, FakeServices(total=50, facets=FACETS))

    assert page.html["lang"] == "en"
    assert len(page("h1")) == 1
    assert page.main
    assert page.header
    assert page.footer
    for field in page.select("input:not([type=hidden])"):
        assert page.select_one(f'label[for="{field["id"]}"]')
    loaded = [
        e.get("src") or e.get("href")
        for e in page(["script", "link", "img"])
        if not {"alternate", "search"} & set(e.get("rel", ()))  # offered, not loaded
    ]
    assert all(address.startswith("/static/") for address in loaded)
    ids = [e["id"] for e in page(id=True)]
    assert len(ids) == len(set(ids))
    assert not page("style")
    assert not page(style=True)


def test_a_link_inside_the_page_leads_to_something():
    page = get("/?q=x", FakeServices(total=50, facets=FACETS))

    anchors = [a["href"][1:] for a in page("a", href=re.compile("^#"))]

    assert anchors
    assert all(page.find(id=anchor) for anchor in anchors)


def test_search_state_survives_a_round_trip_through_any_link():
    path = "/?q=x&author=Ada&source=S&language=en&year=2024&from=2024&to=2024&sort=title&match=all&limit=20"
    page = get(path + "&page=2", FakeServices(total=95))

    assert page.select_one("a[rel=prev]")["href"] == path


def test_the_search_page_under_a_prefix_links_inside_it():
    client = make_client(FakeServices(total=50))

    page = soup_of(client.get("/?q=x", environ_overrides={"SCRIPT_NAME": "/archive"}))

    assert page.select_one("a[rel=next]")["href"].startswith("/archive/?")
    assert page.select_one(".result a")["href"].startswith("/archive/article/")
