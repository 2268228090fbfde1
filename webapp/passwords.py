"""The one password of the archive: what it must be, and its hash.

scrypt of the standard library's OpenSSL, with 64 MiB and two passes, so that no
further package is needed; one check takes about a third of a second.
"""

from __future__ import annotations

import functools
import re
import threading
from pathlib import Path

from werkzeug.security import check_password_hash, generate_password_hash

#: Length in characters; long instead of complicated.
MIN_CHARS, MAX_CHARS = 12, 256

_METHOD = "scrypt:65536:8:2"

#: One check at a time: each takes memory, and many at once are an attack.
_ONE = threading.Lock()

#: Words that everybody tries first, here with anything around them.
_OBVIOUS = re.compile(
    r"(pass ?wor[dt]|letmein|welcome|qwerty|azerty|qwertz|asdfgh|iloveyou|administrator|archive|article)",
    re.IGNORECASE,
)
_RUNS = "01234567890123456789 abcdefghijklmnopqrstuvwxyz qwertyuiop asdfghjkl zxcvbnm 98765432109876543210"


_COMMON_FILE = Path(__file__).with_name("common_passwords.txt")

#: What people put behind a password that was refused.
_TAIL = re.compile(r"[\W\d_]+$")


class PasswordError(ValueError):
    """The password will not do; the message says why."""


def check_new(password: str) -> None:
    """Refuse a password that is short or easily guessed.

    Raises:
        PasswordError: it is.
    """
    if not MIN_CHARS <= len(password) <= MAX_CHARS:
        raise PasswordError(f"A password has {MIN_CHARS} to {MAX_CHARS} characters; several words do well.")
    if len(set(password.casefold())) < 5:
        raise PasswordError("That password repeats too few characters.")
    if {password.casefold(), _TAIL.sub("", password.casefold())} & _common():
        raise PasswordError("That password is one of the commonest there are.")
    rest = _OBVIOUS.sub("", password)
    for size in range(len(_RUNS), 3, -1):
        for start in range(len(_RUNS) - size + 1):
            rest = rest.replace(_RUNS[start : start + size], "") if size < 30 else rest
    if len(rest) < 6:
        raise PasswordError("That password is among the first that anybody would try.")


@functools.cache
def _common() -> frozenset[str]:
    """Return the commonest passwords that are long enough to be taken."""
    lines = _COMMON_FILE.read_text("ascii").splitlines()
    return frozenset(line.casefold() for line in lines if not line.startswith("#"))


def hash_password(password: str) -> str:
    """Return what to store of ``password``."""
    return generate_password_hash(password, method=_METHOD, salt_length=16)


def is_password(stored: str, given: str) -> bool:
    """Tell whether ``given`` is the password with the hash ``stored``, in constant time."""
    if not stored or len(given) > MAX_CHARS:
        return False
    with _ONE:
        return check_password_hash(stored, given)
