"""Every request, seen from outside Flask: its id, its time, its line in the log, its numbers."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, Flask, Response, current_app, request

from webapp import refusals
from webapp.auth import door
from webapp.context import answers
from webapp.logs import REQUEST_ID, new_request_id
from webapp.metrics import CONTENT_TYPE, Metrics, process_gauges, web_metrics
from webapp.params import no_params
from webapp.proxies import FeedTokens, Proxies, parse_proxies
from webapp.security import is_loopback
from webapp.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("webapp.requests")

EXTENSION = "article-archive-metrics"

_METHODS = frozenset({"GET", "HEAD", "POST"})

_ROUTE_KEY = "archive.route"

_STARTED = time.time()

observing = Blueprint("observing", __name__)


def install(app: Flask, settings: Settings) -> Metrics:
    """Count what ``app`` answers, and answer /metrics; see `webapp.proxies` for what else stands in front."""
    metrics = web_metrics()
    app.extensions[EXTENSION] = metrics
    app.register_blueprint(observing)
    app.before_request(_note_route)
    front: WSGIApplication = FeedTokens(Observer(app.wsgi_app, metrics))
    if trusted := parse_proxies(settings.proxies):
        front = Proxies(front, trusted)
    app.wsgi_app = front  # type: ignore[method-assign,assignment]
    return metrics


def metrics_of(app: Flask) -> Metrics:
    """Return the metrics of ``app``."""
    return cast(Metrics, app.extensions[EXTENSION])


def _note_route() -> None:
    if request.url_rule is not None:
        request.environ[_ROUTE_KEY] = request.url_rule.rule


class Observer:
    """Gives each request an id, and notes how it went when its answer is out."""

    def __init__(self, app: WSGIApplication, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        given = environ.get("HTTP_X_REQUEST_ID", "") if environ.get("archive.proxied") else ""
        seen = _Seen(self._metrics, environ, new_request_id(given))
        REQUEST_ID.set(seen.request_id)

        def start(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], object]:
            seen.status = status[:3]
            return start_response(status, [*headers, ("X-Request-ID", seen.request_id)], exc_info)

        try:
            return _Watched(self._app(environ, start), seen)
        except BaseException:
            seen.end()
            raise


class _Seen:
    def __init__(self, metrics: Metrics, environ: WSGIEnvironment, request_id: str) -> None:
        self._metrics = metrics
        self._environ = environ
        self._began = time.perf_counter()
        self.request_id = request_id
        self.status = "500"
        metrics.add("archive_requests_in_flight")

    def end(self) -> None:
        seconds = time.perf_counter() - self._began
        route = self._environ.get(_ROUTE_KEY, "none")
        method = self._environ.get("REQUEST_METHOD", "")
        label = method if method in _METHODS else "other"
        self._metrics.add("archive_requests_in_flight", -1)
        self._metrics.add("archive_requests_total", route=route, method=label, status=self.status)
        self._metrics.observe("archive_request_seconds", seconds, route=route)
        # The query stays out of the log: what people look for is theirs.
        log.info(
            "request",
            extra={
                "method": method[:20],
                "path": self._environ.get("PATH_INFO", "")[:500],
                "route": route,
                "status": int(self.status),
                "ms": round(seconds * 1000, 1),
                "client": self._environ.get("REMOTE_ADDR", ""),
            },
        )
        REQUEST_ID.set("")


class _Watched:
    """The body of an answer; what it took is known when it is closed."""

    def __init__(self, body: Iterable[bytes], seen: _Seen) -> None:
        self._body = body
        self._seen: _Seen | None = seen

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def close(self) -> None:
        try:
            if hasattr(self._body, "close"):
                self._body.close()
        finally:
            if self._seen is not None:
                self._seen.end()
                self._seen = None


@observing.get("/metrics")
def metrics() -> Response:
    """The numbers, for Prometheus: with a token, or on this machine if there is no password."""
    no_params(request.args)
    has_password = bool(door().file.read().password)
    if not (door().token() or (not has_password and is_loopback(request.remote_addr or ""))):
        raise refusals.unknown_reader()
    said = metrics_of(current_app).render({**archive_gauges(), **process_gauges(_STARTED)})
    return Response(said, content_type=CONTENT_TYPE)


def archive_gauges() -> dict[str, tuple[str, float]]:
    """Return the numbers of the archive and its index."""
    status = answers().status()
    return {
        "archive_articles": ("Articles in the store.", float(status.articles)),
        "archive_changes_total": ("Articles added, changed or deleted so far.", float(status.changes)),
        "archive_articles_undated": ("Articles without a date.", float(status.undated)),
        "archive_articles_without_author": ("Articles without an author.", float(status.without_author)),
        "archive_versions": ("Former versions of articles that are kept.", float(status.versions)),
        "archive_copies": ("Further places where stored articles were found.", float(status.copies)),
        "archive_store_bytes": ("Size of the store on disk.", float(status.store_bytes)),
        "archive_index_ready": ("1 if searches can be answered.", float(status.ready)),
        "archive_index_articles": ("Articles that a search sees.", float(status.indexed or 0)),
        "archive_index_lag_changes": (
            "Changes of the store that the index has not seen.",
            float(status.behind),
        ),
    }
