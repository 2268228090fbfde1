"""What a site asks of programs: robots.txt by RFC 9309.

`protego` reads it, because `urllib.robotparser` knows neither ``*`` nor ``$`` in paths
and takes the first rule that fits instead of the longest.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from protego import Protego

from archive.encoding import decode
from archive.errors import FetchError
from archive.fetch.connection import RawResponse

#: RFC 9309 asks for at least 500 KiB.
MAX_BYTES: Final = 512_000

_KEPT_S: Final = 24 * 3600.0
_KEPT_AFTER_FAILURE_S: Final = 300.0
_MAX_ORIGINS: Final = 10_000
_MAX_LINE_CHARS: Final = 4_000


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one site; ``parsed`` is None where everything or nothing is allowed.

    Attributes:
        closed: why nothing may be fetched, or empty.
        until: when to ask again, by the cache's clock.
    """

    parsed: Protego | None
    closed: str
    until: float


class Robots:
    """Rules of sites, asked for once a day at most; may be used by many threads.

    Args:
        agent: the product name that rules are looked up by.
    """

    def __init__(self, agent: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._agent = agent
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, Rules] = {}

    def delay_s(self, origin: str, url: str, ask: Callable[[], RawResponse]) -> float:
        """Return what the site asks for between requests, in seconds; 0 if it says nothing.

        Args:
            ask: gets the site's robots.txt, redirects followed.

        Raises:
            FetchError: the site asks that ``url`` be not fetched, or cannot be asked.
        """
        rules = self._rules(origin, ask)
        if rules.closed:
            raise FetchError(rules.closed, code="robots")
        if rules.parsed is None:
            return 0.0
        if not rules.parsed.can_fetch(url, self._agent):
            raise FetchError("the site's robots.txt asks that this page be not fetched", code="robots")
        return float(rules.parsed.crawl_delay(self._agent) or 0.0)

    def _rules(self, origin: str, ask: Callable[[], RawResponse]) -> Rules:
        with self._lock:
            known = self._known.get(origin)
        if known is not None and known.until > self._clock():
            return known
        rules = self._asked(ask)
        with self._lock:
            if len(self._known) >= _MAX_ORIGINS:
                self._known.clear()
            self._known[origin] = rules
        return rules

    def _asked(self, ask: Callable[[], RawResponse]) -> Rules:
        try:
            response = ask()
        except FetchError as error:
            if error.code in {"address", "host"}:
                raise  # the page would be refused for the same reason, which is the better one
            if error.code == "redirect":
                return Rules(None, "", self._clock() + _KEPT_S)
            return self._closed(str(error))
        if response.status == 200:
            text = decode(response.body).text
            lines = (line for line in text.splitlines() if len(line) <= _MAX_LINE_CHARS)
            return Rules(Protego.parse("\n".join(lines)), "", self._clock() + _KEPT_S)
        if response.status >= 500 or response.status == 429:
            return self._closed(f"HTTP status {response.status}")
        return Rules(None, "", self._clock() + _KEPT_S)

    def _closed(self, why: str) -> Rules:
        reason = f"the site's robots.txt cannot be had ({why}), so that nothing is fetched from it"
        return Rules(None, reason, self._clock() + _KEPT_AFTER_FAILURE_S)
