"""A web site on this machine whose answers a test writes; nothing else is ever asked."""

from __future__ import annotations

import contextlib
import io
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from archive.containers import buffered
from archive.errors import ReadError
from archive.fetch.addresses import AddressRules
from archive.fetch.client import Client
from archive.fetch.connection import FetchLimits
from archive.fetch.politeness import Politeness
from archive.limits import LIMITS
from archive.readers import ReadFailure
from archive.readers.registry import open_stream
from archive.reading import read_opened

Answer = Callable[["Handler"], None]

TEXT = (
    "The harbour was closed on Tuesday after the strike. Ships waited outside the breakwater all day long. "
)

RSS = "application/rss+xml"
WHOLE = TEXT * 6


def page(title: str, words: str = TEXT * 6, head: str = "") -> bytes:
    """Return a page that reads as an article."""
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title>{head}</head>"
        f"<body><article><h1>{title}</h1><p>{words}</p></article></body></html>"
    ).encode()


def body(content: bytes, *, status: int = 200, media_type: str = "text/html", **headers: str) -> Answer:
    """Answer with ``content``; underscores in header names stand for hyphens."""

    def answer(handler: Handler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", media_type)
        handler.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def redirect(place: str, status: int = 302) -> Answer:
    """Answer that the page is elsewhere."""
    return body(b"", status=status, Location=place)


def tagged(content: bytes, etag: str, media_type: str = "text/html") -> Answer:
    """Answer with ``content``, or that it is unchanged to whom has it."""

    def answer(handler: Handler) -> None:
        if handler.headers.get("If-None-Match") == etag:
            body(b"", status=304)(handler)
        else:
            body(content, media_type=media_type, ETag=etag)(handler)

    return answer


class Handler(BaseHTTPRequestHandler):
    """Answers as the site says."""

    site: Site

    def do_GET(self) -> None:
        self.site.asked.append(self.path)
        self.site.headers.append(dict(self.headers))
        answer = self.site.answers.get(self.path, body(b"not here", status=404))
        with contextlib.suppress(OSError):  # the client has had enough
            answer(self)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


class Site:
    """The site; ``answers`` by path and query, ``asked`` what was asked for, in order."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.stop = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pages(self) -> list[str]:
        """What was asked for besides robots.txt."""
        return [path for path in self.asked if path != "/robots.txt"]


@contextmanager
def serving() -> Iterator[Site]:
    """Serve a site until the block ends."""
    handler = type("SiteHandler", (Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    site = handler.site = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.stop.set()
        server.shutdown()
        server.server_close()


def no_wait(**settings: object) -> Politeness:
    """Return turns that are never waited for."""
    return Politeness(sleep=lambda _s: None, **settings)


def client_for(
    site: Site, *, resolve=None, allow_private: bool = True, limits=LIMITS, politeness=None, **times
):
    """Return a client that may ask this machine on the site's port, by number or by the names of ``resolve``."""

    def only_numbers(host: str, _port: int) -> list[str]:
        assert host == "127.0.0.1", "a test asked for another address"
        return [host]

    return Client(
        rules=AddressRules(allow_private=allow_private, ports=frozenset({site.port})),
        fetch_limits=FetchLimits(body_bytes=limits.file_bytes, **times),
        limits=limits,
        politeness=politeness or no_wait(),
        resolve=resolve or only_numbers,
    )


def rss_item(site, name, text=WHOLE, *, date="Tue, 10 Sep 2024 10:00:00 GMT", link=True, guid=True):
    """Return an entry whose text is the whole article."""
    parts = [
        f"<title>The {name}</title>",
        f"<link>{site.url}/{name}</link>" if link else "",
        f"<guid isPermaLink='false'>g-{name}</guid>" if guid else "",
        f"<pubDate>{date}</pubDate>" if date else "",
        f"<content:encoded><![CDATA[<p>{name}: {text}</p>]]></content:encoded>" if text else "",
    ]
    return f"<item>{''.join(parts)}</item>"


def rss(*items):
    """Return a feed of entries."""
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>Harbour News</title>{''.join(items)}</channel></rss>"
    ).encode()


class PoolHere:
    """Reads in this process what `archive.workers.ReaderPool` reads in a child: a start costs most of a second."""

    def __init__(self, *_args: object) -> None: ...

    def submit_member(self, data, origin, options):
        future = Future()
        try:
            opened = open_stream(buffered(io.BytesIO(data)), origin, options)
            future.set_result(list(read_opened(opened, options)))
        except ReadError as error:
            future.set_result([ReadFailure(member=origin.member, code=error.code, reason=str(error))])
        return future

    def close(self) -> None: ...
