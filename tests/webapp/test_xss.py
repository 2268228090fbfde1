"""Attacks in every field and in the address, on every page: nothing but text comes of them.

What a page may hold is learned from the same pages of a harmless archive: each
element with its attributes, and the scheme of each address.  ``ARCHIVE_XSS=FOLDER``
takes lists of payloads besides.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from tests.webapp.xss_archive import HARMLESS, WORD, build, payloads
from webapp import create_app
from webapp.services import Services

#: Attributes whose value leads somewhere.
LEADING = {"href", "src", "action", "formaction", "srcset", "data", "poster", "cite", "content"}


class Elements(HTMLParser):
    """Every (element, attribute) of a page, and where its addresses lead."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: set[tuple[str, str]] = set()
        self.addresses: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add((tag, ""))
        for name, value in attrs:
            self.found.add((tag, name))
            if name in LEADING:
                self.addresses.add((tag, self._leads(value or "")))

    def _leads(self, value: str) -> str:
        parts = urlsplit("".join(value.split()))
        return f"{parts.scheme}:{'host' if parts.netloc else ''}" if tag_leads(value) else ""

    def handle_decl(self, decl: str) -> None:
        self.found.add((f"!{decl.lower()}", ""))

    def handle_comment(self, _data: str) -> None:
        self.found.add(("comment", ""))

    def handle_pi(self, _data: str) -> None:
        self.found.add(("instruction", ""))

    def unknown_decl(self, _data: str) -> None:
        self.found.add(("declaration", ""))


def tag_leads(value: str) -> bool:
    """Whether an attribute's value has a scheme or a host: it leads out of the page's own site."""
    bare = "".join(char for char in value if char > " ")
    return (
        bare[:2] in {"//", "/\\", "\\\\", "\\/"}
        or ":" in bare.partition("/")[0].partition("?")[0].partition("#")[0]
    )


def elements(html: str) -> Elements:
    parser = Elements()
    parser.feed(html)
    parser.close()
    return parser


@contextmanager
def served(home: Path, attacks: list[str]) -> Iterator[tuple[FlaskClient, Services]]:
    settings = build(home, attacks)
    with Services(settings) as services:
        app = create_app(settings, services=services)
        yield app.test_client(), services


def slugs_of(client: FlaskClient) -> list[str]:
    found, cursor = [], ""
    while True:
        answer = client.get(f"/api/v1/search?q={WORD}&limit=100&cursor={cursor}").json
        found += [hit["slug"] for hit in answer["hits"]]
        cursor = answer["next"]
        if not cursor:
            return found


def views_of(client: FlaskClient, slugs: list[str], asked: list[str]) -> Iterator[tuple[str, str]]:
    """Yield every page that shows articles, and those that show what was asked."""
    pages = (len(slugs) + 49) // 50
    paths = [f"/?q={WORD}&page={number}" for number in range(1, min(pages, 200) + 1)]
    paths += [
        f"/?q={WORD}&limit=1&page=30",
        f"/?q={WORD}&sort=newest",
        "/",
        "/facet/author",
        "/facet/tag",
        "/facet/source",
        "/help",
        "/saved",
    ]
    paths += [f"/article/{slug}?q={WORD}" for slug in slugs]
    paths += [f"/article/{slug}/history" for slug in slugs[:200]]
    for each in asked:
        text = quote(each, safe="")
        paths += [f"/?q={text}", f"/?q={WORD}&author={text}&source={text}&from={text}", f"/article/{text}"]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code < 500, path
        if answer.mimetype == "text/html":
            yield path, answer.get_data(as_text=True)


@pytest.fixture(scope="module")
def allowed(tmp_path_factory: pytest.TempPathFactory) -> Elements:
    """What harmless articles and questions give; `code` comes with some warnings."""
    seen = Elements()
    harmless = [f"{HARMLESS} {number}" for number in range(60)]
    harmless += [f"https://example.org/{number}" for number in range(3)]
    harmless += [("long " * length).strip() for length in (10, 20, 40, 90, 300)] + ["o" * 300, "كلمات", "ABC"]
    asked = [
        WORD,
        "nothingfound",
        "lighthouze",
        '"open',
        "a AND",
        "date:x",
        "nofield:x",
        "*",
        "x" * 2_000,
        "plain zzz qqq",
        "zzz -qqq",
    ]
    with served(tmp_path_factory.mktemp("harmless") / "home", harmless) as (client, _):
        for _, html in views_of(client, slugs_of(client), asked):
            page = elements(html)
            seen.found |= page.found
            seen.addresses |= page.addresses
    return seen


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FlaskClient, list[str]]]:
    with served(tmp_path_factory.mktemp("attacked") / "home", payloads()) as (client, _):
        yield client, slugs_of(client)


def test_what_harmless_pages_hold_is_harmless(allowed: Elements) -> None:
    names = {name for _, name in allowed.found}

    assert not {name for name in names if name.startswith("on") or name in {"style", "srcdoc"}}
    assert not {tag for tag, _ in allowed.found} & {"iframe", "object", "embed", "base", "style", "comment"}
    assert {scheme for _, scheme in allowed.addresses} <= {"", "http:host", "https:host"}


def test_no_page_holds_anything_but_text_of_an_attack(
    allowed: Elements, attacked: tuple[FlaskClient, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    client, slugs = attacked
    seen = 0

    for path, html in views_of(client, slugs, payloads()):
        page = elements(html)
        assert page.found <= allowed.found, (path, page.found - allowed.found)
        assert page.addresses <= allowed.addresses, (path, page.addresses - allowed.addresses)
        seen += 1

    assert len(slugs) > 30
    with capsys.disabled():
        print(f"\nxss: {len(payloads())} payloads, {len(slugs)} articles, {seen} pages")


def test_answers_for_programs_are_typed_and_cannot_be_taken_for_pages(
    attacked: tuple[FlaskClient, list[str]],
) -> None:
    client, slugs = attacked

    for path in (f"/api/v1/search?q={WORD}&limit=100", *(f"/api/v1/articles/{slug}" for slug in slugs[:300])):
        answer = client.get(path)
        assert answer.mimetype == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        json.loads(answer.get_data())


def test_feeds_hold_attacks_as_text_alone(attacked: tuple[FlaskClient, list[str]]) -> None:
    client, _ = attacked

    answer = client.get(f"/feed.atom?q={WORD}")

    assert answer.status_code == 200
    tree = ElementTree.fromstring(answer.get_data())
    atom = "{http://www.w3.org/2005/Atom}"
    assert {element.tag.startswith(atom) for element in tree.iter()} == {True}
    for link in tree.iter(f"{atom}link"):
        assert urlsplit(link.get("href")).scheme in {"http", "https"}
    for content in tree.iter():
        if content.get("type") == "html":
            assert {tag for tag, _ in elements(content.text or "").found} <= {"p", "mark", "br"}
