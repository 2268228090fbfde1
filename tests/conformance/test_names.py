"""Names of authors, however a query and a byline spell them, in every engine alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from small_records import found, record

from index.engine import Engine, Record
from index.query.parser import parse
from index.query.rewrite import plan_from_query

NAMES = {1: "t s eliot", 2: "ts eliot", 3: "ada lovelace", 4: "ada king", 5: "lovelace ada", 6: "wu li"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('author:"T.S. Eliot"', [1, 2], id="initials together"),
        pytest.param('author:"T. S. Eliot"', [1, 2], id="initials apart"),
        pytest.param('author:"TS Eliot"', [1, 2], id="initials without stops"),
        pytest.param('author:"Ts Eliot"', [2], id="a name of two letters"),
        pytest.param('author:"Eliot, T. S."', [1, 2], id="family name first"),
        pytest.param('author:"Lovelace, Ada"', [3, 5], id="either way"),
        pytest.param('author:"Ada Lovelace"', [3], id="given name first"),
        pytest.param("author:Lovelace,Ada", [3, 5], id="without quotes"),
        pytest.param('author:"Lovelace, Ada"~1', [3, 5], id="near"),
        pytest.param('author:(="Ada King" OR "King, Ada")', [4], id="in a group"),
        pytest.param('author:"Lovelace, Ada, King"', [], id="more commas than a name has"),
        pytest.param('author:", Ada"', [3, 4, 5], id="nothing before the comma"),
        pytest.param('author:"WU LI"', [6], id="in capitals"),
        pytest.param('-author:"Lovelace, Ada"', [1, 2, 4, 6], id="left out"),
    ],
)
def test_a_name_is_found_however_it_is_spelt(
    filled: Callable[[Iterable[Record]], Engine], text: str, expected: list[int]
) -> None:
    engine = filled([record(id_, "w", author=name) for id_, name in NAMES.items()])
    query = parse(text)

    assert found(engine, plan_from_query(query.tree, plain=query.plain).plan) == expected
