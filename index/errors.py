"""The index's errors: what the asker can mend, and what the operator must.

SearchError
 ├── QueryError                the query, not the archive, is at fault; safe to show
 │    └── QueryLimitError          longer, deeper or broader than allowed
 └── EngineError               for the operator; the message says what to run
      ├── IndexMissingError        no index has been built
      ├── IndexOutdatedError       built by another schema, analyzer or program
      ├── IndexDamagedError        built, but not readable as it was written
      ├── EngineUnavailableError   the engine cannot be loaded or reached
      └── DeadlineExceededError    the query took longer than allowed
"""

from __future__ import annotations


class SearchError(Exception):
    """Anything that searching or indexing can raise."""


class QueryError(SearchError):
    """The query cannot be answered; the message is safe to show.

    Attributes:
        position: offset of the offending part in code points, or None.
    """

    def __init__(self, message: str, *, position: int | None = None) -> None:
        super().__init__(message)
        self.position = position


class QueryLimitError(QueryError):
    """The query is longer, deeper or broader than the limits allow."""


class EngineError(SearchError):
    """The engine failed; the message says what to run."""


class IndexMissingError(EngineError):
    """No index has been built here yet."""


class IndexOutdatedError(EngineError):
    """The index was built by another schema, analyzer or program version."""


class IndexDamagedError(EngineError):
    """The index cannot be read as it was written."""


class EngineUnavailableError(EngineError):
    """The engine cannot be loaded or reached."""


def not_permitted(path: object) -> EngineUnavailableError:
    """Return the error for a file of an index that this user may not read, which is no damage."""
    return EngineUnavailableError(
        f"{path} may not be read by this user: give the files to the user of the archive "
        "(another one, perhaps root, has written them), or as that user run: archive reindex"
    )


class DeadlineExceededError(EngineError):
    """The query took longer than its deadline."""
