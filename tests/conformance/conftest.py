"""Every test here runs once for each engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from index.engine import Engine, EngineFactory, Record
from index.engines import ENGINES, factory
from index.errors import EngineUnavailableError


def load(name: str, config: pytest.Config) -> EngineFactory:
    """Return the engine's factory; skip where its library is missing, unless told that it must be there."""
    try:
        return factory(name)
    except EngineUnavailableError as error:
        required = config.getoption("--require-engine", default=None)
        if required in ("all", name):
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(params=sorted(ENGINES))
def engine_name(request: pytest.FixtureRequest) -> str:
    load(request.param, request.config)
    return str(request.param)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "index"
    path.mkdir()
    return path


@pytest.fixture
def engine(engine_name: str, folder: Path) -> Iterator[Engine]:
    """An empty engine, open for writing."""
    opened = factory(engine_name).create(folder)
    yield opened
    opened.close()


@pytest.fixture
def filled(engine: Engine) -> Callable[[Iterable[Record]], Engine]:
    """Fills the engine, in some six commits or more, so that segments are many."""

    def fill(records: Iterable[Record]) -> Engine:
        records = list(records)
        size = max(1, len(records) // 6)
        for start in range(0, len(records), size):
            engine.add(records[start : start + size])
            engine.commit()
        return engine

    return fill
