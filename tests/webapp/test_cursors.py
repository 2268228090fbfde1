"""Cursors: opaque, bound to their search, and good to the last hit."""

from __future__ import annotations

import base64
from dataclasses import replace

import orjson
import pytest

from archive.document import Draft, Origin, PartialDate
from archive.normalise import document_from_draft
from index.engine import After, Sort
from index.engines import ENGINES
from index.errors import QueryError
from tests.webapp.small_archive import build
from webapp import cursors
from webapp.cursors import Cursor, cursor_from_text, make_cursor, with_title
from webapp.models import SearchParams
from webapp.services import Services

LONG = "An extraordinarily long title about the harbour " * 15


def draft(number: int) -> Draft:
    title = LONG if number % 2 else f"Short title {number}"
    return Draft(
        title=title,
        text=f"Common words, number {number}." + " pearl" * (number % 3) + " diver" * (number % 2),
        origin=Origin(path=f"/data/long{number}.txt"),
        published=PartialDate(2021, 1 + number % 12) if number % 4 else None,
    )


@pytest.fixture(scope="module", params=sorted(ENGINES))
def services(request, tmp_path_factory):
    settings = build(tmp_path_factory.mktemp(request.param), request.param)
    with Services(settings) as opened:
        opened.store.put([document_from_draft(draft(number)) for number in range(40)])
        opened.catch_up()
        yield opened


def walk(services: Services, request: SearchParams) -> tuple[list[int], list[int]]:
    found, partial = [], []
    while True:
        page = services.search(request)
        found += [hit.id for hit in page.hits]
        partial += [hit.id for hit in page.partial]
        assert len(found) + len(partial) <= 200
        if page.next is None:
            return found, partial
        request = replace(request, cursor=page.next)


@pytest.mark.parametrize("sort", list(Sort))
def test_cursors_reach_the_last_hit_however_small_the_pages(services, monkeypatch, sort):
    monkeypatch.setattr(cursors, "MAX_DEPTH", 5)
    request = SearchParams(q="common", sort=sort.value, limit=3, facets=False)

    found, partial = walk(services, request)

    monkeypatch.setattr(cursors, "MAX_DEPTH", 10_000)
    whole = services.search(replace(request, limit=100))
    assert found == [hit.id for hit in whole.hits]
    assert len(found) == 40
    assert partial == []


def test_cursors_go_on_through_the_articles_with_some_of_the_words(services):
    request = SearchParams(q="pearl diving harbour notes", limit=4)

    found, partial = walk(services, request)

    first = services.search(replace(request, limit=100))
    assert found == [hit.id for hit in first.hits]
    assert partial == [hit.id for hit in first.partial]
    assert len(partial) > 4


def test_articles_with_some_of_the_words_follow_until_as_many_as_asked_for(services):
    request = SearchParams(q="common diver", facets=False)  # half of those with the one have both
    total = services.search(replace(request, match="all")).total
    assert total > 10

    short, long = (services.search(replace(request, limit=limit)) for limit in (total, total + 5))

    assert (len(short.hits), short.partial_total, short.next) == (total, 0, None)
    assert (len(long.hits), len(long.partial), long.total) == (total, 5, total)
    after = services.search(replace(request, cursor=long.next, limit=3))
    assert len(after.partial) == 3
    assert not {hit.id for hit in after.partial} & {hit.id for hit in long.partial}


def test_nothing_is_given_twice_when_an_article_is_deleted_between_two_pages(tmp_path):
    settings = build(tmp_path, "memory", extra=9)
    with Services(settings) as services:
        request = SearchParams(q="bulletin", sort="oldest", limit=4)
        first = services.search(request)
        expected = [hit.id for hit in services.search(replace(request, limit=100)).hits][4:]
        services.store.delete([first.hits[0].id, first.hits[3].id])
        services.catch_up()

        second = services.search(replace(request, cursor=first.next, limit=100))

    assert [hit.id for hit in second.hits] == expected


KEYS = [
    pytest.param(None, id="none"),
    pytest.param(2.5, id="score"),
    pytest.param(811_000_000_000_000_000, id="date"),
    pytest.param("a title\x00007", id="title"),
]


@pytest.mark.parametrize("partial", [False, True])
@pytest.mark.parametrize("key", KEYS)
def test_a_cursor_comes_back_as_it_was(key, partial):
    cursor = Cursor(after=After(key=key, id=7, position=12), partial=partial)

    assert cursor_from_text(make_cursor(cursor, "x"), "x") == cursor


@pytest.mark.parametrize("letter", ["a", "é", "字", "😀"])
def test_a_long_title_makes_no_long_cursor_and_no_loop(letter):
    title = letter * 1_000 + "\x00001"
    text = make_cursor(Cursor(after=After(key=title, id=1, position=3)), "x")

    cursor = cursor_from_text(text, "x")

    assert len(text) <= 500
    assert cursor.is_cut
    assert with_title(cursor, title).after == After(key=title, id=1, position=3)
    gone = with_title(cursor, "another").after
    assert gone is not None
    assert str(gone.key) > title


def forged(*values: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


DIGEST = cursors._digest("x")
FORGED = [
    pytest.param("", id="empty"),
    pytest.param("e30", id="no list"),
    pytest.param("ünï", id="not ascii"),
    pytest.param(forged(2, 0, 1, 1, 1.5), id="too short"),
    pytest.param(forged(1, 0, 1, 1, 1.5, DIGEST), id="old version"),
    pytest.param(forged(2, 9, 1, 1, 1.5, DIGEST), id="unknown kind"),
    pytest.param(forged(2, 0, -1, 1, 1.5, DIGEST), id="negative"),
    pytest.param(forged(2, 0, True, 1, 1.5, DIGEST), id="boolean"),
    pytest.param(forged(2, 0, 1, 2**63, 1.5, DIGEST), id="too large"),
    pytest.param(forged(2, 0, 1, 1, [1], DIGEST), id="list for a key"),
    pytest.param(forged(2, 0, 1, 1, True, DIGEST), id="boolean key"),
]


@pytest.mark.parametrize("text", FORGED)
def test_a_made_up_cursor_is_refused(text):
    with pytest.raises(QueryError, match=r"^cursor: it must be"):
        cursor_from_text(text, "x")


def test_a_cursor_of_another_order_is_refused_even_with_the_right_digest(services):
    from index.query.parser import parse
    from webapp.searching import asked_from_params

    params = SearchParams(q="common", sort="title")
    identity = asked_from_params(params, parse("common"), ("en",)).identity
    text = make_cursor(Cursor(after=After(key=3, id=1, position=1)), identity)

    with pytest.raises(QueryError, match=r"^cursor:"):
        services.search(replace(params, cursor=text))
