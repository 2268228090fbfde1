"""Identities that the articles of one run claim, so that none of them takes another's place."""

from __future__ import annotations

import dataclasses

from archive.document import Document
from archive.normalise import fold_key, identity_of
from archive.reading import ReadArticle
from archive.standing import is_excerpt


class Claims:
    """What identities the articles of one run have; by hashes, because a run may have millions."""

    def __init__(self) -> None:
        # Identity -> title of what had it first; excerpts by the file that they are in.
        self._titles: dict[int, int] = {}
        # Identity -> titles, of what was captured at its address.
        self._captured: dict[int, set[int]] = {}

    def settle(self, article: ReadArticle) -> Document:
        """Return the document under an identity that no other article of this run has.

        Pages of a site may all name its front page, or the first of a series, as
        their canonical address: one must not replace the other.  A page captured at
        that very address is the same page, whatever its title became; a note on an
        address bears a title of its own.
        """
        document = article.document
        title = hash(fold_key(document.title))
        kind = document.origin.path if is_excerpt(document) else ""
        if self._may_have(hash((document.identity, kind)), title, at_address=article.is_at_address):
            return document
        warning = f"{document.identity[:200]} is claimed by another article of this run; kept apart"
        for identity in (
            identity_of(document, article.external_id, with_url=False),
            identity_of(document, "", with_url=False),
            f"hash:{document.content_hash}",
        ):
            if self._titles.setdefault(hash((identity, kind)), title) == title:
                break
        return dataclasses.replace(document, identity=identity, warnings=(*document.warnings, warning))

    def _may_have(self, identity: int, title: int, *, at_address: bool) -> bool:
        first = self._titles.setdefault(identity, title)
        if first != title and identity not in self._captured:
            return False
        if at_address:
            self._captured.setdefault(identity, {first}).add(title)
            return True
        return first == title or title in self._captured[identity]
