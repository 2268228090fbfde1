"""What stands before Flask: proxies that are believed, and tokens of feeds."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.auth import TOKEN_KEY, is_feed

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_FORWARDED = ("FORWARDED", *(f"X_FORWARDED_{what}" for what in ("FOR", "PROTO", "HOST", "PORT", "PREFIX")))

#: A prefix that cannot lead to another host.
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)+/?")


class ProxiesError(ValueError):
    """The setting names something that is no address; the message says what."""


def parse_proxies(text: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Return the networks in the setting ``proxies``: addresses or networks with commas between.

    Raises:
        ProxiesError: something is neither.
    """
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            found.append(ipaddress.ip_network(part, strict=False))
        except ValueError as exc:
            raise ProxiesError(
                f"Setting 'proxies': {part!r} is no address or network such as 127.0.0.1 or 10.0.0.0/8."
            ) from exc
    return tuple(found)


class Proxies:
    """Believes ``X-Forwarded-…`` of the proxies in ``trusted`` and of nobody else.

    One proxy is looked through; the request of anybody else loses these headers.
    """

    def __init__(
        self, app: WSGIApplication, trusted: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]
    ) -> None:
        self._app = app
        self._trusted = tuple(trusted)
        self._fixed = ProxyFix(app, x_for=1, x_proto=1, x_host=1, x_prefix=1)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if self._is_trusted(environ.get("REMOTE_ADDR", "")):
            # Few proxies set it, so that it may be their client's: what is no path of ours is nobody's.
            if not _PREFIX.fullmatch(environ.get("HTTP_X_FORWARDED_PREFIX", "")):
                environ.pop("HTTP_X_FORWARDED_PREFIX", None)
            environ["archive.proxied"] = True
            return self._fixed(environ, start_response)
        for name in _FORWARDED:
            environ.pop(f"HTTP_{name}", None)
        return self._app(environ, start_response)

    def _is_trusted(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._trusted)


class FeedTokens:
    """Takes ``token`` out of the address of a feed, before anything logs, links or checks it."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        query = environ.get("QUERY_STRING", "")
        if "token=" in query and is_feed(environ.get("PATH_INFO", "")):
            pairs = query.split("&")
            found = [pair for pair in pairs if pair.startswith("token=")]
            if len(found) == 1:
                environ["QUERY_STRING"] = "&".join(pair for pair in pairs if pair is not found[0])
                environ[TOKEN_KEY] = found[0].removeprefix("token=")
        return self._app(environ, start_response)
