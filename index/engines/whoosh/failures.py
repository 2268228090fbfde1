"""What `whoosh` raises on damaged files, a full disk or a lock, as our errors."""

from __future__ import annotations

import pickle
import struct
import warnings
from pathlib import Path
from types import TracebackType

from index.errors import EngineError, IndexDamagedError

with warnings.catch_warnings():  # 2.7.4 is older than Python's warnings about its escapes
    warnings.simplefilter("ignore")
    from whoosh.filedb.filestore import StorageError
    from whoosh.filedb.filetables import FileFormatError
    from whoosh.index import IndexError as WhooshIndexError
    from whoosh.writing import IndexingError, LockError

FOREIGN = (
    OSError, ValueError, TypeError, LookupError, AttributeError, EOFError, AssertionError, OverflowError,
    struct.error, pickle.UnpicklingError, WhooshIndexError, IndexingError, LockError,
    FileFormatError, StorageError,
)  # fmt: skip


class LibraryErrors:
    """Turns what `whoosh` raises on damaged files, a full disk or a lock into our errors."""

    def __init__(self, doing: str, error: type[EngineError] = EngineError) -> None:
        self._doing = doing
        self._error = error

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Where a block of postings is damaged, Whoosh raises a plain `Exception`.
        if isinstance(error, FOREIGN) or type(error) is Exception:
            raise self._error(f"{self._doing}: {error or type(error).__name__}") from error


SEARCHING = LibraryErrors("The index could not be searched; if this goes on, run: archive reindex")
WRITING = LibraryErrors("The index could not be written")


def damage(path: Path) -> LibraryErrors:
    message = f"The index in {path} is damaged; rebuild it with: archive reindex"
    return LibraryErrors(message, IndexDamagedError)
