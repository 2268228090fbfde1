"""Records for an engine, analysed by processes of their own where there are many.

Analysis is Python's and takes as long as all the rest of a build.  Each process
has one batch at a time, in turn, so the records come in the order of the
batches and no pipe fills up while both ends write.  A process that dies costs
nothing but time: its batch and all later ones of it are analysed here.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, Generic, Self, TypeVar, cast

from archive.children import module_command, read_frame, start_child, write_frame
from archive.document import Document
from index.analyst import records_of, request
from index.engine import Record
from index.records import record_from_document

log = logging.getLogger(__name__)

T = TypeVar("T")

#: For fewer articles a process takes longer to start than it saves.
MANY: Final = 5_000

#: More processes than this outrun what one engine writes.
MOST: Final = 4

_COMMAND: Final = module_command("index.analyst")


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysed(Generic[T]):
    """A batch with its records; ``about`` is the caller's own."""

    about: T
    documents: list[Document]
    records: list[Record]


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[T]):
    about: T
    documents: list[Document]
    child: _Child | None


class Analysts:
    """Analyses batches of articles, in ``count`` processes or, for 0, in this one.

    To be used in a ``with`` statement, which ends the processes.
    """

    def __init__(self, count: int) -> None:
        self._children = deque(child for _ in range(count) if (child := _started()) is not None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        while self._children:
            self._children.popleft().close()

    @property
    def pids(self) -> list[int]:
        """The processes that are at work."""
        return [child.pid for child in self._children]

    def analysed(self, batches: Iterable[tuple[T, list[Document]]]) -> Iterator[Analysed[T]]:
        """Yield the batches in their order with their records.

        One batch for each process is read ahead.
        """
        waiting: deque[_Waiting[T]] = deque()
        for about, documents in batches:
            # The oldest is fetched before and given out after its process has got new work.
            done = [self._finished(waiting.popleft())] if len(waiting) >= max(1, len(self._children)) else []
            waiting.append(_Waiting(about, documents, self._asked(documents)))
            if not self._children:
                done += map(self._finished, waiting)
                waiting.clear()
            yield from done
        yield from map(self._finished, waiting)

    def _asked(self, documents: list[Document]) -> _Child | None:
        """The process that works on ``documents`` now, or None where that is to be done here."""
        try:
            asked = request(documents) if documents and self._children else b""
        except TypeError:  # what JSON cannot say, half a surrogate
            return None
        while asked and self._children and not self._children[0].is_busy:
            child = self._children.popleft()
            if child.ask(asked):
                self._children.append(child)
                return child
            _given_up(child)
        return None

    def _finished(self, batch: _Waiting[T]) -> Analysed[T]:
        child = batch.child
        records = child.answer() if child is not None else None
        if records is None:
            if child is not None:
                self._children.remove(child)
                _given_up(child)
            records = [record_from_document(document) for document in batch.documents]
        return Analysed(about=batch.about, documents=batch.documents, records=records)


def processes_for(articles: int) -> int:
    """How many processes to analyse so many articles in; 0 for none but this one.

    Every other processor: this process and the engine's threads take the rest.
    """
    return min(MOST, _processors() // 2) if articles >= MANY else 0


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Child:
    def __init__(self) -> None:
        self._process = start_child(_COMMAND)
        self._requests = cast(BinaryIO, self._process.stdin)
        self._answers = cast(BinaryIO, self._process.stdout)
        self.is_busy = False

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, asked: bytes) -> bool:
        """Hand over a batch; False if the process has ended."""
        try:
            write_frame(self._requests, asked)
        except (OSError, ValueError):
            return False
        self.is_busy = True
        return True

    def answer(self) -> list[Record] | None:
        """Wait for the records of the batch; None if the process has ended instead."""
        self.is_busy = False
        try:
            frame = read_frame(self._answers)
        except (OSError, ValueError):
            return None
        return None if frame is None else records_of(frame)

    def close(self) -> int:
        """End the process and return its status."""
        for stream in (self._requests, self._answers):
            with contextlib.suppress(OSError):
                stream.close()
        try:
            return self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


def _started() -> _Child | None:
    try:
        return _Child()
    except OSError as exc:
        log.warning("no process for analysis could be started (%s); it is done in this one", exc)
        return None


def _given_up(child: _Child) -> None:
    log.warning("a process for analysis ended (status %d); its articles are analysed here", child.close())
