"""Which addresses may be asked: names are resolved first, and every address of a name is checked.

A page can name any address, its redirects any other, and its name server may answer
differently each time.  So the numeric address that was checked is the one that is
connected to; no name is resolved twice for one request.
"""

from __future__ import annotations

import ipaddress
import queue
import re
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from archive.errors import FetchError

#: Host and port to numeric addresses; raises OSError.
Resolver = Callable[[str, int], Sequence[str]]

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_PORTS: Final = {"http": 80, "https": 443}
_OPEN_PORTS: Final = frozenset({80, 443, *range(8000, 9000)})
_MAX_URL_CHARS: Final = 2_048
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HOST: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")
_IGNORED: Final = str.maketrans("", "", "\t\r\n")
_SAFE: Final = "%/:=&?~#+!$,;'@()*[]|"

# Python's own tables of special addresses differ between its patch versions;
# https://www.iana.org/assignments/iana-ipv6-special-registry/ and the IPv4 one.
_NOT_PUBLIC: Final = tuple(
    ipaddress.ip_network(each)
    for each in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16"),
        *("fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
    )
)
# What an operator can mean by a private address: never many machines, and never none.
_PRIVATE: Final = tuple(
    ipaddress.ip_network(each)
    for each in (
        *("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"),
        *("::1/128", "fc00::/7", "fe80::/10"),
    )
)
# Addresses of a translator: what counts is the IPv4 address in their last 32 bits.
_TRANSLATED: Final = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRules:
    """What the operator allows beyond the public web.

    Attributes:
        allow_private: also addresses of private networks and this machine.
        ports: besides 80, 443 and 8000 to 8999.
    """

    allow_private: bool = False
    ports: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """An address taken apart, without credentials and fragment.

    Attributes:
        host: lower case, in punycode; an IPv6 address without brackets.
        target: path and query as they are sent, ASCII.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def netloc(self) -> str:
        """Host and port as a Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{self.scheme}://{self.netloc}"

    @property
    def url(self) -> str:
        """The whole address."""
        return self.origin + self.target


def destination_from(url: str, rules: AddressRules, *, base: str = "") -> Destination:
    """Take an address apart; ``base`` completes a relative one.

    Raises:
        FetchError: it is none of the web, or its port is not allowed.
    """
    shown = repr(url[:200])
    if len(url) > _MAX_URL_CHARS:
        raise FetchError(f"the address is longer than {_MAX_URL_CHARS:,} characters", code="address")
    # As a browser: tabs and line ends inside an address are not there.
    url = url.strip().translate(_IGNORED)
    try:
        parts = urlsplit(urljoin(base, url) if base and not _SCHEME.match(url) else url)
        host, port = _ascii_host(parts.hostname or ""), parts.port
    except ValueError as error:
        raise FetchError(f"this is no address of the web: {shown}", code="address") from error
    if parts.scheme not in _PORTS:
        raise FetchError(f"only http and https are fetched, not {shown}", code="address")
    port = _PORTS[parts.scheme] if port is None else port
    if port not in _OPEN_PORTS | rules.ports:
        hint = f"--allow-port {port} permits it"
        raise FetchError(f"port {port} is none that web pages are served on; {hint}", code="address")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(scheme=parts.scheme, host=host, port=port, target=_escaped(target))


def checked_addresses(
    destination: Destination, rules: AddressRules, resolve: Resolver, timeout_s: float
) -> tuple[str, ...]:
    """Resolve a host once and return its addresses, of which every one may be asked.

    Raises:
        FetchError: there is no such host, or one of its addresses is not public.
    """
    try:
        found = _within(timeout_s, resolve, destination.host, destination.port)
    except (OSError, UnicodeError) as error:
        raise FetchError(f"there is no host {destination.host!r}: {error}", code="host") from error
    if not found:
        raise FetchError(f"the host {destination.host!r} has no address", code="host")
    for text in found:
        reason = why_refused(text, rules)
        if reason:
            named = "" if destination.host == text else f"{destination.host} is at {text}, "
            hint = "" if rules.allow_private else "; --allow-private permits addresses of your own network"
            raise FetchError(f"{named or text + ' is '}{reason}{hint}", code="address")
    return tuple(dict.fromkeys(found))


def why_refused(text: str, rules: AddressRules) -> str:
    """Say what kind of address must not be asked this is; empty if it may be."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "no numeric address"
    if address.version == 6 and address in _TRANSLATED:
        return why_refused(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)), rules)
    if not _is_in(address, _NOT_PUBLIC) and address.is_global and not address.is_multicast:
        return ""
    if rules.allow_private and _is_in(address, _PRIVATE):
        return ""
    return _kind(address)


def system_resolver(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [str(entry[4][0]) for entry in found]


def _is_in(address: _Address, networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _kind(address: _Address) -> str:
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return "an IPv4 address in the clothes of an IPv6 one"
    named = (
        (address.is_loopback, "this machine"),
        (address.is_unspecified, "no machine's address"),
        (address.is_link_local, "an address of the local link"),
        (address.is_multicast, "an address of many machines"),
        (_is_in(address, _PRIVATE), "an address of a private network"),
    )
    return next((words for is_kind, words in named if is_kind), "an address that is not of the public web")


def _ascii_host(host: str) -> str:
    """Raises ValueError (as UnicodeError) for a name that cannot be a host."""
    host = host.lower().rstrip(".")
    if ":" in host:
        return str(ipaddress.IPv6Address(host))
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    if len(host) > 253 or not _HOST.fullmatch(host):
        raise ValueError("no host")
    return host


def _escaped(target: str) -> str:
    target = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", target)
    return quote(target, safe=_SAFE, errors="replace")


def _within(timeout_s: float, resolve: Resolver, host: str, port: int) -> list[str]:
    """Resolve in another thread: the system's resolver takes no time limit."""
    answers: queue.SimpleQueue[list[str] | OSError | UnicodeError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(list(resolve(host, port)))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=ask, name="resolver", daemon=True).start()
    try:
        answer = answers.get(timeout=timeout_s)
    except queue.Empty:
        raise FetchError(f"the name {host!r} was not resolved in {timeout_s:g} s", code="timeout") from None
    if isinstance(answer, Exception):
        raise answer
    return answer
