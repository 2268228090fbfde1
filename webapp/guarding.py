"""Services behind a gate: so many calls at once, each with a deadline, all counted."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from archive.document import Document
from index.errors import DeadlineExceededError, QueryError, SearchError
from webapp.metrics import Metrics
from webapp.models import Matches, SearchParams
from webapp.overload import Gate
from webapp.refusals import RefusedError

if TYPE_CHECKING:
    from webapp.context import Answers
    from webapp.deadline import Runner
    from webapp.saved import Counts, SavedSearches
    from webapp.status import Status

log = logging.getLogger(__name__)

#: Calls that ask no engine and are always let through: health must be told of a busy server too.
FREE = frozenset({"status", "store_id"})

#: Calls that a runner makes.
REMOTE = frozenset(
    {"search", "facet", "article", "history", "similar", "author", "complete", "count", "last_id"}
)

#: Up to so many articles are one answer, such as a feed; more are an export, page by page.
FEW = 100


class _Held(Iterator[Document]):
    """Articles on their way out; the place is given back when the last one, or nobody, wants more."""

    def __init__(self, documents: Iterator[Document], give_back: Callable[[], None]) -> None:
        self._documents = documents
        self._give_back = give_back

    def __next__(self) -> Document:
        try:
            return next(self._documents)
        except StopIteration:
            self._give_back()
            raise
        except BaseException as error:
            self.close()
            log.error("an export was cut off: %s", error)  # noqa: TRY400 - whoever sends it says where
            raise

    def close(self) -> None:
        """Leave the rest."""
        if isinstance(self._documents, _Closes):
            self._documents.close()
        self._give_back()

    def __del__(self) -> None:
        self.close()


@runtime_checkable
class _Closes(Protocol):
    def close(self) -> None: ...


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

    def status(self) -> Status:
        """Return `Services.status`; without a process that searches nothing can be found."""
        found = self._services.status()
        if not found.ready or self._runner is None or self._runner.is_able():
            return found
        problem = "No search process could be started yet; the log says why."
        return replace(found, ready=False, problem=problem, problem_code="engine_unavailable")

    @property
    def saved(self) -> SavedSearches:
        """The saved searches; what they find is counted behind the same gate."""
        return self._services.saved.counted_by(cast("Counts", self))

    def matches(self, request: SearchParams, *, most: int | None = None) -> Matches:
        """Return `Services.matches`; a few exports may be taken away at once.

        Who takes one slowly holds a thread of the server meanwhile.
        """
        if most is not None and most <= FEW:
            return self._few(request, most)
        try:
            give_back = self._exports.take()
        except RefusedError:
            self._metrics.add("archive_refused_total", reason="exports")
            raise
        try:
            found: Matches
            if (runner := self._runner) is not None:  # in processes for exports only
                found = self._run("matches", lambda: runner.stream(request, most=most), nullcontext())
            else:
                found = self._run("matches", lambda: _begun(self._services.matches(request, most=most)))
            return replace(found, documents=_Held(found.documents, give_back))
        except BaseException:
            give_back()
            raise

    def _few(self, request: SearchParams, most: int) -> Matches:
        def ask() -> Matches:
            if self._runner is not None:
                return cast(Matches, self._runner.call("matches", request, most=most))
            found = self._services.matches(request, most=most)
            return replace(found, documents=iter(list(found.documents)))

        return cast(Matches, self._run("matches", ask))

    def _run(
        self, name: str, call: Callable[[], Any], place: AbstractContextManager[None] | None = None
    ) -> Any:
        outcome = "failed"
        began = time.perf_counter()
        try:
            with place or self._gate.place():
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


def _begun(found: Matches) -> Matches:
    """Return ``found`` with its first article read: what cannot be begun fails before anything is sent."""
    first = list(islice(found.documents, 1))
    return replace(found, documents=chain(first, found.documents)) if first else found
