"""One request to one checked address, inside limits of time and size.

`http.client` over a socket of our own, rather than urllib3 or httpx: those can be made
to connect to a given address, but their time limits begin anew with every packet, so
that a server that sends a byte now and then holds them for ever, in the header most of
all.  Here each read gets what is left of one deadline, and no proxy variable of the
environment leads around the check of addresses.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from archive.errors import FetchError, LimitExceededError
from archive.fetch.addresses import Destination
from archive.limits import LIMITS

_READ_BYTES: Final = 65_536
_BUFFER: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """Limits of a request; each redirect is a request of its own.

    Attributes:
        body_bytes: as sent; what it may unpack to is the readers' limit.
        connect_s: to resolve the name, and to connect to one address with TLS.
        read_s: without a byte.
        total_s: from connecting to the last byte.
        redirects: how many are followed.
    """

    body_bytes: int = LIMITS.file_bytes
    connect_s: float = 10.0
    read_s: float = 20.0
    total_s: float = 60.0
    redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RawResponse:
    """A response as it came, its encoding not undone.

    Attributes:
        fields: header fields by lower-case name; of several of one name, the values
            are joined by a comma.
        is_cut: the body was longer than was asked for.
    """

    status: int
    fields: Mapping[str, str]
    body: bytes
    is_cut: bool = False


class Requester:
    """Sends GET requests; may be used by many threads."""

    def __init__(self, limits: FetchLimits, *, tls: ssl.SSLContext | None = None) -> None:
        self._limits = limits
        self._tls = tls or ssl.create_default_context()

    def get(
        self,
        destination: Destination,
        addresses: Sequence[str],
        headers: Mapping[str, str],
        *,
        most: int = 0,
        refused_types: tuple[str, ...] = (),
    ) -> RawResponse:
        """Ask one of ``addresses``, the first that answers, for what ``destination`` names.

        Args:
            most: read so many bytes of the body and leave the rest; 0 reads all of it
                inside the limits.
            refused_types: beginnings of media types whose bodies are not read.

        Raises:
            FetchError: there is no answer, or it is no sound HTTP response in time.
            LimitExceededError: the body is larger than allowed.
        """
        deadline = time.monotonic() + self._limits.total_s
        try:
            with self._connected(destination, addresses, deadline) as connected:
                bound = _BoundSocket(connected, deadline, self._limits.read_s)
                return self._asked(_Connection(destination, bound), destination, headers, most, refused_types)
        except TimeoutError as error:
            raise FetchError(f"{destination.netloc} was too slow: {error}", code="timeout") from error
        except ssl.SSLCertVerificationError as error:
            reason = f"the certificate of {destination.netloc} is not good: {error.verify_message}"
            raise FetchError(reason, code="tls") from error
        except http.client.IncompleteRead as error:
            raise FetchError("the connection ended before the whole page had come") from error
        except http.client.HTTPException as error:
            words = f"{type(error).__name__} {error}".strip()[:200]
            raise FetchError(f"{destination.netloc} does not speak HTTP soundly: {words}") from error
        except OSError as error:
            raise FetchError(f"no connection with {destination.netloc}: {error}") from error

    def _connected(
        self, destination: Destination, addresses: Sequence[str], deadline: float
    ) -> socket.socket:
        last: OSError = OSError("no address")
        for address in addresses:
            left_s = min(self._limits.connect_s, deadline - time.monotonic())
            if left_s <= 0:
                break
            try:
                plain = socket.create_connection((address, destination.port), timeout=left_s)
            except OSError as error:
                last = error
                continue
            if destination.scheme == "http":
                return plain
            try:
                return self._tls.wrap_socket(plain, server_hostname=destination.host)
            except BaseException:
                plain.close()
                raise
        raise last

    def _asked(
        self,
        connection: _Connection,
        destination: Destination,
        headers: Mapping[str, str],
        most: int,
        refused_types: tuple[str, ...],
    ) -> RawResponse:
        connection.putrequest("GET", destination.target, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", destination.netloc)
        for name, value in {**headers, "Connection": "close"}.items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        fields = _fields(response)
        media_type = fields.get("content-type", "").strip().lower()
        body, is_cut = b"", False
        if response.status == 200 and not (refused_types and media_type.startswith(refused_types)):
            body, is_cut = self._body(response, most)
        return RawResponse(status=response.status, fields=fields, body=body, is_cut=is_cut)

    def _body(self, response: http.client.HTTPResponse, most: int) -> tuple[bytes, bool]:
        stated = response.length
        limit = most or self._limits.body_bytes
        if stated is not None and stated > limit and not most:
            raise LimitExceededError(f"larger than {_megabytes(limit)}: {_megabytes(stated)}")
        parts: list[bytes] = []
        size = 0
        while stated is None or size < stated:
            # `read1`: what has come so far, whereas `read` waits until it has all it was asked for.
            part = response.read1(min(_READ_BYTES, stated - size) if stated is not None else _READ_BYTES)
            if not part:
                break
            parts.append(part)
            size += len(part)
            if size > limit:
                if most:
                    return b"".join(parts)[:most], True
                raise LimitExceededError(f"larger than {_megabytes(limit)}")
        if stated is not None and size < stated:
            raise http.client.IncompleteRead(b"", stated - size)
        return b"".join(parts), False


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"


def _fields(response: http.client.HTTPResponse) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, value in response.getheaders():
        key = name.lower()
        fields[key] = f"{fields[key]}, {value}" if key in fields else value
    return fields


class _Connection(http.client.HTTPConnection):
    """A connection over a socket that is there already."""

    def __init__(self, destination: Destination, bound: _BoundSocket) -> None:
        super().__init__(destination.host, destination.port)
        self.sock = bound

    def connect(self) -> None:
        """Never open a socket: its address would not be checked."""
        raise OSError("the connection was closed")


class _BoundSocket:
    """The part of a socket that `http.client` uses, with one deadline for all of it."""

    def __init__(self, plain: socket.socket, deadline: float, read_s: float) -> None:
        self._plain = plain
        self._deadline = deadline
        self._read_s = read_s

    def sendall(self, data: bytes) -> None:
        self._limit_next()
        self._plain.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        if mode != "rb":
            raise ValueError("for reading only")
        return io.BufferedReader(_BoundReader(self), _BUFFER)

    def receive_into(self, buffer: memoryview) -> int:
        self._limit_next()
        return self._plain.recv_into(buffer)

    def close(self) -> None:
        """Do nothing: `http.client` closes as soon as it has the header; the requester does it."""

    def _limit_next(self) -> None:
        left_s = self._deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("the time for one request is over")
        self._plain.settimeout(min(left_s, self._read_s))


class _BoundReader(io.RawIOBase):
    def __init__(self, bound: _BoundSocket) -> None:
        super().__init__()
        self._bound = bound

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        return self._bound.receive_into(memoryview(buffer).cast("B"))  # type: ignore[arg-type]
