"""Analysis in other processes: the same records in the same order, whatever becomes of a process."""

from __future__ import annotations

import datetime as dt
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import pytest

from archive.document import Document, Origin, PartialDate
from index.analysts import MANY, MOST, Analysts, processes_for
from index.records import record_from_document

Batch = tuple[int, list[Document]]


def an_article(id_: int) -> Document:
    text = f"Story {id_} of the long-range harbour.\n\nWith more, and Élan of {id_}."
    return Document(
        id=id_,
        title=f"Title {id_}",
        text=text,
        lead=text.split("\n\n")[0],
        identity=f"id:{id_}",
        origin=Origin(path="/x"),
        content_hash="0",
        words=len(text.split()),
        language=("en", "de", "", "tr")[id_ % 4],
        authors=("Ann Bell", "Ünal Öz")[: id_ % 3],
        published=(None, PartialDate(2024), PartialDate(2024, 2, 29))[id_ % 3],
        added=None if id_ % 2 else dt.datetime(2026, 1, 2, 3, 4, 5, 600, tzinfo=dt.UTC),
        source="The Paper" if id_ % 2 else "",
        url=f"https://example.org/{id_}",
        section="World",
        tags=("one", "two"),
        group=id_ % 5,
    )


def batches(number: int, size: int = 3) -> Iterator[Batch]:
    for at in range(number):
        yield at, [an_article(at * size + each + 1) for each in range(size)]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_records_are_those_of_this_process_in_the_order_of_the_batches(count: int) -> None:
    with Analysts(count) as analysts:
        got = list(analysts.analysed(batches(7)))

    assert [batch.about for batch in got] == list(range(7))
    for batch, (_, documents) in zip(got, batches(7), strict=True):
        assert batch.documents == documents
        assert batch.records == [record_from_document(document) for document in documents]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_batch_without_articles_is_given_out_in_its_place(count: int) -> None:
    empty: list[Batch] = [(0, []), *((at + 1, documents) for at, documents in batches(3)), (9, [])]

    with Analysts(count) as analysts:
        got = [(batch.about, len(batch.records)) for batch in analysts.analysed(empty)]

    assert got == [(0, 0), (1, 3), (2, 3), (3, 3), (9, 0)]


@pytest.mark.parametrize("moment", [0, 1, 4])
def test_a_process_that_is_killed_costs_no_record(moment: int, caplog: pytest.LogCaptureFixture) -> None:
    with Analysts(2) as analysts:
        first = analysts.pids[0]
        got = []
        for batch in analysts.analysed(batches(12)):  # so that each gets work after it
            got += batch.records
            if batch.about == moment:
                os.kill(first, signal.SIGKILL)

        assert len(analysts.pids) == 1

    assert [record.id for record in got] == list(range(1, 37))
    assert "a process for analysis ended" in caplog.text


def test_without_any_process_left_everything_is_analysed_here() -> None:
    with Analysts(1) as analysts:
        os.kill(analysts.pids[0], signal.SIGKILL)

        got = [record for batch in analysts.analysed(batches(4)) for record in batch.records]

    assert [record.id for record in got] == list(range(1, 13))


def test_what_no_json_can_say_is_analysed_here() -> None:
    odd = replace(an_article(4), text="Half a surrogate: \ud800.")

    with Analysts(1) as analysts:
        got = list(analysts.analysed([(0, [odd]), (1, [an_article(5)])]))

        assert len(analysts.pids) == 1

    assert [batch.records for batch in got] == [
        [record_from_document(odd)],
        [record_from_document(an_article(5))],
    ]


def test_what_reading_raises_is_raised_and_the_processes_end() -> None:
    def broken() -> Iterator[Batch]:
        yield from batches(2)
        raise OSError("gone")

    with Analysts(2) as analysts:
        pids = analysts.pids
        with pytest.raises(OSError, match="gone"):
            list(analysts.analysed(broken()))

    assert not [pid for pid in pids if _is_there(pid)]


def test_leaving_early_ends_the_processes() -> None:
    with Analysts(2) as analysts:
        pids = analysts.pids
        list(islice(analysts.analysed(batches(50)), 2))

    assert not [pid for pid in pids if _is_there(pid)]


def test_few_articles_are_analysed_in_this_process() -> None:
    assert processes_for(MANY - 1) == 0
    assert processes_for(MANY) <= MOST


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
