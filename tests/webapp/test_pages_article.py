"""The page of an article: its text, its marks, and what is told of it."""

import datetime as dt
from dataclasses import replace

import pytest

from tests.webapp.fake_services import DOCUMENT, FakeServices, make_client
from tests.webapp.pages_read import get, soup_of, text_of


def test_an_article_shows_its_text_in_paragraphs():
    page = get("/article/harbour-strike")

    assert text_of(page.h1) == DOCUMENT.title
    assert [text_of(p) for p in page.select(".text p")] == [
        "The strike went on.",
        "No strike & no talks, <em>they</em> said.",
    ]
    assert not page.mark


def test_an_article_marks_the_query_and_counts_the_marks():
    page = get("/article/harbour-strike?q=strike")

    assert [a["href"] for a in page.select("a.hit")] == ["#m2", "#m3", "#m1"]
    assert text_of(page.select_one(".marks .tally")) == "3 marks for strike"
    assert page.select_one(".marks .back")["href"] == "/?q=strike"


def test_an_article_without_a_match_says_so():
    page = get("/article/harbour-strike?q=zz", FakeServices(title_spans=(), body_spans=()))

    assert "Nothing to mark" in text_of(page.select_one(".marks"))
    assert not page.select("a.hit")


def test_tags_and_section_of_an_article_lead_to_their_articles():
    document = replace(DOCUMENT, tags=("port & sea",), section="World")

    page = get("/article/harbour-strike", FakeServices(document=document))

    assert page.select_one(".tags a")["href"] == "/?tag=port+%26+sea"
    assert page.select_one(".section a")["href"] == "/?tag=World"


def test_an_article_that_changed_leads_to_its_history():
    changed = replace(DOCUMENT, updated=dt.datetime(2025, 2, 1, tzinfo=dt.UTC))

    before = get("/article/harbour-strike").select_one(".record")
    after = get("/article/harbour-strike", FakeServices(document=changed)).select_one(".record")

    assert "changed since" not in text_of(before)
    assert after.find("a", string="changed since")["href"] == "/article/harbour-strike/history"


def test_an_author_without_a_page_is_plain_text():
    byline = get("/article/harbour-strike").select_one(".byline")

    assert text_of(byline) == "By Ada Lovelace and Jo Smith"
    assert [a["href"] for a in byline("a")] == ["/author/ada-lovelace"]


def test_an_article_tells_where_its_details_come_from_but_no_folder():
    response = make_client().get("/article/harbour-strike")
    details = text_of(soup_of(response).details)

    assert "json-ld, headline" in details
    assert "Harbour <strike>" in details
    assert "strike.html" in details
    assert "/secret" not in response.text


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://example.org/a", True),
        ("http://example.org/a", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("data:text/html,x", False),
        ("javascript://example.org/%0aalert(1)", False),
        ("data://example.org/,x", False),
        ("//example.org/a", False),
        ("https://", False),
        ("https://user:pw@example.org/", False),
        ("https://exa mple.org/", False),
        ("https:\\\\example.org", False),
        ("http://[::1", False),
        ("java\nscript:alert(1)", False),
    ],
)
def test_only_web_addresses_become_links(url, linked):
    page = get("/article/harbour-strike", FakeServices(document=replace(DOCUMENT, url=url)))
    hrefs = [a["href"] for a in page.select(".record a")]

    assert (url in hrefs) is linked
    assert all(href.startswith(("/", "http://", "https://")) for href in hrefs)
