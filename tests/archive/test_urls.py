"""Canonical addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.urls import has_path, normalise_url

CASES = [
    pytest.param("https://example.org/a/b-c.html", "https://example.org/a/b-c.html", id="canonical-already"),
    pytest.param("HTTP://Example.ORG:80/A", "http://example.org/A", id="case-and-default-port"),
    pytest.param("https://example.org:8443/a", "https://example.org:8443/a", id="other-port"),
    pytest.param("https://example.org", "https://example.org/", id="empty-path"),
    pytest.param("https://e.org/a#top", "https://e.org/a", id="fragment"),
    pytest.param("https://e.org/a?utm_source=x&id=7&fbclid=y", "https://e.org/a?id=7", id="tracking"),
    pytest.param("https://e.org/a?utm_source=x", "https://e.org/a", id="only-tracking"),
    pytest.param("https://e.org/?p=12", "https://e.org/?p=12", id="query-that-means-something"),
    pytest.param("https://user:secret@e.org/a", "https://e.org/a", id="credentials"),
    pytest.param(
        "https://bücher.example/ä b", "https://xn--bcher-kva.example/%C3%A4%20b", id="idn-and-escapes"
    ),
    pytest.param("https://e.org/%7euser/%c3%a4", "https://e.org/~user/%C3%A4", id="one-form-of-escapes"),
    pytest.param("https://e.org/100%", "https://e.org/100%25", id="lone-percent"),
    pytest.param("https://e.org/%%32e/a", "https://e.org/%252e/a", id="percent-before-an-escape"),
    pytest.param("https://e.org/a/.\udcff?b", "https://e.org/a/.%EF%BF%BD?b", id="lone-surrogate"),
    pytest.param("https://e.org/a/../b/./c", "https://e.org/b/c", id="dot-segments"),
    pytest.param("https://e.org./a", "https://e.org/a", id="trailing-dot-of-the-host"),
    pytest.param("https://[::1]:8080/a", "https://[::1]:8080/a", id="ipv6"),
    pytest.param("  https://e.org/a\n", "https://e.org/a", id="white-space-around"),
    pytest.param("javascript:alert(1)", "", id="javascript"),
    pytest.param("data:text/html,x", "", id="data"),
    pytest.param("file:///etc/passwd", "", id="file"),
    pytest.param("ftp://e.org/a", "", id="ftp"),
    pytest.param("/relative", "", id="relative-without-base"),
    pytest.param("https://", "", id="no-host"),
    pytest.param("https://e.org:99999/", "", id="impossible-port"),
    pytest.param("https://[::1", "", id="broken-ipv6"),
    pytest.param("https://a b.org/", "", id="space-in-host"),
    pytest.param("https://e.org/" + "x" * 3000, "", id="too-long"),
    pytest.param("", "", id="empty"),
]


@pytest.mark.parametrize(("url", "expected"), CASES)
def test_one_form(url: str, expected: str) -> None:
    assert normalise_url(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("../c?x=1", "https://e.org/a/c?x=1", id="relative"),
        pytest.param("//cdn.org/x", "https://cdn.org/x", id="scheme-relative"),
        pytest.param("https://other.org/x", "https://other.org/x", id="absolute"),
        pytest.param("javascript:alert(1)", "", id="javascript"),
    ],
)
def test_a_base_completes(url: str, expected: str) -> None:
    assert normalise_url(url, "https://e.org/a/b/") == expected


@given(st.text(max_size=40))
def test_any_text_gives_a_fixed_point(tail: str) -> None:
    once = normalise_url("https://example.org/" + tail)

    assert normalise_url(once) == once
    assert once.isascii()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://e.org/", False),
        ("https://e.org/a", True),
        ("https://e.org/a/", True),
        ("https://e.org/?p=1", True),
    ],
)
def test_a_front_page_has_no_path(url: str, expected: bool) -> None:
    assert has_path(url) is expected
