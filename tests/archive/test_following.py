"""Feeds that are followed: a real store, a site on this machine, a clock of the test's own."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from local_site import RSS, TEXT, WHOLE, body, client_for, page, redirect, rss, tagged
from local_site import rss_item as item

from archive.document import PartialDate
from archive.errors import FeedNotFoundError, StoreError
from archive.following import PollOptions, due_feeds, poll
from archive.originals import reprocess
from archive.store import Store

NOW = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)


pytestmark = pytest.mark.usefixtures("reads_here")


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "archive.db", clock=lambda: NOW) as store:
        yield store


@pytest.fixture
def feed(site, store):
    """A feed with one whole entry, followed."""
    site.answers["/feed"] = tagged(rss(item(site, "one")), '"1"', RSS)
    return store.add_feed(f"{site.url}/feed", "harbour")


def run(store, site, *, full=False, now=NOW, client=None):
    """Poll every feed, due or not; return the counts that are not 0."""
    report = poll(
        store,
        store.feeds(),
        client=client or client_for(site),
        options=PollOptions(full=full),
        clock=lambda: now,
    )
    names = ("added", "changed", "unchanged", "duplicate", "failed", "skipped")
    return {name: count for name in names if (count := getattr(report.articles, name))}


def titles(store):
    return {each.title for each in store.get_many(store.ids())}


def serve(site, *items, etag='"2"'):
    site.answers["/feed"] = tagged(rss(*items), etag, RSS)


def test_entry_is_stored_with_what_the_feed_says_of_it(site, store, feed, real_process):
    assert run(store, site) == {"added": 1}

    document = store.get(1)
    assert (document.title, document.source) == ("The one", "Harbour News")
    assert (document.url, document.published) == (f"{site.url}/one", PartialDate(2024, 9, 10))
    assert site.pages == ["/feed"]


def test_entry_without_a_date_stays_undated(site, store, feed):
    serve(site, item(site, "one", date=""))

    run(store, site)

    assert (store.get(1).published, store.get(1).published_at) == (None, None)


def test_feed_that_has_not_changed_is_not_sent_again(site, store, feed):
    run(store, site)

    assert run(store, site) == {}

    assert site.headers[-1]["If-None-Match"] == '"1"'
    assert store.feed_by_name("harbour").status == "unchanged"


def test_only_what_is_new_is_stored(site, store, feed):
    run(store, site)
    serve(site, item(site, "two"), item(site, "one"))

    assert run(store, site) == {"added": 1, "unchanged": 1}
    assert titles(store) == {"The one", "The two"}
    assert store.feed_by_name("harbour").status == "1 new of 2"


def test_entry_that_changed_is_a_new_version(site, store, feed):
    run(store, site)
    serve(site, item(site, "one", WHOLE + "The strike ended."))

    assert run(store, site) == {"changed": 1}
    assert "strike ended" in store.get(1).text


def test_article_that_was_deleted_does_not_come_back(site, store, feed):
    run(store, site)
    store.delete([1])
    serve(site, item(site, "one"))

    assert run(store, site) == {"unchanged": 1}
    assert store.count() == 0


def test_article_from_elsewhere_is_not_replaced(site, store, feed):
    site.answers["/one"] = body(page("The one, in full", TEXT * 20))
    from archive.fetch.storing import fetch

    fetch(store, [f"{site.url}/one"], client=client_for(site))

    assert run(store, site) == {"duplicate": 1}
    serve(site, item(site, "one", "Changed. " + WHOLE))
    assert run(store, site) == {"unchanged": 1}
    assert store.get(1).title == "The one, in full"


def test_entries_without_address_and_id_are_articles_of_their_own(site, store, feed):
    bare = [item(site, name, link=False, guid=False) for name in ("one", "two")]
    serve(site, *bare)
    run(store, site)
    serve(site, item(site, "three", link=False, guid=False), *bare, etag='"3"')

    assert run(store, site) == {"added": 1, "unchanged": 2}
    assert titles(store) == {"The one", "The two", "The three"}
    assert {each.url for each in store.get_many(store.ids())} == {""}


def test_broken_entry_costs_no_other(site, store, feed):
    serve(site, item(site, "one"), "<item><title>Nothing</title></item>")

    assert run(store, site) == {"added": 1, "failed": 1}


def test_json_feed_is_followed_too(site, store, feed):
    entries = [{"id": "1", "url": f"{site.url}/one", "title": "One", "content_text": WHOLE}]
    content = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": entries})
    site.answers["/feed"] = body(content.encode(), media_type="application/feed+json")

    assert run(store, site) == {"added": 1}


# Whole pages


def test_only_summaries_are_fetched_in_full(site, store, feed):
    serve(site, item(site, "one"), item(site, "two", "Short …"))
    site.answers["/two"] = body(page("Two in full", TEXT * 8))

    assert run(store, site, full=True) == {"added": 2}

    assert site.pages == ["/feed", "/two"]
    assert titles(store) == {"The one", "Two in full"}


def test_page_without_a_date_takes_that_of_the_feed(site, store, feed):
    serve(site, item(site, "two", "Short …"))
    site.answers["/two"] = body(page("Two in full", TEXT * 8))

    run(store, site, full=True)

    document = store.get(1)
    assert document.published == PartialDate(2024, 9, 10)
    assert document.provenance["published"].method == "feed"


def test_page_that_is_read_again_keeps_the_date_of_the_feed(site, store, feed):
    serve(site, item(site, "two", "Short …"))
    site.answers["/two"] = body(page("Two in full", TEXT * 8))
    run(store, site, full=True)

    reprocess(store, [1])

    assert (store.get(1).published, store.get(1).title) == (PartialDate(2024, 9, 10), "Two in full")


def test_entry_that_is_only_an_address_is_passed_over_or_fetched(site, store, feed):
    serve(site, item(site, "two", ""))
    site.answers["/two"] = body(page("Two in full", TEXT * 8))

    assert run(store, site) == {"skipped": 1}
    assert run(store, site, full=True) == {"added": 1}
    assert run(store, site, full=True) == {}


def test_summaries_of_earlier_polls_are_replaced_by_their_pages(site, store, feed):
    serve(site, item(site, "two", "Short …"))
    site.answers["/two"] = body(page("Two in full", TEXT * 8))
    run(store, site)

    assert run(store, site, full=True) == {"changed": 1}
    assert titles(store) == {"Two in full"}


def test_page_is_not_replaced_by_a_summary_that_changed(site, store, feed):
    serve(site, item(site, "two", "Short …"))
    site.answers["/two"] = body(page("Two in full", TEXT * 8))
    run(store, site, full=True)
    serve(site, item(site, "two", "Shorter …"), etag='"3"')

    assert run(store, site) == {"unchanged": 1}
    assert titles(store) == {"Two in full"}


@pytest.mark.parametrize("status", [404, 500])
def test_page_that_cannot_be_had_leaves_the_summary_with_a_warning(site, store, feed, status):
    serve(site, item(site, "two", "Short …"))
    site.answers["/two"] = body(b"", status=status)

    assert run(store, site, full=True) == {"added": 1}

    assert "could not be fetched" in store.get(1).warnings[-1]


def test_page_is_tried_again_unless_it_failed_for_good(site, store, feed):
    serve(site, item(site, "two", "Short …"), item(site, "three", "Short …"))
    site.answers |= {"/two": body(b"", status=404), "/three": body(b"", status=500)}
    run(store, site, full=True)
    site.answers |= {name: body(page("Now in full", TEXT * 8)) for name in ("/two", "/three")}

    assert run(store, site, full=True) == {"unchanged": 1, "changed": 1}

    assert site.pages == ["/feed", "/two", "/three", "/feed", "/three"]


def test_page_with_less_text_than_the_entry_is_not_used(site, store, feed):
    serve(site, item(site, "two", "Many words are here. " * 10 + "…"))
    site.answers["/two"] = body(page("Log in", "Log in to read this."))

    run(store, site, full=True)

    assert titles(store) == {"The two"}


def test_page_that_an_entry_names_in_the_own_network_is_refused(site, store, feed):
    entry = item(site, "two", "Short …").replace("127.0.0.1", "router.example")
    serve(site, entry)
    names = {"127.0.0.1": ["127.0.0.1"], "router.example": ["0.0.0.0"]}

    run(store, site, full=True, client=client_for(site, resolve=lambda host, _port: names[host]))

    assert "router.example is at 0.0.0.0" in store.get(1).warnings[-1]


# When to ask again


def test_feed_is_due_at_once_then_after_half_an_hour(site, store, feed):
    assert due_feeds(store, NOW) == [feed]

    run(store, site)

    assert due_feeds(store, NOW + dt.timedelta(minutes=29)) == []
    assert len(due_feeds(store, NOW + dt.timedelta(minutes=30))) == 1


AGES = [
    pytest.param("max-age=60", dt.timedelta(minutes=30), id="short"),
    pytest.param("public, max-age=7200", dt.timedelta(hours=2), id="hours"),
    pytest.param("max-age=99999999", dt.timedelta(days=1), id="for-ever"),
]


@pytest.mark.parametrize(("stated", "wait"), AGES)
def test_server_says_how_long_its_feed_is_fresh(site, store, feed, stated, wait):
    site.answers["/feed"] = body(rss(item(site, "one")), media_type=RSS, Cache_Control=stated)

    run(store, site)

    assert store.feed_by_name("harbour").next_poll == NOW + wait


def test_each_failure_doubles_the_time_and_a_success_ends_that(site, store, feed):
    answer = site.answers.pop("/feed")
    waits = []
    for _ in range(7):
        assert run(store, site) == {"failed": 1}
        waits.append((store.feed_by_name("harbour").next_poll - NOW) / dt.timedelta(hours=1))
    site.answers["/feed"] = answer

    run(store, site)

    assert waits == [1, 2, 4, 8, 16, 24, 24]
    assert store.feed_by_name("harbour").failures == 0
    assert store.feed_by_name("harbour").next_poll == NOW + dt.timedelta(minutes=30)


def test_server_that_asks_for_peace_gets_it(site, store, feed):
    site.answers["/feed"] = body(b"", status=503, Retry_After="172800")

    run(store, site)

    assert store.feed_by_name("harbour").next_poll == NOW + dt.timedelta(days=2)


def test_feed_that_is_gone_is_not_due_any_more(site, store, feed):
    site.answers["/feed"] = body(b"", status=410)

    run(store, site)

    assert store.feed_by_name("harbour").next_poll is None
    assert due_feeds(store, NOW + dt.timedelta(days=1000)) == []


@pytest.mark.parametrize(("status", "place"), [(301, "/new"), (302, "/feed")])
def test_feed_that_moved_for_good_is_followed_to_its_new_address(site, store, feed, status, place):
    site.answers |= {"/feed": redirect("/new", status), "/new": tagged(rss(item(site, "one")), '"n"', RSS)}

    assert run(store, site) == {"added": 1}

    assert store.feed_by_name("harbour").url == f"{site.url}{place}"


NO_FEEDS = [
    pytest.param(page("A page"), "text/html", "no feed but text/html", id="page"),
    pytest.param(b"<rss><channel></channel></rss>", RSS, "no entry", id="empty-feed"),
    pytest.param(b"\x89PNG....", RSS, "PNG", id="image"),
    pytest.param(b'{"a": 1}', "application/json", "", id="json"),
]


@pytest.mark.parametrize(("content", "media_type", "words"), NO_FEEDS)
def test_what_is_no_feed_is_a_failure_and_nothing_is_stored(site, store, feed, content, media_type, words):
    site.answers["/feed"] = body(content, media_type=media_type)

    assert run(store, site) == {"failed": 1}

    assert words in store.feed_by_name("harbour").status
    assert store.count() == 0


def test_one_feed_that_fails_costs_no_other(site, store, feed):
    store.add_feed(f"{site.url}/missing", "missing")

    assert run(store, site) == {"added": 1, "failed": 1}


# The list


def test_feeds_have_names_of_their_own(store):
    names = [
        store.add_feed(url, name).name
        for url, name in [
            ("http://a.example/1", "Harbour News"),
            ("http://a.example/2", "harbour news"),
            ("http://a.example/3", "!!!"),
        ]
    ]

    assert names == ["harbour-news", "harbour-news-2", "feed"]


def test_feed_is_followed_once(store):
    store.add_feed("http://a.example/1", "a")

    with pytest.raises(StoreError, match="already, as a"):
        store.add_feed("http://a.example/1", "b")


def test_feed_that_is_removed_leaves_its_articles(site, store, feed):
    run(store, site)

    store.remove_feed("harbour")

    assert (store.feeds(), store.count()) == ([], 1)
    assert store.known_entries("harbour") == {}
    with pytest.raises(FeedNotFoundError, match="archive feeds list"):
        store.remove_feed("harbour")
