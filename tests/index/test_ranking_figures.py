"""The benchmark's own arithmetic: figures and runs."""

from __future__ import annotations

import math

import pytest

from benchmarks.collection import figures, judgments
from benchmarks.ranking import trec


def test_figures_of_a_known_run():
    grades = {"1": {"a": 2, "b": 1, "c": 0}, "2": {"a": 1}}
    run = {"1": [("x", 3.0), ("b", 2.0), ("a", 1.0)], "2": [("a", 9.0)]}

    found = figures(run, grades)

    ideal = 2 + 1 / math.log2(3)
    gain = 1 / math.log2(3) + 2 / math.log2(4)
    assert found.ndcg_10 == pytest.approx((gain / ideal + 1) / 2)
    assert found.ap == pytest.approx(((1 / 2 + 2 / 3) / 2 + 1) / 2)
    assert found.p_10 == pytest.approx((2 / 10 + 1 / 10) / 2)
    assert found.r_100 == 1.0


def test_a_query_without_results_counts_nothing():
    assert figures({}, {"1": {"a": 1}}).ndcg_10 == 0.0


def test_judgments_leave_out_headings_and_queries_without_any(tmp_path):
    path = tmp_path / "qrels.tsv"
    path.write_text("query\tdoc\tgrade\n1\ta\t1\n1\tb\t0\n2\ta\t0\n", encoding="utf-8")

    assert judgments(path) == {"1": {"a": 1, "b": 0}}


def test_run_has_six_columns():
    assert trec({"q1": [("a", 100.0), ("b", 99.0)]}) == "q1 Q0 a 1 100.0 archive\nq1 Q0 b 2 99.0 archive\n"
