"""Why hits matched, in every engine."""

from __future__ import annotations

import datetime as dt

import pytest

from index.plan import All, Any, Boost, Constant, Except, Forms, NumberRange, Term, TermPhrase, TermWithin
from tests.webapp.small_archive import build
from webapp import create_app
from webapp.explaining import words_of
from webapp.models import SearchParams
from webapp.services import Services


@pytest.fixture(params=["memory", "tantivy", "whoosh"], scope="module")
def services(request, tmp_path_factory):
    with Services(build(tmp_path_factory.mktemp("archive"), request.param, extra=3)) as opened:
        yield opened


QUERIES = [
    "missiles",
    "harbour strike",
    '"long-range missiles"',
    "missile* OR harbour",
    "title:missiles government",
    "(strike workers) OR (missiles government)",
    "missiles -harbour author:lovelace",
    "missils~ harbour",
]


@pytest.mark.parametrize("q", QUERIES)
def test_the_parts_add_up_to_the_score(services, q):
    page = services.search(SearchParams(q=q, explain=True, match="all"))

    assert page.hits
    for hit in page.hits:
        assert hit.reasons
        assert sum(reason.score for reason in hit.reasons) == pytest.approx(hit.score, abs=0.002)
        scores = [reason.score for reason in hit.reasons]
        assert scores == sorted(scores, reverse=True)


def test_each_part_names_what_matched(services):
    page = services.search(SearchParams(q="harbour OR missiles", explain=True))

    clauses = {hit.slug: {reason.clause for reason in hit.reasons} for hit in page.hits}
    assert clauses["undated-notes"] == {"stem:harbour"}
    assert clauses["harbour-strike-ends"] == {"stem:harbour", "stem:missil"}


def test_nothing_is_explained_unless_asked_for(services):
    assert all(hit.reasons == () for hit in services.search(SearchParams(q="missiles")).hits)


def test_the_api_explains(services):
    client = create_app(services.settings, services=services).test_client()

    hit = client.get("/api/v1/search?q=harbour+diving&explain=1").json["hits"][0]

    assert {part["clause"] for part in hit["explain"]} >= {"stem:harbour", "stem:dive"}
    assert sum(part["share"] for part in hit["explain"]) == pytest.approx(1, abs=0.01)
    assert "explain" not in client.get("/api/v1/search?q=harbour").json["hits"][0]


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        pytest.param(Boost(Term("stem", "a"), 2.0), "stem:a", id="a weight is not named"),
        pytest.param(
            All((Term("stem", "a"), Any((Term("body", "b"), TermPhrase("body", ("c", "d")))))),
            'stem:a and (body:b or body:"c d")',
            id="nested",
        ),
        pytest.param(Constant(Except(Term("lang", "en")), 0.0), "not lang:en", id="not"),
        pytest.param(
            Any((Term("stem", "a"), Term("stem", "b")), 2), "2 of (stem:a or stem:b)", id="a minimum"
        ),
        pytest.param(
            NumberRange("published_start", dt.date(2024, 9, 1).toordinal(), None),
            "published_start:[2024-09-01 to *]",
            id="from-a-day",
        ),
        pytest.param(
            NumberRange("published_end", None, dt.date(2024, 10, 1).toordinal() + 1),
            "published_end:[* to 2024-09-30]",
            id="to-a-day",
        ),
        pytest.param(
            TermWithin("body", (Forms("strik"),), ("dock", "worker"), 5),
            'body:"strik·" near/5 "dock worker"',
            id="near-in-any-form",
        ),
        pytest.param(NumberRange("words", 500, None), "words:[500 to *]", id="number"),
        pytest.param(NumberRange("added", 0, None), "added:[1970-01-01T00:00Z to *]", id="instant"),
        pytest.param(
            NumberRange("published_start", 10**9, None), "published_start:[1000000000 to *]", id="no-day"
        ),
    ],
)
def test_plans_in_words(plan, expected):
    assert words_of(plan) == expected
