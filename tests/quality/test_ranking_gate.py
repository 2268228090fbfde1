"""The ranking gate: a small collection of our own, and floors that no change may fall under.

A change that falls under one either is a mistake or moves the floor in the same
commit, saying why.  Bigger collections are for ``benchmarks/ranking.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.collection import Collection, figures
from benchmarks.ranking import trec
from index.engines import ENGINES
from index.ranking import DEFAULT

FOLDER = Path(__file__).parents[1] / "data" / "quality"

#: Just under what is reached: nDCG@10, MAP and recall.
FLOORS = {"ndcg_10": 0.975, "ap": 0.95, "r_100": 0.985}


@pytest.fixture(scope="module", params=sorted(ENGINES))
def collection(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Collection]:
    found = Collection(FOLDER, tmp_path_factory.mktemp(request.param), request.param)
    yield found
    found.close()


def test_figures_are_above_their_floors(collection: Collection) -> None:
    found = figures(collection.run(), collection.judgments)

    assert {
        name: getattr(found, name) for name, floor in FLOORS.items() if getattr(found, name) < floor
    } == {}


@pytest.mark.parametrize(
    ("query", "first"),
    [
        pytest.param("1", {"harbour-strike", "harbour-deal"}, id="all-words-before-some"),
        pytest.param("3", {"missile-test", "missile-permission"}, id="hyphenated-and-joined"),
        pytest.param("9", {"election-recount"}, id="long-question"),
        pytest.param("12", {"covid-schools"}, id="letters-and-digits"),
        pytest.param("13", {"us-visit"}, id="acronym"),
        pytest.param("17", {"drought-reservoir"}, id="date-limits"),
        pytest.param("18", {"white-house"}, id="phrase-before-scattered"),
    ],
)
def test_the_expected_article_comes_first(collection: Collection, query: str, first: set[str]) -> None:
    assert collection.run()[query][0][0] in first


def test_date_limits_leave_nothing_else(collection: Collection) -> None:
    assert [name for name, _ in collection.run()["17"]] == ["drought-reservoir"]


def test_closeness_pays(collection: Collection) -> None:
    without = replace(DEFAULT, phrase=0.0, whole=0.0, pair=0.0)

    assert (
        figures(collection.run(), collection.judgments).ndcg_10
        > figures(collection.run(without), collection.judgments).ndcg_10 + 0.02
    )


def test_the_same_run_twice_is_the_same_bytes(collection: Collection) -> None:
    assert trec(collection.run()) == trec(collection.run())
