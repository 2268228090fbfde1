"""The headline of a page."""

from __future__ import annotations

import pytest

from archive.htmlpage import Page
from archive.sitenames import without_site
from archive.titles import title_candidates

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


@pytest.mark.parametrize(
    "heading",
    [
        '<span class="article__kicker">Harbour</span> <span>Workers end their strike</span>',
        '<span class="dachzeile">Nach sechs Wochen</span> Workers end their strike',
        "Workers end their strike <small>3 May 2024, Politics</small>",
        '<a href="/x"><span>Workers end their strike</span> <i class="subtitle">Talks go on</i></a>',
        "Workers end <style>.h1{color:red}</style>their strike",
        "Work\u00aders end their strike",
        'Workers end their strike<span class="visually-hidden"> - News</span>',
    ],
    ids=["kicker", "dachzeile", "small", "subtitle", "style", "soft hyphen", "hidden"],
)
def test_what_stands_in_a_heading_beside_the_headline_is_left_out(heading: str) -> None:
    assert _title(f"<body><h1>{heading}</h1>") == "Workers end their strike"


def test_kicker_that_the_article_states_in_its_headline_is_kept() -> None:
    stated = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Harbour: A strike ends", "url": "/"}</script>'

    title = _title(
        f'<head>{stated}</head><h1><span class="kicker">Harbour</span> <span>A strike ends</span></h1>'
    )

    assert title == "Harbour: A strike ends"


def test_the_only_long_heading_of_a_page_is_its_headline() -> None:
    head = '<meta property="og:title" content="Interest rates explained">'

    assert _title(f"<head>{head}</head><h1>What will my loan cost me?</h1>") == "What will my loan cost me?"


def test_section_heading_of_one_word_is_not_taken_for_the_headline() -> None:
    head = '<meta property="og:title" content="Your wedding checklist: planning made easy">'

    title = _title(f"<head>{head}</head><h1>Planning</h1><h1>Style</h1>")

    assert title == "Your wedding checklist: planning made easy"
