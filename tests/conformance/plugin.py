"""The option that makes a missing engine a failure; registered by the first conftest."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require-engine",
        metavar="NAME",
        help="fail, do not skip, where the library of this engine is missing; 'all' for every engine",
    )
