"""Order, pages, totals, facets and scores, in every engine alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from small_records import record

from index.engine import Bucket, Engine, FacetRequest, Record, SearchRequest, Sort
from index.errors import EngineError
from index.plan import Any, Boost, Constant, Every, Except, NumberRange, Plan, Reward, Term, TermPhrase

Fill = Callable[[Iterable[Record]], Engine]

DATED = [
    record(1, "w", day=30, title_sort=("beta",), words=5),
    record(2, "w", title_sort=("alpha",), words=9),
    record(3, "w", day=10, title_sort=("éclair",), words=12),
    record(4, "w", day=30, words=5),
    record(5, "w", words=9),
    record(6, "w", day=20, title_sort=("beta 2",)),
    record(7, "other", day=5, title_sort=("aa",)),
]


def ids(
    engine: Engine, plan: Plan, sort: Sort = Sort.RELEVANCE, offset: int = 0, limit: int = 100
) -> list[int]:
    response = engine.search(SearchRequest(plan=plan, sort=sort, offset=offset, limit=limit))
    return [hit.id for hit in response.hits]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        pytest.param(Sort.NEWEST, [4, 1, 6, 3, 2, 5], id="newest first, undated last"),
        pytest.param(Sort.OLDEST, [3, 6, 1, 4, 2, 5], id="oldest first, undated last"),
        pytest.param(Sort.TITLE, [2, 1, 6, 3, 4, 5], id="by title, untitled last"),
        pytest.param(Sort.LONGEST, [3, 2, 5, 1, 4, 6], id="longest first, ties by id"),
        pytest.param(Sort.RELEVANCE, [1, 2, 3, 4, 5, 6], id="ties by id"),
    ],
)
def test_order(filled: Fill, sort: Sort, expected: list[int]) -> None:
    engine = filled(DATED[::-1])

    assert ids(engine, Term("body", "w"), sort) == expected


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("size", [1, 2, 4, 100])
def test_pages_are_disjoint_and_complete(filled: Fill, sort: Sort, size: int) -> None:
    engine = filled(DATED[::-1])
    plan = Term("body", "w")

    pages = [ids(engine, plan, sort, offset, size) for offset in range(0, 6, size)]

    assert [id_ for page in pages for id_ in page] == ids(engine, plan, sort)


def test_pages_of_one_great_tie_are_disjoint_and_complete(filled: Fill) -> None:
    engine = filled([record(id_, "w x") for id_ in range(90, 0, -1)])

    pages = [ids(engine, Term("body", "w"), offset=offset, limit=7) for offset in range(0, 91, 7)]

    assert [id_ for page in pages for id_ in page] == list(range(1, 91))


def test_pages_keep_ties_within_groups_of_score(filled: Fill) -> None:
    """Two scores, many of each: a page boundary inside a group changes nothing."""
    engine = filled([record(id_, "w w" if id_ % 2 else "w x") for id_ in range(60, 0, -1)])

    pages = [ids(engine, Term("body", "w"), offset=offset, limit=8) for offset in range(0, 60, 8)]

    assert [id_ for page in pages for id_ in page] == [*range(1, 60, 2), *range(2, 61, 2)]


@pytest.mark.parametrize(
    ("offset", "limit", "expected"),
    [
        pytest.param(0, 0, [], id="no hits wanted"),
        pytest.param(5, 10, [6], id="the last page"),
        pytest.param(6, 10, [], id="just past the end"),
        pytest.param(10**15, 10**15, [], id="far past the end"),
        pytest.param(0, 10**15, [1, 2, 3, 4, 5, 6], id="a huge page"),
    ],
)
@pytest.mark.parametrize("sort", [Sort.RELEVANCE, Sort.NEWEST])
def test_total_does_not_depend_on_the_page(
    filled: Fill, sort: Sort, offset: int, limit: int, expected: list[int]
) -> None:
    engine = filled(DATED)
    request = SearchRequest(plan=Term("body", "w"), sort=sort, offset=offset, limit=limit)

    response = engine.search(request)

    assert response.total == 6
    assert len(response.hits) == len(expected)
    if sort is Sort.RELEVANCE:
        assert [hit.id for hit in response.hits] == expected


def test_hits_have_a_score_only_by_relevance(filled: Fill) -> None:
    engine = filled(DATED)

    by_date = engine.search(SearchRequest(plan=Term("body", "w"), sort=Sort.NEWEST)).hits
    by_score = engine.search(SearchRequest(plan=Term("body", "w"))).hits

    assert {hit.score for hit in by_date} == {0.0}
    assert all(hit.score > 0 for hit in by_score)


RANKED = [
    pytest.param(Term("body", "rare"), [3, 2, 1], id="more often and in shorter texts first"),
    pytest.param(
        Any((Term("body", "rare"), Term("body", "often"))), [3, 2, 1, 4, 5], id="rare words weigh more"
    ),
    pytest.param(
        Reward(Every(), (Constant(Term("body", "late"), 9.0),)), [5, 1, 2, 3, 4], id="a reward lifts"
    ),
    pytest.param(
        Reward(Every(), (Constant(Term("body", "late"), 9.0), Constant(Term("lang", "en"), 5.0))),
        [5, 4, 1, 2, 3],
        id="rewards of different size",
    ),
    pytest.param(
        Any((Boost(Constant(Term("body", "late"), 1.0), 3.0), Constant(Term("body", "often"), 2.0))),
        [5, 1, 2, 3, 4],
        id="a boost multiplies",
    ),
    pytest.param(Constant(Term("body", "rare"), 0.0), [1, 2, 3], id="a constant makes ties"),
    pytest.param(
        Any((Constant(TermPhrase("body", ("often", "rare")), 1.0), Every())), [1, 2, 3, 4, 5], id="phrase"
    ),
    pytest.param(Except(Term("body", "late")), [1, 2, 3, 4], id="an exception scores nothing"),
]


@pytest.mark.parametrize(("plan", "expected"), RANKED)
def test_relevance(filled: Fill, plan: Plan, expected: list[int]) -> None:
    engine = filled(
        [
            record(1, "often rare x x x x x x x x x"),
            record(2, "often rare"),
            record(3, "rare rare often"),
            record(4, "often and nothing", lang=("en",)),
            record(5, "often with some more words and late"),
        ]
    )

    assert ids(engine, plan) == expected


@pytest.mark.parametrize(
    ("plan", "score"),
    [
        pytest.param(Every(), 1.0, id="everything"),
        pytest.param(Term("lang", "en"), 1.0, id="a keyword"),
        pytest.param(NumberRange("words", 1, 9), 1.0, id="a number"),
        pytest.param(Constant(Term("body", "w"), 2.5), 2.5, id="constant"),
        pytest.param(Boost(Constant(Term("body", "w"), 2.5), 2.0), 5.0, id="boosted constant"),
        pytest.param(Reward(Constant(Every(), 0.0), (Constant(Term("body", "w"), 1.5),)), 1.5, id="reward"),
        pytest.param(Except(Term("body", "nobody")), 0.0, id="exception"),
    ],
)
def test_scores_that_need_no_statistics_are_equal(filled: Fill, plan: Plan, score: float) -> None:
    engine = filled([record(1, "w", lang=("en",), words=3)])

    hits = engine.search(SearchRequest(plan=plan)).hits

    assert [hit.score for hit in hits] == [pytest.approx(score)]


def facet(engine: Engine, plan: Plan, size: int, field: str = "author_key") -> list[tuple[str, int]]:
    request = SearchRequest(plan=plan, limit=1, facets=(FacetRequest(field=field, size=size),))
    return [(bucket.value, bucket.count) for bucket in engine.search(request).facets[field]]


def test_facets_count_matches_and_break_ties_by_value(filled: Fill) -> None:
    engine = filled(
        [
            record(1, "w", author_key=("bo", "ann")),
            record(2, "w", author_key=("cy", "ann", "ann")),
            record(3, "w"),
            record(4, "other", author_key=("cy",)),
            record(5, "w", author_key=("émile", "")),
        ]
    )

    everyone = facet(engine, Term("body", "w"), 10)

    assert everyone == [("ann", 2), ("", 1), ("bo", 1), ("cy", 1), ("émile", 1)]
    assert facet(engine, Term("body", "w"), 2) == everyone[:2]
    assert facet(engine, Term("body", "w"), 0) == []
    assert facet(engine, Term("body", "nobody"), 10) == []


def test_facets_break_a_long_tie_by_value(filled: Fill) -> None:
    """More values of one count than any engine fetches at first."""
    names = [f"n{number:04d}" for number in range(400)]
    engine = filled([record(id_, "w", author_key=tuple(names[id_::8][::-1])) for id_ in range(8)])

    assert facet(engine, Every(), 3) == [(name, 1) for name in names[:3]]


def test_several_facets_at_once(filled: Fill) -> None:
    engine = filled([record(1, "w", author_key=("ann",), year=("2024",)), record(2, "w", year=("2023",))])
    wanted = (FacetRequest(field="author_key"), FacetRequest(field="year"), FacetRequest(field="source_key"))

    response = engine.search(SearchRequest(plan=Every(), facets=wanted))

    assert response.facets == {
        "author_key": (Bucket("ann", 1),),
        "year": (Bucket("2023", 1), Bucket("2024", 1)),
        "source_key": (),
    }


def test_matches_without_a_value_are_counted(filled: Fill) -> None:
    engine = filled(
        [
            record(1, "w", author_key=("ann", "bo")),
            record(2, "w"),
            record(3, "w", author_key=("",), year=("2024",)),
            record(4, "other"),
        ]
    )
    wanted = (FacetRequest(field="author_key"), FacetRequest(field="year"), FacetRequest(field="source_key"))

    matched = engine.search(SearchRequest(plan=Term("body", "w"), facets=wanted))
    unmatched = engine.search(SearchRequest(plan=Term("body", "nobody"), facets=wanted))

    assert matched.lacking == {"author_key": 1, "year": 2, "source_key": 3}
    assert unmatched.lacking == {"author_key": 0, "year": 0, "source_key": 0}


def test_a_facet_of_a_text_is_refused(engine: Engine) -> None:
    with pytest.raises(EngineError):
        facet(engine, Every(), 10, field="body")


def test_terms_are_most_frequent_first_then_by_token(filled: Fill) -> None:
    engine = filled([record(1, "b a a c"), record(2, "b ab"), record(3, "été", author_key=("ann lee",))])

    assert list(engine.terms("body")) == [("b", 2), ("a", 1), ("ab", 1), ("c", 1), ("été", 1)]
    assert list(engine.terms("body", "a")) == [("a", 1), ("ab", 1)]
    assert list(engine.terms("body", "", 2)) == [("b", 2), ("a", 1)]
    assert list(engine.terms("author_key", "ann ")) == [("ann lee", 1)]
    assert list(engine.terms("body", "nobody")) == []


def test_terms_of_a_number_are_refused(engine: Engine) -> None:
    with pytest.raises(EngineError):
        engine.terms("words")
