"""How the archive and its index stand."""

from __future__ import annotations

import datetime as dt

from archive.store import StoreStats
from webapp.opening import OpenArchive
from webapp.status import Status


class Standing:
    """Tells what an archive holds; counts it once for each state of the store."""

    def __init__(self, archive: OpenArchive) -> None:
        self._archive = archive
        self._counted: tuple[int, StoreStats] | None = None

    def status(self) -> Status:
        """Tell what the archive holds and how the index stands."""
        index = self._archive.indexer().status()
        built = dt.datetime.fromisoformat(index.built_at) if index.built_at else None
        changes, stats = self._counts()
        return Status(
            articles=stats.articles,
            engine=self._archive.settings.engine,
            indexed=index.documents,
            behind=index.behind,
            ready=index.state == "ready",
            problem=index.problem,
            problem_code="" if index.state == "ready" else f"index_{index.state}",
            generation=index.generation,
            built_at=built,
            home=str(self._archive.settings.home),
            languages=stats.by_language,
            changes=changes,
            undated=stats.undated,
            without_author=stats.without_author,
            versions=stats.versions,
            copies=stats.copies,
            store_bytes=stats.bytes_on_disk,
        )

    def _counts(self) -> tuple[int, StoreStats]:
        """Return the number of changes and the counts after them, counted once for each
        state of the store: health checks come often, and counting reads every row."""
        sequence = self._archive.store.last_sequence()
        known = self._counted
        if known is None or known[0] != sequence:
            known = self._counted = (sequence, self._archive.store.stats())
        return known
