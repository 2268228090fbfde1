"""The archive's errors: one tree, so that a caller can catch what it can mend.

    ArchiveError
     ├── ReadError                 one item cannot become an article
     │    ├── UnsupportedFormatError   nothing here reads this kind of file
     │    ├── EmptyItemError           there is no text in it
     │    ├── MalformedItemError       it claims a format and breaks it
     │    ├── LimitExceededError       it is larger, deeper or slower than allowed
     │    └── FetchError               it could not be had from the web
     ├── StoreError                the store cannot do what was asked
     │    ├── StoreVersionError        written by another version of the program
     │    ├── StoreDamagedError        what is stored is not what was written
     │    │    └── ArticleDamagedError    of one article
     │    ├── ArticleNotFoundError     no article has this id or slug
     │    ├── SearchNotFoundError      no saved search has this slug
     │    └── FeedNotFoundError        no feed is followed under this name
     └── LockHeldError             another process is writing

Every message says what happened and, where a person can act, what to do.
"""

from __future__ import annotations


class ArchiveError(Exception):
    """Anything that reading, normalising or storing articles can raise."""


class ReadError(ArchiveError):
    """One item could not be read; the rest of the batch is not affected.

    Attributes:
        code: a short stable word for counting, such as ``empty``.
    """

    code = "unreadable"


class UnsupportedFormatError(ReadError):
    """No reader knows this kind of file."""

    code = "unsupported"


class EmptyItemError(ReadError):
    """The item holds no text."""

    code = "empty"


class MalformedItemError(ReadError):
    """The item does not keep to the format that it claims."""

    code = "malformed"


class LimitExceededError(ReadError):
    """The item is larger, deeper or slower than the limits allow."""

    code = "limit"


class FetchError(ReadError):
    """A page could not be had from the web.

    Attributes:
        code: ``fetch``, or a closer word: ``address``, ``robots``, ``status``,
            ``redirect``, ``timeout``.
        status: of the HTTP response, 0 without one.
        retry_after_s: how long the server asks to be left alone, 0 if it does not say.
    """

    code = "fetch"

    def __init__(
        self, message: str, *, code: str = "fetch", status: int = 0, retry_after_s: float = 0.0
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.retry_after_s = retry_after_s


class StoreError(ArchiveError):
    """The store could not do what was asked."""


class StoreVersionError(StoreError):
    """The store was written by a newer version of the program."""


class StoreDamagedError(StoreError):
    """What is stored is not what was written."""


class ArticleDamagedError(StoreDamagedError):
    """One article is not what was written; the others are not affected.

    Attributes:
        article: its id, 0 if that is not known.
        slug: its address, or empty.
    """

    def __init__(self, message: str, *, article: int = 0, slug: str = "") -> None:
        super().__init__(message)
        self.article = article
        self.slug = slug


class ArticleNotFoundError(StoreError):
    """No article has this id or slug."""


class SearchNotFoundError(StoreError):
    """No saved search has this slug."""


class FeedNotFoundError(StoreError):
    """No feed is followed under this name."""


class LockHeldError(ArchiveError):
    """Another process holds the writer's lock.

    Attributes:
        holder: process id of the holder, when it is known.
    """

    def __init__(self, message: str, *, holder: int | None = None) -> None:
        super().__init__(message)
        self.holder = holder
