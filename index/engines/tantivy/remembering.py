"""Answers that one state of the index gave, remembered no longer than that state is."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar
from weakref import WeakMethod

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


def remembering(method: Callable[[Asked], Answer], most: int) -> Callable[[Asked], Answer]:
    """Return ``method`` with its last ``most`` answers remembered, for its own object to keep.

    A cache around the method itself would keep the object in a circle, and with
    it the memory and the open files of an index that nobody searches any more,
    until Python happens to look for circles, which a server does rarely.
    """
    weakly = WeakMethod(method)

    @lru_cache(maxsize=most)
    def answer(asked: Asked) -> Answer:
        alive = weakly()
        assert alive is not None  # noqa: S101 - only its own object asks
        return alive(asked)

    return answer
