"""Storing articles: see `Store`."""

from archive.store.records import (
    Change,
    ChangeKind,
    Copy,
    DamagedRow,
    PutOutcome,
    PutResult,
    SavedSearch,
    StoredAuthor,
    StoreStats,
    Version,
)
from archive.store.store import Store

__all__ = [
    "Change",
    "ChangeKind",
    "Copy",
    "DamagedRow",
    "PutOutcome",
    "PutResult",
    "SavedSearch",
    "Store",
    "StoreStats",
    "StoredAuthor",
    "Version",
]
