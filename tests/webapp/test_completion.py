"""Completion as a query is typed, in every engine."""

from __future__ import annotations

import pytest

from archive.document import Draft, Origin
from archive.normalise import document_from_draft
from tests.webapp.small_archive import build
from webapp import create_app
from webapp.models import SearchParams
from webapp.services import Services

WITHOUT_SPACES = Draft(
    title="北京天气预报",
    text="明天会下雨。",
    authors=("王小明",),
    language="zh",
    origin=Origin(path="/zh.txt"),
)


@pytest.fixture(params=["memory", "tantivy", "whoosh"], scope="module")
def services(request, tmp_path_factory):
    with Services(build(tmp_path_factory.mktemp("archive"), request.param, extra=3)) as opened:
        opened.store.put([document_from_draft(WITHOUT_SPACES)])
        opened.catch_up()
        yield opened


CASES = [
    pytest.param("mis", ("word", "missiles", "missiles"), id="a word"),
    pytest.param("strike mis", ("word", "missiles", "strike missiles"), id="the last word only"),
    pytest.param("-mis", ("word", "missiles", "-missiles"), id="after a sign"),
    pytest.param("lovel", ("author", "Ada Lovelace", 'author:"Ada Lovelace"'), id="an author by any name"),
    pytest.param("author:gra", ("author", "Grace Hopper", 'author:"Grace Hopper"'), id="after the field"),
    pytest.param('by:"grace ho', ("author", "Grace Hopper", 'author:"Grace Hopper"'), id="in an open quote"),
    pytest.param("source:dai", ("source", "Daily Post", 'source:"Daily Post"'), id="a source"),
    pytest.param("aut", ("operator", "author:", "author:"), id="a field"),
    pytest.param("has:da", ("operator", "has:date", "has:date"), id="a value of a field"),
    pytest.param(
        "harbour str", ("title", "Harbour strike ends", 'title:"Harbour strike ends"'), id="a title"
    ),
    pytest.param("title:har", ("word", "harbour", "title:harbour"), id="a word of a field"),
    pytest.param(
        "ada lov", ("author", "Ada Lovelace", 'author:"Ada Lovelace"'), id="an author by several words"
    ),
    pytest.param(
        "missiles daily po",
        ("source", "Daily Post", 'missiles source:"Daily Post"'),
        id="a source by several words",
    ),
    pytest.param(
        "strike OR lov", ("author", "Ada Lovelace", 'strike OR author:"Ada Lovelace"'), id="after an operator"
    ),
    pytest.param("from:dai", ("source", "Daily Post", 'source:"Daily Post"'), id="a field of two"),
    pytest.param("is:dup", ("operator", "is:duplicate", "is:duplicate"), id="a state"),
    pytest.param("lang:engl", ("operator", "lang:en", "lang:en"), id="a language by its name"),
    pytest.param("date:last m", ("operator", 'date:"last month"', 'date:"last month"'), id="a period"),
    pytest.param("in:ti", ("operator", "in:title", "in:title"), id="a place"),
    pytest.param("strike NEA", ("operator", "NEAR/5", "strike NEAR/5"), id="an operator"),
    pytest.param("北京天", ("title", "北京天气预报", 'title:"北京天气预报"'), id="a title without spaces"),
    pytest.param("王小", ("author", "王小明", 'author:"王小明"'), id="a name without spaces"),
]


@pytest.mark.parametrize(("typed", "expected"), CASES)
def test_what_is_typed_is_completed(services, typed, expected):
    found = [(entry.kind, entry.text, entry.query) for entry in services.complete(typed)]

    assert expected in found


@pytest.mark.parametrize(
    ("typed", "expected"), [case for case in CASES if case.id not in ("a field", "an operator", "a place")]
)
def test_every_completion_is_a_query_that_is_understood(services, typed, expected):
    for entry in services.complete(typed):
        if not entry.query.endswith(":"):
            page = services.search(SearchParams(q=entry.query))
            assert page.warnings == ()


@pytest.mark.parametrize(
    "typed", ["", " ", "m", "missiles ", '"long-range mis', "qqqq", "…", "x" * 300, "a:b:c"]
)
def test_what_cannot_be_completed_gives_nothing(services, typed):
    assert services.complete(typed) == ()


def test_titles_lead_to_their_articles(services):
    titles = [entry for entry in services.complete("harbour") if entry.kind == "title"]

    assert [entry.slug for entry in titles] == ["harbour-strike-ends"]


def test_words_in_memory_give_the_same(services):
    before = [entry for entry in services.complete("mis") if entry.kind == "word"]
    services.search(SearchParams(q="misiles"))  # reads the vocabulary

    assert [entry for entry in services.complete("mis") if entry.kind == "word"] == before


def test_the_api_answers_in_both_forms(services):
    client = create_app(services.settings, services=services).test_client()

    answer = client.get("/api/v1/complete?q=lovel").json
    browser = client.get("/api/v1/suggest?q=lovel")

    assert {"kind": "author", "text": "Ada Lovelace", "query": 'author:"Ada Lovelace"'} in answer[
        "completions"
    ]
    assert browser.mimetype == "application/x-suggestions+json"
    assert browser.json[0] == "lovel"
    place = browser.json[1].index('author:"Ada Lovelace"')
    assert browser.json[2][place] == "author: Ada Lovelace"
    assert browser.json[3][place] == "http://localhost/?q=author%3A%22Ada+Lovelace%22"
    assert {len(part) for part in browser.json[1:]} == {len(answer["completions"])}
    assert client.get("/api/v1/complete?x=1").status_code == 400
