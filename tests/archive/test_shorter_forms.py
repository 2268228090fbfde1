"""A summary, a note or an excerpt of an article never takes its place, whichever came first."""

from __future__ import annotations

import csv
import io
import itertools
import json
from pathlib import Path

import pytest
from made_files import page

from archive.document import PartialDate
from archive.ingest import IngestOptions, ingest
from archive.readers.sniff import Kind
from archive.standing import LIST_TYPES, Standing, Stood, is_shorter_form
from archive.store import Store

URL = "https://one.example/mill"
TEXT = "\n\n".join(
    f"The mill of the {word} valley turned from the first light until the ice came down the river."
    for word in ("upper", "lower", "long", "narrow", "green", "stony", "western", "quiet")
)
EXCERPT = "The mill of the upper valley turned from the first light until"
NOTE = "A long look at how the mill of the valley was kept going by three families"


def paragraphs(text: str) -> str:
    return "".join(f"<p>{each}</p>" for each in text.split("\n\n"))


def html(text: str = TEXT) -> str:
    return (
        f'<!DOCTYPE html><html><head><title>The mill</title><link rel="canonical" href="{URL}"></head>'
        f"<body><article><h1>The mill</h1>{paragraphs(text)}</article></body></html>"
    )


def rss(description: str, content: str = "", date: str = "") -> str:
    full = f"<content:encoded><![CDATA[{content}]]></content:encoded>" if content else ""
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    return (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        "<title>One</title><link>https://one.example/</link><item><title>The mill</title>"
        f"<link>{URL}</link><description>{description}</description>{full}{dated}</item></channel></rss>"
    )


def bookmarks(note: str, tags: str = "") -> str:
    return (
        "<!DOCTYPE NETSCAPE-Bookmark-file-1><TITLE>Bookmarks</TITLE><H1>Bookmarks</H1><DL><p>"
        f'<DT><A HREF="{URL}" ADD_DATE="1600000002" TAGS="{tags}">My mill</A><DD>{note}</DL>'
    )


def opml(note: str) -> str:
    return (
        '<opml version="2.0"><body><outline text="The mill" type="link" '
        f'url="{URL}" description="{note}"/></body></opml>'
    )


def instapaper(selection: str) -> str:
    target = io.StringIO()
    csv.writer(target).writerows(
        [
            ["URL", "Title", "Selection", "Folder", "Timestamp", "Tags"],
            [URL, "The mill", selection, "Unread", "1700000000", "[]"],
        ]
    )
    return target.getvalue()


def reader(summary: str) -> str:
    record = {
        "id": "a",
        "url": "https://read.example/read/a",
        "source_url": URL,
        "title": "The mill",
        "site_name": "",
    }
    more = {"summary": summary, "category": "article", "saved_at": "2024-03-04T05:06:07+00:00"}
    return json.dumps(
        {"count": 1, "nextPageCursor": None, "results": [record | more | {"reading_progress": 0}]}
    )


def lines(text: str, **values: str) -> str:
    return json.dumps({"title": "The mill", "url": URL, "text": text} | values) + "\n"


FULL = {
    "page.html": html(),
    "feed-full.xml": rss("Short.", paragraphs(TEXT)),
    "articles.jsonl": lines(TEXT),
}
SHORT = {
    "feed.xml": rss(f"{EXCERPT} […]"),
    "feed-content.xml": rss("Short.", f"<p>{EXCERPT} …</p>"),
    "bookmarks.html": bookmarks(NOTE),
    "list.opml": opml(NOTE),
    "instapaper.csv": instapaper("turned from the first light until the ice came down the river"),
    "reader.json": reader(NOTE),
    "excerpts.jsonl": lines(EXCERPT),
    "summaries.jsonl": json.dumps({"title": "The mill", "url": URL, "summary": NOTE}) + "\n",
    "excerpts.csv": f"title,url,text\nThe mill,{URL},{EXCERPT}…\n",
}


def text_of(store: Store) -> list[str]:
    return [document.text for batch in store.iterate() for document in batch]


@pytest.mark.parametrize("short", SHORT)
@pytest.mark.parametrize("full", FULL)
def test_a_shorter_form_leaves_the_article_as_it_is(
    store: Store, folder: Path, full: str, short: str
) -> None:
    (folder / full).write_text(FULL[full], "utf-8")
    (folder / short).write_text(SHORT[short], "utf-8")
    ingest(store, [folder / full])
    before = store.get(1)

    report = ingest(store, [folder / short])

    assert (report.added, report.duplicate, report.failed) == (0, 0, 0)
    assert text_of(store) == [before.text]
    assert store.get(1).title == before.title


@pytest.mark.parametrize("short", SHORT)
@pytest.mark.parametrize("full", FULL)
def test_an_article_replaces_the_shorter_form_and_keeps_it_as_a_version(
    store: Store, folder: Path, full: str, short: str
) -> None:
    (folder / full).write_text(FULL[full], "utf-8")
    (folder / short).write_text(SHORT[short], "utf-8")
    ingest(store, [folder / short])
    shorter = store.get(1)

    ingest(store, [folder / full])
    again = ingest(store, [folder / short, folder / full])

    assert len(text_of(store)) == 1
    assert store.get(1).words > 100
    assert [version.document.text for version in store.versions(1)] == [shorter.text]
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)


@pytest.mark.parametrize("order", list(itertools.permutations(["page.html", "feed.xml", "bookmarks.html"])))
def test_the_article_is_the_same_in_any_order_and_in_one_run(
    store: Store, folder: Path, order: tuple[str, ...]
) -> None:
    (folder / "page.html").write_text(html(), "utf-8")
    (folder / "feed.xml").write_text(rss(EXCERPT, date="Mon, 02 Sep 2019 10:00:00 GMT"), "utf-8")
    (folder / "bookmarks.html").write_text(bookmarks(NOTE, "water,wheels"), "utf-8")

    ingest(store, [folder / name for name in order])

    (found,) = (document for batch in store.iterate() for document in batch)
    assert found.title == "The mill"
    assert found.words > 100
    assert found.tags == ("water", "wheels")
    assert found.published == PartialDate(2019, 9, 2)
    assert found.provenance["published"].detail == "filled in from pubdate"


def test_what_was_filled_in_stays_when_the_page_is_read_again(store: Store, folder: Path) -> None:
    (folder / "page.html").write_text(html(), "utf-8")
    (folder / "bookmarks.html").write_text(bookmarks(NOTE, "water"), "utf-8")
    ingest(store, [folder / "page.html"])
    first = ingest(store, [folder / "bookmarks.html"])

    again = ingest(store, [folder])

    assert (first.changed, first.unchanged) == (1, 0)
    assert (again.changed, again.unchanged) == (0, 2)
    assert store.get(1).tags == ("water",)
    (folder / "page.html").write_text(html(TEXT.replace("ice", "snow")), "utf-8")
    assert ingest(store, [folder / "page.html"]).changed == 1
    assert store.get(1).tags == ("water",)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(("page.html", html()), ("page.html", html(TEXT[:300])), id="page-cut-down"),
        pytest.param(
            ("a.html", html()), ("b.html", html(TEXT.replace("ice", "snow"))), id="page-saved-again"
        ),
        pytest.param(("a.jsonl", lines(TEXT)), ("a.jsonl", lines(EXCERPT)), id="record-cut-down"),
        pytest.param(("a.jsonl", lines(TEXT)), ("b.jsonl", lines(TEXT + "\n\nMore.")), id="record-extended"),
        pytest.param(
            ("a.jsonl", lines(TEXT)), ("b.jsonl", lines("The mill burned.\n\n" + TEXT[200:])), id="rewritten"
        ),
        pytest.param(("a.xml", rss(EXCERPT)), ("a.xml", rss(EXCERPT[:-10])), id="summary-of-one-feed"),
    ],
)
def test_a_text_that_really_changed_is_a_version(
    store: Store, folder: Path, before: tuple[str, str], after: tuple[str, str]
) -> None:
    (folder / before[0]).write_text(before[1], "utf-8")
    ingest(store, [folder])
    first = store.get(1)
    (folder / after[0]).write_text(after[1], "utf-8")

    report = ingest(store, [folder / after[0]])

    assert report.changed == 1
    assert [version.document.text for version in store.versions(1)] == [first.text]


def test_the_kept_source_stays_that_of_the_article(store: Store, folder: Path) -> None:
    (folder / "page.html").write_text(html(), "utf-8")
    (folder / "feed.xml").write_text(rss(EXCERPT, date="Mon, 02 Sep 2019 10:00:00 GMT"), "utf-8")

    ingest(store, [folder / "page.html"])
    ingest(store, [folder / "feed.xml"], options=IngestOptions(keep_source=True))
    ingest(store, [folder], options=IngestOptions(keep_source=True))

    kept = store.original_of(1)
    assert kept is not None
    assert kept.size == len(html())


def test_a_shorter_form_of_an_edited_article_changes_nothing(store: Store, folder: Path) -> None:
    from archive.editing import Edit, edited

    (folder / "page.html").write_text(html(), "utf-8")
    ingest(store, [folder])
    store.put([edited(store.get(1), Edit(title="By hand", clear=["tag"]))])
    (folder / "bookmarks.html").write_text(bookmarks(NOTE, "water"), "utf-8")

    report = ingest(store, [folder / "bookmarks.html"])

    assert report.unchanged == 1
    assert (store.get(1).title, store.get(1).tags) == ("By hand", ())


def test_lists_are_known_by_their_types() -> None:
    names = ("FEED", "JSON_FEED", "JSON", "JSONL", "CSV", "OPML", "BOOKMARKS", "SAVED_JSON", "SAVED_CSV")
    assert {str(Kind[name]) for name in names} == LIST_TYPES


def test_pages_are_not_shorter_forms_of_each_other() -> None:
    whole = Stood(standing=Standing.WHOLE, words=100, text=TEXT, path="/a.html")
    cut = Stood(standing=Standing.WHOLE, words=10, text=TEXT[:60], path="/b.html")

    assert not is_shorter_form(cut, whole)
    assert not is_shorter_form(whole, cut)


def test_another_page_with_the_address_is_kept_apart_from_an_excerpt_of_it_too(
    store: Store, folder: Path
) -> None:
    (folder / "a.html").write_bytes(page("One page", head=f'<link rel="canonical" href="{URL}">'))
    (folder / "b.html").write_bytes(page("Another page", head=f'<link rel="canonical" href="{URL}">'))
    (folder / "c.xml").write_text(rss(EXCERPT), "utf-8")

    report = ingest(store, [folder])

    assert (report.added, report.unchanged + report.changed) == (2, 1)
