"""Keys for programs: made, recognised, listed, revoked.

A key is 256 random bits, so a plain SHA-256 of it is safe to store: there is
nothing to guess.  Feeds have keys of their own, because feed readers put them
into addresses, where others may see them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
from dataclasses import replace

from webapp.access import Access, Token

MAX_TOKENS = 100

_PREFIX = "arc_"
_KEY = re.compile(r"arc_[A-Za-z0-9_-]{43}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,49}")


class TokenError(ValueError):
    """A token cannot be made or found; the message says why."""


def create(
    access: Access, name: str, *, scope: str, now: dt.datetime, days: int | None = None
) -> tuple[Access, str]:
    """Return ``access`` with a token more, and its key, which is not kept.

    Args:
        days: for how long it is good; None for ever.

    Raises:
        TokenError: the name is taken or cannot be, or there are too many.
    """
    if _NAME.fullmatch(name) is None:
        raise TokenError("A name has up to 50 letters, digits, spaces, dots and dashes.")
    if any(token.name == name for token in access.tokens):
        raise TokenError(f"There is a token {name} already; revoke it first.")
    if len(access.tokens) >= MAX_TOKENS:
        raise TokenError(f"There are {MAX_TOKENS} tokens already; revoke some first.")
    key = _PREFIX + secrets.token_urlsafe(32)
    expires = (now + dt.timedelta(days=days)).isoformat(timespec="seconds") if days else ""
    created = now.isoformat(timespec="seconds")
    token = Token(name=name, digest=_digest(key), scope=scope, created=created, expires=expires)
    return replace(access, tokens=(*access.tokens, token)), key


def revoke(access: Access, name: str) -> Access:
    """Return ``access`` without the token ``name``.

    Raises:
        TokenError: there is none.
    """
    left = tuple(token for token in access.tokens if token.name != name)
    if len(left) == len(access.tokens):
        raise TokenError(f"There is no token {name}.")
    return replace(access, tokens=left)


def find(access: Access, key: str, *, now: dt.datetime) -> Token | None:
    """Return the token whose key is ``key``, None if there is none that is still good."""
    if _KEY.fullmatch(key) is None:
        return None
    digest = _digest(key)
    found = None
    for token in access.tokens:  # all of them, so that time tells nothing
        if hmac.compare_digest(token.digest, digest):
            found = token
    if found is None or (found.expires and dt.datetime.fromisoformat(found.expires) <= now):
        return None
    return found


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("ascii")).hexdigest()
