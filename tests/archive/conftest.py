"""Fixtures that the tests of the archive share."""

from __future__ import annotations

import pytest
from local_site import PoolHere, serving
from store_documents import Clock

from archive.store import Store


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "archive.db", clock=Clock()) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path):
    """A folder for articles, besides the archive."""
    path = tmp_path / "articles"
    path.mkdir()
    return path


@pytest.fixture
def site():
    """A web site on this machine."""
    with serving() as site:
        yield site


@pytest.fixture
def reads_here(request, monkeypatch):
    """Read fetched pages in this process, unless the test asks for a `real_process`."""
    if "real_process" not in request.fixturenames:
        monkeypatch.setattr("archive.fetch.keeping.ReaderPool", PoolHere)


@pytest.fixture
def real_process():
    """Read in a child process, as users do."""
