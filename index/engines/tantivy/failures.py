"""What the library raises, as our errors."""

from __future__ import annotations

from types import TracebackType

from index.errors import EngineError


class LibraryErrors:
    """Turns what `tantivy` raises into our errors; panics are BaseExceptions."""

    def __init__(self, doing: str, error: type[EngineError] = EngineError) -> None:
        self._doing = doing
        self._error = error

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None or isinstance(error, EngineError):
            return
        known = isinstance(error, (ValueError, OSError, RuntimeError, TypeError, OverflowError))
        if known or type(error).__name__ == "PanicException":
            raise self._error(f"{self._doing}: {error}") from error


SEARCHING = LibraryErrors("The index could not be searched; if this goes on, run: archive reindex")

WRITING = LibraryErrors("The index could not be written")
