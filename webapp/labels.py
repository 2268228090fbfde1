"""Names behind the keys of an index, remembered for as long as the index stands."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from index.analysis import fold_key
from index.engine import Engine, SearchRequest
from index.plan import Constant, Term
from webapp.models import MISSING, SearchParams, WholeName

if TYPE_CHECKING:
    from archive.store import Store

#: More names than this are not kept.
_MOST = 50_000

_Entry = TypeVar("_Entry")


class Labels:
    """Printed names and addresses of authors and sources, the languages, and whether there are duplicates.

    What is remembered is forgotten as soon as `at` is called with another
    stamp: an article may have brought a new spelling.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._stamp: Hashable = None
        self._names: dict[str, dict[str, str]] = {}
        self._authors: dict[str, tuple[str, str]] = {}
        self._languages: tuple[str, ...] | None = None
        self._duplicates: bool | None = None

    def at(self, stamp: Hashable) -> Labels:
        """Forget what was remembered before ``stamp``, and return itself."""
        if stamp != self._stamp:
            with self._lock:
                self._stamp, self._names, self._authors, self._languages = stamp, {}, {}, None
                self._duplicates = None
        return self

    def languages(self) -> tuple[str, ...]:
        """Return the languages of the articles, most frequent first."""
        found = self._languages  # another thread may forget it meanwhile
        if found is None:
            found = self._languages = tuple(code for code in self._store.languages() if code)
        return found

    def has_duplicates(self, engine: Engine) -> bool:
        """Whether any article has near-duplicates."""
        found = self._duplicates
        if found is None:
            plan = Constant(Term("has", "duplicate"), 0.0)
            found = self._duplicates = engine.search(SearchRequest(plan=plan, limit=0)).total > 0
        return found

    def authors(self, keys: Sequence[str]) -> dict[str, str]:
        """Return the printed names for author keys."""
        return {key: name for key, (_, name) in self._author_entries(keys).items()}

    def with_whole_names(self, params: SearchParams) -> SearchParams:
        """Return ``params`` with the authors in them that are known by the whole name as `WholeName`."""
        given = {*params.author, *(value for name, value in params.excluded if name == "author")} - {MISSING}
        if not given:
            return params
        known = self._author_entries([fold_key(value) for value in given])
        names = {value: WholeName(value) for value in given if fold_key(value) in known}
        return replace(
            params,
            author=tuple(names.get(value, value) for value in params.author),
            excluded=tuple(
                (name, names.get(value, value) if name == "author" else value)
                for name, value in params.excluded
            ),
        )

    def author_slugs(self, keys: Sequence[str]) -> dict[str, str]:
        """Return the addresses for author keys."""
        return {key: slug for key, (slug, _) in self._author_entries(keys).items()}

    def sources(self, keys: Sequence[str]) -> dict[str, str]:
        """Return the printed names for source keys."""
        return self._look_up("source", keys, self._store.source_names)

    def tags(self, keys: Sequence[str], engine: Engine) -> dict[str, str]:
        """Return the printed names for tag keys, each as one article has it."""
        return self._look_up("tag", keys, lambda unknown: self._tag_names(unknown, engine))

    def titles(self, ids: Sequence[int]) -> list[tuple[str, str]]:
        """Return title and address of articles; those deleted meanwhile are left out."""
        documents = self._store.get_many(ids, with_text=False) if ids else []
        return [(document.title, document.slug) for document in documents]

    def _tag_names(self, keys: Sequence[str], engine: Engine) -> dict[str, str]:
        ids: list[int] = []
        for key in keys:
            found = engine.search(SearchRequest(plan=Constant(Term("tag_key", key), 0.0), limit=1))
            ids.extend(hit.id for hit in found.hits)
        documents = self._store.get_many(list(dict.fromkeys(ids)), with_text=False)
        names = (name for document in documents for name in (*document.tags, document.section))
        return {fold_key(name): name for name in names if name}

    def _author_entries(self, keys: Sequence[str]) -> dict[str, tuple[str, str]]:
        return _looked_up(self._authors, keys, self._store.author_entries)

    def _look_up(
        self, kind: str, keys: Sequence[str], ask: Callable[[Sequence[str]], dict[str, str]]
    ) -> dict[str, str]:
        return _looked_up(self._names.setdefault(kind, {}), keys, ask)


def _looked_up(
    known: dict[str, _Entry], keys: Sequence[str], ask: Callable[[Sequence[str]], dict[str, _Entry]]
) -> dict[str, _Entry]:
    """Return what is behind ``keys``, asking for what is not ``known`` yet."""
    unknown = [key for key in keys if key not in known]
    found = ask(unknown) if unknown else {}
    entries = {key: entry for key in keys if (entry := known.get(key) or found.get(key)) is not None}
    if len(known) > _MOST:
        known.clear()
    known.update(found)
    return entries
