"""The production server: waitress, with an end that loses no answer.

Chosen by measurement (`benchmarks/servers.py`, `docs/deploy.md`).  Waitress
reads requests and sends answers in one thread and so keeps slow clients away
from the threads that search; what it lacks, an end that lets running requests
finish and a limit on the time that a request may take to arrive, is here.
"""

from __future__ import annotations

import logging
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any

from waitress import create_server, wasyncore
from waitress.channel import HTTPChannel

from webapp.parsing import StrictChannel
from webapp.queueing import BoundedDispatcher
from webapp.security import MAX_BODY_BYTES, is_loopback

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = logging.getLogger(__name__)

MAX_HEADER_BYTES = 16 * 1024
MAX_CONNECTIONS = 200

#: A whole request must have arrived this long after it began.
ARRIVAL_S = 20.0

#: How long a connection may stay open without a byte going either way.
IDLE_S = 30


class ServeError(Exception):
    """The server cannot start; the message says why and what to do."""


class AddressRefusedError(ServeError):
    """The address can be reached by others, and nobody allowed that."""


def check_address(host: str, *, public: bool) -> None:
    """Refuse an address that other machines can reach, unless ``public``, which a password also is.

    Raises:
        AddressRefusedError: it is one.
    """
    if public or is_loopback(host):
        return
    raise AddressRefusedError(
        f"{host} can be reached from other machines, and everyone there could read the archive. "
        "Serve on 127.0.0.1, set a password with 'archive password set', or allow it with --public."
    )


class Server:
    """A WSGI application on a listening socket.

    Args:
        host, port: where to listen; port 0 takes any free one.
        threads: requests answered at the same time.
        public: allow an address that other machines can reach.
        waiting: requests that may wait for a thread; more are refused with 503.
        behind_proxy: leave ``X-Forwarded-…`` to the application, which knows whom to believe.
        on_refused: told of each request that is refused here.
        is_refused: tells of an address whether the application would refuse it now.

    Raises:
        AddressRefusedError: see `check_address`.
        ServeError: the address cannot be listened on.
    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        host: str,
        port: int,
        threads: int = 8,
        public: bool = False,
        waiting: int = 16,
        behind_proxy: bool = False,
        on_refused: Callable[[], None] | None = None,
        is_refused: Callable[[str], bool] | None = None,
    ) -> None:
        check_address(host, public=public)
        listening = _listen(host.strip("[]"), port)
        self._map: dict[int, Any] = {}
        self._stopping = False
        self._begun: dict[int, float] = {}
        dispatcher = BoundedDispatcher(waiting, on_refused, is_refused)
        dispatcher.set_thread_count(threads)
        self._listener = create_server(
            app,
            _dispatcher=dispatcher,
            map=self._map,
            sockets=[listening],
            threads=threads,
            connection_limit=MAX_CONNECTIONS,
            channel_timeout=IDLE_S,
            max_request_header_size=MAX_HEADER_BYTES,
            max_request_body_size=MAX_BODY_BYTES,
            clear_untrusted_proxy_headers=not behind_proxy,
            expose_tracebacks=False,
            ident="",
        )
        self._listener.channel_class = StrictChannel
        self.port = int(listening.getsockname()[1])
        name = f"[{host.strip('[]')}]" if ":" in host else host
        self.url = f"http://{name}:{self.port}/"

    def run(self, *, drain_s: float = 10.0) -> None:
        """Serve until `stop`, then let what has begun come to its end.

        Args:
            drain_s: the longest to wait for that.
        """
        checked = time.monotonic()
        while not self._stopping:
            self._turn(1.0)
            if (now := time.monotonic()) - checked >= 1.0:
                self._cut_slow(now)
                checked = now
        self._drain(drain_s)

    def stop(self) -> None:
        """Make `run` end; may be called from a signal handler or another thread."""
        if not self._stopping:  # the trigger is closed at the end
            self._stopping = True
            self._listener.pull_trigger()

    def _turn(self, timeout_s: float) -> None:
        wasyncore.loop(timeout=timeout_s, use_poll=True, map=self._map, count=1)

    def _channels(self) -> list[HTTPChannel]:
        return [entry for entry in list(self._map.values()) if isinstance(entry, HTTPChannel)]

    def _cut_slow(self, now: float) -> None:
        """Close connections whose request has been arriving for too long."""
        arriving = {
            id(channel): channel
            for channel in self._channels()
            if channel.request is not None and not channel.requests
        }
        self._begun = {key: self._begun.get(key, now) for key in arriving}
        for key, channel in arriving.items():
            if now - self._begun[key] > ARRIVAL_S:
                log.info("closed a connection whose request did not arrive in %.0f s", ARRIVAL_S)
                channel.will_close = True

    def _drain(self, drain_s: float) -> None:
        self._turn(0)  # take in who has knocked already
        wasyncore.dispatcher.close(self._listener)
        end = time.monotonic() + drain_s
        while (busy := self._busy()) and time.monotonic() < end:
            self._turn(0.05)
        if busy:
            log.warning("%d requests were cut off after %.0f s", busy, drain_s)
        for channel in self._channels():
            channel.handle_close()
        self._listener.task_dispatcher.shutdown(timeout=1)
        self._listener.trigger.close()

    def _busy(self) -> int:
        return sum(
            bool(channel.requests or channel.total_outbufs_len or channel.request)
            for channel in self._channels()
        )


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on ``host``, by IPv4 if it has both.

    Raises:
        ServeError: that is not possible.
    """
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, *_, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
        return socket.create_server(address[:2], family=family, backlog=1024)
    except OSError as exc:
        raise ServeError(
            f"Cannot listen on {host}, port {port}: {exc.strerror or exc}. Choose another with --port."
        ) from exc


def serve(
    app: WSGIApplication,
    *,
    host: str,
    port: int,
    threads: int = 8,
    public: bool = False,
    on_listen: Callable[[str], None] | None = None,
    **more: Any,
) -> None:
    """Serve ``app`` until SIGTERM or SIGINT, then drain.

    Args:
        on_listen: told the address once requests can come.
        more: as `Server`.

    Raises:
        ServeError: the server cannot start.
    """
    server = Server(app, host=host, port=port, threads=threads, public=public, **more)
    with _stopped_by_signals(server):
        if on_listen is not None:
            on_listen(server.url)
        server.run()


@contextmanager
def _stopped_by_signals(server: Server) -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        server.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
