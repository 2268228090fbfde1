"""Authors, their links to articles and names of sources: all follow from the articles, so all can be mended.

Bylines are covered by the hash of their article's row; these tables are not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import orjson
from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from archive.store import statements
from archive.store.bookkeeping import counter
from archive.store.people import AuthorTable, key_of
from archive.store.tables import article_authors, articles, authors, sources

_BATCH = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongLinks:
    """What does not follow from the articles.

    Attributes:
        articles: ids of articles that are linked to other authors than their byline names.
        authors: id -> printed name, of authors whose name is not that of their key.
        sources: key -> printed name, of sources whose name is not that of their key.
    """

    articles: tuple[int, ...]
    authors: dict[int, str]
    sources: dict[str, str]

    def __bool__(self) -> bool:
        return bool(self.articles or self.authors or self.sources)

    def __str__(self) -> str:
        return (
            f"links of {len(self.articles):,} articles to their authors, "
            f"{len(self.authors):,} names of authors and {len(self.sources):,} names of sources"
        )


def wrong_links(connection: Connection) -> WrongLinks:
    """Compare authors, links and sources with what the articles say."""
    # A name may have been printed only in an article that is gone: then nothing better is known.
    named = {row.id: (row.key, row.name) for row in connection.execute(select(authors)) if row.id}
    wrong_authors = {id_ for id_, (key, name) in named.items() if key_of(name) != key}
    sourced = {row.key: row.name for row in connection.execute(select(sources))}
    wrong_sources = {key for key, name in sourced.items() if key_of(name) != key}
    wrong_articles: list[int] = []
    printed: dict[str, str] = {}
    source_printed: dict[str, str] = {}
    for id_, byline, source, linked in _bylines(connection):
        try:
            names = {key_of(name): name for name in orjson.loads(byline)}
        except (orjson.JSONDecodeError, TypeError):
            continue  # the row's own damage
        names.pop("", None)
        if set(names) != {named[author][0] for author in linked if author in named}:
            wrong_articles.append(id_)
        if wrong_authors:
            printed.update(names)
        if wrong_sources:
            source_printed.setdefault(key_of(source), source)
    return WrongLinks(
        articles=tuple(wrong_articles),
        authors={id_: printed[key] for id_ in wrong_authors if (key := named[id_][0]) in printed},
        sources={key: source_printed[key] for key in wrong_sources if key in source_printed},
    )


def mend_links(connection: Connection, wrong: WrongLinks) -> None:
    """Put right what `wrong_links` found."""
    for id_, name in wrong.authors.items():
        connection.execute(update(authors).where(authors.c.id == id_).values(name=name))
    for key, name in wrong.sources.items():
        connection.execute(update(sources).where(sources.c.key == key).values(name=name))
    table = AuthorTable(connection)
    table.last_id = counter(connection, "author")
    for id_ in wrong.articles:
        byline = connection.execute(select(articles.c.authors).where(articles.c.id == id_)).scalar_one()
        statements.UNLINK_AUTHORS.run(connection, [(id_,)])
        statements.LINK_AUTHOR.run(connection, table.links([(id_, tuple(orjson.loads(byline)))]))
    statements.SET_COUNTER.run(connection, [(table.last_id, "author")])


def _bylines(connection: Connection) -> Iterator[tuple[int, str, str, set[int]]]:
    """Id, byline as JSON, source and ids of the linked authors of every article."""
    after = 0
    while True:
        rows = connection.execute(
            select(articles.c.id, articles.c.authors, articles.c.source)
            .where(articles.c.id > after)
            .order_by(articles.c.id)
            .limit(_BATCH)
        ).all()
        if not rows:
            return
        links: dict[int, set[int]] = {}
        found = connection.execute(
            select(article_authors.c.article_id, article_authors.c.author_id).where(
                article_authors.c.article_id.between(rows[0][0], rows[-1][0])
            )
        )
        for article_id, author_id in found:
            links.setdefault(article_id, set()).add(author_id)
        after = rows[-1][0]
        for id_, byline, source in rows:
            yield id_, byline, source, links.get(id_, set())
