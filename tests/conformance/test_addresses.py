"""An address typed alone finds its article, and what mentions it, in every engine alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from small_records import found, record

from index.analysis import stems, tokens
from index.engine import Engine, Record, SearchRequest
from index.query.parser import parse
from index.query.rewrite import plan_from_query

AT = {1: "https://www.example.org/news/a", 2: "https://example.org/news/b?id=2", 3: "https://other.org/"}
MENTIONS = "see https example org news a"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("https://www.example.org/news/a", [1], id="as it is"),
        pytest.param("http://example.org/news/a/#top", [1], id="another scheme, without www"),
        pytest.param("https://example.org/news/a", [1, 4], id="before what mentions it"),
        pytest.param("www.example.org/news/a", [1], id="without a scheme"),
        pytest.param("https://example.org/news/b?utm_source=x&id=2&fbclid=y", [2], id="with tracking"),
        pytest.param("https://example.org/news/c", [], id="not there"),
        pytest.param("https://", [4], id="a scheme is a word"),
        pytest.param("other.org", [], id="a word"),
    ],
)
def test_an_address_finds_its_article(
    filled: Callable[[Iterable[Record]], Engine], text: str, expected: list[int]
) -> None:
    records = [record(id_, "w", url=" ".join(tokens(url))) for id_, url in AT.items()]
    records.append(record(4, MENTIONS, stem=" ".join(stems(MENTIONS.split(), "en"))))
    engine = filled(records)
    query = parse(text)
    plan = plan_from_query(query.tree, plain=query.plain).plan

    assert found(engine, plan) == expected
    if expected:
        assert engine.search(SearchRequest(plan=plan)).hits[0].id == expected[0]
