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

#: So much of a minute's requests may come at once: a page brings style, script and icon.
BURST_SHARE = 10

#: Requests that are not counted: they cost nothing, and a watchdog asks often.
_UNCOUNTED = frozenset({"static", "api.health"})


def guarded(services: Answers, settings: Settings, metrics: Metrics, runner: Runner | None) -> Answers:
    """Return ``services`` with limits on how much is asked of them at once.

    Two threads stay for what is no search: a busy archive still says that it is
    alive and that it is busy.
    """
    places = settings.search_workers if runner is not None else max(1, settings.threads // 2)
    timeout_s = settings.query_timeout_ms / 1000
    waiting = max(0, settings.threads - places - 2)
    return cast(
        "Answers",
        Guarded(
            services,
            Gate(places=places, waiting=waiting, wait_s=timeout_s),
            Gate(places=max(1, settings.threads // 4), waiting=0, wait_s=0.0),
            metrics,
            timeout_s=timeout_s,
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
