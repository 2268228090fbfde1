"""The headline of a page."""

from __future__ import annotations

import pytest

from archive.htmlpage import Page
from archive.titles import title_candidates, without_site

SITE = ["The Daily Example", "dailyexample.com"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("Harbour strike ends | The Daily Example", "Harbour strike ends", id="pipe"),
        pytest.param("Harbour strike ends - The Daily Example", "Harbour strike ends", id="dash"),
        pytest.param("The Daily Example: Harbour strike ends", "Harbour strike ends", id="before"),
        pytest.param(
            "Harbour strike ends – News – The Daily Example", "Harbour strike ends", id="section-and-site"
        ),
        pytest.param(
            "Harbour strike ends after six weeks | Business",
            "Harbour strike ends after six weeks",
            id="section",
        ),
        pytest.param("Harbour strike: what now?", "Harbour strike: what now?", id="colon-stays"),
        pytest.param("Spider-Man - a review", "Spider-Man - a review", id="hyphen-stays"),
        pytest.param("The Daily Example", "The Daily Example", id="nothing-but-the-site"),
    ],
)
def test_site_name_is_cut(title: str, expected: str) -> None:
    assert without_site(title, SITE) == expected


def _title(
    markup: str, url: str = "https://www.dailyexample.com/2024/harbour-strike-ends-after-weeks"
) -> str:
    candidates = title_candidates(Page(f"<html>{markup}</html>", url))
    return candidates[0].value if candidates else ""


def test_visible_headline_beats_the_search_title() -> None:
    page = (
        "<head><title>Harbour strike news 2024</title></head><body><h1>Harbour strike news: it is over</h1>"
    )

    assert _title(page) == "Harbour strike news: it is over"


def test_heading_that_names_the_site_is_no_headline() -> None:
    page = (
        '<head><meta property="og:site_name" content="The Daily Example">'
        "<title>Strike ends - The Daily Example</title></head><body><h1>The Daily Example</h1>"
    )

    assert _title(page) == "Strike ends"


def test_kicker_in_an_element_of_its_own_is_left_out() -> None:
    page = (
        '<head><meta property="og:title" content="Strike at the harbour ends"></head>'
        "<body><h1><span>Economy</span> <span>Strike at the harbour ends</span></h1>"
    )

    assert _title(page) == "Strike at the harbour ends"


def test_heading_that_says_what_the_address_says_is_found_among_others() -> None:
    page = "<head><title>News</title></head><body><h2>Menu</h2><h2>Harbour strike ends after six weeks</h2>"

    assert _title(page) == "Harbour strike ends after six weeks"


def test_entities_and_markup_in_a_stated_title_are_resolved() -> None:
    page = '<head><meta property="og:title" content="Fish &amp;amp; &lt;i&gt;chips&lt;/i&gt;"></head><body>'

    assert _title(page) == "Fish & chips"


def test_page_without_any_title_has_none() -> None:
    assert _title("<body><p>text</p>") == ""


def test_chosen_title_comes_first_and_says_where_it_stood() -> None:
    page = Page("<head><title>Strike ends today</title></head><body><h1>Strike ends today</h1>", "")

    chosen, other = title_candidates(page)

    assert (chosen.provenance.method, other.provenance.method) == ("heading", "title-tag")
    assert chosen.provenance.confidence > other.provenance.confidence
