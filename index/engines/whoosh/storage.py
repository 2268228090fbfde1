"""Files of an index, synced to disk as Whoosh does not."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

with warnings.catch_warnings():  # 2.7.4 is older than Python's warnings about its escapes
    warnings.simplefilter("ignore")
    from whoosh.filedb.filestore import FileStorage
    from whoosh.filedb.structfile import BufferFile


class SyncedStorage(FileStorage):  # type: ignore[misc]
    """Syncs all that was written before the rename that makes it the index, and the rename."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._unsynced: set[str] = set()
        self._locks: list[Any] = []

    def lock(self, name: str) -> Any:
        self._locks.append(super().lock(name))
        return self._locks[-1]

    def release_locks(self) -> None:
        """Give back what a writer kept that could not be made or closed, as on a full disk."""
        for lock in self._locks:
            if lock.fd is not None:
                lock.release()
        self._locks.clear()

    def create_file(self, name: str, **kwargs: Any) -> Any:
        self._unsynced.add(name)
        return super().create_file(name, **kwargs)

    def open_file(self, name: str, **kwargs: Any) -> Any:
        if name.endswith(".toc"):  # Whoosh leaves it open if it cannot read it
            return BufferFile(memoryview((Path(self.folder) / name).read_bytes()), name=name, **kwargs)
        return super().open_file(name, **kwargs)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:  # noqa: ARG002
        folder = Path(self.folder)
        for name in self._unsynced:
            if (folder / name).exists():
                sync(folder / name)
        self._unsynced.clear()
        (folder / oldname).replace(folder / newname)
        sync(folder)


def sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
