"""Lists of addresses: what has words of its own is an article, the rest is reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.errors import EmptyItemError
from archive.readers.bookmarks import bookmark_links
from archive.readers.opml import opml_links
from tests.archive.made_files import found_in

FORMATS = Path(__file__).parents[1] / "data" / "formats"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("list.opml", "a list of 2 feeds; follow them with `archive feeds add`; and a list of 1 address; "),
        ("bookmarks.html", "a list of 1 address; fetch them with `archive fetch`"),
        ("pocket.html", "a list of 2 addresses; fetch them with `archive fetch`"),
        ("pocket.csv", "a list of 2 addresses; fetch them with `archive fetch`"),
        ("readwise.csv", "a list of 1 address; fetch them with `archive fetch`"),
    ],
)
def test_a_list_is_reported_once(name: str, reason: str) -> None:
    _, failures = found_in((FORMATS / name).read_bytes(), name)

    (failure,) = failures
    assert failure.code == "skipped"
    assert failure.reason.startswith(reason)


def test_a_bookmark_with_a_description_is_an_article() -> None:
    (draft,), _ = found_in((FORMATS / "bookmarks.html").read_bytes(), "bookmarks.html")

    assert draft.title == "Two & more"
    assert draft.text.startswith("A long look at how the mill")
    assert (draft.url, draft.tags) == ("https://two.example/a", ("river", "mill"))
    assert draft.published is None
    assert draft.provenance["saved"].raw == "1600000002"
    assert "the page itself was not fetched" in draft.warnings[0]


def test_the_links_of_a_list_can_be_had() -> None:
    feeds, _ = opml_links((FORMATS / "list.opml").read_bytes())
    pages, _ = bookmark_links((FORMATS / "pocket.html").read_bytes())

    assert [(link.url, link.title, link.is_feed) for link in feeds] == [
        ("https://river.example/feed.xml", "River", True),
        ("https://tal.example/atom.xml", "Tal", True),
        ("https://page.example/a", "A page", False),
    ]
    assert [(link.url, link.tags, link.saved) for link in pages] == [
        ("https://one.example/a", ("x", "y"), "1519239186"),
        ("https://two.example/b", (), "1519239187"),
    ]


def test_a_broken_list_is_read_as_far_as_it_goes() -> None:
    data = b'<opml><body><outline text="A & B" xmlUrl="https://a.example/f?x=1&y=2"><outline xmlUrl="https://b.example/'

    links, warnings = opml_links(data)

    assert [link.url for link in links] == ["https://a.example/f?x=1&y=2"]
    assert "not well-formed" in warnings[0]


@pytest.mark.parametrize(
    "data",
    [
        b"<opml><body><outline text='only words'/></body></opml>",
        b"<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><DT><A HREF='javascript:alert(1)'>x</A></DL>",
    ],
)
def test_a_list_without_a_web_address_is_refused(data: bytes) -> None:
    with pytest.raises(EmptyItemError):
        found_in(data, "list")
