"""Sessions of people who gave the password.

The cookie holds a random name, when the session began and when it was last
used, signed; the list of sessions that have not ended lies in the home folder,
so that logging out ends one for good and a restart ends none.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from webapp.access import AccessError, PrivateFile

log = logging.getLogger(__name__)

SESSIONS_FILE = "sessions.json"

#: A session ends when it has not been used for so long, and in any case after so long.
IDLE_S = 12 * 3600
ABSOLUTE_S = 30 * 24 * 3600

#: The time of last use in a cookie is brought up to date so often.
RENEW_S = 60

#: More sessions than these end the oldest.
MAX_SESSIONS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session that is good now.

    Attributes:
        renewed: cookie to send in place of the one that came, or empty.
    """

    name: str
    renewed: str = ""


class Sessions:
    """The sessions of one archive; safe to share between threads."""

    def __init__(self, home: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._file = PrivateFile(home / SESSIONS_FILE)
        self._clock = clock
        self._lock = threading.Lock()
        self._unsaved: dict[str, float] | None = None  # when the file cannot be written

    def begin(self, key: str) -> str:
        """Return the cookie of a new session, signed with ``key``."""
        now, name = self._clock(), secrets.token_urlsafe(32)
        with self._lock:
            live = self._live(now)
            live[_digest(name)] = now
            self._save(dict(sorted(live.items(), key=lambda entry: entry[1])[-MAX_SESSIONS:]))
        return _cookie(key, name, now, now)

    def check(self, key: str, cookie: str) -> Session | None:
        """Return the session of ``cookie``, None if it is forged, too old or ended."""
        read = _read(key, cookie)
        if read is None:
            return None
        name, began, used = read
        now = self._clock()
        if now - used > IDLE_S or now - began > ABSOLUTE_S:
            return None
        with self._lock:
            if _digest(name) not in self._live(now):
                return None
        renewed = _cookie(key, name, began, now) if abs(now - used) > RENEW_S else ""
        return Session(name=name, renewed=renewed)

    def end(self, session: Session) -> None:
        """End one for good."""
        with self._lock:
            live = self._live(self._clock())
            live.pop(_digest(session.name), None)
            self._save(live)

    def _live(self, now: float) -> dict[str, float]:
        if self._unsaved is not None:
            found: dict[str, Any] = self._unsaved
        else:
            try:
                found = self._file.read()
            except AccessError as exc:
                log.warning("sessions are lost, everybody must log in again: %s", exc)
                found = {}
        return {name: began for name, began in found.items() if now - began <= ABSOLUTE_S}

    def _save(self, live: dict[str, float]) -> None:
        try:
            self._file.write(live)
        except OSError as exc:
            log.warning("sessions are kept in memory only: %s", exc)
            self._unsaved = live
        else:
            self._unsaved = None


def _cookie(key: str, name: str, began: float, used: float) -> str:
    said = f"{name}.{int(began)}.{int(used)}"
    return f"{said}.{_signature(key, said)}"


def _read(key: str, cookie: str) -> tuple[str, int, int] | None:
    said, _, signature = cookie.rpartition(".")
    parts = said.split(".")
    if not key or not cookie.isascii() or len(cookie) > 300 or len(parts) != 3:
        return None
    if not hmac.compare_digest(signature, _signature(key, said)):
        return None
    return parts[0], int(parts[1]), int(parts[2])


def _signature(key: str, said: str) -> str:
    return hmac.new(bytes.fromhex(key), said.encode("ascii"), hashlib.sha256).hexdigest()


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("ascii")).hexdigest()
