"""Plans: what each node of a query asks of the index."""

from __future__ import annotations

import datetime as dt

import pytest

from archive.document import Document, Origin, PartialDate
from index.engine import SearchRequest
from index.engines.memory import MemoryEngine
from index.plan import (
    All,
    Any,
    Boost,
    Constant,
    Every,
    Except,
    NumberRange,
    Term,
    TermNear,
    TermPhrase,
    TermPrefix,
    TermWildcard,
)
from index.query.ast import (
    And,
    DateRange,
    Everything,
    Fuzzy,
    Has,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Wildcard,
    Word,
)
from index.query.rewrite import plan_from_query
from index.records import record_from_document
from index.stemming import stem


def planned(tree, **options):
    return plan_from_query(tree, plain=False, languages=["en"], **options)


def words(text):
    found = tuple(Word(text=word) for word in text.split())
    return found[0] if len(found) == 1 else And(children=found)


def a_document(id_, title, text, **values):
    return Document(
        id=id_,
        title=title,
        text=text,
        lead=text.split("\n\n")[0],
        identity=f"id:{id_}",
        origin=Origin(path="/x"),
        content_hash="0",
        words=len(text.split()),
        **{"language": "en", **values},
    )


DOCUMENTS = [
    a_document(
        1,
        "Ukraine may use long-range missiles",
        "The U.S. said AT&T’s ATACMS may be used.\n\nCOVID-19 cases fell.",
        authors=("Jane Q. Doe", "John Smith"),
        source="BBC News",
        published=PartialDate(2024, 9, 10),
    ),
    a_document(
        2, "Russia warns of a strike", "A longrange missile of the West.\n\nUkraine waits.", language=""
    ),
    a_document(3, "日本語のニュース", "東京で地震がありました。", language="ja"),
    a_document(
        4,
        "The price of wine",
        "Wine prices rise. Élections in France.",
        tags=("food", "wine news"),
        section="Economy",
        url="https://www.example.com/food/wine",
        published=PartialDate(2024),
    ),
    a_document(5, "Häuser", "Viele Häuser und ein Haus.", language="de"),
]


@pytest.fixture(scope="module")
def engine():
    memory = MemoryEngine()
    memory.add(map(record_from_document, DOCUMENTS))
    memory.commit()
    return memory


MATCHES = [
    pytest.param(Word(text="missiles"), {1, 2}, id="word-by-its-stem"),
    pytest.param(Word(text="Elections"), {4}, id="accents-and-case"),
    pytest.param(Word(text="longrange"), {1, 2}, id="joined-finds-hyphenated"),
    pytest.param(Word(text="long-range"), {1, 2}, id="hyphenated-finds-joined"),
    pytest.param(words("long range"), {1}, id="two-words"),
    pytest.param(Word(text="covid19"), {1}, id="letters-and-digits-joined"),
    pytest.param(Word(text="US"), {1}, id="acronym-without-dots"),
    pytest.param(Word(text="U.S."), {1}, id="acronym-with-dots"),
    pytest.param(Word(text="at&t"), {1}, id="ampersand"),
    pytest.param(Word(text="地"), {3}, id="one-character"),
    pytest.param(Word(text="た"), {3}, id="one-character-at-the-end-of-a-run"),
    pytest.param(Word(text="東京で地震"), {3}, id="run-of-characters"),
    pytest.param(Word(text="京地"), set(), id="characters-that-are-apart"),
    pytest.param(Word(text="Haus"), {5}, id="other-language"),
    pytest.param(Word(text="missile", field="title"), {1}, id="title"),
    pytest.param(Word(text="longrange", field="title"), {1}, id="title-compound"),
    pytest.param(Word(text="missiles", field="body"), {2}, id="body-not-title"),
    pytest.param(Word(text="ukraine", field="body"), {2}, id="body-though-the-stem-is-shared"),
    pytest.param(Word(text="covid-19", field="body"), {1}, id="body-hyphenated"),
    pytest.param(Word(text="地", field="body"), {3}, id="body-one-character"),
    pytest.param(Word(text="cases", field="lead"), set(), id="not-in-the-lead"),
    pytest.param(Word(text="used", field="lead"), {1}, id="lead"),
    pytest.param(Word(text="doe", field="author"), {1}, id="author"),
    pytest.param(Word(text="ukraine", field="author"), set(), id="author-is-not-in-the-text"),
    pytest.param(Phrase(text="John Smith", field="author"), {1}, id="author-phrase"),
    pytest.param(Phrase(text="Doe John", field="author"), set(), id="phrase-over-two-authors"),
    pytest.param(Near(text="doe jane", slop=5, field="author"), {1}, id="near-within-one-author"),
    pytest.param(Near(text="doe john", slop=100, field="author"), set(), id="near-over-two-authors"),
    pytest.param(Near(text="food news", slop=100, field="tag"), set(), id="near-over-two-tags"),
    pytest.param(Word(text="bbc", field="source"), {1}, id="source"),
    pytest.param(Word(text="economy", field="tag"), {4}, id="section-is-a-tag"),
    pytest.param(Word(text="example.com", field="url"), {4}, id="url"),
    pytest.param(Word(text="JA", field="lang"), {3}, id="language"),
    pytest.param(Phrase(text="missiles of the West"), set(), id="phrase-is-not-stemmed"),
    pytest.param(Phrase(text="missile of the West"), {2}, id="phrase"),
    pytest.param(Phrase(text="long range missiles"), {1}, id="phrase-without-the-hyphen"),
    pytest.param(Phrase(text="東京で地"), {3}, id="phrase-inside-a-run"),
    pytest.param(Near(text="west missile", slop=2), {2}, id="near"),
    pytest.param(Near(text="west missile", slop=1), set(), id="near-too-far"),
    pytest.param(Near(text="the said us may used be", slop=3), {1}, id="near-six-words"),
    pytest.param(Prefix(text="missil"), {1, 2}, id="prefix"),
    pytest.param(Prefix(text="long-ran"), {1}, id="prefix-after-hyphen"),
    pytest.param(Wildcard(pattern="mis?ile"), {2}, id="wildcard-is-not-stemmed"),
    pytest.param(Wildcard(pattern="É*ns"), {4}, id="wildcard-folded"),
    pytest.param(Fuzzy(text="missle"), {2}, id="fuzzy"),
    pytest.param(DateRange(start=dt.date(2024, 1, 1), end=dt.date(2025, 1, 1)), {1, 4}, id="year"),
    pytest.param(
        DateRange(start=dt.date(2024, 9, 1), end=dt.date(2024, 10, 1)), {1}, id="month-leaves-out-a-year"
    ),
    pytest.param(DateRange(start=dt.date(2024, 9, 10), end=dt.date(2024, 9, 11)), {1}, id="day"),
    pytest.param(DateRange(start=dt.date(2024, 9, 11)), set(), id="after"),
    pytest.param(DateRange(end=dt.date(2024, 9, 10)), set(), id="before"),
    pytest.param(DateRange(start=dt.date(2025, 1, 1), end=dt.date(2024, 1, 1)), set(), id="turned-round"),
    pytest.param(DateRange(), {1, 4}, id="any-date"),
    pytest.param(Not(child=Has(name="date")), {2, 3, 5}, id="undated"),
    pytest.param(Has(name="author"), {1}, id="has-author"),
    pytest.param(Or(children=(Word(text="wine"), Word(text="atacms"))), {1, 4}, id="or"),
    pytest.param(And(children=(Word(text="ukraine"), Not(child=Word(text="waits")))), {1}, id="and-not"),
    pytest.param(Everything(), {1, 2, 3, 4, 5}, id="everything"),
    pytest.param(And(children=(Word(text="😀"), Word(text="wine"))), {4}, id="emoji-says-nothing"),
    pytest.param(Or(children=(Word(text="😀"), Word(text="wine"))), {4}, id="emoji-widens-nothing"),
    pytest.param(Not(child=Word(text="😀")), {1, 2, 3, 4, 5}, id="emoji-excludes-nothing"),
]


@pytest.mark.parametrize(("tree", "expected"), MATCHES)
def test_matches(engine, tree, expected):
    plan = plan_from_query(tree, plain=False, languages=["en", "de", "ja"]).plan

    found = engine.search(SearchRequest(plan=plan, limit=100))

    assert {hit.id for hit in found.hits} == expected


@pytest.mark.parametrize(
    ("tree", "plan"),
    [
        pytest.param(Word(text="missiles"), Term("stem", "missil"), id="word"),
        pytest.param(
            Phrase(text="red line"),
            Any((TermPhrase("title", ("red", "line")), TermPhrase("body", ("red", "line")))),
            id="phrase",
        ),
        pytest.param(
            Near(text="red line", slop=5, field="title"), TermNear("title", ("red", "line"), 5), id="near"
        ),
        pytest.param(Not(child=Phrase(text="wine", field="body")), Except(Term("body", "wine")), id="not"),
        pytest.param(
            Prefix(text="Win", field="author"), Constant(TermPrefix("author", "win"), 0.0), id="filter-prefix"
        ),
        pytest.param(
            Wildcard(pattern="don't-w?n*", field="title"),
            Constant(All((Term("title", "dont"), TermWildcard("title", "w?n*"))), 0.0),
            id="wildcard-with-separator",
        ),
        pytest.param(Has(name="date"), Constant(Term("has", "date"), 0.0), id="has"),
        pytest.param(
            DateRange(start=dt.date(2024, 1, 1), end=dt.date(2024, 1, 2)),
            Constant(
                All(
                    (
                        NumberRange("published_start", low=dt.date(2024, 1, 1).toordinal()),
                        NumberRange("published_end", high=dt.date(2024, 1, 3).toordinal()),
                    )
                ),
                0.0,
            ),
            id="dates",
        ),
        pytest.param(
            DateRange(start=dt.date(2023, 1, 1), end=dt.date(2025, 1, 1)),
            Constant(Any((Term("year", "2023"), Term("year", "2024"))), 0.0),
            id="whole-years",
        ),
        pytest.param(Everything(), Every(), id="everything"),
        pytest.param(Word(text="!?"), Every(), id="nothing-to-look-for"),
    ],
)
def test_plans(tree, plan):
    found = planned(tree).plan

    assert getattr(found, "match", found) == plan


@pytest.mark.parametrize(
    ("tree", "scored"),
    [
        pytest.param(Word(text="wine"), True, id="word"),
        pytest.param(Phrase(text="red line"), True, id="phrase"),
        pytest.param(Word(text="wine", field="title"), True, id="title"),
        pytest.param(Word(text="doe", field="author"), False, id="author"),
        pytest.param(Prefix(text="win"), False, id="prefix"),
        pytest.param(DateRange(start=dt.date(2024, 1, 1)), False, id="date"),
        pytest.param(Not(child=Word(text="wine")), False, id="only-excluded"),
        pytest.param(
            And(children=(Word(text="wine"), Not(child=Has(name="date")))), True, id="word-and-filter"
        ),
        pytest.param(Everything(), False, id="everything"),
    ],
)
def test_tells_whether_anything_ranks(tree, scored):
    assert planned(tree).scored is scored


FILTERS = [
    pytest.param(Word(text="doe", field="author"), id="author"),
    pytest.param(Word(text="bbc", field="source"), id="source"),
    pytest.param(Word(text="en", field="lang"), id="language"),
    pytest.param(Has(name="author"), id="has"),
    pytest.param(DateRange(start=dt.date(2024, 1, 1)), id="date"),
    pytest.param(Prefix(text="miss"), id="prefix"),
]


@pytest.mark.parametrize("narrower", FILTERS)
def test_filters_leave_scores_alone(engine, narrower):
    plain = planned(Word(text="missiles"))
    filtered = planned(And(children=(Word(text="missiles"), narrower)))

    before = {hit.id: hit.score for hit in engine.search(SearchRequest(plan=plain.plan)).hits}
    after = {hit.id: hit.score for hit in engine.search(SearchRequest(plan=filtered.plan)).hits}

    assert after
    assert after == {id_: pytest.approx(before[id_]) for id_ in after}


def test_what_says_nothing_is_left_out_with_a_warning():
    tree = And(children=(Word(text="😀", span=(0, 1)), Word(text="wine", span=(2, 6))))

    found = planned(tree)

    assert [(warning.code, warning.span) for warning in found.warnings] == [("no_word", (0, 1))]


def test_stems_of_other_languages_count_less():
    found = plan_from_query(Word(text="houses"), plain=False, languages=["en", "xx", ""]).plan

    assert getattr(found, "match", found) == Any((Term("stem", "hous"), Boost(Term("stem", "houses|"), 0.5)))


def test_a_stem_of_one_language_finds_no_article_of_another():
    turkish = stem("time", "tr")
    english = record_from_document(a_document(1, "T", f"{turkish.split('|')[0]} squared", language="en"))

    assert turkish not in english.text["stem"].split()
