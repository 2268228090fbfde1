"""Records for the conformance suite, short to write and already analysed."""

from __future__ import annotations

from index.engine import Engine, Record, SearchRequest
from index.plan import Plan
from index.records import words_sort


def record(id_: int, body: str = "", **fields: object) -> Record:
    """Return a record with ``body``, and fields by name: text, (keywords,) or numbers.

    ``day`` stands for the three publication numbers, ``words`` for both of the length.
    """
    text = {"body": body} if body else {}
    keywords: dict[str, tuple[str, ...]] = {}
    numbers = {"id": id_}
    for name, value in fields.items():
        if name == "day":
            assert isinstance(value, int)
            numbers |= {"published_start": value, "published_end": value + 1}
            numbers["published_sort"] = value << 40 | id_
        elif name == "words":
            assert isinstance(value, int)
            numbers |= {"words": value, "words_sort": words_sort(value, id_)}
        elif isinstance(value, tuple):
            keywords[name] = value
        elif isinstance(value, int):
            numbers[name] = value
        else:
            text[name] = str(value)
    return Record(id=id_, text=text, keywords=keywords, numbers=numbers)


def found(engine: Engine, plan: Plan) -> list[int]:
    """Return all ids that ``plan`` matches, ascending."""
    response = engine.search(SearchRequest(plan=plan, limit=1_000))
    ids = sorted(hit.id for hit in response.hits)
    assert response.total == len(ids)
    return ids
