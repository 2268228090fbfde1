"""What the settings say of limits, put in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Flask, request

from webapp import refusals
from webapp.guarding import Guarded
from webapp.overload import Gate
from webapp.queueing import Lane
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


#: Addresses by how they begin -> their lane; the first that fits counts, "/" alone is the search page.
_LANES = (
    ("/export/", "exports"),
    ("/login", "logins"),
    ("/article/", "searches"),
    ("/author/", "searches"),
    ("/feed.", "searches"),
    ("/facet/", "searches"),
    ("/saved", "searches"),
    ("/api/v1/openapi.json", "others"),
    ("/api/v1/", "searches"),
)

#: Searches and exports may be expected to wait for this share of the time that a search may take.
_PATIENCE = 0.1


def lane_of(path: str) -> str:
    """Return the lane of the requests for ``path``."""
    if path == "/":
        return "searches"
    return next((lane for begin, lane in _LANES if path.startswith(begin)), "others")


def lanes_for(settings: Settings) -> tuple[Lane, ...]:
    """Return who is answered at the same time by the server of ``settings``.

    As many searches as there are processes for them, so that nothing waits where
    it cannot be refused.  What is quick, health above all, never waits behind
    what is slow; a login computes for a third of a second.
    """
    searches, exports = _search_places(settings), export_places(settings)
    others = max(2, settings.threads - searches - exports - 1)
    wait_s = settings.query_timeout_ms / 1000 * _PATIENCE
    return (
        Lane(name="others", places=others, waiting=settings.waiting),
        Lane(name="searches", places=searches, waiting=settings.waiting, wait_s=wait_s),
        Lane(name="logins", places=1, waiting=4),
        Lane(name="exports", places=exports, waiting=0),
    )


def _search_places(settings: Settings) -> int:
    return settings.search_workers or max(1, settings.threads // 2)


def export_places(settings: Settings) -> int:
    """Return how many exports may run at a time."""
    return max(1, settings.threads // 4)


def gate_for(settings: Settings, runner: Runner | None) -> Gate:
    """Return the gate before the searches of one application.

    `lanes_for` lets no more in than there are places; this one is for other servers.
    """
    places = settings.search_workers if runner is not None else _search_places(settings)
    timeout_s = settings.query_timeout_ms / 1000
    return Gate(places=places, waiting=max(4, places), wait_s=timeout_s)


def guard(services: Answers, settings: Settings, metrics: Metrics, runner: Runner | None) -> Answers:
    """Return ``services`` with limits on how much is asked of them at once."""
    return cast(
        "Answers",
        Guarded(
            services,
            gate_for(settings, runner),
            Gate(places=export_places(settings), waiting=0, wait_s=0.0),
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
