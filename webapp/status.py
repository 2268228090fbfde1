"""What the services tell of the archive as a whole."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What the archive holds and how the index stands.

    Attributes:
        articles: how many the store holds.
        indexed: how many the live index holds; None without a usable index.
        behind: changes of the store that the index has not seen.
        ready: searches can be answered.
        problem: what is wrong and the command that mends it, or empty.
        problem_code: ``index_missing``, ``index_outdated``, ``index_damaged``,
            ``index_unavailable`` or empty.
        changes: articles added, changed or deleted since the store was made.
        versions, copies: former versions and further finds of articles kept.
    """

    articles: int
    engine: str
    indexed: int | None = None
    behind: int = 0
    ready: bool = True
    problem: str = ""
    problem_code: str = ""
    generation: str = ""
    built_at: dt.datetime | None = None
    home: str = ""
    languages: dict[str, int] = field(default_factory=dict)
    changes: int = 0
    undated: int = 0
    without_author: int = 0
    versions: int = 0
    copies: int = 0
    store_bytes: int = 0
