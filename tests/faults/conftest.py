"""Short and long form of the fault tests: `pytest tests/faults [--faults=long]`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from fault_archives import FaultRun

DEFAULT_SEED = 20261122


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults")
    group.addoption(
        "--faults", choices=("short", "long"), default="short", help="a sample of the faults, or all of them"
    )
    group.addoption(
        "--faults-points",
        type=int,
        default=0,
        help="at most so many faults of a kind in the long form; 0 is all",
    )
    group.addoption(
        "--faults-seed", type=int, default=DEFAULT_SEED, help="decides which faults the sample holds"
    )


@pytest.fixture(scope="session")
def faults(request: pytest.FixtureRequest) -> FaultRun:
    """How thorough this run is, and where it counts what it did."""
    return FaultRun(
        long=request.config.getoption("--faults", default="short") == "long",
        points=request.config.getoption("--faults-points", default=0),
        seed=request.config.getoption("--faults-seed", default=DEFAULT_SEED),
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def pytest_terminal_summary(terminalreporter) -> None:
    for line in FaultRun.lines():
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def strace() -> str:
    """The path of strace; only a developer's machine may go without."""
    found = shutil.which("strace")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs strace")
        pytest.skip("strace is not installed")
    return found
