"""Services behind a gate: so many calls at once, each with a deadline, all counted."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from archive.document import Document
from index.errors import DeadlineExceededError, QueryError, SearchError
from webapp.metrics import Metrics
from webapp.models import Matches
from webapp.overload import Gate
from webapp.refusals import RefusedError

if TYPE_CHECKING:
    from webapp.context import Answers
    from webapp.deadline import Runner

log = logging.getLogger(__name__)

#: Calls that ask no engine and are always let through: health must be told of a busy server too.
FREE = frozenset({"status", "store_id", "last_id"})

#: Calls whose answers fit through a pipe.  An export streams, so it stays in this process.
REMOTE = frozenset({"search", "facet", "article", "history", "similar", "author", "complete"})


class _Held(Iterator[Document]):
    """Articles on their way out; the place is given back when the last one, or nobody, wants more."""

    def __init__(self, documents: Iterator[Document], give_back: Callable[[], None]) -> None:
        self._documents = documents
        self._give_back = give_back

    def __next__(self) -> Document:
        try:
            return next(self._documents)
        except BaseException:
            self._give_back()
            raise

    def __del__(self) -> None:
        self._give_back()


class Guarded:
    """Stands before services, whatever methods they have.

    Args:
        runner: where the calls in `REMOTE` are made; in this process unless given.
        timeout_s: calls in this process that took longer are noted; they cannot be stopped.
    """

    def __init__(
        self,
        services: Answers,
        gate: Gate,
        exports: Gate,
        metrics: Metrics,
        *,
        timeout_s: float,
        runner: Runner | None = None,
    ) -> None:
        self._services = services
        self._gate = gate
        self._exports = exports
        self._metrics = metrics
        self._timeout_s = timeout_s
        self._runner = runner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._services, name)
        if name in FREE or name.startswith("_") or not callable(found):
            return found
        if self._runner is not None and name in REMOTE:
            runner = self._runner
            return lambda *args, **more: self._run(name, lambda: runner.call(name, *args, **more))
        return lambda *args, **more: self._run(name, lambda: found(*args, **more))

    def matches(self, *args: Any, **more: Any) -> Matches:
        """Return `Services.matches`; a few may be taken away at once.

        Who takes them slowly holds a thread of the server meanwhile.
        """
        try:
            give_back = self._exports.take()
        except RefusedError:
            self._metrics.add("archive_refused_total", reason="exports")
            raise
        try:
            found: Matches = self._run("matches", lambda: self._services.matches(*args, **more))
            return replace(found, documents=_Held(found.documents, give_back))
        except BaseException:
            give_back()
            raise

    def _run(self, name: str, call: Callable[[], Any]) -> Any:
        outcome = "failed"
        began = time.perf_counter()
        try:
            with self._gate.place():
                began = time.perf_counter()
                answer = call()
            outcome = "answered"
        except RefusedError:
            outcome = "refused"
            self._metrics.add("archive_refused_total", reason="busy")
            raise
        except DeadlineExceededError:
            outcome = "late"
            self._metrics.add("archive_refused_total", reason="deadline")
            raise
        except QueryError:
            outcome = "bad_query"
            raise
        except SearchError:
            raise
        finally:
            seconds = time.perf_counter() - began
            self._metrics.add("archive_searches_total", call=name, outcome=outcome)
            if outcome != "refused":
                self._metrics.observe("archive_search_seconds", seconds, call=name)
            if seconds > self._timeout_s and outcome == "answered":
                log.warning("%s took %.0f ms", name, seconds * 1000)
        return answer
