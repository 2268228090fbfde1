"""A page from the web: redirects, robots.txt, turns and conditional requests around `connection`."""

from __future__ import annotations

import datetime as dt
import email.utils
import importlib.metadata
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from archive.errors import FetchError
from archive.fetch.addresses import (
    AddressRules,
    Destination,
    Resolver,
    checked_addresses,
    destination_from,
    system_resolver,
)
from archive.fetch.connection import FetchLimits, RawResponse, Requester
from archive.fetch.politeness import Politeness
from archive.fetch.robots import MAX_BYTES, Robots
from archive.limits import LIMITS, Limits
from archive.readers.httpbody import Response, content_type, decoded_body

PRODUCT: Final = "article-archive"

_PERMANENT: Final = frozenset({301, 308})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MAX_VALIDATOR_CHARS: Final = 1_000
_MAX_AGE: Final = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?([0-9]{1,9})", re.IGNORECASE)
_ACCEPT: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_ACCEPT_FEED: Final = (
    "application/atom+xml,application/rss+xml,application/feed+json,"
    "application/xml;q=0.9,text/xml;q=0.9,*/*;q=0.5"
)
_NOT_READ: Final = (
    "image/",
    "video/",
    "audio/",
    "font/",
    "text/css",
    "text/javascript",
    "application/javascript",
)
_PRINTABLE: Final = re.compile(r"[ -~]+")


class Known(Protocol):
    """What a server gave to ask later whether a page has changed."""

    @property
    def etag(self) -> str: ...
    @property
    def last_modified(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What an address answered.

    Attributes:
        url: where the answer came from, after redirects.
        moved: the address that permanent redirects lead to, as far as all are; else
            the one that was asked for.
        is_unchanged: it is still what the validators stand for; there is no body.
        body: with its encoding undone.
        max_age_s: how long the server takes it to be fresh, 0 if it does not say.
        notes: warnings for the article.
    """

    url: str
    moved: str
    is_unchanged: bool = False
    body: bytes = b""
    media_type: str = ""
    charset: str = ""
    etag: str = ""
    last_modified: str = ""
    max_age_s: float = 0.0
    notes: tuple[str, ...] = ()


def user_agent() -> str:
    """Return the name and version that servers are told."""
    try:
        version = importlib.metadata.version(PRODUCT)
    except importlib.metadata.PackageNotFoundError:
        return PRODUCT
    return f"{PRODUCT}/{version}"


class Client:
    """Fetches pages; may be used by many threads.

    Args:
        resolve: what stands in for the system's resolver.
        obeys_robots: False for a site's own keeper.
    """

    def __init__(
        self,
        *,
        rules: AddressRules | None = None,
        fetch_limits: FetchLimits | None = None,
        limits: Limits = LIMITS,
        politeness: Politeness | None = None,
        resolve: Resolver = system_resolver,
        obeys_robots: bool = True,
    ) -> None:
        self._rules = rules or AddressRules()
        self._fetch_limits = fetch_limits or FetchLimits(body_bytes=limits.file_bytes)
        self._limits = limits
        self._politeness = politeness or Politeness()
        self._resolve = resolve
        self._robots = Robots(PRODUCT) if obeys_robots else None
        self._requester = Requester(self._fetch_limits)
        self._agent = user_agent()

    def destination(self, url: str, *, base: str = "") -> Destination:
        """Take an address apart by this client's rules.

        Raises:
            FetchError: it is none that may be fetched.
        """
        return destination_from(url, self._rules, base=base)

    def get(
        self, url: str, known: Callable[[str], Known | None] = lambda _url: None, *, is_feed: bool = False
    ) -> Page:
        """Fetch a page, following redirects; each hop is checked like the first.

        Args:
            known: the validators of an address, for each hop.

        Raises:
            FetchError: it may not or cannot be fetched, or the answer is no page.
            LimitExceededError: it is larger, or unpacks to more, than allowed.
        """
        destination = self.destination(url)
        moved, is_moved_for_good = destination.url, True
        for _ in range(self._fetch_limits.redirects + 1):
            validators = known(destination.url)
            response = self._page_response(destination, validators, is_feed=is_feed)
            if response.status not in _REDIRECTS:
                return self._page(destination, moved, response, validators)
            destination = self._next(destination, response)
            is_moved_for_good = is_moved_for_good and response.status in _PERMANENT
            moved = destination.url if is_moved_for_good else moved
        raise FetchError(f"more than {self._fetch_limits.redirects} redirects", code="redirect")

    def _page_response(
        self, destination: Destination, validators: Known | None, *, is_feed: bool
    ) -> RawResponse:
        addresses = self._addresses(destination)
        delay_s = 0.0
        if self._robots is not None:
            delay_s = self._robots.delay_s(
                destination.origin, destination.url, lambda: self._robots_txt(destination)
            )
        headers = self._headers(validators, _ACCEPT_FEED if is_feed else _ACCEPT)
        with self._politeness.turn(destination.host, delay_s=delay_s):
            response = self._requester.get(destination, addresses, headers, refused_types=_NOT_READ)
        if response.status in {429, 503}:
            self._politeness.hold_off(destination.host, _retry_after_s(response.fields))
        return response

    def _robots_txt(self, destination: Destination) -> RawResponse:
        place = self.destination("/robots.txt", base=destination.url)
        for _ in range(self._fetch_limits.redirects + 1):
            addresses = self._addresses(place)
            with self._politeness.turn(place.host):
                response = self._requester.get(
                    place, addresses, self._headers(None, "text/plain"), most=MAX_BYTES
                )
            if response.status not in _REDIRECTS:
                return response
            place = self._next(place, response)
        raise FetchError("its robots.txt leads in a circle", code="redirect")

    def _addresses(self, destination: Destination) -> tuple[str, ...]:
        return checked_addresses(destination, self._rules, self._resolve, self._fetch_limits.connect_s)

    def _next(self, destination: Destination, response: RawResponse) -> Destination:
        place = response.fields.get("location", "").strip()
        if not place:
            raise FetchError(f"HTTP status {response.status} without an address to go to", code="redirect")
        # Headers are Latin-1; addresses in them, where they are not ASCII, are UTF-8.
        place = place.encode("latin-1", "replace").decode("utf-8", "replace")
        return self.destination(place, base=destination.url)

    def _headers(self, validators: Known | None, accept: str) -> dict[str, str]:
        headers = {"User-Agent": self._agent, "Accept": accept, "Accept-Encoding": "gzip, deflate"}
        if validators is not None and validators.etag:
            headers["If-None-Match"] = validators.etag
        if validators is not None and validators.last_modified:
            headers["If-Modified-Since"] = validators.last_modified
        return headers

    def _page(
        self, destination: Destination, moved: str, response: RawResponse, validators: Known | None
    ) -> Page:
        fields = response.fields
        media_type, charset = content_type(fields.get("content-type", ""))
        is_unchanged = response.status == 304 and validators is not None
        if not is_unchanged:
            _check(response, media_type)
        body, notes = (
            decoded_body(
                Response(
                    status=response.status,
                    media_type=media_type,
                    charset=charset,
                    encoding=fields.get("content-encoding", "").strip().lower(),
                    chunked=False,
                    body=response.body,
                ),
                self._limits,
            )
            if not is_unchanged
            else (b"", ())
        )
        age = _MAX_AGE.search(fields.get("cache-control", "")[:1000])
        return Page(
            url=destination.url,
            moved=moved,
            is_unchanged=is_unchanged,
            body=body,
            media_type=media_type,
            charset=charset,
            etag=_validator(fields.get("etag", "")),
            last_modified=_validator(fields.get("last-modified", "")),
            max_age_s=float(age[1]) if age else 0.0,
            notes=notes,
        )


def _check(response: RawResponse, media_type: str) -> None:
    status = response.status
    if status == 200:
        if media_type.startswith(_NOT_READ):
            raise FetchError(f"this is {media_type}, which is not read", code="unsupported", status=status)
        return
    words = {
        401: "it is shown only to those who log in",
        403: "the server does not show it",
        404: "there is no such page",
        410: "the page is gone for good",
        429: "the server says that it was asked too often",
        503: "the server is busy",
    }
    reason = words.get(status, "the server failed" if status >= 500 else "the answer is no page")
    retry_after_s = _retry_after_s(response.fields)
    raise FetchError(
        f"{reason} (HTTP status {status})", code="status", status=status, retry_after_s=retry_after_s
    )


def _validator(value: str) -> str:
    """Return a validator that can be sent back as it came; empty for one that cannot."""
    value = value.strip()
    return value if len(value) <= _MAX_VALIDATOR_CHARS and _PRINTABLE.fullmatch(value) else ""


def _retry_after_s(fields: Mapping[str, str]) -> float:
    value = fields.get("retry-after", "").strip()[:100]
    if value.isascii() and value.isdigit():
        return float(min(int(value), 30 * 86_400))
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return min(max((moment - dt.datetime.now(dt.UTC)).total_seconds(), 0.0), 30 * 86_400.0)
