"""Memory that the C library keeps for later, given back to the system."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache


def give_back() -> None:
    """Return what was freed and is still held; where the C library cannot, nothing happens.

    Each thread has a heap of its own, and glibc keeps what they freed: 140 of 350 MB
    after a commit of 25,000 articles, 12 of 111 MB after 40 minutes of answers.
    """
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    try:
        found: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):  # not Linux, or another C library
        return None
    return found
