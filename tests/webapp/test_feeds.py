"""Feeds of a search, and how readers and browsers find them."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from lxml import etree

from archive.document import Draft, Origin
from archive.normalise import document_from_draft
from index.engines import ENGINES
from tests.webapp.fake_services import FakeServices, make_client
from tests.webapp.small_archive import build
from webapp import create_app
from webapp.exports.params import FEED_LENGTH
from webapp.services import Services

SPACE = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(scope="module", params=sorted(ENGINES))
def archive(request, tmp_path_factory):
    settings = build(tmp_path_factory.mktemp(request.param), request.param, extra=60)
    with Services(settings) as services:
        yield services, create_app(settings, services=services).test_client()


def entries(answer) -> list[str]:
    root = etree.fromstring(answer.data)
    return [title.text for title in root.findall("a:entry/a:title", SPACE)]


def test_what_was_stored_last_comes_first(archive):
    services, client = archive
    draft = Draft(title="Old news of missiles", text="Missiles of 1999.", origin=Origin(path="/data/old.txt"))
    services.store.put([document_from_draft(draft)])
    services.catch_up()

    assert entries(client.get("/feed.atom?q=missiles"))[0] == "Old news of missiles"
    assert client.get("/feed.json?q=missiles").json["items"][0]["title"] == "Old news of missiles"


def test_a_feed_has_a_length_and_another_if_asked(archive):
    _, client = archive

    assert len(entries(client.get("/feed.atom"))) == FEED_LENGTH
    assert len(entries(client.get("/feed.atom?limit=3"))) == 3
    assert client.get("/feed.atom?limit=101").status_code == 400


def test_another_order_may_be_asked_for(archive):
    _, client = archive

    assert entries(client.get("/feed.atom?q=bulletin&sort=title&limit=2")) == [
        "Bulletin number 0",
        "Bulletin number 1",
    ]


@pytest.mark.parametrize(
    ("extension", "mimetype"), [("atom", "application/atom+xml"), ("json", "application/feed+json")]
)
def test_a_reader_that_has_it_gets_304(archive, extension, mimetype):
    _, client = archive
    url = f"/feed.{extension}?q=harbour"
    first = client.get(url)

    by_tag = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    by_date = client.get(url, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    other = client.get(url, headers={"If-None-Match": '"another"'})

    assert first.mimetype == mimetype
    assert (by_tag.status_code, by_date.status_code, other.status_code) == (304, 304, 200)
    assert by_tag.data == b""
    assert by_tag.headers["ETag"] == first.headers["ETag"]


def test_a_new_match_changes_the_tag(archive):
    services, client = archive
    before = client.get("/feed.atom?q=octopus")
    draft = Draft(title="An octopus", text="An octopus.", origin=Origin(path="/data/octopus.txt"))
    services.store.put([document_from_draft(draft)])
    services.catch_up()

    after = client.get("/feed.atom?q=octopus", headers={"If-None-Match": before.headers["ETag"]})

    assert entries(before) == []
    assert after.status_code == 200
    assert entries(after) == ["An octopus"]


def test_a_feed_names_itself_and_the_page_of_the_same_search(archive):
    _, client = archive
    root = etree.fromstring(client.get("/feed.atom?q=harbour&language=en").data)

    links = {link.get("rel"): link.get("href") for link in root.findall("a:link", SPACE)}

    assert links == {
        "self": "http://localhost/feed.atom?q=harbour&language=en",
        "alternate": "http://localhost/?q=harbour&language=en",
    }


def test_pages_of_results_tell_of_their_feeds_and_every_page_of_the_search():
    client = make_client(FakeServices(total=50))
    page = BeautifulSoup(client.get("/?q=x&author=Ada&page=2").data, "html.parser")

    feeds = {link["type"]: link["href"] for link in page.select("link[rel=alternate]")}

    assert feeds == {
        "application/atom+xml": "/feed.atom?q=x&author=Ada",
        "application/feed+json": "/feed.json?q=x&author=Ada",
    }
    for path in ("/", "/help", "/article/harbour-strike"):
        head = BeautifulSoup(client.get(path).data, "html.parser")
        link = head.select_one("link[rel=search]")
        assert link["href"] == "/opensearch.xml"
        assert link["type"] == "application/opensearchdescription+xml"


def test_the_feed_of_a_page_in_no_special_order_is_by_storing():
    services = FakeServices()

    make_client(services).get("/feed.atom?q=x")

    assert services.asked[0].sort == "added"


@pytest.mark.parametrize("path", ["/feed.rss", "/feed.atom?page=2", "/feed.atom?bom=1"])
def test_what_is_no_feed_is_refused(path):
    assert make_client().get(path).status_code in (400, 404)


def test_a_browser_can_add_the_archive_as_a_search_engine():
    answer = make_client().get("/opensearch.xml")
    space = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
    root = etree.fromstring(answer.data)

    templates = {url.get("type"): url.get("template") for url in root.findall("o:Url", space)}

    assert answer.mimetype == "application/opensearchdescription+xml"
    assert templates["text/html"] == "http://localhost/?q={searchTerms}"
    assert templates["application/x-suggestions+json"].startswith(
        "http://localhost/api/v1/suggest?q={searchTerms}"
    )
    assert len(root.find("o:ShortName", space).text) <= 16
    assert root.find("o:InputEncoding", space).text == "UTF-8"
