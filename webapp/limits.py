"""What the settings say of limits, put in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Flask, request

from webapp import refusals
from webapp.guarding import Guarded
from webapp.overload import Gate
from webapp.ratelimit import RateLimit, client_of
from webapp.security import is_loopback

if TYPE_CHECKING:
    from webapp.context import Answers
    from webapp.deadline import Runner
    from webapp.metrics import Metrics
    from webapp.settings import Settings

EXTENSION = "article-archive-gate"

#: So much of a minute's requests may come at once: a page brings style, script and icon.
BURST_SHARE = 10

#: Requests that are not counted: they cost nothing, and a watchdog asks often.
_UNCOUNTED = frozenset({"static", "api.health"})


#: Addresses that search, by how they begin; "/" alone is the search page.
_SEARCHES = ("/api/v1/search", "/export/", "/feed.", "/author/", "/saved")


def gate_for(settings: Settings, runner: Runner | None) -> Gate:
    """Return the gate before the searches of one server.

    Two threads stay for what is no search: a busy archive still says that it is
    alive and that it is busy.
    """
    places = settings.search_workers if runner is not None else max(1, settings.threads // 2)
    timeout_s = settings.query_timeout_ms / 1000
    waiting = max(0, settings.threads - places - 2)
    return Gate(places=places, waiting=waiting, wait_s=timeout_s)


def is_refused(app: Flask, path: str) -> bool:
    """Tell whether a request for ``path`` would be refused, so that it need not be begun."""
    gate = cast(Gate, app.extensions[EXTENSION])
    return gate.is_full() and (path == "/" or path.startswith(_SEARCHES))


def guard(
    app: Flask, services: Answers, settings: Settings, metrics: Metrics, runner: Runner | None
) -> Answers:
    """Return ``services`` with limits on how much ``app`` asks of them at once."""
    gate = app.extensions[EXTENSION] = gate_for(settings, runner)
    return cast(
        "Answers",
        Guarded(
            services,
            gate,
            Gate(places=max(1, settings.threads // 4), waiting=0, wait_s=0.0),
            metrics,
            timeout_s=settings.query_timeout_ms / 1000,
            runner=runner,
        ),
    )


def limit_clients(app: Flask, settings: Settings, metrics: Metrics) -> None:
    """Refuse clients that ask too often; programs on this machine are never refused."""
    if not settings.rate_limit:
        return
    limit = RateLimit(rate=settings.rate_limit / 60, burst=max(20, settings.rate_limit // BURST_SHARE))

    def check() -> None:
        address = request.remote_addr or ""
        if request.endpoint in _UNCOUNTED or is_loopback(address):
            return
        if wait := limit.take(client_of(address)):
            metrics.add("archive_refused_total", reason="rate")
            raise refusals.too_often(wait)

    app.before_request(check)
