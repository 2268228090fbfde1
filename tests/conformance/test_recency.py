"""Best and recent: the same order in every engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

import pytest
from small_records import found, record

from index.engine import Engine, Record, SearchRequest
from index.plan import Term
from index.recency import REST, STEPS, with_recency

Fill = Callable[[Iterable[Record]], Engine]

TODAY = dt.date(2024, 9, 10)


def aged(id_: int, days: int | None, body: str = "w") -> Record:
    return record(id_, body) if days is None else record(id_, body, day=TODAY.toordinal() - days)


def scores(engine: Engine) -> dict[int, float]:
    hits = engine.search(SearchRequest(plan=with_recency(Term("body", "w"), TODAY), limit=100)).hits
    return {hit.id: hit.score for hit in hits}


def test_newer_of_equals_come_first_and_undated_last(filled: Fill) -> None:
    engine = filled([aged(1, None), aged(2, 5_000), aged(3, 400), aged(4, 40), aged(5, 1), aged(6, -30)])

    assert list(scores(engine)) == [5, 6, 4, 3, 1, 2]


def test_matches_stay_what_they_were(filled: Fill) -> None:
    engine = filled([aged(1, None), aged(2, 9_000), aged(3, 0), aged(4, 3, "other")])

    assert found(engine, with_recency(Term("body", "w"), TODAY)) == [1, 2, 3]


@pytest.mark.parametrize(("days", "share"), [*STEPS, (10**5, REST)])
def test_each_age_keeps_its_share(filled: Fill, days: int, share: float) -> None:
    engine = filled([aged(1, 0), aged(2, days), aged(3, days + 1)])

    of = scores(engine)

    assert of[2] == pytest.approx(of[1] * share, abs=1e-4)
    assert of[3] <= of[2]


def test_much_better_old_match_stays_before_a_poor_new_one(filled: Fill) -> None:
    old = "w w w w"
    engine = filled([aged(1, 0, "w " + "filling " * 300), aged(2, 100, old)])

    assert list(scores(engine)) == [2, 1]
