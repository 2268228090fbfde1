"""Saved searches: in the page, in JSON, as feeds and on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from lxml import etree

from archive.document import Draft, Origin
from archive.normalise import document_from_draft
from tests.webapp.small_archive import XSS, build
from webapp import create_app
from webapp.cli import cli
from webapp.models import SearchParams
from webapp.openapi import OPENAPI
from webapp.services import Services
from webapp.settings import Settings

OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def settings(tmp_path):
    return build(tmp_path / "home", "tantivy", extra=3)


@pytest.fixture
def services(settings):
    with Services(settings) as opened:
        yield opened


@pytest.fixture
def client(settings, services):
    return create_app(settings, services=services).test_client()


def add(services: Services, *titles: str) -> None:
    drafts = [Draft(title=t, text=f"All about {t}.", origin=Origin(path=f"/data/new/{t}")) for t in titles]
    services.store.put([document_from_draft(draft) for draft in drafts])
    services.catch_up()


def page_of(answer) -> BeautifulSoup:
    return BeautifulSoup(answer.data, "html.parser")


def save(client, name: str = "Missiles", query: str = "q=missiles"):
    return client.post("/saved", data={"name": name, "query": query}, headers=OURS)


def test_the_form_under_the_results_saves_the_whole_search(client):
    page = page_of(client.get("/?q=missiles&author=Ada+Lovelace&sort=oldest&limit=5"))
    form = page.select_one("form.save")
    fields = {field["name"]: field.get("value", "") for field in form.select("input")}

    answer = client.post(form["action"], data={**fields, "name": "By Ada"}, headers=OURS)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/saved/by-ada")
    saved = client.get("/api/v1/searches").json["searches"][0]
    assert saved["query"] == "q=missiles&author=Ada+Lovelace&sort=oldest"
    assert saved["total"] == 2


def test_nothing_is_new_until_something_is_stored(client, services):
    save(client)
    before = client.get("/api/v1/searches").json["searches"][0]
    add(services, "Missiles again", "Pearls")

    after = client.get("/api/v1/searches").json["searches"][0]

    assert (before["total"], before["new"]) == (3, 0)
    assert (after["total"], after["new"]) == (4, 1)


def test_fetching_pages_and_feeds_is_no_visit_but_the_button_is(client, services):
    save(client)
    add(services, "Missiles again")
    for path in ("/saved", "/saved/missiles", "/saved/missiles/feed.atom", "/saved/missiles/feed.json"):
        assert client.get(path).status_code == 200
    page = page_of(client.get("/saved/missiles"))
    form = page.select_one("form[action$=seen]")
    assert len(page.select("li.new")) == 1
    assert "1 new since" in page.select_one(".range").text

    answer = client.post(form["action"], data={"id": form.input["value"]}, headers=OURS)

    assert answer.status_code == 303
    assert client.get("/api/v1/searches").json["searches"][0]["new"] == 0
    assert not page_of(client.get("/saved/missiles")).select("li.new, form[action$=seen]")


def test_what_was_stored_after_the_page_was_fetched_is_still_new(client, services):
    save(client)
    add(services, "Missiles one")
    form = page_of(client.get("/saved/missiles")).select_one("form[action$=seen]")
    add(services, "Missiles two")

    client.post(form["action"], data={"id": form.input["value"]}, headers=OURS)

    assert client.get("/api/v1/searches").json["searches"][0]["new"] == 1


def test_a_saved_search_has_a_feed_of_its_own(client):
    save(client, name="Rockets & <more>")

    atom = etree.fromstring(client.get("/saved/rockets-more/feed.atom").data)
    feed = client.get("/saved/rockets-more/feed.json")

    space = {"a": "http://www.w3.org/2005/Atom"}
    assert atom.find("a:title", space).text == "Rockets & <more> · Article Archive"
    assert len(atom.findall("a:entry", space)) == len(feed.json["items"]) == 3
    assert (
        client.get(
            "/saved/rockets-more/feed.json", headers={"If-None-Match": feed.headers["ETag"]}
        ).status_code
        == 304
    )
    links = page_of(client.get("/saved/rockets-more")).select("link[rel=alternate]")
    assert [link["href"] for link in links] == [
        "/saved/rockets-more/feed.atom",
        "/saved/rockets-more/feed.json",
    ]


def test_a_removed_search_is_gone(client):
    save(client)

    answer = client.post("/saved/missiles/remove", headers=OURS)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/saved")
    assert client.get("/saved/missiles").status_code == 404
    assert client.get("/api/v1/searches").json == {"searches": []}


def test_a_name_cannot_become_markup(client):
    save(client, name=XSS[:90])

    for path in (
        "/saved",
        client.get("/saved").text.split('href="/saved/')[1].split('"')[0].join(("/saved/", "")),
    ):
        page = page_of(client.get(path))
        assert not page.select("main script, main img")
        assert XSS[:60] in page.text


def test_the_answer_is_as_described(client):
    save(client)
    wanted = {"$ref": "#/components/schemas/SavedSearches", "components": OPENAPI["components"]}

    Draft202012Validator(wanted).validate(client.get("/api/v1/searches").json)


def test_a_search_that_cannot_be_read_any_more_is_told_and_can_be_removed(client, services):
    services.store.save_search("Old", "colour=red")

    assert "colour" in client.get("/api/v1/searches").json["searches"][0]["problem"]
    assert client.get("/saved").status_code == 200
    assert "colour" in page_of(client.get("/saved/old")).text
    assert client.get("/saved/old/feed.atom").status_code == 400
    assert client.post("/saved/old/remove", headers=OURS).status_code == 303


# Who may write

FOREIGN = [
    pytest.param({}, id="says nothing"),
    pytest.param({"Sec-Fetch-Site": "cross-site"}, id="another site"),
    pytest.param({"Sec-Fetch-Site": "same-site"}, id="another port or subdomain"),
    pytest.param({"Sec-Fetch-Site": "none"}, id="no page"),
    pytest.param({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, id="a forged origin"),
    pytest.param({"Origin": "http://evil.example"}, id="another origin"),
    pytest.param({"Origin": "null"}, id="a sandbox"),
    pytest.param({"Origin": "http://localhost.evil.example"}, id="looks alike"),
    pytest.param({"Origin": "https://localhost"}, id="another scheme"),
]


@pytest.mark.parametrize("path", ["/saved", "/saved/missiles/seen", "/saved/missiles/remove"])
@pytest.mark.parametrize("headers", FOREIGN)
def test_no_other_page_can_write(client, services, headers, path):
    services.saved.save("Missiles", SearchParams(q="missiles"))
    before = services.store.searches()

    answer = client.post(path, data={"name": "x", "query": "q=x"}, headers=headers)

    assert answer.status_code == 403
    assert services.store.searches() == before


def test_an_older_browser_is_known_by_its_origin(client):
    answer = client.post("/saved", data={"name": "x", "query": ""}, headers={"Origin": "http://localhost"})

    assert answer.status_code == 303


def test_only_the_machine_itself_may_write(settings, services):
    public = Settings(home=settings.home, engine="tantivy", host="0.0.0.0")
    client = create_app(public, services=services).test_client()

    assert save(client).status_code == 403
    assert not page_of(client.get("/?q=missiles")).select("form.save")
    assert client.get("/saved").status_code == 200


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/saved", "/saved/missiles", "/"])
def test_no_other_method_is_answered(client, method, path):
    assert getattr(client, method)(path, headers=OURS).status_code == 405


@pytest.mark.parametrize("path", ["/", "/article/undated-notes", "/api/v1/search", "/export/csv", "/saved/x"])
def test_nothing_else_takes_a_post(client, path):
    assert client.post(path, headers=OURS).status_code == 405


BAD = [
    pytest.param({"name": "", "query": "q=x"}, id="no name"),
    pytest.param({"name": "   ", "query": "q=x"}, id="blank name"),
    pytest.param({"name": "n" * 101, "query": "q=x"}, id="long name"),
    pytest.param({"query": "q=x"}, id="name left out"),
    pytest.param({"name": "n", "query": "colour=red"}, id="unknown parameter"),
    pytest.param({"name": "n", "query": "q=" + "x" * 9_000}, id="long query"),
]


@pytest.mark.parametrize("data", BAD)
def test_what_cannot_be_saved_is_refused(client, services, data):
    assert client.post("/saved", data=data, headers=OURS).status_code == 400
    assert services.store.searches() == []


@pytest.mark.parametrize("number", ["x", "-1", "9" * 30])
def test_an_impossible_id_is_refused(client, number):
    save(client)

    assert client.post("/saved/missiles/seen", data={"id": number}, headers=OURS).status_code == 400


@pytest.mark.parametrize("path", ["/saved/none", "/saved/none/feed.atom", "/saved/none/feed.rss"])
def test_an_unknown_search_is_not_found(client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert "/home" not in answer.text


# The command line


def run(home: Path, *arguments: str):
    return CliRunner().invoke(cli, [*arguments, "--home", str(home)])


def test_the_command_line_saves_lists_runs_and_removes(settings, services):
    home = settings.home
    saved = run(home, "search", "missiles", "--from", "2023", "--save", "From 2023")
    add(services, "Missiles undated")
    services.store.save_search("Late", "q=missiles", seen=services.last_id() - 1)

    listed = run(home, "searches")
    ran = run(home, "searches", "run", "late", "--json")
    again = json.loads(run(home, "searches", "list", "--json").stdout.splitlines()[1])
    removed = run(home, "searches", "remove", "late")

    assert "archive searches run from-2023" in saved.stderr
    assert "from-2023  From 2023: 0 new of 2" in listed.stdout
    assert "late  Late: 1 new of 4" in listed.stdout
    assert json.loads(ran.stdout.splitlines()[0])["title"] == "Missiles undated"
    assert "1 new article since" in ran.stderr
    assert (again["slug"], again["new"]) == ("late", 0)
    assert removed.exit_code == 0
    assert [found.slug for found in services.store.searches()] == ["from-2023"]


def test_a_look_that_is_kept_quiet_is_no_visit(settings, services):
    services.store.save_search("Late", "q=missiles", seen=1)

    run(settings.home, "searches", "run", "late", "--keep")

    assert services.store.search_by_slug("late").seen == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("run",), 2), (("list", "x"), 2), (("remove", "none"), 1), (("run", "none"), 1), (("start", "x"), 2)],
)
def test_wrong_usage_is_told(settings, arguments, code):
    assert run(settings.home, "searches", *arguments).exit_code == code


def test_the_web_and_the_command_line_save_the_same(settings, services, client):
    run(settings.home, "search", "missiles", "--author", "Ada", "--sort", "title", "--save", "one")
    save(client, "two", "q=missiles&author=Ada&sort=title")

    one, two = services.store.searches()

    assert one.query == two.query
