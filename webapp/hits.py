"""From an engine's ids to hits that can be shown: text, marks and addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from archive.document import Document
from index.analysis import fold_key
from index.engine import EngineHit
from index.snippets import Matchers, make_snippets, mark, mark_text
from webapp.labels import Labels
from webapp.models import ArticlePage, Hit

if TYPE_CHECKING:
    from archive.store import Store


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
        documents = self._store.get_many([hit.id for hit in found])
        scores = {hit.id: hit.score for hit in found}
        slugs = self._slugs(documents)
        return tuple(
            _hit(document, scores[document.id], matchers, slugs, missing.get(document.id, ()))
            for document in documents
        )

    def article(self, document: Document, query: str, matchers: Matchers) -> ArticlePage:
        """Return ``document`` with every place that ``query`` matched."""
        slugs = self._slugs([document])
        title_spans = mark(document.title, matchers.title, document.language)
        body_spans = mark_text(document.text, matchers, document.language)
        return ArticlePage(
            document=document,
            author_slugs=_author_slugs(document, slugs),
            query=query,
            title_spans=title_spans,
            body_spans=body_spans,
            hit_count=len(title_spans) + len(body_spans),
        )

    def _slugs(self, documents: Sequence[Document]) -> dict[str, str]:
        keys = {fold_key(name) for document in documents for name in document.authors}
        return self._labels.author_slugs(sorted(keys)) if keys else {}


def _hit(
    document: Document, score: float, matchers: Matchers, slugs: dict[str, str], missing: tuple[str, ...]
) -> Hit:
    return Hit(
        id=document.id,
        slug=document.slug,
        title=document.title,
        authors=document.authors,
        author_slugs=_author_slugs(document, slugs),
        published=document.published,
        source=document.source,
        language=document.language,
        url=document.url,
        score=score,
        title_spans=mark(document.title, matchers.title, document.language),
        snippets=make_snippets(document.text, matchers, document.language),
        missing=missing,
    )


def _author_slugs(document: Document, slugs: dict[str, str]) -> tuple[str, ...]:
    return tuple(slugs.get(fold_key(name), "") for name in document.authors)
