"""What every request must be and every answer must say, whatever made it."""

from __future__ import annotations

import ipaddress
import re

from flask import Flask, Response, g, request
from werkzeug.exceptions import MethodNotAllowed, RequestEntityTooLarge, RequestURITooLarge, SecurityError

from webapp.params import check_encoding

#: Longest address answered, in bytes of path and query string.
MAX_URL_BYTES = 8 * 1024

#: Only the name and the query of a saved search come in a body.
MAX_BODY_BYTES = 16 * 1024

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:@/]+)(?::[0-9]{1,5})?")

METHODS = ("GET", "HEAD")

#: The blueprints that take POST; they check where the request comes from.
WRITING = ("saving", "auth")

#: Names that a server on loopback is called by; any other ``Host`` may be a
#: web site that had its name point at 127.0.0.1 to read the archive (DNS rebinding).
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",  # completion
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
}

#: On a page with a form that posts: under "no-referrer" a browser sends
#: ``Origin: null``, and over plain HTTP nothing else tells where a form is from.
FORM_REFERRER_POLICY = "same-origin"

#: Two years, sent over TLS only.
STRICT_TRANSPORT_SECURITY = "max-age=63072000; includeSubDomains"


def is_loopback(host: str) -> bool:
    """Tell whether ``host``, a name or an address to listen on, is this machine only."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def protect(app: Flask, *, host: str, hosts: str = "") -> None:
    """Set limits, trusted names and headers for every request of ``app``.

    Args:
        host: the address that the server listens on.
        hosts: names that it answers to besides, with commas between.  Without
            any a server that others can reach answers to every name.
    """
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.config["WRITABLE"] = is_loopback(host)
    more = frozenset(_as_name(name.strip().lower()) for name in hosts.split(",") if name.strip())
    if is_loopback(host) or more:
        names = more | {*LOOPBACK_NAMES, _as_name(host)}
        app.before_request(lambda: _check_host(names))
    app.before_request(_check_request)
    app.after_request(_add_headers)


def _as_name(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _check_host(names: frozenset[str]) -> None:
    # Flask's TRUSTED_HOSTS cannot hold an IPv6 address: Werkzeug 3.1 cuts the
    # trusted name at its first colon.
    match = _HOST.fullmatch(request.headers.get("Host", ""))
    if match is None or match[1].lower() not in names:
        raise SecurityError


def _check_request() -> None:
    if len(request.query_string) + len(request.path) > MAX_URL_BYTES:
        raise RequestURITooLarge
    if request.method not in METHODS and not (request.method == "POST" and request.blueprint in WRITING):
        raise MethodNotAllowed(valid_methods=METHODS)
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise RequestEntityTooLarge
    check_encoding(request.query_string)


def _add_headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    if g.get("has_form"):
        response.headers["Referrer-Policy"] = FORM_REFERRER_POLICY
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT_SECURITY
    # Articles may be private: a shared cache must not keep them, a browser asks again,
    # and behind a password it keeps nothing that the next one at the machine could read.
    if not response.headers.get("Cache-Control") or request.endpoint != "static":
        is_private = g.get("reader", "anybody") != "anybody"
        response.headers["Cache-Control"] = "private, no-store" if is_private else "private, no-cache"
    response.headers.remove("Server")
    return response
