"""What only texts can tell: candidates are few, read once, and narrowed by the rest of the query."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.document import Document, Origin
from index import checking
from index.checking import CheckingEngine
from index.engine import SearchRequest
from index.engines.memory import MemoryEngine
from index.passages import sentence_ends_between
from index.plan import Plan
from index.query.parser import parse
from index.query.rewrite import plan_from_query
from index.records import record_from_document

TEXTS = (
    "The harbour is closed. Nobody knows why the strike began.\n\nThe strike is over.",
    "A strike closed the harbour, Mr. Smith said. It is over.",
    "The harbour: strike, strike, strike!",
    "Nothing of it.",
    "Harbour and harbour and harbour.\n\nStrike.",
)


def document(id_: int, title: str, text: str) -> Document:
    return Document(
        id=id_,
        slug=f"a{id_}",
        title=title,
        text=text,
        lead=text.split("\n\n")[0],
        identity=f"id:{id_}",
        origin=Origin(path="x.txt"),
        content_hash=str(id_),
        words=len(text.split()),
        language="en",
    )


DOCUMENTS = {id_: document(id_, f"Number {id_}", text) for id_, text in enumerate(TEXTS, 1)}


class Shelf:
    """Reads documents and remembers which."""

    def __init__(self) -> None:
        self.read: list[int] = []
        self.asked: list[int] = []
        self.documents = dict(DOCUMENTS)

    def __call__(self, ids: Sequence[int]) -> list[Document]:
        self.read.extend(ids)
        self.asked.append(len(ids))
        return [self.documents[id_] for id_ in ids if id_ in self.documents]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def opened(shelf: Shelf) -> CheckingEngine:
    engine = CheckingEngine(MemoryEngine(), shelf)
    engine.add(map(record_from_document, DOCUMENTS.values()))
    engine.commit()
    return engine


def planned(text: str) -> Plan:
    parsed = parse(text)
    return plan_from_query(parsed.tree, plain=parsed.plain, languages=["en"]).plan


def found(engine: CheckingEngine, text: str) -> list[int]:
    request = SearchRequest(plan=planned(text))
    hits = engine.search(request)
    assert hits.total == len(hits.hits)
    assert {hit.id for hit in engine.iterate(request)} == {hit.id for hit in hits.hits}
    return sorted(hit.id for hit in hits.hits)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("harbour SENT strike", [2, 3], id="sentence"),
        pytest.param("harbour PARA strike", [1, 2, 3], id="paragraph"),
        pytest.param("harbour SENT smith", [2], id="an-abbreviation-ends-no-sentence"),
        pytest.param("harbour -(harbour SENT strike)", [1, 5], id="not-in-one-sentence"),
        pytest.param("strike SENT strikes", [3], id="a-word-and-itself"),
        pytest.param("atleast2:strike", [1, 3], id="twice"),
        pytest.param("atleast3:harbour", [5], id="three-times"),
        pytest.param("atleast2:strike atleast2:is", [1], id="two-counts"),
        pytest.param("atleast3:harbour OR smith", [2, 5], id="either"),
        pytest.param("number SENT 3", [3], id="a-title-is-a-sentence"),
        pytest.param("3 SENT strike", [], id="title-and-text-are-two"),
    ],
)
def test_finds(shelf: Shelf, text: str, expected: list[int]) -> None:
    assert found(opened(shelf), text) == expected


def test_candidates_are_read_some_at_a_time_however_many(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "BATCH", 2)

    assert found(opened(shelf), "harbour SENT strike") == [2, 3]
    assert shelf.asked == [2, 2]


def test_what_stands_beside_narrows_the_candidates(shelf: Shelf) -> None:
    assert found(opened(shelf), "harbour SENT strike smith") == [2]
    assert shelf.read == [2]


@given(
    words=st.lists(
        st.sampled_from(
            ["harbour", "strike.", "Strike,", "strike", "Mr.", "x", "Y", "\n\n", "No.", "strike?”"]
        ),
        max_size=14,
    )
)
def test_sentences_and_paragraphs_are_those_that_the_text_is_cut_into(words: list[str]) -> None:
    text = " ".join(words)
    shelf = Shelf()
    shelf.documents = {1: document(1, "Title", text)}
    engine = CheckingEngine(MemoryEngine(), shelf)
    engine.add(map(record_from_document, shelf.documents.values()))
    engine.commit()

    assert bool(found(engine, "harbour SENT strike")) == any(map(has_both, sentences(text)))
    assert bool(found(engine, "harbour PARA strike")) == any(map(has_both, text.split("\n\n")))


def has_both(part: str) -> bool:
    return "harbour" in part and "strike" in part.lower()


def sentences(text: str) -> list[str]:
    """Cut ``text`` wherever a sentence ends, one after the other."""
    found, start = [], 0
    for at in range(1, len(text) + 1):
        if sentence_ends_between(text, start, at):
            found.append(text[start:at])
            start = at
    return [*found, text[start:]]


def test_the_same_question_reads_no_text_twice_until_a_commit(shelf: Shelf) -> None:
    engine = opened(shelf)
    found(engine, "atleast2:strike")
    read = len(shelf.read)

    found(engine, "atleast2:strike")
    assert len(shelf.read) == read

    engine.add([record_from_document(document(6, "New", "Strike after strike."))])
    shelf.documents[6] = document(6, "New", "Strike after strike.")
    engine.commit()
    assert found(engine, "atleast2:strike") == [1, 3, 6]


def test_an_article_that_is_gone_is_no_match(shelf: Shelf) -> None:
    engine = opened(shelf)
    del shelf.documents[3]

    assert found(engine, "harbour SENT strike") == [2]


def test_the_words_that_were_asked_for_rank() -> None:
    engine = opened(Shelf())

    hits = engine.search(SearchRequest(plan=planned("harbour SENT strike"))).hits

    assert hits[0].score > hits[1].score > 0
