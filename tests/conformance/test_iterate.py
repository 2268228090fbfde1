"""Every hit can be reached: streaming in any order, and going on after a hit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest
from small_records import record

from index.engine import After, Bucket, Engine, EngineHit, FacetRequest, Record, SearchRequest, Sort
from index.engines import paging
from index.errors import EngineError
from index.plan import Every, Plan, Term

Fill = Callable[[Iterable[Record]], Engine]

WORD = Term("body", "w")


def titled(id_: int, title: str, **more: object) -> Record:
    return record(
        id_, "w " * (1 + id_ % 4) + "x " * (id_ % 3), title_sort=(f"{title}\x00{id_:019d}",), **more
    )


def some(count: int) -> list[Record]:
    """Return records with ties in everything, some without a date, some without a title."""
    made = []
    for id_ in range(1, count + 1):
        day = {} if id_ % 5 == 0 else {"day": 700 + id_ % 7}
        made.append(record(id_, "w", **day) if id_ % 11 == 0 else titled(id_, f"t{id_ * 7 % 10}é", **day))
    return made[::-1]


def all_ids(engine: Engine, plan: Plan, sort: Sort) -> list[int]:
    return [hit.id for hit in engine.search(SearchRequest(plan=plan, sort=sort, limit=10_000)).hits]


def after(hit: EngineHit, position: int) -> After:
    return After(key=hit.key, id=hit.id, position=position)


def walk(engine: Engine, plan: Plan, sort: Sort, size: int) -> list[int]:
    """Return the ids of all pages, each asked for after the last hit of the one before."""
    request = SearchRequest(plan=plan, sort=sort, limit=size)
    found: list[int] = []
    while hits := engine.search(request).hits:
        found += [hit.id for hit in hits]
        assert len(found) < 10_000
        request = replace(request, after=after(hits[-1], len(found)))
    return found


PLANS = [pytest.param(WORD, id="scored"), pytest.param(Every(), id="all alike")]


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("sort", list(Sort))
def test_every_hit_is_reached_in_the_order_of_the_pages(
    filled: Fill, monkeypatch: pytest.MonkeyPatch, sort: Sort, plan: Plan
) -> None:
    engine = filled(some(45))
    request = SearchRequest(plan=plan, sort=sort, offset=3, limit=2)

    streamed = [hit.id for hit in engine.iterate(request)]
    monkeypatch.setattr(paging, "WINDOW", 7)
    in_windows = [hit.id for hit in engine.iterate(request)]

    assert sorted(streamed) == list(range(1, 46))
    assert streamed == in_windows == all_ids(engine, plan, sort)
    for size in (1, 9, 45):
        assert walk(engine, plan, sort, size) == streamed


@pytest.mark.parametrize("sort", list(Sort))
def test_the_position_is_only_a_hint(filled: Fill, sort: Sort) -> None:
    engine = filled(some(45))
    last = engine.search(SearchRequest(plan=WORD, sort=sort, limit=20)).hits[-1]
    expected = all_ids(engine, WORD, sort)[20:30]

    for position in (0, 1, 20, 44, 10**6):
        request = SearchRequest(plan=WORD, sort=sort, limit=10, after=after(last, position))
        response = engine.search(request)

        assert [hit.id for hit in response.hits] == expected
        assert response.total == 45


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST, Sort.TITLE, Sort.ADDED])
def test_what_comes_and_goes_before_the_place_moves_nothing(filled: Fill, sort: Sort) -> None:
    engine = filled(some(45))
    hits = engine.search(SearchRequest(plan=WORD, sort=sort, limit=20)).hits
    rest = all_ids(engine, WORD, sort)[20:]
    engine.delete([hits[3].id, hits[19].id])
    early = {Sort.NEWEST: 9_999, Sort.OLDEST: 1}.get(sort, 703)
    engine.add([titled(500, "a", day=early)])
    engine.commit()

    request = SearchRequest(plan=WORD, sort=sort, limit=100, after=after(hits[-1], 20))

    assert [hit.id for hit in engine.search(request).hits] == rest


def test_by_relevance_it_goes_on_by_the_scores_of_now(filled: Fill) -> None:
    engine = filled([record(id_, "w" + " x" * (id_ % 5)) for id_ in range(1, 61)])
    first = engine.search(SearchRequest(plan=WORD, limit=30)).hits
    rest = all_ids(engine, WORD, Sort.RELEVANCE)[30:]
    engine.delete([first[29].id])
    engine.commit()

    request = SearchRequest(plan=WORD, limit=100, after=after(first[28], 29))
    found = [hit.id for hit in engine.search(request).hits]

    assert found == rest


def test_streaming_goes_on_from_one_commit(filled: Fill, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = filled(some(30))
    monkeypatch.setattr(paging, "WINDOW", 7)
    expected = all_ids(engine, WORD, Sort.NEWEST)

    stream = engine.iterate(SearchRequest(plan=WORD, sort=Sort.NEWEST))
    begun = [next(stream).id, next(stream).id]
    engine.delete(expected[10:12])
    engine.add([titled(900, "new", day=9_999)])
    engine.commit()

    assert begun + [hit.id for hit in stream] == expected


def test_one_great_tie_can_be_walked(filled: Fill) -> None:
    engine = filled([record(id_, "w x") for id_ in range(150, 0, -1)])

    assert walk(engine, WORD, Sort.RELEVANCE, 40) == list(range(1, 151))


def test_facets_count_all_whatever_the_place(filled: Fill) -> None:

    engine = filled([record(id_, "w", day=id_, lang=("en" if id_ % 2 else "de",)) for id_ in range(1, 11)])
    request = SearchRequest(plan=WORD, sort=Sort.OLDEST, limit=2, facets=(FacetRequest(field="lang"),))
    last = engine.search(request).hits[-1]

    response = engine.search(replace(request, after=after(last, 2)))

    assert response.facets["lang"] == (Bucket("de", 5), Bucket("en", 5))


@pytest.mark.parametrize(
    ("sort", "key"), [(Sort.NEWEST, "x"), (Sort.TITLE, 3), (Sort.RELEVANCE, None), (Sort.ADDED, 5)]
)
def test_a_key_of_another_order_is_refused(filled: Fill, sort: Sort, key: object) -> None:
    engine = filled(some(3))

    with pytest.raises(EngineError, match="cannot go on"):
        engine.search(SearchRequest(plan=WORD, sort=sort, after=After(key=key, id=1, position=1)))  # type: ignore[arg-type]


@pytest.mark.parametrize("sort", list(Sort))
def test_no_match_streams_nothing(filled: Fill, sort: Sort) -> None:
    engine = filled(some(3))

    assert list(engine.iterate(SearchRequest(plan=Term("body", "absent"), sort=sort))) == []
