"""What only Tantivy can get wrong."""

from __future__ import annotations

import gc
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from weakref import ref

import pytest
from tantivy import Query

from index.engine import FacetRequest, Record, SearchRequest, Sort
from index.engines.distance import fuzzy_tokens
from index.engines.scoring import most_frequent
from index.engines.tantivy import TantivyEngine, closeness, counting, factory, labels, segments
from index.engines.tantivy.failures import SEARCHING
from index.engines.tantivy.fields import make_schema
from index.engines.tantivy.numbering import own_number, own_value, values_by_number
from index.errors import EngineError, QueryLimitError
from index.plan import Every, Term, TermFuzzy, TermNear, TermWildcard


def article(id_: int, body: str, *names: str) -> Record:
    return Record(id=id_, text={"body": body}, keywords={"author_key": names}, numbers={"id": id_})


#: Neighbours of ``police`` and what is none, with letters, digits and signs in every place.
NEIGHBOURS = sorted(
    {
        "police"[:at] + put + "police"[at + skipped :]
        for at in range(7)
        for put in ("", "x", "7", "é", "и", "東", "&", "ö7")
        for skipped in (0, 1, 2)
    }
    | {"oplice", "ploice", "poilce", "polcie", "poliec", "p", "xpolice"}
)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[TantivyEngine]:
    opened = factory.create(tmp_path)
    assert isinstance(opened, TantivyEngine)
    yield opened
    opened.close()


def test_a_panic_becomes_an_engine_error(engine: TantivyEngine) -> None:
    """A phrase of one word panics below Python; it is no `Exception`."""
    query = Query.phrase_query(make_schema(), "body", ["a", "b"])  # the schema is right
    assert query is not None

    with pytest.raises(EngineError), SEARCHING:
        Query.phrase_query(make_schema(), "body", ["a"])


@pytest.mark.parametrize("total", [9, 24, 80])
def test_a_build_leaves_one_segment(
    engine: TantivyEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, total: int
) -> None:
    monkeypatch.setattr(segments, "FEW", 4)
    monkeypatch.setattr(segments, "MOST", 10)
    size = engine.commit_size(total)

    for first in range(1, total + 1, size):
        engine.add(article(id_, "tide") for id_ in range(first, min(first + size, total + 1)))
        engine.commit()

    assert size <= 10
    assert len(json.loads((tmp_path / "meta.json").read_text())["segments"]) == 1


@pytest.mark.parametrize(
    ("total", "threads", "size"),
    [
        pytest.param(0, 2, 1, id="nothing"),
        pytest.param(10_000, 1, 10_000, id="one commit"),
        pytest.param(100_000, 1, 12_500, id="eight"),
        pytest.param(100_000, 2, 25_000, id="four of two threads"),
        pytest.param(10_000, 2, 2_500, id="four, for two threads would make two segments of one"),
        pytest.param(1_000_000, 1, 17_858, id="seven times eight: more in one segment takes too much memory"),
    ],
)
def test_commits_come_in_eights(total: int, threads: int, size: int) -> None:
    assert segments.documents_per_commit(total, threads) == size


@pytest.mark.parametrize("text", ["police", "po", "p", "poéice"])
def test_one_edit_finds_tokens_of_any_letters(engine: TantivyEngine, text: str) -> None:
    engine.add(article(number, token) for number, token in enumerate(NEIGHBOURS, start=1))
    engine.commit()

    found = engine.search(SearchRequest(plan=TermFuzzy("body", text, 1), limit=len(NEIGHBOURS)))

    assert [NEIGHBOURS[hit.id - 1] for hit in found.hits] == fuzzy_tokens(NEIGHBOURS, text, 1)
    assert {hit.score for hit in found.hits} == {1.0}


def test_near_words_that_are_too_common_are_refused(
    engine: TantivyEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closeness, "MAX_NEAR_WORK", 10_000)
    engine.add([article(1, "a b c d e " * 20)])
    engine.commit()

    with pytest.raises(QueryLimitError, match="too common"):
        engine.search(SearchRequest(plan=TermNear("body", tuple("abcde"), 9)))


def test_more_facet_values_than_an_aggregation_may_hold(
    engine: TantivyEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MAX_BUCKETS", 50)
    names = [f"n{number:03d}" for number in range(200)]
    engine.add(article(id_, "w", *names[id_::5]) for id_ in range(5))
    engine.add([article(9, "other", "n000")])
    engine.commit()
    wanted = (FacetRequest(field="author_key", size=3),)

    facets = engine.search(SearchRequest(plan=Term("body", "w"), facets=wanted)).facets

    assert [(bucket.value, bucket.count) for bucket in facets["author_key"]] == [
        ("n000", 1),
        ("n001", 1),
        ("n002", 1),
    ]


def test_many_values_as_frequent_as_the_last_are_looked_up_in_one_go(
    engine: TantivyEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MAX_BUCKETS", 50)
    engine.add(article(id_, "w", f"n{id_:03d}") for id_ in range(200))
    engine.commit()
    reads: list[str] = []

    def reading(searcher: object, name: str) -> dict[int, str]:
        reads.append(name)
        return values_by_number(searcher, name)  # type: ignore[arg-type]

    monkeypatch.setattr(labels, "values_by_number", reading)
    engine.search(SearchRequest(plan=Every(), facets=(FacetRequest(field="author_key", size=40),)))

    assert len(reads) <= 2


def test_a_number_that_nobody_has_any_more_is_not_given_twice(tmp_path: Path) -> None:
    made = factory.create(tmp_path)
    made.add(article(id_, "w", f"n{id_}") for id_ in range(1, 5))
    made.commit()
    made.add([article(5, "w", "n5")])
    made.commit()
    made.close()
    engine = TantivyEngine(tmp_path, writable=True)

    for step in (article(5, "w", "n5"), None, article(6, "w", "newcomer"), article(7, "w", "n5")):
        if step is None:
            engine.delete([5])  # the last that has the highest number
        else:
            engine.add([step])
        engine.commit()

    wanted = SearchRequest(plan=Every(), facets=(FacetRequest(field="author_key", size=9),))
    found = {bucket.value: bucket.count for bucket in engine.search(wanted).facets["author_key"]}
    assert found == {"n1": 1, "n2": 1, "n3": 1, "n4": 1, "n5": 1, "newcomer": 1}
    engine.close()


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("batches", [1, 5], ids=["one segment", "five segments"])
def test_facets_are_exact_whatever_segments_leave_out(
    engine: TantivyEngine, monkeypatch: pytest.MonkeyPatch, seed: int, batches: int
) -> None:
    """Frequent names stand in every segment, rare ones may be cut in each."""
    for name, value in (
        ("MANY_MATCHES", 0),
        ("MANY_MATCHES_SPLIT", 0),
        ("FEW_MATCHES", 0),
        ("_FACTOR", 1),
        ("_SOME", 2),
        ("_MERGED", 2),
    ):
        monkeypatch.setattr(counting, name, value)
    rng = random.Random(seed)
    names = [f"n{number:02d}" for number in range(40)]
    weights = [1 / (number + 1) ** rng.choice([0.0, 0.5, 1.2]) for number in range(40)]
    expected: Counter[str] = Counter()
    lacking = 0
    for batch in range(batches):
        sizes = [0, 1, 1, 2, 3] + [1, 2] * rng.choice([0, 10])  # here and there few have none
        for id_ in range(batch * 60, batch * 60 + 60):
            values = set(rng.choices(names, weights, k=rng.choice(sizes)))
            engine.add([article(id_, "w", *values)])
            expected.update(values)
            lacking += not values
        engine.commit()
    wanted = SearchRequest(plan=Term("body", "w"), facets=(FacetRequest(field="author_key", size=5),))

    first, second = engine.search(wanted), engine.search(wanted)

    assert [(b.value, b.count) for b in first.facets["author_key"]] == most_frequent(expected, 5)
    assert first.lacking == {"author_key": lacking}
    assert (first.facets, first.lacking) == (second.facets, second.lacking)


@pytest.mark.parametrize("seed", range(4))
def test_values_keep_their_numbers_whatever_comes_and_goes(tmp_path: Path, seed: int) -> None:
    """Documents replaced, deleted, rolled back and merged, by one writer after another."""
    rng = random.Random(seed)
    held: dict[int, tuple[str, ...]] = {}
    reader = factory.create(tmp_path)
    engine = factory.open(tmp_path, writable=True)
    wanted = SearchRequest(plan=Every(), facets=(FacetRequest(field="author_key", size=50),))
    for _ in range(14):
        if rng.random() < 0.3:
            engine.close()
            engine = factory.open(tmp_path, writable=True)
        before = dict(held)
        for _ in range(rng.choice([1, 4])):
            id_ = rng.randrange(12)
            if rng.random() < 0.4:
                engine.delete([id_])
                held.pop(id_, None)
            else:
                held[id_] = tuple(
                    rng.sample(["ann", "bo", "de", "2024", "\u0000x", *map(chr, range(97, 117))], 2)
                )
                engine.add([article(id_, "w", *held[id_])])
        if rng.random() < 0.2:
            engine.rollback()
            held = before
        else:
            engine.commit()
        reader.refresh()

        expected = Counter(value for values in held.values() for value in values)

        found = reader.search(wanted).facets["author_key"]
        assert [(b.value, b.count) for b in found] == most_frequent(expected, 50)
    engine.close()
    reader.close()


@pytest.mark.parametrize("value", ["0000", "2024", "9999", "aa", "en", "zz", "aaa", "zzz", "gsw"])
def test_years_and_codes_are_their_own_numbers(value: str) -> None:
    number = own_number(value)

    assert number is not None
    assert own_value(number) == value


@pytest.mark.parametrize("value", ["", "a", "20245", "٢٠٢٤", "EN", "éa", "zh-hant", "0x12"])
def test_other_values_are_given_numbers(value: str) -> None:
    assert own_number(value) is None


@pytest.mark.parametrize("threads", [1, 3])
def test_memory_and_threads_change_no_answer(tmp_path: Path, threads: int) -> None:
    factory.create(tmp_path).close()
    engine = TantivyEngine(tmp_path, writable=True, heap_bytes=15_000_000 * threads, threads=threads)
    engine.add(article(id_, f"w{id_ % 7} all", "bo") for id_ in range(500))
    engine.commit()

    response = engine.search(
        SearchRequest(plan=Term("body", "w3"), facets=(FacetRequest(field="author_key"),))
    )

    assert [hit.id for hit in response.hits] == list(range(3, 73, 7))
    assert response.facets["author_key"][0].count == response.total == 71
    assert list(engine.ids()) == list(range(500))
    engine.close()


def test_ids_are_read_in_batches(engine: TantivyEngine) -> None:
    engine.add(article(id_, "w") for id_ in range(-3, 8))
    engine.commit()

    assert list(engine._ids(engine._view.searcher, batch=3)) == list(range(-3, 8))


def test_a_pattern_is_no_regular_expression(engine: TantivyEngine) -> None:
    engine.add([article(1, "a.b (x|y) [z] ^s$ #t"), article(2, "axb x y z s t")])
    engine.commit()

    for pattern in ("a.b*", "(x|y)*", "[z]*", "^s$*", "#t*"):
        hits = engine.search(SearchRequest(plan=TermWildcard("body", pattern))).hits
        assert [hit.id for hit in hits] == [1], pattern


def test_a_cached_query_is_not_used_after_a_commit(engine: TantivyEngine) -> None:
    """Long wildcards are expanded against the terms of one commit."""
    pattern = TermWildcard("body", "*" + "?" * 60)
    engine.add([article(1, "x" * 70)])
    engine.commit()
    first = engine.search(SearchRequest(plan=pattern)).total

    engine.add([article(2, "y" * 70)])
    engine.commit()

    assert (first, engine.search(SearchRequest(plan=pattern)).total) == (1, 2)


def test_everything_is_ordered_by_id_without_fetching_it_all(engine: TantivyEngine) -> None:
    engine.add(article(id_, "w") for id_ in range(300, 0, -1))
    engine.commit()

    page = engine.search(SearchRequest(plan=Every(), offset=100, limit=3)).hits

    assert [hit.id for hit in page] == [101, 102, 103]


def test_an_id_added_twice_is_one_document_in_any_order(tmp_path):
    engine = factory.create(tmp_path)
    for batch in ([5, 3, 5], [4, 6, 3]):
        engine.add([Record(id=id_, text={"body": "x"}, keywords={}, numbers={"id": id_}) for id_ in batch])
        engine.commit()

    assert list(engine.ids()) == [3, 4, 5, 6]


def test_a_state_of_the_index_that_nobody_searches_any_more_is_let_go(engine: TantivyEngine) -> None:
    engine.add([article(1, "harbour strike")])
    engine.commit()
    for sort in Sort:
        engine.search(SearchRequest(plan=Term("body", "harbour"), sort=sort))
    views = [ref(engine._view._compiler), ref(engine._view._orders)]
    gc.disable()
    try:
        engine.refresh()

        assert [view() for view in views] == [None, None]
    finally:
        gc.enable()
