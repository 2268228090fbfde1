"""Fixtures that the tests of the index share."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.store import Store
from index.indexer import Indexer

ENGINES = ["memory", "tantivy", "whoosh"]


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path / "archive.db") as opened:
        yield opened


@pytest.fixture(params=ENGINES)
def indexer(request: pytest.FixtureRequest, store: Store, tmp_path: Path) -> Indexer:
    return Indexer(store, tmp_path / "index", request.param)
