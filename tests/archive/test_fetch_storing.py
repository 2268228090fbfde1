"""Fetched pages as articles in a real store."""

from __future__ import annotations

import pytest
from local_site import TEXT, body, client_for, page, redirect, tagged

from archive.fetch.hosts import from_hosts
from archive.fetch.keeping import is_same_site
from archive.fetch.storing import FetchOptions, fetch
from archive.lock import WriterLock
from archive.originals import original_bytes, reprocess

pytestmark = pytest.mark.usefixtures("reads_here")


def counts(report):
    return {
        name: count
        for name in ("added", "changed", "unchanged", "duplicate", "failed")
        if (count := getattr(report, name))
    }


def run(store, site, *paths, client=None, **options):
    return fetch(
        store,
        [f"{site.url}{path}" for path in paths],
        client=client or client_for(site),
        options=FetchOptions(**options),
    )


def test_page_becomes_an_article_at_its_final_address(site, store):
    site.answers |= {"/short": redirect("/long?utm_source=x"), "/long?utm_source=x": body(page("The Strike"))}

    report = run(store, site, "/short")

    assert counts(report) == {"added": 1}
    document = store.get(1)
    assert (document.title, document.url) == ("The Strike", f"{site.url}/long")
    assert document.origin.path == f"{site.url}/long?utm_source=x"
    assert document.published is None
    assert "breakwater" in document.text


def test_what_cannot_be_fetched_or_read_is_counted_and_the_rest_is_stored(site, store, real_process):
    site.answers |= {"/a": body(page("A")), "/empty": body(b"   "), "/c": body(page("C", TEXT * 7))}

    report = run(store, site, "/a", "/empty", "/missing", "/c")

    assert counts(report) == {"added": 2, "failed": 2}
    assert {(outcome.path.rpartition("/")[2], outcome.code) for outcome in report.failures} == {
        ("empty", "empty"),
        ("missing", "status"),
    }


def test_wrong_address_is_a_failure_and_the_same_one_is_asked_once(site, store):
    site.answers["/a"] = body(page("A"))

    report = fetch(store, ["file:///etc/passwd", f"{site.url}/a", f"{site.url}/a#x"], client=client_for(site))

    assert counts(report) == {"added": 1, "failed": 1}
    assert site.pages == ["/a"]


def test_page_that_has_not_changed_is_unchanged_until_its_article_is_deleted(site, store):
    site.answers["/a"] = tagged(page("A"), '"1"')

    first, second = run(store, site, "/a"), run(store, site, "/a")
    store.delete([1])
    third = run(store, site, "/a")

    assert [counts(each) for each in (first, second, third)] == [{"added": 1}, {"unchanged": 1}, {"added": 1}]
    assert "If-None-Match" in site.headers[3]
    assert "If-None-Match" not in site.headers[5]


def test_page_is_asked_for_whole_again_on_request(site, store):
    site.answers["/a"] = tagged(page("A"), '"1"')
    run(store, site, "/a")

    assert counts(run(store, site, "/a", again=True)) == {"unchanged": 1}

    assert "If-None-Match" not in site.headers[-1]


def test_page_that_changed_is_a_new_version(site, store):
    site.answers["/a"] = tagged(page("A"), '"1"')
    run(store, site, "/a")
    site.answers["/a"] = tagged(page("A", TEXT * 6 + "The strike ended."), '"2"')

    assert counts(run(store, site, "/a")) == {"changed": 1}
    assert len(store.versions(1)) == 1


def canonical(url):
    return f'<link rel="canonical" href="{url}">'


def test_page_of_another_site_cannot_take_an_articles_place(site, store):
    site.answers |= {
        "/a": body(page("A", head=canonical("http://news.example/story"))),
        "/b": body(page("B", TEXT * 7, head=canonical(f"{site.url}/story"))),
    }

    run(store, site, "/a", "/b")

    assert {each.url for each in store.get_many([1, 2])} == {f"{site.url}/a", f"{site.url}/story"}
    assert "another site" in store.by_slug("a").warnings[0]


def test_two_pages_of_one_canonical_address_are_kept_apart(site, store):
    head = canonical(f"{site.url}/series")
    site.answers |= {"/1": body(page("One", head=head)), "/2": body(page("Two", TEXT * 7, head=head))}

    assert counts(run(store, site, "/1", "/2")) == {"added": 2}


SITES = [
    pytest.param("https://www.example.org/a", "http://example.org/b", True, id="www"),
    pytest.param("https://m.example.org/a", "https://www.example.org/b", True, id="mobile"),
    pytest.param("https://news.example.org/a", "https://example.org/b", True, id="subdomain"),
    pytest.param("https://example.org/a", "https://badexample.org/b", False, id="suffix-only"),
    pytest.param("https://one.org/a", "https://org/b", False, id="top-level"),
]


@pytest.mark.parametrize(("url", "other", "expected"), SITES)
def test_hosts_of_one_site(url, other, expected):
    assert is_same_site(url, other) is expected


def test_lock_is_held_only_while_a_page_is_stored(site, store, tmp_path):
    lock = tmp_path / "archive.lock"
    held = []

    def answer(handler):
        with WriterLock(lock, timeout_s=0.0):
            held.append(True)
        body(page("A"))(handler)

    site.answers["/a"] = answer

    assert counts(run(store, site, "/a", lock_path=lock)) == {"added": 1}
    assert held == [True]


def test_fault_in_the_program_is_not_taken_for_one_of_a_page():
    def broken(_url):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(from_hosts([("a", "http://a/1")], broken, hosts=2))


def test_pages_of_one_host_come_in_order_and_all_hosts_come():
    tasks = [(host, f"{host}/{number}") for number in range(5) for host in ("a", "b", "c")]

    found = [url for url, _ in from_hosts(tasks, str.upper, hosts=2)]

    assert sorted(found) == sorted(url for _, url in tasks)
    assert [url for url in found if url.startswith("a")] == [f"a/{number}" for number in range(5)]


def test_page_is_kept_and_can_be_read_again(site, store):
    site.answers["/a"] = body(
        page("A", head=canonical("http://news.example/story")), Content_Encoding="identity"
    )
    run(store, site, "/a")
    before = store.get(1)

    report = reprocess(store, [1])

    assert original_bytes(store.original_of(1)).startswith(b"<!doctype html>")
    assert (report.failed, report.without) == ([], 0)
    assert (store.get(1).url, store.get(1).text) == (before.url, before.text)


def test_page_is_not_kept_where_that_is_not_wanted(site, store):
    site.answers["/a"] = body(page("A"))

    run(store, site, "/a", keep_source=False)

    assert store.original_of(1) is None
