"""What a put needs to know of the articles that are stored already."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from sqlalchemy import select

from archive.document import Document
from archive.standing import Standing, Stood, standing_of
from archive.store import rows
from archive.store.bulk import Lookup
from archive.store.merging import FILLED
from archive.store.tables import articles, texts

_FILLED = f',"{FILLED}'


@dataclass(slots=True)
class Known:
    """A stored article, as far as comparing needs it."""

    id: int
    slug: str
    digest: str
    content_hash: str
    added: str
    path: str
    member: str
    media_type: str
    words: int
    hand: int
    provenance: str
    warnings: str
    pending: bool = False

    @property
    def keeps_values(self) -> bool:
        """Whether it has values that a new version takes over."""
        # Quotes inside JSON strings are escaped: no false find.
        return bool(self.hand) or _FILLED in self.provenance

    @property
    def standing(self) -> Standing:
        """What kind of text it has."""
        if '"text":[' not in self.provenance:
            return standing_of(self.media_type, "")
        return standing_of(self.media_type, orjson.loads(self.provenance)["text"][1])


def new_article(id: int, slug: str, *, added: str) -> Known:
    """An article that is about to get its first row."""
    return Known(id, slug, "", "", added, "", "", "", 0, 0, "", "")


KNOWN_BY_IDENTITY = Lookup(
    select(
        articles.c.identity,
        articles.c.id,
        articles.c.slug,
        articles.c.digest,
        articles.c.content_hash,
        articles.c.added,
        articles.c.origin_path,
        articles.c.origin_member,
        articles.c.media_type,
        articles.c.words,
        articles.c.hand,
        articles.c.provenance,
        articles.c.warnings,
    ),
    articles.c.identity,
)
TWINS_BY_HASH = Lookup(
    select(
        articles.c.content_hash,
        articles.c.id,
        articles.c.slug,
        articles.c.group_id,
        articles.c.url,
        articles.c.source,
    ).order_by(articles.c.id),
    articles.c.content_hash,
)
STORED = select(*(articles.c[name] for name in rows.HASHED_COLUMNS), texts.c.body).join(
    texts, texts.c.article_id == articles.c.id
)


def stood(document: Document) -> Stood:
    """The document as its standing is told."""
    text = document.provenance.get("text")
    return Stood(
        standing=standing_of(document.origin.media_type, text.detail if text is not None else ""),
        words=document.words,
        text=document.text,
        path=document.origin.path,
    )
