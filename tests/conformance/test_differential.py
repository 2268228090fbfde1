"""Random records and random plans: every engine answers as the memory engine does."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import load
from hypothesis import given
from hypothesis import strategies as st
from small_records import record

from index.engine import Engine, FacetRequest, Record, SearchRequest, Sort
from index.engines import ENGINES, factory
from index.plan import (
    All,
    Any,
    Boost,
    Constant,
    Every,
    Except,
    Forms,
    Ids,
    Nothing,
    NumberRange,
    Plan,
    Reward,
    Term,
    TermFuzzy,
    TermNear,
    TermPhrase,
    TermPrefix,
    TermWildcard,
    TermWithin,
)
from index.schema import BREAK

WORDS = ["a", "b", "c", "ab", "abs", "abc", "acb", "bab", "at&t", "日本", "é", "*", "x" * 30, BREAK]
#: Stems with their tokens among `WORDS`: two of one, itself alone, and none.
STEMS = ["ab", "b", "bab|", "at&t|", "日本|", "abc|id", "nothing"]
NAMES = ["ann lee", "bo", "émile", "BO", "a"]

words = st.sampled_from(WORDS)
slots = words | st.sampled_from(STEMS).map(Forms)
texts = st.lists(words, max_size=12).map(" ".join)
optional_days = st.none() | st.integers(1, 5)


@st.composite
def corpora(draw: st.DrawFn) -> list[Record]:
    """Return up to twelve records, some under one id."""
    made = []
    for id_ in draw(st.lists(st.integers(1, 9), min_size=1, max_size=12)):
        fields: dict[str, object] = {"title_stem": draw(texts)}
        if (day := draw(optional_days)) is not None:
            fields["day"] = day
        if names := draw(st.lists(st.sampled_from(NAMES), max_size=3)):
            fields["author_key"] = tuple(names)
        if title := draw(st.sampled_from(["", "b", "a", "é", "a 2"])):
            fields["title_sort"] = (f"{title} {id_}",)
        made.append(record(id_, draw(texts), **fields))
    return made


patterns = st.lists(st.sampled_from(["a", "b", "?", "*", "日", "&"]), min_size=1, max_size=4).map("".join)
leaves: st.SearchStrategy[Plan] = st.one_of(
    st.builds(Term, st.sampled_from(["body", "title_stem"]), words),
    st.builds(Term, st.just("author_key"), st.sampled_from(NAMES)),
    st.builds(TermPhrase, st.just("body"), st.lists(words, min_size=2, max_size=3).map(tuple)),
    st.builds(
        TermNear, st.just("body"), st.lists(words, min_size=2, max_size=5).map(tuple), st.integers(0, 4)
    ),
    st.builds(
        TermWithin,
        st.just("body"),
        st.lists(slots, min_size=1, max_size=2).map(tuple),
        st.lists(slots, min_size=1, max_size=2).map(tuple),
        st.integers(0, 4),
        st.booleans(),
    ),
    st.builds(
        TermPrefix, st.sampled_from(["body", "author_key"]), st.sampled_from(["", "a", "ab", "é", "b"])
    ),
    st.builds(TermWildcard, st.sampled_from(["body", "author_key"]), patterns),
    st.builds(TermFuzzy, st.just("body"), words, st.integers(1, 2)),
    st.builds(NumberRange, st.just("published_start"), optional_days, optional_days),
    st.builds(Ids, st.lists(st.integers(1, 10), unique=True, max_size=4).map(sorted).map(tuple)),
    st.sampled_from([Every(), Nothing()]),
)


def _combined(plans: st.SearchStrategy[Plan]) -> st.SearchStrategy[Plan]:
    several = st.lists(plans, max_size=4).map(tuple)
    return st.one_of(
        st.builds(All, several),
        st.builds(Any, several, st.integers(0, 3)),
        st.builds(Except, plans),
        st.builds(Boost, plans, st.sampled_from([0.5, 2.0])),
        st.builds(Constant, plans, st.sampled_from([0.0, 3.0])),
        st.builds(Reward, plans, several),
    )


plans = st.recursive(leaves, _combined, max_leaves=8)


def _fill(engine: Engine, records: list[Record], deleted: list[int]) -> None:
    half = len(records) // 2
    engine.add(records[:half])
    engine.commit()
    engine.add(records[half:])
    engine.delete(deleted)
    engine.commit()


@pytest.mark.parametrize("name", sorted(set(ENGINES) - {"memory"}))
@given(
    records=corpora(),
    deleted=st.lists(st.integers(1, 9), max_size=2),
    asked=st.lists(plans, min_size=1, max_size=12),
)
def test_answers_as_the_oracle_does(
    pytestconfig: pytest.Config, name: str, records: list[Record], deleted: list[int], asked: list[Plan]
) -> None:
    made = load(name, pytestconfig)
    facets = (FacetRequest(field="author_key", size=2), FacetRequest(field="lang"))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        (folder / "oracle").mkdir()
        (folder / "engine").mkdir()
        oracle = stack.enter_context(closing(factory("memory").create(folder / "oracle")))
        engine = stack.enter_context(closing(made.create(folder / "engine")))
        _fill(oracle, records, deleted)
        _fill(engine, records, deleted)

        assert list(engine.ids()) == list(oracle.ids())
        assert list(engine.terms("body")) == list(oracle.terms("body"))
        for plan in asked:
            for sort in Sort:
                request = SearchRequest(plan=plan, sort=sort, limit=100, facets=facets)
                expected, answer = oracle.search(request), engine.search(request)
                assert answer.total == expected.total
                assert answer.facets == expected.facets
                assert answer.lacking == expected.lacking
                if sort is Sort.RELEVANCE:
                    assert {hit.id for hit in answer.hits} == {hit.id for hit in expected.hits}
                else:
                    assert answer.hits == expected.hits
