"""Query text before it is read: what cannot be seen is dropped, and typographic
and fullwidth operators are made plain, each character knowing its place."""

from __future__ import annotations

import re
import unicodedata

from index.query.ast import Span


class Cleaned:
    """Query text without invisible characters, and the way back."""

    __slots__ = ("_origins", "text")

    def __init__(self, text: str, origins: list[int] | None) -> None:
        self.text = text
        self._origins = origins

    def span(self, start: int, end: int) -> Span:
        """The stretch of the typed text that a stretch of the cleaned one is."""
        if self._origins is None:
            return (start, end)
        if start == end:
            at = self._origins[start] if start < len(self._origins) else (self._origins or [0])[-1]
            return (at, at)
        return (self._origins[start], self._origins[end - 1] + 1)


_QUOTES = "“”„‟«»＂"
_FULLWIDTH = "（）：＊？～＋－［］｛｝＜＞＝＼"
_PLAIN = {ord(char): '"' for char in _QUOTES}
_PLAIN |= {ord(char): unicodedata.normalize("NFKC", char) for char in _FULLWIDTH}
_INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0001\U000e0020-\U000e007f"
)
_UNUSUAL = re.compile(f"[{_INVISIBLE}{_QUOTES}{re.escape(_FULLWIDTH)}\ud800-\udfff]")
_DROPPED = re.compile(f"[{_INVISIBLE}]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> Cleaned:
    """Drop control, bidirectional and zero-width characters; make operators plain."""
    if _UNUSUAL.search(text) is None:
        return Cleaned(text, None)
    plain = _SURROGATE.sub("\ufffd", text.translate(_PLAIN))
    if _DROPPED.search(plain) is None:
        return Cleaned(plain, None)
    origins = [at for at, char in enumerate(plain) if not _DROPPED.match(char)]
    return Cleaned("".join(plain[at] for at in origins), origins)
