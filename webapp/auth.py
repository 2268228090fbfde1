"""Who is asking: everybody, while there is no password; else a session or a token.

Pages go to the login, programs get a 401.  What the archive holds is behind
this door as a whole: there are no rights besides reading.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from typing import cast

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
)
from werkzeug.wrappers import Response as BaseResponse

from webapp import refusals, tokens
from webapp.access import Access, AccessFile
from webapp.metrics import Metrics
from webapp.origins import has_form, is_own_form
from webapp.passwords import is_password
from webapp.ratelimit import RateLimit, client_of
from webapp.security import is_loopback
from webapp.sessions import ABSOLUTE_S, Session, Sessions
from webapp.settings import Settings

log = logging.getLogger(__name__)

auth = Blueprint("auth", __name__)

EXTENSION = "article-archive-door"

#: Answered to everybody: they hold nothing of the archive, or look for themselves who asks.
OPEN_ENDPOINTS = frozenset(
    {"static", "auth.login", "auth.try_login", "pages.robots", "api.health", "api.ready", "observing.metrics"}
)

#: Only here may a token stand in the address.
_FEED = re.compile(r"(/saved/[^/]+)?/feed\.[a-z]+")

#: Failed logins: of one client, and of all together.
_ONE_BURST, _ONE_RATE = 5, 1 / 60
_ALL_BURST, _ALL_RATE = 100, 1 / 2

_COOKIE = "archive_session"
_SECURE_COOKIE = "__Host-archive_session"

_LOCAL_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")


class Door:
    """Decides who comes in; one for each application."""

    def __init__(self, settings: Settings, metrics: Metrics, *, needs_password: bool) -> None:
        self.metrics = metrics
        self._needs_password = needs_password
        self.file = AccessFile(settings.home)
        self.sessions = Sessions(settings.home)
        self.attempts = RateLimit(rate=_ONE_RATE, burst=_ONE_BURST)
        self.all_attempts = RateLimit(rate=_ALL_RATE, burst=_ALL_BURST, most=1)

    def reader(self, access: Access) -> str:
        """Return who is asking: ``anybody`` without a password, ``session``,
        ``token NAME``, or empty for somebody unknown."""
        if not access.password:
            if not self._needs_password:
                return "anybody"
            log.error("nobody is let in: the password is gone, on which this server was allowed to start")
        if (token := self._token(access)) is not None:
            return f"token {token}"
        session = self.sessions.check(access.key, request.cookies.get(_cookie_name(), ""))
        if session is None or not access.password:
            return ""
        g.session = session
        return "session"

    def token(self) -> bool:
        """Tell whether the request carries a token for everything."""
        return self._token(self.file.read()) is not None

    @staticmethod
    def _token(access: Access) -> str | None:
        now = dt.datetime.now(dt.UTC)
        kind, _, key = request.headers.get("Authorization", "").partition(" ")
        if kind.casefold() == "bearer":
            found = tokens.find(access, key.strip(), now=now)
        else:
            found = tokens.find(access, request.environ.get(TOKEN_KEY, ""), now=now)
            if found is not None and found.scope != "feeds":
                return None  # in an address others may see it
        if found is None or (found.scope == "feeds" and not is_feed(request.path)):
            return None
        return found.name


#: Where `FeedTokens` puts a token that stood in the address.
TOKEN_KEY = "archive.token"  # noqa: S105 - a name


def is_feed(path: str) -> bool:
    """Tell whether ``path`` is that of a feed."""
    return _FEED.fullmatch(path) is not None


def install(app: Flask, settings: Settings, metrics: Metrics, *, needs_password: bool) -> None:
    """Put the door before everything that ``app`` answers."""
    app.extensions[EXTENSION] = Door(settings, metrics, needs_password=needs_password)
    app.before_request(_check_reader)
    app.after_request(_renew)
    app.register_blueprint(auth)
    app.jinja_env.globals.update(has_session=lambda: g.get("session") is not None, may_write=_offers_forms)


def door() -> Door:
    """Return the door of the current application."""
    return cast(Door, current_app.extensions[EXTENSION])


def is_known() -> bool:
    """Tell whether whoever asks may read; never raises for an unknown one."""
    return bool(g.get("reader"))


def may_write() -> bool:
    """Tell whether whoever asks may change saved searches: who logged in, or,
    without a password, who sits at the machine."""
    if g.get("reader") == "anybody":
        return bool(current_app.config["WRITABLE"]) and is_loopback(request.remote_addr or "")
    return g.get("session") is not None


def _offers_forms() -> bool:
    if not may_write():
        return False
    if g.reader != "anybody":  # on loopback browsers tell without it
        has_form()
    return True


def _check_reader() -> BaseResponse | None:
    g.reader = door().reader(door().file.read())
    if g.reader or request.endpoint in OPEN_ENDPOINTS:
        return None
    wants_page = request.method in ("GET", "HEAD") and request.blueprint in ("pages", "auth", "saving", None)
    if wants_page and not request.path.startswith(("/api/", "/metrics")) and not is_feed(request.path):
        return redirect(_root() + "/login?" + _next_of(request.full_path.rstrip("?")), code=303)
    raise refusals.unknown_reader()


def _renew(response: Response) -> Response:
    session = cast("Session | None", g.get("session"))
    if session is not None and session.renewed:
        _send_cookie(response, session.renewed)
    return response


@auth.get("/login")
def login() -> BaseResponse:
    """The form that asks for the password."""
    if g.reader:
        return redirect(_next(request.args.get("next", "")), code=303)
    return _form()


@auth.post("/login")
def try_login() -> BaseResponse:
    """Begin a session, if the password is right."""
    if not is_own_form():
        raise refusals.foreign_form()
    client = client_of(request.remote_addr or "")
    if wait := door().attempts.take(client) or door().all_attempts.take("all"):
        log.warning("login refused: too many attempts", extra={"client": client})
        door().metrics.add("archive_logins_total", outcome="refused")
        raise refusals.too_often(wait)
    access = door().file.read()
    if not is_password(access.password, request.form.get("password", "")):
        log.warning("login failed", extra={"client": client})
        door().metrics.add("archive_logins_total", outcome="failed")
        return _form(wrong=True)
    log.info("login succeeded", extra={"client": client})
    door().metrics.add("archive_logins_total", outcome="succeeded")
    if (before := door().sessions.check(access.key, request.cookies.get(_cookie_name(), ""))) is not None:
        door().sessions.end(before)  # a new session takes the place of the old one
    answer = redirect(_next(request.form.get("next", "")), code=303)
    _send_cookie(answer, door().sessions.begin(access.key))
    return answer


@auth.get("/logout")
def logout() -> BaseResponse:
    """Ask whether to end the session."""
    has_form()
    return make_response(render_template("logout.html"))


@auth.post("/logout")
def do_logout() -> BaseResponse:
    """End the session, for good."""
    if not is_own_form():
        raise refusals.foreign_form()
    if (session := cast("Session | None", g.get("session"))) is not None:
        door().sessions.end(session)
        g.session = None
        log.info("logout", extra={"client": client_of(request.remote_addr or "")})
    answer = redirect(f"{_root()}/login", code=303)
    answer.delete_cookie(_cookie_name(), path="/", secure=request.is_secure, httponly=True, samesite="Lax")
    # What the browser kept of the archive goes with the session.
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _form(*, wrong: bool = False) -> BaseResponse:
    has_form()
    given = request.form if request.method == "POST" else request.args
    page = render_template("login.html", wrong=wrong, next=_next(given.get("next", "")))
    return make_response(page, 401 if wrong else 200)


def _send_cookie(answer: BaseResponse, value: str) -> None:
    answer.set_cookie(
        _cookie_name(),
        value,
        max_age=ABSOLUTE_S,
        path="/",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",  # a link from elsewhere opens the article, not the login
    )


def _cookie_name() -> str:
    return _SECURE_COOKIE if request.is_secure else _COOKIE


def _root() -> str:
    return request.script_root.rstrip("/")


def _next(path: str) -> str:
    """Return ``path`` if it is one of ours, else the first page."""
    is_ours = len(path) <= 4096 and _LOCAL_PATH.fullmatch(path) and not path.startswith(_root() + "/login")
    return path if is_ours else f"{_root()}/"


def _next_of(path: str) -> str:
    from urllib.parse import urlencode

    return urlencode({"next": _root() + path})
