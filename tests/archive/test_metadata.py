"""The fields of a page and where they come from."""

from __future__ import annotations

import datetime as dt

import pytest

from archive.extract import extract_page
from archive.htmlpage import Page
from archive.jsonld import MAX_NODES, parse_block
from archive.metadata import Metadata, read_metadata


def _read(
    head: str = "", body: str = "", url: str = "https://news.example.org/politics/strike-ends"
) -> Metadata:
    return read_metadata(Page(f"<html><head>{head}</head><body>{body}</body></html>", url))


def _json_ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def test_json_ld_article_gives_the_fields() -> None:
    data = _read(
        _json_ld(
            '{"@type": "NewsArticle", "headline": "Strike ends", "datePublished": "2024-03-01T23:30:00-05:00",'
            ' "author": [{"name": "Jane Doe"}, {"name": "Tom Cook"}], "publisher": {"name": "Example News"},'
            ' "articleSection": "Politics", "keywords": "ports, strikes", "inLanguage": "en-GB"}'
        )
    )

    assert (data.title, data.authors) == ("Strike ends", ("Jane Doe", "Tom Cook"))
    assert (data.source, data.section, data.tags, data.language) == (
        "Example News",
        "Politics",
        ("ports", "strikes"),
        "en",
    )
    assert str(data.published) == "2024-03-01", "the day of the stated zone, not of UTC"
    assert data.published_at == dt.datetime(2024, 3, 2, 4, 30, tzinfo=dt.UTC)
    assert data.provenance["authors"].method == "json-ld"


def test_graph_and_references_are_followed() -> None:
    data = _read(
        _json_ld(
            '{"@graph": [{"@type": "WebSite", "name": "Example News"},'
            '{"@type": "Article", "author": {"@id": "#jd"}, "headline": "H"},'
            '{"@type": "Person", "@id": "#jd", "name": "Jane Doe"}]}'
        )
    )

    assert data.authors == ("Jane Doe",)
    assert data.source == "Example News"


@pytest.mark.parametrize(
    "block",
    [
        pytest.param('{"name": "A",}', id="trailing-comma"),
        pytest.param('<!-- {"name": "A"} -->', id="comment"),
        pytest.param('//<![CDATA[\n{"name": "A"}\n//]]>', id="cdata"),
        pytest.param('{"name": "A"};', id="semicolon"),
        pytest.param('{"name":\n "A\n"}'.replace("A\n", "A"), id="line-ends"),
        pytest.param('{"name": "A"} {"x": 1}', id="two-objects"),
    ],
)
def test_broken_json_ld_is_mended(block: str) -> None:
    assert parse_block(block)[0]["name"] == "A"


@pytest.mark.parametrize("block", ["{", "not json", "[" * 100_000])
def test_hopeless_json_ld_is_refused(block: str) -> None:
    with pytest.raises(ValueError, match="not JSON"):
        parse_block(block)


def test_references_are_followed_where_there_are_more_objects_than_are_read() -> None:
    many = ", ".join('{"@type": "Thing"}' for _ in range(MAX_NODES))

    data = _read(
        _json_ld(
            '{"@graph": [{"@type": "NewsArticle", "headline": "Strike ends", "author": {"@id": "#jd"}},'
            ' {"@id": "#jd", "@type": "Person", "name": "Jane Doe"},'
            f' {{"@id": "#tc", "@type": "Person", "name": "Tom Cook"}}, {many}]}}'
        )
    )

    assert data.authors == ("Jane Doe",)


def test_only_the_first_article_of_a_page_counts() -> None:
    data = _read(
        _json_ld(
            '[{"@type": "Article", "headline": "First", "author": "Jane Doe"},'
            ' {"@type": "Article", "headline": "Second", "author": "Tom Cook"}]'
        )
    )

    assert (data.title, data.authors) == ("First", ("Jane Doe",))


AUTHOR_CASES = [
    pytest.param('<meta name="author" content="Jane Doe">', "", ("Jane Doe",), id="meta"),
    pytest.param('<meta name="citation_author" content="Doe, Jane">', "", ("Jane Doe",), id="citation"),
    pytest.param(
        '<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Jane Doe">',
        "", ("Jane Doe",), id="twitter-label",
    ),
    pytest.param("", '<span itemprop="author"><b itemprop="name">Jane Doe</b></span>', ("Jane Doe",), id="microdata"),
    pytest.param("", '<h1>T</h1><a rel="author" href="/x">Jane Doe</a>', ("Jane Doe",), id="rel-author"),
    pytest.param("", '<h1>T</h1><p class="byline">By Jane Doe and Tom Cook</p>', ("Jane Doe", "Tom Cook"), id="class"),
    pytest.param("", "<h1>T</h1><p>Von <a href='/x'>Eva Meier</a></p>", ("Eva Meier",), id="words-alone"),
    pytest.param("", '<div class="comments"><a class="author">Tom Cook</a></div>', (), id="comments-are-not-bylines"),
    pytest.param('<meta name="author" content="Staff">', "", (), id="staff"),
    pytest.param(
        '<meta name="author" content="Reuters">', '<h1>T</h1><p class="byline">By Jane Doe</p>',
        ("Jane Doe",), id="a-person-beats-an-agency",
    ),
    pytest.param(
        '<meta name="author" content="Example Media GmbH">', '<h1>T</h1><p class="byline">By Jane Doe</p>',
        ("Jane Doe",), id="a-person-beats-an-organisation",
    ),
    pytest.param(
        "", '<h1>T</h1><p class="autorenzeile">Von Jane Doe und Tom Cook, Lille</p>',
        ("Jane Doe", "Tom Cook"), id="a-place-after-the-names",
    ),
    pytest.param(
        "", '<h1>T</h1><div class="byline"><span>Jane Doe</span> <span>Tom Cook</span></div>',
        ("Jane Doe", "Tom Cook"), id="names-in-elements-of-their-own",
    ),
    pytest.param("", '<h1>T</h1><aside class="post-author">Jane Doe</aside>', ("Jane Doe",), id="aside"),
    pytest.param("", "<h1>T</h1><p>Written by</p><p>Jane Doe</p>", ("Jane Doe",), id="label-before"),
    pytest.param("", "<h1>T</h1><p>By <!-- -->Jane Doe</p>", ("Jane Doe",), id="comment-between"),
    pytest.param("", "<h1>T</h1><p>Von <b>der Form zum Kasten</b></p>", (), id="words-in-lower-case"),
    pytest.param("", '<h1>T</h1><div class="author-links">Twitter Facebook</div>', (), id="buttons"),
    pytest.param(
        "", '<h1>T</h1><a class="author-name" href="/x"><b>Jane Doe</b><span>Head Gardener</span></a>',
        ("Jane Doe",), id="a-role-after-the-name-in-its-link",
    ),
    pytest.param(
        "", '<h1>T</h1><a class="author-name" href="/x">Jane Mary\nDoe</a>', ("Jane Mary Doe",), id="name-on-two-lines",
    ),
    pytest.param(
        "", "<h1>T</h1><p>Von <a href='/x'>Eva Meier</a>, <a href='/y'>Jane Doe</a> und <a href='/z'>Tom Cook</a></p>",
        ("Eva Meier", "Jane Doe", "Tom Cook"), id="words-alone-before-several",
    ),
    pytest.param('<meta name="author" content="Team Example">', "", ("Team Example",), id="desk"),
    pytest.param(
        '<meta name="author" content="Example News Desk">', '<h1>T</h1><p class="byline">By Jane Doe</p>',
        ("Jane Doe",), id="a-person-beats-a-desk",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("head", "body", "names"), AUTHOR_CASES)
def test_authors_are_found(head: str, body: str, names: tuple[str, ...]) -> None:
    assert _read(head, body).authors == names


def test_publication_that_calls_itself_the_author_is_believed_least() -> None:
    data = _read('<meta property="og:site_name" content="Example"><meta name="author" content="Example">')

    assert data.authors == ("Example",)
    assert data.provenance["authors"].confidence < 0.5


DATE_CASES = [
    pytest.param('<meta property="article:published_time" content="2024-03-01T10:00:00Z">', "", "2024-03-01", id="og"),
    pytest.param('<meta name="dc.date" content="2024-03">', "", "2024-03", id="month-only"),
    pytest.param('<meta name="date" content="1 March 2024">', "", "2024-03-01", id="words"),
    pytest.param("", '<h1>T</h1><time datetime="2024-03-01">yesterday</time>', "2024-03-01", id="time"),
    pytest.param("", '<h1>T</h1><p class="datum">1. März 2024</p>', "2024-03-01", id="german"),
    pytest.param("", "<h1>T</h1><p>Published on March 1, 2024</p>", "2024-03-01", id="near-the-headline"),
    pytest.param("", "<h1>T <small>01.03.2024</small></h1><p>On 2 March 2024 …</p>", "2024-03-01", id="in-the-headline"),
    pytest.param(
        "", "<h1>T</h1>" + "<p>Words of the text.</p>" * 40 + '<a class="Publication">No. 3 of 1 March 2024</a>',
        None, id="a-link-to-a-publication",
    ),
    pytest.param("", '<h1>T</h1><p class="date">Updated 1 March 2024</p>', None, id="changed-is-not-published"),
    pytest.param("", "<footer>© 2024 Example</footer>", None, id="copyright-is-not-published"),
    pytest.param(
        '<meta name="date" content="2024"><meta property="article:published_time" content="2024-03-01">',
        "", "2024-03-01", id="a-day-beats-a-year",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("head", "body", "expected"), DATE_CASES)
def test_dates_are_found(head: str, body: str, expected: str | None) -> None:
    published = _read(head, body).published

    assert (str(published) if published else None) == expected


def test_date_in_the_address_is_used_last() -> None:
    data = _read(url="https://example.org/2024/03/01/strike-ends")

    assert str(data.published) == "2024-03-01"
    assert data.provenance["published"].method == "url"


def test_canonical_address_wins_and_loses_its_tracking() -> None:
    data = _read('<link rel="canonical" href="/politics/strike?utm_source=x">')

    assert data.url == "https://news.example.org/politics/strike"


def test_canonical_front_page_says_nothing_about_the_article() -> None:
    data = _read('<link rel="canonical" href="https://news.example.org/">')

    assert data.url == "https://news.example.org/politics/strike-ends"


def test_host_stands_in_for_a_source_that_is_not_named() -> None:
    data = _read()

    assert data.source == "news.example.org"
    assert data.provenance["source"].confidence == 0.5


def test_every_value_has_provenance_and_its_candidates() -> None:
    data = _read(
        '<title>Strike ends</title><meta property="og:title" content="Strike ends now">',
        "<h1>Strike ends now</h1>",
    )

    assert data.provenance["title"] == data.candidates["title"][0].provenance
    assert [c.value for c in data.candidates["title"]] == [
        "Strike ends now",
        "Strike ends now",
        "Strike ends",
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Τετάρτη 10 Απριλίου 2013", "2013-04-10"),
        ("środa, 5 paź 2011 o 11:39", "2011-10-05"),
        ("2011年12月16日00:22", "2011-12-16"),
    ],
)
def test_a_date_in_words_is_found_wherever_it_stands(written: str, expected: str) -> None:
    text = "<p>The harbour workers ended their strike after six weeks of talks.</p>" * 9
    page = (
        f"<html lang=en><body><h1>Strike ends</h1><div>{text}</div><p class=foot>{written}</p></body></html>"
    )

    published = extract_page(page.encode()).published

    assert published is not None
    assert published.isoformat() == expected
