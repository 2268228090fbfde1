"""Bare words: what must match, and what comes first."""

from __future__ import annotations

import pytest

from archive.document import Document, Origin
from index.engine import SearchRequest
from index.engines.memory import MemoryEngine
from index.plan import Any, Constant, Reward, Term
from index.query.ast import And, Word
from index.query.rewrite import plan_from_query
from index.records import record_from_document

FILLER = "Much else was said that day by people who had nothing new to tell the press about it. " * 3


def plan(text, match="auto", plain=True):
    found = tuple(Word(text=word) for word in text.split())
    tree = found[0] if len(found) == 1 else And(children=found)
    return plan_from_query(tree, plain=plain, match=match, languages=["en"])


def engine_of(*texts):
    engine = MemoryEngine()
    for id_, (title, text) in enumerate(texts, 1):
        document = Document(
            id=id_,
            title=title,
            text=text,
            lead=text,
            identity=f"id:{id_}",
            origin=Origin(path="/x"),
            content_hash="0",
            words=len(text.split()),
            language="en",
        )
        engine.add([record_from_document(document)])
    engine.commit()
    return engine


def ids(engine, wanted):
    return [hit.id for hit in engine.search(SearchRequest(plan=wanted, limit=100)).hits]


@pytest.mark.parametrize(
    ("text", "match", "mode"),
    [
        pytest.param("missile", "auto", "all", id="one-word"),
        pytest.param("oil price rise london", "auto", "all", id="four-words"),
        pytest.param("the price of oil in the city of london", "auto", "all", id="stop-words-do-not-count"),
        pytest.param("oil oil oil oil oil price", "auto", "all", id="repeated-words-count-once"),
        pytest.param("oil price rise london market", "auto", "best", id="five-words"),
        pytest.param("oil price rise london market", "all", "all", id="all-on-request"),
        pytest.param("oil price", "any", "any", id="any-on-request"),
        pytest.param("!? ...", "auto", "exact", id="no-words"),
    ],
)
def test_mode(text, match, mode):
    assert plan(text, match).mode == mode


def test_what_is_not_plain_is_taken_as_written():
    engine = engine_of(("A", "oil price rise london market"), ("B", "oil price"))

    found = plan("oil price rise london market", match="any", plain=False)

    assert found.mode == "exact"
    assert ids(engine, found.plan) == [1]


def test_few_words_must_all_match_and_stop_words_need_not():
    engine = engine_of(("A", "price of oil"), ("B", "oil price"), ("C", "oil only"))

    assert sorted(ids(engine, plan("the price of oil").plan)) == [1, 2]
    assert ids(engine, plan("the price of oil", match="all").plan) == []
    assert ids(engine, plan("price of oil", match="all").plan) == [1]


def test_stop_words_alone_are_looked_for():
    engine = engine_of(("A", "to be or not to be"), ("B", "nothing of it"))

    assert ids(engine, plan("to be or not to be").plan) == [1]


def test_partial_matches_have_some_words_but_not_all():
    engine = engine_of(("A", "oil price"), ("B", "oil only"), ("C", "price only"), ("D", "neither"))

    found = plan("oil price")

    assert ids(engine, found.plan) == [1]
    assert found.partial is not None
    assert sorted(ids(engine, found.partial)) == [2, 3]


def test_partial_matches_with_more_words_come_first():
    engine = engine_of(("A", "oil only here"), ("B", "oil price here"), ("C", "london only here"))

    found = plan("oil price london")

    assert found.partial is not None
    assert ids(engine, found.partial)[0] == 2


def test_part_of_a_hyphenated_word_is_no_partial_match():
    engine = engine_of(("A", "a wide range"), ("B", "missiles"), ("C", "long-range missiles"))

    found = plan("long-range missiles")

    assert ids(engine, found.plan) == [3]
    assert found.partial is not None
    assert ids(engine, found.partial) == [2]


@pytest.mark.parametrize("match", ["all", "any"])
def test_nothing_partial_where_a_way_of_matching_was_asked_for(match):
    assert plan("oil price", match).partial is None


def test_one_word_has_no_partial_matches():
    assert plan("oil").partial is None


def test_words_that_rank_are_named_with_their_plans():
    found = plan("the price of oil")

    assert found.words == ("price", "oil")
    assert found.word_plans == (Term("stem", "price"), Term("stem", "oil"))


def test_the_exact_title_comes_first():
    engine = engine_of(("Oil", "Oil oil oil oil oil prices, price of oil."), ("The price of oil!", FILLER))

    assert ids(engine, plan("the price of oil").plan)[0] == 2


def test_the_exact_title_of_an_unspaced_script_comes_first():
    engine = engine_of(("他", "日本語 日本語 日本語"), ("日本語", FILLER))

    assert ids(engine, plan("日本語").plan)[0] == 2


def test_words_in_the_title_weigh_more():
    engine = engine_of(("Other", f"oil {FILLER}"), ("Oil", f"other {FILLER}"))

    assert ids(engine, plan("oil").plan) == [2, 1]


def test_words_close_together_come_before_scattered_ones():
    engine = engine_of(("A", f"oil {FILLER} price"), ("B", f"oil price {FILLER}"))

    assert ids(engine, plan("oil price").plan) == [2, 1]
    assert ids(engine, plan("price oil").plan) == [2, 1]
    assert ids(engine, plan("price oil", plain=False).plan) == [2, 1]


def test_long_text_finds_what_has_some_of_it_best_matches_first():
    engine = engine_of(
        ("A", f"pipeline {FILLER}"),
        ("B", f"the new gas pipeline under the baltic sea {FILLER}"),
        ("C", "unrelated"),
    )

    found = plan("who sabotaged the new gas pipeline under the baltic sea")

    assert ids(engine, found.plan) == [2, 1]


def test_pairs_of_a_long_text_count_when_they_stand_together():
    engine = engine_of(
        ("A", f"sea gas {FILLER} pipeline baltic"),
        ("B", f"gas pipeline {FILLER} baltic sea"),
    )

    found = plan("sabotage gas pipeline germany baltic sea")

    assert ids(engine, found.plan) == [2, 1]


def test_words_typed_twice_count_twice():
    engine = engine_of(("A", f"tax {FILLER}"), ("B", f"wine {FILLER}"), ("C", "nothing"))

    found = plan("tax wine wine france spain italy greece")

    assert ids(engine, found.plan) == [2, 1]


def test_title_reward_needs_the_whole_query():
    found = plan("the price of oil").plan

    assert isinstance(found, Reward)
    assert found.rewards[-1] == Constant(Term("title_key", "the price of oil"), 100.0)


def test_any_word_on_request():
    engine = engine_of(("A", "oil only"), ("B", "price only"), ("C", "oil price"), ("D", "neither"))

    found = plan("oil price", match="any")

    assert ids(engine, found.plan) == [3, 1, 2]
    assert isinstance(found.plan, Reward)
    assert isinstance(found.plan.match, Any)
