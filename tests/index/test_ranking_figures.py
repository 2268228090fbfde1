"""The benchmark's own arithmetic: figures and runs."""

from __future__ import annotations

import gzip
import json
import math

import pytest

from benchmarks.collection import Collection, figures, judgments
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


def test_judgments_may_be_in_columns(tmp_path):
    path = tmp_path / "qrels.tsv"
    path.write_text("1 0 a 2\n1 0 b 0\n", encoding="utf-8")

    assert judgments(path) == {"1": {"a": 2, "b": 0}}


ODD_ARTICLES = [
    {
        "id": "a",
        "title": "Harbour strike",
        "text": "Dockers strike.",
        "date": "2024-09-10",
        "author": "Jane Doe",
    },
    {"id": 2, "title": None, "text": "東京で記者会見", "author": ["A B", "C D"]},
    {"id": "no-date", "text": "The strike \x00 goes on.", "date": "not a date"},
    {"id": "no-text", "title": "Strike", "text": ""},
    {"id": "nothing", "title": " ", "text": None},
    {"id": "copy", "title": "Harbour strike", "text": "Dockers strike.", "date": "2024"},
]
ODD_QUERIES = [
    {"id": 1, "text": "harbour strike"},
    {"id": "dated", "text": "strike", "since": "2024-09", "until": "2024-09-10T12:00:00Z"},
    {"id": "backwards", "text": "strike", "since": "2025", "until": "2024"},
    {"id": "year", "text": "strike", "since": 2024},
    {"id": "long", "text": "strike " * 3_000},
    {"id": "cjk", "text": "東京", "until": None},
    {"id": "signs", "text": '"harbour (OR ~2 *'},
]


def test_odd_collections_are_run_all_the_same(tmp_path):
    for name, rows in (("corpus.jsonl.gz", ODD_ARTICLES), ("queries.jsonl.gz", ODD_QUERIES)):
        with gzip.open(tmp_path / name, "wt", encoding="utf-8") as file:
            file.write("\n\n".join(map(json.dumps, rows)))

    collection = Collection(tmp_path, tmp_path / "home", "memory")
    run = {query: [name for name, _ in ranked] for query, ranked in collection.run().items()}
    collection.close()

    assert run["1"][:2] == ["a", "copy"]
    assert run["dated"] == ["a", "copy"]  # one article under two names
    assert run["backwards"] == []
    assert set(run["year"]) == {"a", "copy"}
    assert set(run["long"]) == {"a", "copy", "no-date", "no-text"}
    assert run["cjk"] == ["2"]
    assert run["signs"][0] == "a"
