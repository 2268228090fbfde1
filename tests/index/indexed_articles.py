"""Articles for the tests of the indexer, and what an index says of them."""

from __future__ import annotations

import json
from pathlib import Path

from archive.document import Document, Origin
from archive.store import Store
from index.engine import SearchRequest
from index.indexer import Indexer
from index.manifests import MANIFEST
from index.plan import Term


def article(number: int, title: str = "", text: str = "A text.") -> Document:
    return Document(
        title=title or f"Title {number}",
        text=text,
        lead=text,
        identity=f"id:{number}",
        origin=Origin(path=f"/articles/{number}.txt"),
        content_hash=f"{number:032x}{title}{text}",
        words=2,
        language="en",
    )


def put(store: Store, *numbers: int, title: str = "") -> list[int]:
    return [done.id for done in store.put([article(number, title, f"Text {number}.") for number in numbers])]


def ids(indexer: Indexer) -> list[int]:
    engine = indexer.open_reader()
    try:
        return list(engine.ids())
    finally:
        engine.close()


def titles_with(indexer: Indexer, word: str) -> int:
    engine = indexer.open_reader()
    try:
        return engine.search(SearchRequest(plan=Term("title", word))).total
    finally:
        engine.close()


def remove_pointer(indexer: Indexer) -> None:
    (indexer.generations.folder / "CURRENT").unlink()


def change_manifest(generation: Path, **values: object) -> None:
    path = generation / MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))
