"""Who may read: the password and the tokens, in a file only its owner can read.

`access.json` in the home folder, not the store, so that no backup, export or
copy of the articles carries it.  The command line writes it; a server that
runs sees the change with the next request.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from archive.errors import ArchiveError
from archive.lock import WriterLock

ACCESS_FILE = "access.json"
LOCK_FILE = "access.lock"


class AccessError(ArchiveError):
    """The file that says who may read cannot be used; nobody gets in then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A key for programs, as stored.

    Attributes:
        digest: SHA-256 of the key, hexadecimal; the key itself is not kept.
        scope: ``api`` reads everything, ``feeds`` only feeds.
        created: ISO 8601, UTC.
        expires: ISO 8601, UTC, or empty.
    """

    name: str
    digest: str
    scope: str
    created: str
    expires: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may read.

    Attributes:
        password: its hash, or empty: then everybody who can connect may read.
        key: signs sessions; a new one ends them all.
    """

    password: str = ""
    key: str = ""
    tokens: tuple[Token, ...] = ()


class PrivateFile:
    """A JSON object in a file with mode 0600, replaced whole, read when it changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: tuple[tuple[int, int, int], dict[str, Any]] | None = None

    def read(self) -> dict[str, Any]:
        """Return what it holds; nothing if there is no file.

        Raises:
            AccessError: it is there and cannot be read.
        """
        try:
            found = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            self._known = None
            return {}
        except OSError as exc:
            raise AccessError(f"{self.path} cannot be read: {exc.strerror}") from exc
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        known = self._known
        if known is not None and known[0] == stamp:
            return known[1]
        try:
            value = json.loads(self.path.read_text("utf-8"))
        except (OSError, ValueError) as exc:
            raise AccessError(f"{self.path} cannot be read: {exc}") from exc
        if not isinstance(value, dict):
            raise AccessError(f"{self.path} does not hold what it should.")
        self._known = (stamp, value)
        return value

    def write(self, value: dict[str, Any]) -> None:
        """Replace the file, durably.

        Raises:
            OSError: that is not possible.
        """
        beside = self.path.with_name(self.path.name + ".new")
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(value, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)
        if os.name == "posix":
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


class AccessFile:
    """Reads and changes `Access` in a home folder."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._file = PrivateFile(home / ACCESS_FILE)
        self._read: tuple[dict[str, Any], Access] | None = None

    def read(self) -> Access:
        """Return who may read, as the file says now.

        Raises:
            AccessError: the file is there and cannot be used.
        """
        value = self._file.read()
        if not value and not self._file.path.exists():
            return Access()
        known = self._read
        if known is not None and known[0] is value:
            return known[1]
        try:
            tokens = tuple(Token(**token) for token in value["tokens"])
            access = Access(password=str(value["password"]), key=str(value["key"]), tokens=tokens)
        except (KeyError, TypeError) as exc:
            raise AccessError(f"{self._file.path} does not hold what it should.") from exc
        self._read = (value, access)
        return access

    def change(self, how: Callable[[Access], Access]) -> Access:
        """Store what ``how`` makes of the present state, one change at a time.

        Raises:
            AccessError: the file cannot be read or written.
        """
        try:
            self._home.mkdir(parents=True, exist_ok=True, mode=0o700)
            with WriterLock(self._home / LOCK_FILE, timeout_s=10):
                access = how(self.read())
                if not access.key:
                    access = replace(access, key=new_key())
                self._file.write(asdict(access))
        except OSError as exc:
            raise AccessError(f"{self._file.path} cannot be written: {exc.strerror or exc}") from exc
        return access


def new_key() -> str:
    """Return 256 random bits, hexadecimal."""
    return secrets.token_hex(32)
