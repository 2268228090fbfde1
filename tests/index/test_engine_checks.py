"""Scores that are known without an engine."""

from __future__ import annotations

import pytest

from index.engines.checks import constant_score
from index.plan import (
    All,
    Any,
    Boost,
    Constant,
    Every,
    Except,
    Nothing,
    NumberRange,
    Plan,
    Reward,
    Term,
    TermPhrase,
)

RANKED = Term("body", "a")


@pytest.mark.parametrize(
    ("plan", "score"),
    [
        pytest.param(Every(), 1.0, id="everything"),
        pytest.param(Nothing(), 0.0, id="nothing"),
        pytest.param(Except(RANKED), 0.0, id="exception"),
        pytest.param(NumberRange("words", 1, 2), 1.0, id="range"),
        pytest.param(Term("lang", "en"), 1.0, id="keyword"),
        pytest.param(Term("title_stem", "a"), 1.0, id="unranked text"),
        pytest.param(RANKED, None, id="ranked text"),
        pytest.param(TermPhrase("body", ("a", "b")), None, id="phrase"),
        pytest.param(Constant(RANKED, 2.0), 2.0, id="constant"),
        pytest.param(Boost(Constant(RANKED, 2.0), 3.0), 6.0, id="boost"),
        pytest.param(Boost(RANKED, 3.0), None, id="boost of a ranked text"),
        pytest.param(All((Every(), Constant(RANKED, 2.0))), 3.0, id="all"),
        pytest.param(All((Every(), RANKED)), None, id="all with a ranked text"),
        pytest.param(All(()), 0.0, id="all of none"),
        pytest.param(Any((Every(),)), 1.0, id="any of one"),
        pytest.param(Any((Every(), Every())), None, id="any of two: one may be missing"),
        pytest.param(Any((Every(),), 0), None, id="any that needs none"),
        pytest.param(Reward(Every(), ()), 1.0, id="no reward"),
        pytest.param(Reward(Every(), (Term("lang", "en"),)), None, id="reward"),
    ],
)
def test_constant_score(plan: Plan, score: float | None) -> None:
    assert constant_score(plan) == score
