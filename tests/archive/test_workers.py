"""Child processes that read pages: crashes, hangs and floods cost one page."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archive.document import Origin
from archive.gathering import Gatherer
from archive.ingest import IngestOptions, extract_items
from archive.limits import Limits
from archive.readers import ReadFailure, ReadOptions
from archive.reading import ReadArticle
from archive.sources import find_items
from archive.workers import ReaderPool

# A child that does to a page what the page's name says.
ACTOR = """
import json, os, sys, time
from archive.children import read_frame, write_frame
from archive.wire import results_to_json
from archive.readers import ReadFailure
while True:
    if read_frame(sys.stdin.buffer) is None:
        break
    name = bytes.fromhex(json.loads(read_frame(sys.stdin.buffer))["member"]).decode()
    if "crash" in name:
        os.abort()
    if "hang" in name:
        time.sleep(60)
    if "noise" in name:
        sys.stdout.buffer.write(b"not a frame")
        os._exit(0)
    write_frame(sys.stdout.buffer, results_to_json([ReadFailure(code="read", reason=name)]))
"""
COMMAND = (sys.executable, "-c", ACTOR)
PAGE = (
    "<html><head><title>Page {n}</title></head><body><article><h1>Page {n}</h1>{body}</article></body></html>"
)
BODY = "".join(
    f"<p>Paragraph {n} of the page has words enough to be taken for an article's text.</p>" for n in range(8)
)


def outcomes(names: list[str], *, size: int = 1, wall_s: float = 10.0) -> list[str]:
    with ReaderPool(size, Limits(item_wall_s=wall_s), command=COMMAND) as pool:
        futures = [pool.submit(name, ReadOptions()) for name in names]
        results = [future.result()[0] for future in futures]
    assert all(isinstance(result, ReadFailure) for result in results)
    return [result.reason for result in results if isinstance(result, ReadFailure)]


def test_results_come_for_each_page() -> None:
    names = [f"/page{number}" for number in range(20)]

    assert outcomes(names, size=2) == names


def test_a_crash_costs_its_page() -> None:
    first, crashed, last = outcomes(["/a", "/crash", "/b"])

    assert (first, last) == ("/a", "/b")
    assert "ended (status" in crashed


def test_a_hang_costs_its_page() -> None:
    first, hung, last = outcomes(["/a", "/hang", "/b"], wall_s=0.5)

    assert (first, last) == ("/a", "/b")
    assert "too long" in hung


def test_an_answer_cut_short_costs_its_page() -> None:
    lost, next_one = outcomes(["/noise", "/b"])

    assert lost.startswith("the process that read it")
    assert next_one == "/b"


def test_closing_ends_children_that_hang() -> None:
    pool = ReaderPool(1, Limits(), command=COMMAND)
    future = pool.submit("/hang", ReadOptions())
    while not pool._all:
        time.sleep(0.01)

    pool.close()

    assert future.cancelled() or isinstance(future.result()[0], ReadFailure)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    for number in range(12):
        (folder / f"page{number:02}.html").write_text(PAGE.format(n=number, body=BODY), encoding="utf-8")
        (folder / f"text{number:02}.txt").write_text(f"Text {number}\n\nwords of text", encoding="utf-8")
    (folder / "page05.html").write_bytes(b"")
    return folder


def test_pages_come_in_order_with_what_stands_between(pages: Path) -> None:
    gathered = list(extract_items([pages], options=IngestOptions(workers=2)))

    titles = [each.document.title for each in gathered if isinstance(each, ReadArticle)]
    assert titles == [f"Page {n}" for n in range(12) if n != 5] + [f"Text {n}" for n in range(12)]
    assert len(gathered) == 24


def test_a_few_small_pages_start_no_process(pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    gatherer = Gatherer(ReadOptions(), workers=2)

    found = list(gatherer.gather(find_items(sorted(pages.glob("page0[0-3].html")))))

    assert len(found) == 4


@pytest.mark.skipif(os.name == "nt", reason="limits need POSIX")
def test_a_page_over_the_memory_limit_is_refused_and_the_rest_read(pages: Path) -> None:
    options = IngestOptions(workers=1, limits=Limits(worker_bytes=30_000_000))

    gathered = list(extract_items([pages], options=options))

    assert len(gathered) == 24
    assert [each.document.title for each in gathered if isinstance(each, ReadArticle)][-12:] == [
        f"Text {n}" for n in range(12)
    ]


def test_a_child_ends_with_its_parent(pages: Path) -> None:
    code = (
        "import os, sys; from archive.workers import ReaderPool; from archive.limits import Limits; "
        "from archive.readers import ReadOptions; pool = ReaderPool(1, Limits()); "
        f"print(len(pool.submit({str(pages / 'page00.html')!r}, ReadOptions()).result()), flush=True); "
        "print(next(iter(pool._all))._process.pid, flush=True); os._exit(9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    count, pid = done.stdout.split()

    assert count == "1"
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2]:
            break
        time.sleep(0.05)
    else:
        pytest.fail("the child still runs")


def test_what_waits_in_the_pipe_of_a_child_that_crashes_is_read_by_another() -> None:
    names = [f"/crash{n}" if n % 5 == 0 else f"/page{n}" for n in range(40)]

    read = outcomes(names, size=2)

    assert [reason for reason in read if not reason.startswith("/")] == [read[0]] * 8
    assert [reason for reason in read if reason.startswith("/")] == [name for name in names if "page" in name]
    assert all(not reason.startswith("/") for reason in read[::5])


def test_requests_longer_than_a_pipe_are_read_whatever_the_children_answer() -> None:
    members = [PAGE.format(n=n, body=BODY * 200).encode() for n in range(12)]

    with ReaderPool(2, Limits()) as pool:
        futures = [
            pool.submit_member(data, Origin(path="/a.zip", member=f"{n}.html"), ReadOptions())
            for n, data in enumerate(members)
        ]
        found = [future.result()[0] for future in futures]

    assert [each.document.title for each in found if isinstance(each, ReadArticle)] == [
        f"Page {n}" for n in range(12)
    ]


def test_a_closed_pool_leaves_nobody_waiting() -> None:
    pool = ReaderPool(2, Limits(), command=COMMAND)
    futures = [pool.submit(f"/hang{n}", ReadOptions()) for n in range(30)]

    pool.close()

    assert all(future.cancelled() or isinstance(future.result(0)[0], ReadFailure) for future in futures)


def test_a_folder_of_many_pages_is_read_by_processes_from_its_first_page(tmp_path: Path) -> None:
    for number in range(8):
        (tmp_path / f"{number}.html").write_text(PAGE.format(n=number, body=BODY), encoding="utf-8")
    gatherer = Gatherer(ReadOptions(), workers=1)

    first = next(gatherer.gather(find_items([tmp_path])))
    started = gatherer._pool is not None
    gatherer.close()

    assert isinstance(first[1], ReadArticle)
    assert started
