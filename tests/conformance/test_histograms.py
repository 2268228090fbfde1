"""Histograms and extents over numbers, in every engine alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from small_records import record

from index.engine import Engine, HistogramRequest, Record, SearchRequest
from index.errors import EngineError
from index.plan import Every, Nothing, Plan, Term

Fill = Callable[[Iterable[Record]], Engine]

RECORDS = [
    record(1, "w", day=10),
    record(2, "w", day=19),
    record(3, "w", day=20),
    record(4, "w"),
    record(5, "other", day=21),
    record(6, "w", day=45),
    record(7, "w", day=20),
]


def histogram(engine: Engine, plan: Plan, *bounds: int) -> tuple[int, ...]:
    wanted = HistogramRequest(field="published_start", bounds=bounds)
    return engine.search(SearchRequest(plan=plan, limit=0, histogram=wanted)).histogram


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        pytest.param((10, 20, 30, 40, 50), (2, 2, 0, 1), id="lower bound in, upper out, empty ones too"),
        pytest.param((0, 5), (0,), id="before everything"),
        pytest.param((46, 50, 51), (0, 0), id="after everything"),
        pytest.param((11, 19, 45), (0, 3), id="uneven stretches"),
    ],
)
def test_matches_are_counted_by_stretch(
    filled: Fill, bounds: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    engine = filled(RECORDS)

    assert histogram(engine, Term("body", "w"), *bounds) == expected


def test_a_histogram_of_no_match_is_all_zero(filled: Fill) -> None:
    engine = filled(RECORDS)

    assert histogram(engine, Nothing(), 10, 20, 30) == (0, 0)
    assert histogram(engine, Term("body", "nobody"), 10, 20, 30) == (0, 0)


def test_a_histogram_of_an_empty_index_is_all_zero(engine: Engine) -> None:
    assert histogram(engine, Every(), 10, 20, 30) == (0, 0)


def test_what_was_deleted_is_not_counted(filled: Fill) -> None:
    engine = filled(RECORDS)
    engine.delete([3, 6])
    engine.commit()

    assert histogram(engine, Every(), 10, 20, 30, 50) == (2, 2, 0)


def test_many_stretches_add_up(filled: Fill) -> None:
    engine = filled([record(id_, "w", day=id_ * 7 % 1000) for id_ in range(1, 300)])

    days = histogram(engine, Every(), *range(1001))

    assert sum(days) == 299
    assert [day for day, count in enumerate(days) if count] == sorted(id_ * 7 % 1000 for id_ in range(1, 300))


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        pytest.param(Every(), (10, 45), id="all"),
        pytest.param(Term("body", "other"), (21, 21), id="one"),
        pytest.param(Nothing(), None, id="none"),
    ],
)
def test_the_extent_of_the_matches(filled: Fill, plan: Plan, expected: tuple[int, int] | None) -> None:
    engine = filled(RECORDS)

    response = engine.search(SearchRequest(plan=plan, limit=0, extent="published_start"))

    assert response.extent == expected


def test_the_extent_of_matches_without_values_is_none(filled: Fill) -> None:
    engine = filled([record(1, "w"), record(2, "x", day=3)])

    assert engine.search(SearchRequest(plan=Term("body", "w"), extent="published_start")).extent is None


def test_nothing_is_counted_unless_asked_for(filled: Fill) -> None:
    response = filled(RECORDS).search(SearchRequest(plan=Every()))

    assert response.histogram == ()
    assert response.extent is None


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(HistogramRequest(field="published_start", bounds=(1,)), id="one bound"),
        pytest.param(HistogramRequest(field="published_start", bounds=(2, 2)), id="an empty stretch"),
        pytest.param(HistogramRequest(field="published_start", bounds=(2, 1)), id="descending"),
        pytest.param(HistogramRequest(field="published_start", bounds=tuple(range(10_000))), id="too many"),
        pytest.param(HistogramRequest(field="year", bounds=(1, 2)), id="not a number"),
        pytest.param(HistogramRequest(field="nothing", bounds=(1, 2)), id="no field"),
    ],
)
def test_a_wrong_histogram_is_refused(engine: Engine, wanted: HistogramRequest) -> None:
    with pytest.raises(EngineError):
        engine.search(SearchRequest(plan=Every(), histogram=wanted))


def test_an_extent_of_a_text_is_refused(engine: Engine) -> None:
    with pytest.raises(EngineError):
        engine.search(SearchRequest(plan=Every(), extent="body"))
