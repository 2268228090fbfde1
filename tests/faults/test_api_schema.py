"""The API held to its own description by a fuzzer: every answer documented, every refusal right, none slow."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_archives import FaultRun

from archive.store import Store
from index.indexer import Indexer
from tests.webapp.small_archive import build
from webapp import create_app
from webapp.limits import lane_of
from webapp.queueing import Lane
from webapp.server import Server
from webapp.services import Services

#: Cases for each address, of which there are a dozen; the fuzzer adds those that the description itself names.
SHORT, LONG = 15, 200

#: Cursors and page numbers are right or wrong by what was asked before, and a filter must hold a word, which
#: no description says: so 400 may answer what looks right.  What grew too long is refused for that first.
CONFIGURATION = """
[checks]
max_response_time = 1.5
negative_data_rejection.expected-statuses = [400, 401, 404, 405, 406, 413, 414, 431]
positive_data_acceptance.expected-statuses = [200, 304, 400, 404]

[parameters]
"query.cursor" = ""
"query.page" = ""
"""


@pytest.fixture(scope="module")
def schemathesis() -> str:
    """The path of the fuzzer; it may be installed anywhere."""
    beside = Path(sys.executable).with_name("schemathesis")
    found = shutil.which("schemathesis") or (str(beside) if beside.exists() else None)
    if found is None:
        pytest.skip("schemathesis is not installed")
    return found


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = build(tmp_path_factory.mktemp("fuzzed") / "home", "tantivy")
    with Store.open(settings.store_path) as store:
        for other in ("whoosh", "memory"):
            Indexer(store, settings.index_root, other).reindex()
    with Services(settings) as services:
        lanes = (Lane(name="others", places=2, waiting=100), Lane(name="searches", places=2, waiting=100))
        server = Server(
            create_app(settings, services=services),
            host="127.0.0.1",
            port=0,
            lanes=(*lanes, Lane(name="exports", places=2, waiting=100)),
            lane_of=lane_of,
        )
        thread = threading.Thread(target=server.run)
        thread.start()
        yield server.url
        server.stop()
        thread.join(20)


def test_the_api_is_as_it_is_described(schemathesis: str, url: str, faults: FaultRun, tmp_path: Path) -> None:
    configuration = tmp_path / "schemathesis.toml"
    configuration.write_text(CONFIGURATION)
    cases = (faults.points or LONG) if faults.long else SHORT

    done = subprocess.run(
        [
            schemathesis, "--config-file", str(configuration), "run", f"{url}api/v1/openapi.json",
            "--checks", "all", "--max-examples", str(cases), "--seed", str(faults.seed),
            "--continue-on-failure", "--generation-database", "none",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip

    counted = re.search(r"([\d,]+) generated", done.stdout)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    assert counted is not None
    faults.count("api", "cases answered as described", int(counted[1].replace(",", "")))
