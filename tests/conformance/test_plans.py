"""What each node of a plan matches, in every engine alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from small_records import found, record

from index.engine import Engine, Record, SearchRequest
from index.errors import EngineError, QueryLimitError
from index.plan import (
    All,
    Any,
    Boost,
    Checked,
    Constant,
    Every,
    Except,
    Forms,
    Ids,
    Mentions,
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

LONG = "x" * 100

RECORDS = [
    record(1, "the long range missile strikes the base", title="missile strikes", title_stem="missil strike"),
    record(2, "range long missiles", author_key=("ann lee", "bo"), lang=("en",), day=10, words=3),
    record(3, f"at&t 3.5 c {LONG} été", author_key=("ann lee",), lang=("fr",), day=20, words=5),
    record(4, f"ann {BREAK} lee", author=f"ann smith {BREAK} bo lee", day=30),
    record(5, "日本 本語 語 mistle a*b a?b (a.b) [x] \\d {2}", words=0),
    record(6, "a b c a d e f b", lang=("en",), words=-7),
    record(7),
    record(8, "missal misile mssile imssile fissile", day=20, year=("2024",)),
]

CASES: list[tuple[str, Plan, list[int]]] = [
    ("term", Term("body", "missile"), [1]),
    ("term is whole", Term("body", "missil"), []),
    ("term of another field", Term("title", "base"), []),
    ("term of a field that only knows whether", Term("title_stem", "strike"), [1]),
    ("term with an ampersand", Term("body", "at&t"), [3]),
    ("term with a point", Term("body", "3.5"), [3]),
    ("term of 100 characters", Term("body", LONG), [3]),
    ("term in CJK", Term("body", "本語"), [5]),
    ("term with an accent", Term("body", "été"), [3]),
    ("term is not folded", Term("body", "ete"), []),
    ("the boundary is a token", Term("body", BREAK), [4]),
    ("keyword is whole", Term("author_key", "ann lee"), [2, 3]),
    ("second keyword", Term("author_key", "bo"), [2]),
    ("part of a keyword", Term("author_key", "ann"), []),
    ("phrase", TermPhrase("body", ("long", "range")), [1]),
    ("phrase in order", TermPhrase("body", ("range", "long")), [2]),
    ("phrase of three", TermPhrase("body", ("strikes", "the", "base")), [1]),
    ("phrase of one word twice", TermPhrase("body", ("a", "a")), []),
    ("phrase with a repeated word", TermPhrase("body", ("a", "b", "c", "a")), [6]),
    ("phrase stops at the boundary", TermPhrase("author", ("smith", "bo")), []),
    ("phrase within a value", TermPhrase("author", ("bo", "lee")), [4]),
    ("phrase with a word nobody has", TermPhrase("body", ("long", "nobody")), []),
    ("phrase in CJK", TermPhrase("body", ("日本", "本語")), [5]),
    ("near, side by side", TermNear("body", ("range", "long"), 0), [1, 2]),
    ("near, too far", TermNear("body", ("long", "missile"), 0), []),
    ("near, just near enough", TermNear("body", ("long", "missile"), 1), [1]),
    ("near, other way round", TermNear("body", ("missile", "long"), 1), [1]),
    ("near, three words", TermNear("body", ("base", "range", "strikes"), 2), [1]),
    ("near, three words, too far", TermNear("body", ("base", "range", "strikes"), 1), []),
    ("near, two gaps", TermNear("body", ("b", "a", "e"), 2), [6]),
    ("near, four words, gaps between all", TermNear("body", ("a", "c", "d", "f"), 2), [6]),
    ("near, five words", TermNear("body", ("f", "e", "d", "c", "b"), 1), [6]),
    ("near, five words, too far", TermNear("body", ("f", "e", "d", "c", "b"), 0), []),
    ("within, just near enough", TermWithin("body", ("long",), ("missile",), 1), [1]),
    ("within, too far", TermWithin("body", ("long",), ("missile",), 0), []),
    ("within, other way round", TermWithin("body", ("missile",), ("long",), 1), [1]),
    ("within, in order", TermWithin("body", ("long",), ("missile",), 1, ordered=True), [1]),
    ("within, against the order", TermWithin("body", ("missile",), ("long",), 9, ordered=True), []),
    ("within, either order", TermWithin("body", ("range",), ("long",), 0), [1, 2]),
    ("within, one order", TermWithin("body", ("range",), ("long",), 0, ordered=True), [2]),
    ("within, a phrase and a word", TermWithin("body", ("long", "range"), ("base",), 3), [1]),
    ("within, a phrase and a word, too far", TermWithin("body", ("long", "range"), ("base",), 2), []),
    ("within, a phrase behind a word", TermWithin("body", ("base",), ("long", "range"), 3), [1]),
    (
        "within, a phrase behind a word, in order",
        TermWithin("body", ("base",), ("long", "range"), 3, ordered=True),
        [],
    ),
    ("within, two phrases", TermWithin("body", ("the", "long"), ("strikes", "the"), 2, ordered=True), [1]),
    ("within, two phrases do not overlap", TermWithin("body", ("the", "long"), ("long", "range"), 9), []),
    ("within, a word and itself", TermWithin("body", ("a",), ("a",), 2), [6]),
    ("within, a word and itself, too far", TermWithin("body", ("a",), ("a",), 1), []),
    ("within, a word and itself, in order", TermWithin("body", ("b",), ("b",), 5, ordered=True), [6]),
    ("within, a word that is there once", TermWithin("body", ("c",), ("c",), 99), []),
    ("within, any form", TermWithin("body", (Forms("long"),), (Forms("missil"),), 1), [1, 2]),
    ("within, any form, side by side", TermWithin("body", (Forms("long"),), (Forms("missil"),), 0), [2]),
    ("within, a stem and itself, too far", TermWithin("body", (Forms("a"),), (Forms("a"),), 1), []),
    ("within, a stem and itself", TermWithin("body", (Forms("a"),), (Forms("a"),), 2), [6]),
    ("within, a form that nobody has", TermWithin("body", (Forms("long"),), (Forms("nobodi"),), 9), []),
    ("within, a phrase and any form", TermWithin("body", ("long", "range"), (Forms("base"),), 3), [1]),
    ("within, past the boundary", TermWithin("author", ("smith",), ("bo",), 1), [4]),
    ("within, word nobody has", TermWithin("body", ("long",), ("nobody",), 9), []),
    ("ids", Ids((2, 3, 99)), [2, 3]),
    ("no ids", Ids(()), []),
    ("without ids", All((Every(), Except(Ids((1, 2, 3, 4))))), [5, 6, 7, 8]),
    ("ids among others", All((Term("body", "a"), Ids((5, 6)))), [6]),
    ("near, a word twice needs two of it", TermNear("body", ("c", "c"), 5), []),
    ("near, a word twice", TermNear("body", ("a", "a"), 2), [6]),
    ("near, a word twice, too far", TermNear("body", ("a", "a"), 1), []),
    ("near, a word twice and another", TermNear("body", ("a", "b", "a"), 1), [6]),
    ("near, farther than any text", TermNear("body", ("a", "b"), 10**9), [6]),
    ("prefix", TermPrefix("body", "missile"), [1, 2]),
    ("prefix is literal", TermPrefix("body", "a."), []),
    ("prefix with a star in it", TermPrefix("body", "a*"), [5]),
    ("prefix of a keyword", TermPrefix("author_key", "ann "), [2, 3]),
    ("prefix in CJK", TermPrefix("body", "日"), [5]),
    ("empty prefix: any value", TermPrefix("author_key", ""), [2, 3]),
    ("empty prefix: any token", TermPrefix("body", ""), [1, 2, 3, 4, 5, 6, 8]),
    ("wildcard, one character", TermWildcard("body", "m?ssal"), [8]),
    ("wildcard, one CJK character", TermWildcard("body", "?本"), [5]),
    ("wildcard, any number", TermWildcard("body", "mis*le"), [1, 5, 8]),
    ("wildcard, at the start", TermWildcard("body", "*ssiles"), [2]),
    ("wildcard, none too", TermWildcard("body", "missile*"), [1, 2]),
    ("wildcard is literal elsewhere", TermWildcard("body", "(a.?)"), [5]),
    ("wildcard, brackets", TermWildcard("body", "[*]"), [5]),
    ("wildcard, backslash", TermWildcard("body", "\\?"), [5]),
    ("wildcard, braces", TermWildcard("body", "{?}"), [5]),
    ("wildcard, nothing but stars", TermWildcard("body", "**"), [1, 2, 3, 4, 5, 6, 8]),
    ("wildcard, too big for an automaton", TermWildcard("body", "*" + "?" * 99), [3]),
    ("wildcard without any", TermWildcard("body", "base"), [1]),
    ("fuzzy, one edit", TermFuzzy("body", "missile", 1), [1, 2, 8]),
    ("fuzzy, swapped neighbours are one edit", TermFuzzy("body", "imssiel", 1), [8]),
    ("fuzzy, the first character must agree", TermFuzzy("body", "jissile", 1), []),
    ("fuzzy, two edits", TermFuzzy("body", "missile", 2), [1, 2, 5, 8]),
    ("fuzzy, long", TermFuzzy("body", LONG[:-1] + "y", 1), [3]),
    ("fuzzy, long, two edits", TermFuzzy("body", LONG[:-2], 2), [3]),
    ("fuzzy, one character", TermFuzzy("body", "c", 1), [3, 6]),
    ("fuzzy, accents count", TermFuzzy("body", "éte", 1), [3]),
    ("range", NumberRange("published_start", 10, 20), [2]),
    ("range, half open", NumberRange("published_start", 10, 21), [2, 3, 8]),
    ("range, no start", NumberRange("published_start", None, 20), [2]),
    ("range, no end", NumberRange("published_start", 20, None), [3, 4, 8]),
    ("range, no bounds: any value", NumberRange("published_start"), [2, 3, 4, 8]),
    ("range, empty", NumberRange("published_start", 20, 20), []),
    ("range, backwards", NumberRange("published_start", 30, 10), []),
    ("range, negative", NumberRange("words", None, 0), [6]),
    ("range, zero is a value", NumberRange("words", 0, 1), [5]),
    ("range, beyond 64 bits", NumberRange("words", -(10**30), 10**30), [2, 3, 5, 6]),
    ("range, all above 64 bits", NumberRange("words", 10**30, None), []),
    ("range, all below 64 bits", NumberRange("words", None, -(10**30)), []),
    ("everything", Every(), [1, 2, 3, 4, 5, 6, 7, 8]),
    ("nothing", Nothing(), []),
    ("all", All((Term("body", "range"), Term("body", "missile"))), [1]),
    ("all of one", All((Term("body", "range"),)), [1, 2]),
    ("all of none", All(()), [1, 2, 3, 4, 5, 6, 7, 8]),
    ("all with an exception", All((Term("body", "range"), Except(Term("body", "base")))), [2]),
    ("all exceptions", All((Except(Term("body", "range")), Except(Term("body", "a")))), [3, 4, 5, 7, 8]),
    ("all with nothing", All((Every(), Nothing())), []),
    ("any", Any((Term("body", "base"), Term("body", "missiles"))), [1, 2]),
    ("any of none", Any(()), []),
    ("any, two of three", Any((Term("body", "a"), Term("body", "b"), Term("body", "range")), 2), [6]),
    ("any, more than there are", Any((Term("body", "a"), Term("body", "b")), 3), []),
    ("any, none needed", Any((Term("body", "a"),), 0), [1, 2, 3, 4, 5, 6, 7, 8]),
    ("any with an exception", Any((Term("body", "a"), Except(Term("lang", "en")))), [1, 3, 4, 5, 6, 7, 8]),
    ("any of equal parts counts each", Any((Term("body", "a"), Term("body", "a")), 2), [6]),
    ("except", Except(TermPrefix("body", "")), [7]),
    ("except twice", Except(Except(Term("body", "base"))), [1]),
    ("except everything", Except(Every()), []),
    ("boost", Boost(Term("body", "base"), 3.0), [1]),
    ("constant", Constant(Term("body", "base"), 0.0), [1]),
    ("reward adds no match", Reward(Term("body", "base"), (Every(), Term("body", "a"))), [1]),
    (
        "reward of an exception",
        Reward(Except(Term("body", "base")), (Term("body", "a"),)),
        [2, 3, 4, 5, 6, 7, 8],
    ),
]


@pytest.mark.parametrize(("plan", "expected"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_matches(shared: Engine, plan: Plan, expected: list[int]) -> None:
    assert found(shared, plan) == expected


@pytest.fixture(scope="module", name="shared_by_name")
def _shared_by_name(tmp_path_factory: pytest.TempPathFactory) -> Iterable[dict[str, Engine]]:
    opened: dict[str, Engine] = {}
    yield opened
    for engine in opened.values():
        engine.close()


@pytest.fixture
def shared(
    engine_name: str, shared_by_name: dict[str, Engine], tmp_path_factory: pytest.TempPathFactory
) -> Engine:
    """One engine for all cases, with deleted documents in it: none is written."""
    from index.engines import factory

    if engine_name not in shared_by_name:
        engine = factory(engine_name).create(tmp_path_factory.mktemp(engine_name))
        engine.add(
            record(id_, "missile base a b range long", lang=("en",), day=20, words=3) for id_ in (3, 9)
        )
        engine.add(RECORDS[:4])
        engine.commit()
        engine.add(RECORDS[4:])
        engine.delete([9])
        engine.commit()
        shared_by_name[engine_name] = engine
    return shared_by_name[engine_name]


REFUSED: list[tuple[str, Plan, type[Exception]]] = [
    ("unknown field", Term("nosuch", "a"), EngineError),
    ("phrase where there are no positions", TermPhrase("title_stem", ("a", "b")), EngineError),
    ("phrase of one word", TermPhrase("body", ("a",)), EngineError),
    ("near of six words", TermNear("body", tuple("abcdef"), 1), EngineError),
    ("near of a negative distance", TermNear("body", ("a", "b"), -1), EngineError),
    ("within, nothing on a side", TermWithin("body", ("a",), (), 1), EngineError),
    ("within of a negative distance", TermWithin("body", ("a",), ("b",), -1), EngineError),
    ("within where there are no positions", TermWithin("stem", ("a",), ("b",), 1), EngineError),
    ("what only the text can tell", Checked(Every(), Mentions((Every(),), ("body",), 2)), EngineError),
    ("range of a text", NumberRange("body", 1, 2), EngineError),
    ("term of a number", Term("words", "3"), EngineError),
    ("three edits", TermFuzzy("body", "a", 3), EngineError),
    ("too many parts", Any(tuple(Term("body", str(n)) for n in range(20_000))), QueryLimitError),
]


@pytest.mark.parametrize(("plan", "error"), [pytest.param(*case[1:], id=case[0]) for case in REFUSED])
def test_refuses(shared: Engine, plan: Plan, error: type[Exception]) -> None:
    with pytest.raises(error):
        found(shared, plan)


def test_refuses_a_plan_too_deep_for_the_stack(shared: Engine) -> None:
    plan: Plan = Term("body", "a")
    for _ in range(3_000):
        plan = Except(plan)

    with pytest.raises(QueryLimitError):
        found(shared, plan)


def test_answers_a_plan_nested_twenty_deep(shared: Engine) -> None:
    plan: Plan = Term("body", "a")
    for level in range(20):
        plan = Any((plan, Nothing())) if level % 2 else All((Except(Except(plan)), Every()))

    assert found(shared, plan) == [6]


def test_answers_sixty_four_terms(shared: Engine) -> None:
    words = [*"abcdef", *(f"w{n}" for n in range(58))]

    assert found(shared, Any(tuple(Term("body", word) for word in words))) == [3, 6]
    assert found(shared, All(tuple(Term("body", word) for word in words))) == []


def test_answers_a_prefix_of_very_many_words(filled: Callable[[Iterable[Record]], Engine]) -> None:
    engine = filled([record(1, " ".join(f"w{n}" for n in range(3_000))), record(2, "other")])

    assert found(engine, TermPrefix("body", "w")) == [1]
    assert found(engine, TermWildcard("body", "w*9")) == [1]
    assert found(engine, TermWildcard("body", "*h*r")) == [2]


def test_a_page_before_the_first_is_refused(shared: Engine) -> None:
    with pytest.raises(EngineError):
        shared.search(SearchRequest(plan=Every(), offset=-1))
