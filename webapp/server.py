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
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any

from waitress import create_server, wasyncore
from waitress.channel import HTTPChannel

from index.heap import give_back
from webapp.parsing import StrictChannel
from webapp.queueing import Lane, LaneDispatcher
from webapp.security import MAX_BODY_BYTES, is_loopback

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = logging.getLogger(__name__)

MAX_HEADER_BYTES = 16 * 1024
MAX_CONNECTIONS = 200

#: A whole request must have arrived this long after it began.
ARRIVAL_S = 20.0

#: The same, and how long a connection may be idle, while there are as many as there may be.
CROWDED_ARRIVAL_S = 2.0

#: How long a connection may stay open without a byte going either way.
IDLE_S = 30

#: A client that takes fewer bytes of its answer than these in `IDLE_S` is let go.
LEAST_TAKEN_BYTES = 32 * 1024

#: So much of an answer waits in memory for its client; the thread that makes it waits beyond.
MAX_UNSENT_BYTES = 1024 * 1024

#: Connections taken in at a time, before requests are read.
ACCEPT_AT_ONCE = 32

#: What is answered at the same time unless told otherwise.
LANES = (Lane(name="all", places=8, waiting=16),)

#: What the answers of the last while took and left is given back so often: each thread has a heap
#: of its own, which otherwise keeps the most that it ever held.
GIVE_BACK_S = 30.0

#: A thread that computes lets another go on after so long.  With Python's own 5 ms the thread that reads
#: would wait so long at every one of the half dozen system calls of a refusal.
SWITCH_S = 0.0005


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
        lanes, lane_of, on_refused: how many requests of which kind are answered at the same time,
            and what is refused with 503; see `webapp.queueing.LaneDispatcher`.
        public: allow an address that other machines can reach.
        behind_proxy: leave ``X-Forwarded-…`` to the application, which knows whom to believe.
        connections: open at a time; more wait to be taken in.

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
        lanes: Sequence[Lane] = LANES,
        lane_of: Callable[[str], str] | None = None,
        on_refused: Callable[[str], None] | None = None,
        public: bool = False,
        behind_proxy: bool = False,
        connections: int = MAX_CONNECTIONS,
    ) -> None:
        check_address(host, public=public)
        listening = _listen(host.strip("[]"), port)
        self._map: dict[int, Any] = {}
        self._stopping = False
        self._most = connections
        self._begun: dict[int, float] = {}
        self._taking: dict[int, tuple[float, int]] = {}
        self._dispatcher = LaneDispatcher(lanes, lane_of, on_refused)
        self._listener = create_server(
            app,
            _dispatcher=self._dispatcher,
            map=self._map,
            sockets=[listening],
            connection_limit=connections,
            channel_timeout=IDLE_S,
            outbuf_high_watermark=MAX_UNSENT_BYTES,
            max_request_header_size=MAX_HEADER_BYTES,
            max_request_body_size=MAX_BODY_BYTES + 1,  # the first size that waitress refuses
            clear_untrusted_proxy_headers=not behind_proxy,
            expose_tracebacks=False,
            ident="",
        )
        self._listener.channel_class = StrictChannel
        self._listener.handle_accept = self._accept
        self.port = int(listening.getsockname()[1])
        name = f"[{host.strip('[]')}]" if ":" in host else host
        self.url = f"http://{name}:{self.port}/"

    def run(self, *, drain_s: float = 10.0) -> None:
        """Serve until `stop`, then let what has begun come to its end.

        Args:
            drain_s: the longest to wait for that.
        """
        self._dispatcher.reading_thread = threading.get_ident()
        switch_s = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_S)
        try:
            self._run(drain_s)
        finally:
            sys.setswitchinterval(switch_s)

    def _run(self, drain_s: float) -> None:
        checked = given_back = time.monotonic()
        while not self._stopping:
            self._turn(1.0)
            if (now := time.monotonic()) - checked >= 1.0:
                self._cut_slow(now)
                self._cut_unread(now)
                checked = now
            if now - given_back >= GIVE_BACK_S:
                give_back()
                given_back = now
        self._drain(drain_s)

    def stop(self) -> None:
        """Make `run` end; may be called from a signal handler or another thread."""
        if not self._stopping:  # the trigger is closed at the end
            self._stopping = True
            self._listener.pull_trigger()

    def _turn(self, timeout_s: float) -> None:
        wasyncore.loop(timeout=timeout_s, use_poll=True, map=self._map, count=1)

    def _accept(self) -> None:
        """Take in whoever knocked; waitress takes one between two looks at every connection."""
        accept_one = type(self._listener).handle_accept
        for _ in range(ACCEPT_AT_ONCE):
            known = len(self._map)
            accept_one(self._listener)
            if not known < len(self._map) < self._most:
                return

    def _channels(self) -> list[HTTPChannel]:
        return [entry for entry in list(self._map.values()) if isinstance(entry, HTTPChannel)]

    def _cut_slow(self, now: float) -> None:
        """Close connections whose request has been arriving for too long; sooner if others have to wait."""
        arriving = {
            id(channel): channel
            for channel in self._channels()
            if channel.request is not None and not channel.requests
        }
        self._begun = {key: self._begun.get(key, now) for key in arriving}
        allowed_s = CROWDED_ARRIVAL_S if len(self._map) >= self._most else ARRIVAL_S
        for key, channel in arriving.items():
            if now - self._begun[key] > allowed_s:
                log.info("closed a connection whose request did not arrive in %.0f s", allowed_s)
                channel.will_close = True
        if allowed_s < ARRIVAL_S:
            for channel in self._channels():
                is_idle = not (channel.requests or channel.request or channel.total_outbufs_len)
                if is_idle and time.time() - channel.last_activity > allowed_s:
                    channel.will_close = True

    def _cut_unread(self, now: float) -> None:
        """Close connections whose answer is not read: it holds a thread, and memory."""
        unread = {id(channel): channel for channel in self._channels() if channel.total_outbufs_len}
        self._taking = {
            key: self._taking.get(key, (now, channel.sent_bytes)) for key, channel in unread.items()
        }
        for key, channel in unread.items():
            since, sent_bytes = self._taking[key]
            if now - since < IDLE_S:
                continue
            if channel.sent_bytes - sent_bytes < LEAST_TAKEN_BYTES:
                log.info("closed a connection whose answer was not read in %.0f s", IDLE_S)
                channel.is_broken = True
                channel.handle_close()  # at once: a socket that takes nothing is never ready to be closed
            self._taking[key] = (now, channel.sent_bytes)

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
    server = Server(app, host=host, port=port, public=public, **more)
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
