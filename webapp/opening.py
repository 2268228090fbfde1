"""An archive's parts, opened from the settings: the store, and indexers over it."""

from __future__ import annotations

import os
from dataclasses import dataclass

from archive.closing import Closing
from archive.errors import StoreError
from archive.store import Store
from index.engines import ENGINES, factory
from index.indexer import Indexer, IndexStatus
from index.manifests import make_folder
from webapp.settings import Settings


@dataclass(frozen=True, slots=True)
class OpenArchive(Closing):
    """A store, open, and where its indexes lie; a context manager."""

    settings: Settings
    store: Store

    def indexer(self, engine: str | None = None) -> Indexer:
        """Return the indexer of an engine, the configured one unless told.

        Raises:
            EngineUnavailableError: there is no such engine here.
        """
        name = engine or self.settings.engine
        factory(name)
        return Indexer(self.store, self.settings.index_root, name)

    def index_statuses(self) -> tuple[IndexStatus, ...]:
        """Return how the configured engine's index stands, and every other that was built."""
        return tuple(indexer.status() for indexer in self.indexers())

    def indexers(self) -> list[Indexer]:
        """Return the indexer of the configured engine, and of every other that has an index."""
        names = [name for name in ENGINES if name == self.settings.engine or self._has_index(name)]
        return [self.indexer(name) for name in names]

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def _has_index(self, engine: str) -> bool:
        return os.path.isdir(self.settings.index_root / engine)  # noqa: PTH112 - no error where one may not look


def open_archive(settings: Settings, *, create: bool = False) -> OpenArchive:
    """Open the archive in the home folder; for reading only if the folder cannot be written.

    Args:
        create: make the folder and an empty store if there is none.

    Raises:
        StoreError: there is no store, or it cannot be opened.
    """
    if not create and not settings.store_path.exists():
        raise StoreError(f"There is no archive in {settings.home} yet. Begin one with: archive ingest PATH")
    make_folder(settings.home, mode=0o700)
    read_only = not create and not os.access(settings.home, os.W_OK)
    return OpenArchive(settings, Store.open(settings.store_path, read_only=read_only))
