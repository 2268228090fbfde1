"""Fetching from a site on this machine: limits, redirects, robots.txt, conditional requests."""

from __future__ import annotations

import dataclasses
import gzip
import itertools
import zlib

import pytest
from local_site import TEXT, body, client_for, page, redirect, tagged

from archive.errors import FetchError, LimitExceededError
from archive.limits import LIMITS
from archive.store.web import Validators

SMALL = dataclasses.replace(LIMITS, file_bytes=200_000, ratio_free_bytes=100_000, ratio=20)


def refused(client, url, code):
    with pytest.raises(FetchError) as caught:
        client.get(url)
    assert caught.value.code == code, str(caught.value)
    return str(caught.value)


def test_page_comes_with_what_the_server_says_of_it(site):
    site.answers["/a?b=1"] = body(
        b"caf\xe9",
        media_type="text/html; charset=latin-1",
        ETag='"1"',
        Last_Modified="Tue, 10 Sep 2024 10:00:00 GMT",
        Cache_Control="public, max-age=600",
    )

    found = client_for(site).get(f"{site.url}/a?b=1#part")

    assert (found.url, found.body, found.charset) == (f"{site.url}/a?b=1", b"caf\xe9", "latin-1")
    assert (found.etag, found.last_modified, found.max_age_s) == (
        '"1"',
        "Tue, 10 Sep 2024 10:00:00 GMT",
        600.0,
    )


def test_server_is_told_program_and_version_and_no_credentials(site):
    site.answers["/a"] = body(page("A"))

    client_for(site).get(f"http://user:secret@127.0.0.1:{site.port}/a")

    sent = site.headers[-1]
    assert sent["User-Agent"].startswith("article-archive")
    assert sent["Host"] == f"127.0.0.1:{site.port}"
    assert "Authorization" not in sent


PACKED = [
    pytest.param("gzip", gzip.compress(page("A")), id="gzip"),
    pytest.param("deflate", zlib.compress(page("A")), id="deflate"),
    pytest.param("gzip, gzip", gzip.compress(gzip.compress(page("A"))), id="twice"),
]


@pytest.mark.parametrize(("encoding", "content"), PACKED)
def test_packed_body_is_unpacked(site, encoding, content):
    site.answers["/a"] = body(content, Content_Encoding=encoding)

    assert client_for(site).get(f"{site.url}/a").body == page("A")


def test_chunked_body_is_joined(site):
    def answer(handler):
        handler.protocol_version = "HTTP/1.1"
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"4\r\nThe \r\n7\r\nharbour\r\n0\r\n\r\n")
        handler.wfile.flush()
        site.stop.wait(10)  # the connection stays open: the end is in the chunks

    site.answers["/a"] = answer

    assert client_for(site, read_s=5.0).get(f"{site.url}/a").body == b"The harbour"


def test_gzip_bomb_is_cut(site):
    site.answers["/bomb"] = body(gzip.compress(bytes(5_000_000)), Content_Encoding="gzip")

    with pytest.raises(LimitExceededError, match="times its size"):
        client_for(site, limits=SMALL).get(f"{site.url}/bomb")


def test_body_that_says_it_is_too_large_is_not_read(site):
    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000000")
        handler.end_headers()
        site.stop.wait(10)

    site.answers["/large"] = answer

    with pytest.raises(LimitExceededError, match=r"1,000\.0 MB"):
        client_for(site, limits=SMALL).get(f"{site.url}/large")


def test_endless_body_is_cut(site):
    sent = itertools.count()

    def answer(handler):
        handler.send_response(200)
        handler.end_headers()
        while not site.stop.is_set():
            handler.wfile.write(b"x" * 10_000)
            next(sent)

    site.answers["/endless"] = answer

    with pytest.raises(LimitExceededError, match=r"larger than 0\.2 MB"):
        client_for(site, limits=SMALL).get(f"{site.url}/endless")


def dripping(site, header: bool):
    def answer(handler):
        if not header:
            handler.send_response(200)
            handler.end_headers()
        while not site.stop.wait(0.02):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    return answer


@pytest.mark.parametrize("header", [True, False], ids=["header", "body"])
def test_server_that_drips_is_cut_at_the_total_time(site, header):
    site.answers["/slow"] = dripping(site, header)
    client = client_for(site, total_s=0.4, read_s=5.0)

    refused(client, f"{site.url}/slow", "timeout")


def test_silent_server_is_cut_at_the_reading_time(site):
    site.answers["/silent"] = lambda _handler: site.stop.wait(10)

    refused(client_for(site, total_s=30.0, read_s=0.2), f"{site.url}/silent", "timeout")


def test_page_that_ends_too_early_is_refused(site):
    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "500")
        handler.end_headers()
        handler.wfile.write(page("A")[:100])

    site.answers["/cut"] = answer

    assert "before the whole page" in refused(client_for(site), f"{site.url}/cut", "fetch")


STATUSES = [
    pytest.param(404, "no such page", id="404"),
    pytest.param(410, "gone for good", id="410"),
    pytest.param(500, "server failed", id="500"),
    pytest.param(304, "no page", id="unasked-304"),
    pytest.param(206, "no page", id="206"),
]


@pytest.mark.parametrize(("status", "words"), STATUSES)
def test_other_status_is_refused_with_its_number(site, status, words):
    site.answers["/a"] = body(b"", status=status)

    message = refused(client_for(site), f"{site.url}/a", "status")

    assert words in message
    assert str(status) in message


def test_retry_after_is_told(site):
    site.answers["/a"] = body(b"", status=429, Retry_After="3600")

    with pytest.raises(FetchError) as caught:
        client_for(site).get(f"{site.url}/a")

    assert caught.value.retry_after_s == 3600.0


def test_host_that_asks_for_long_peace_is_asked_no_more(site):
    site.answers |= {"/a": body(b"", status=503, Retry_After="3600"), "/b": body(page("B"))}
    client = client_for(site)

    refused(client, f"{site.url}/a", "status")
    refused(client, f"{site.url}/b", "busy")

    assert site.pages == ["/a"]


def test_image_is_refused_by_its_type(site):
    site.answers["/a"] = body(b"GIF89a", media_type="image/gif")

    assert "image/gif" in refused(client_for(site), f"{site.url}/a", "unsupported")


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_followed(site, status):
    site.answers |= {"/a": redirect("b/c", status), "/b/c": body(page("C"))}

    found = client_for(site).get(f"{site.url}/a")

    assert found.url == f"{site.url}/b/c"
    assert found.moved == (f"{site.url}/b/c" if status in {301, 308} else f"{site.url}/a")


def test_only_permanent_redirects_from_the_first_on_move_an_address(site):
    site.answers |= {"/a": redirect("/b", 301), "/b": redirect("/c", 302), "/c": redirect("/d", 301)}
    site.answers["/d"] = body(page("D"))

    found = client_for(site).get(f"{site.url}/a")

    assert (found.url, found.moved) == (f"{site.url}/d", f"{site.url}/b")


def test_circle_of_redirects_ends(site):
    site.answers["/a"] = redirect("/a")

    refused(client_for(site, redirects=5), f"{site.url}/a", "redirect")

    assert len(site.pages) == 6


WRONG_PLACES = [
    pytest.param("file:///etc/passwd", "address", id="file"),
    pytest.param("ftp://127.0.0.1/a", "address", id="ftp"),
    pytest.param("http://127.0.0.1:22/", "address", id="port"),
    pytest.param("http://[::1/", "address", id="not-an-address"),
    pytest.param("", "redirect", id="nowhere"),
]


@pytest.mark.parametrize(("place", "code"), WRONG_PLACES)
def test_redirect_to_what_is_no_page_is_refused(site, place, code):
    site.answers["/a"] = redirect(place)

    refused(client_for(site), f"{site.url}/a", code)


def test_redirect_that_tries_to_write_a_header_is_harmless(site):
    def answer(handler):
        handler.send_response(302)
        handler.send_header("Location", "/b\tX: y\x0b z")
        handler.end_headers()

    site.answers["/a"] = answer

    refused(client_for(site), f"{site.url}/a", "status")

    assert "X" not in site.headers[-1]


# Conditional requests


def test_page_that_has_not_changed_is_not_sent_again(site):
    site.answers["/a"] = tagged(page("A"), '"v1"')
    client = client_for(site)

    first = client.get(f"{site.url}/a")
    again = client.get(f"{site.url}/a", lambda _url: Validators(etag=first.etag))

    assert (first.is_unchanged, again.is_unchanged, again.body) == (False, True, b"")


def test_validators_are_those_of_the_hop(site):
    site.answers |= {"/a": redirect("/b"), "/b": tagged(page("B"), '"b"')}
    known = {f"{site.url}/b": Validators(etag='"b"', last_modified="Tue, 10 Sep 2024 10:00:00 GMT")}

    found = client_for(site).get(f"{site.url}/a", known.get)

    assert found.is_unchanged
    assert "If-None-Match" not in site.headers[-2]
    assert site.headers[-1]["If-Modified-Since"] == "Tue, 10 Sep 2024 10:00:00 GMT"


# robots.txt


def robots(text, **more):
    return body(text.encode(), media_type="text/plain", **more)


def test_robots_txt_is_obeyed_and_asked_for_once(site):
    site.answers |= {
        "/robots.txt": robots("User-agent: *\nDisallow: /private/\nDisallow: /*?print="),
        "/a": body(page("A")),
        "/b": body(page("B")),
    }
    client = client_for(site)

    client.get(f"{site.url}/a")
    client.get(f"{site.url}/b")
    refused(client, f"{site.url}/private/c", "robots")
    refused(client, f"{site.url}/d?print=1", "robots")

    assert site.asked == ["/robots.txt", "/a", "/b"]


def test_rules_for_this_program_win_over_those_for_all(site):
    site.answers |= {
        "/robots.txt": robots("User-agent: *\nDisallow: /\n\nUser-agent: article-archive\nAllow: /"),
        "/a": body(page("A")),
    }

    assert client_for(site).get(f"{site.url}/a").body


def test_robots_txt_counts_for_the_place_that_a_redirect_leads_to(site):
    site.answers |= {
        "/robots.txt": robots("User-agent: *\nDisallow: /private"),
        "/a": redirect("/private"),
        "/private": body(page("P")),
    }

    refused(client_for(site), f"{site.url}/a", "robots")

    assert site.pages == ["/a"]


ROBOTS_FAILURES = [
    pytest.param(404, True, id="none-allows-all"),
    pytest.param(403, True, id="not-shown-allows-all"),
    pytest.param(429, False, id="busy-allows-nothing"),
    pytest.param(500, False, id="failed-allows-nothing"),
]


@pytest.mark.parametrize(("status", "is_allowed"), ROBOTS_FAILURES)
def test_site_without_readable_rules(site, status, is_allowed):
    site.answers |= {"/robots.txt": robots("", status=status), "/a": body(page("A"))}
    client = client_for(site)

    if is_allowed:
        assert client.get(f"{site.url}/a").body
    else:
        assert "cannot be had" in refused(client, f"{site.url}/a", "robots")


def test_robots_txt_behind_a_redirect_is_read(site):
    site.answers |= {
        "/robots.txt": redirect("/rules"),
        "/rules": robots("User-agent: *\nDisallow: /a"),
        "/a": body(page("A")),
    }

    refused(client_for(site), f"{site.url}/a", "robots")


def test_huge_robots_txt_is_read_as_far_as_it_counts(site):
    rules = "User-agent: *\nDisallow: /a\n" + "# " + "x" * 2_000_000
    site.answers |= {"/robots.txt": robots(rules), "/a": body(TEXT.encode())}

    refused(client_for(site), f"{site.url}/a", "robots")
