"""Articles with one and the same text: which is a duplicate, which a wire copy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Twin:
    """A stored article, as far as telling duplicates needs it."""

    id: int
    slug: str
    group_id: int
    url: str
    source: str


class Twins:
    """The articles with one content hash, in the order of their ids.

    A hundred thousand wire copies of one text are possible, so `same` never walks
    them; most texts have none, so the indexes are made when they are needed.
    """

    __slots__ = ("_by_both", "_by_source", "_by_url", "_unindexed", "first")

    def __init__(self) -> None:
        self.first: Twin | None = None
        self._unindexed: list[Twin] = []
        self._by_both: dict[tuple[str, str], Twin] = {}
        self._by_url: dict[str, Twin] = {}
        self._by_source: dict[str, Twin] = {}

    def add(self, twin: Twin) -> None:
        """Add an article; of several that answer alike the first added is kept."""
        if self.first is None:
            self.first = twin
        self._unindexed.append(twin)

    def same(self, url: str, source: str) -> Twin | None:
        """The article whose URL and source are each equal, or missing on one side."""
        if self.first is None:
            return None
        self._index()
        if url and source:
            pairs = ((url, source), (url, ""), ("", source), ("", ""))
            return next((self._by_both[pair] for pair in pairs if pair in self._by_both), None)
        if url:
            return self._by_url.get(url) or self._by_url.get("")
        if source:
            return self._by_source.get(source) or self._by_source.get("")
        return self.first

    def _index(self) -> None:
        for twin in self._unindexed:
            self._by_both.setdefault((twin.url, twin.source), twin)
            self._by_url.setdefault(twin.url, twin)
            self._by_source.setdefault(twin.source, twin)
        self._unindexed.clear()
