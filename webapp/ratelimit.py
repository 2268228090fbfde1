"""How often a client may ask: a bucket each, in bounded memory.

A bucket is one number, the time at which it would be full again (the "generic
cell rate algorithm"), which says as much as a count of tokens and a time.
"""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

#: Clients remembered; those that have not asked for longest are forgotten first.
MAX_CLIENTS = 10_000


class RateLimit:
    """``burst`` at once, ``rate`` a second in the long run, for each client.

    Args:
        clock: seconds that never go back.
    """

    def __init__(
        self,
        *,
        rate: float,
        burst: int,
        most: int = MAX_CLIENTS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._interval = 1.0 / rate
        self._tolerance = (burst - 1) * self._interval
        self._most = most
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, client: str) -> int:
        """Count a request of ``client``.

        Returns 0, or after how many seconds, rounded up, it may ask again; a
        request that is refused does not count.
        """
        now = self._clock()
        with self._lock:
            full_at = max(self._full_at.get(client, now), now)
            early = full_at - now - self._tolerance
            if early > 1e-9:
                return math.ceil(early)
            self._full_at[client] = full_at + self._interval
            self._full_at.move_to_end(client)
            if len(self._full_at) > self._most:
                self._full_at.popitem(last=False)
            return 0

    def clients(self) -> int:
        """Return how many are remembered."""
        return len(self._full_at)


def client_of(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 network of IPv6,
    which is what one household gets."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:50]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
