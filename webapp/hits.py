"""From an engine's ids to hits that can be shown: text, marks and addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from archive.document import Document
from index.analysis import fold_key
from index.engine import EngineHit
from index.snippets import Matchers, Snippet, make_snippets, mark, mark_text
from webapp.articlepages import ArticlePage
from webapp.labels import Labels
from webapp.models import Hit

if TYPE_CHECKING:
    from archive.store import Store
    from archive.store.showing import Shown

_DAMAGED = "Damaged article"
_DAMAGED_NOTE = "What is stored of it is not what was written, so it is not shown. Run archive verify"

_key = lru_cache(maxsize=20_000)(fold_key)


class HitMaker:
    """Reads articles from the store for the visible page, and marks them."""

    def __init__(self, store: Store, labels: Labels) -> None:
        self._store = store
        self._labels = labels

    def hits(
        self,
        found: Sequence[EngineHit],
        matchers: Matchers,
        missing: Mapping[int, tuple[str, ...]] = MappingProxyType({}),
    ) -> tuple[Hit, ...]:
        """Return ``found`` in order; articles deleted meanwhile are left out.

        Args:
            missing: words of the query that articles lack, by id.
        """
        if not found:
            return ()
        shown = self._store.shown([hit.id for hit in found])
        scores = {hit.id: hit.score for hit in found}
        slugs = self._slugs([article.authors for article in shown])
        return tuple(
            _hit(article, scores[article.id], matchers, slugs, missing.get(article.id, ()))
            for article in shown
        )

    def article(self, document: Document, query: str, matchers: Matchers) -> ArticlePage:
        """Return ``document`` with every place that ``query`` matched."""
        slugs = self._slugs([document.authors])
        return ArticlePage(
            document=document,
            author_slugs=_author_slugs(document.authors, slugs),
            query=query,
            title_spans=mark(document.title, matchers.title, document.language),
            body_spans=mark_text(document.text, matchers, document.language),
        )

    def _slugs(self, bylines: Sequence[tuple[str, ...]]) -> dict[str, str]:
        keys = {_key(name) for byline in bylines for name in byline}
        return self._labels.author_slugs(sorted(keys)) if keys else {}


def _hit(
    shown: Shown, score: float, matchers: Matchers, slugs: dict[str, str], missing: tuple[str, ...]
) -> Hit:
    if shown.damaged:
        return Hit(
            id=shown.id,
            slug=shown.slug,
            title=_DAMAGED,
            score=score,
            snippets=(Snippet(_DAMAGED_NOTE, ()),),
            missing=missing,
            damaged=True,
        )
    return Hit(
        id=shown.id,
        slug=shown.slug,
        title=shown.title,
        authors=shown.authors,
        author_slugs=_author_slugs(shown.authors, slugs),
        published=shown.published,
        source=shown.source,
        language=shown.language,
        url=shown.url,
        score=score,
        title_spans=mark(shown.title, matchers.title, shown.language),
        snippets=make_snippets(shown.text, matchers, shown.language),
        missing=missing,
    )


def _author_slugs(authors: Sequence[str], slugs: dict[str, str]) -> tuple[str, ...]:
    return tuple(slugs.get(_key(name), "") for name in authors)
