"""What is read from one segment: postings, positions and columns."""

from __future__ import annotations

import warnings
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import orjson

from index.engines.whoosh.fields import ABSENT

with warnings.catch_warnings():  # 2.7.4 is older than Python's warnings about its escapes
    warnings.simplefilter("ignore")
    from whoosh.reading import TermNotFound


class Columns:
    """The columns of a segment, read once; a segment never changes, save what is deleted."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self._numbers: dict[str, list[int | None]] = {}
        self._keywords: dict[str, list[tuple[str, ...]]] = {}
        self._lengths: dict[str, list[int]] = {}

    def use(self, reader: Any) -> None:
        self._reader = reader

    def numbers(self, field: str) -> list[int | None]:
        if field not in self._numbers:
            column = self._reader.column_reader(field, translate=False)
            values = (column[document] for document in range(self._reader.doc_count_all()))
            self._numbers[field] = [None if value == ABSENT else value for value in values]
        return self._numbers[field]

    def keywords(self, field: str) -> list[tuple[str, ...]]:
        if field not in self._keywords:
            column = self._reader.column_reader(field, translate=False)
            values = (column[document] for document in range(self._reader.doc_count_all()))
            self._keywords[field] = [tuple(orjson.loads(value)) if value else () for value in values]
        return self._keywords[field]

    def lengths(self, field: str) -> list[int]:
        if field not in self._lengths:
            length = self._reader.doc_field_length
            self._lengths[field] = [length(doc, field) or 0 for doc in range(self._reader.doc_count_all())]
        return self._lengths[field]


class Segment:
    """One segment of one commit; see `index.engines.evaluation.Segment`."""

    def __init__(self, reader: Any, columns: Columns) -> None:
        self._reader = reader
        self._documents: Collection[int] = range(reader.doc_count_all())
        if reader.has_deletions():
            self._documents = {document for document in self._documents if not reader.is_deleted(document)}
        columns.use(reader)
        self._columns = columns
        self.numbers = columns.numbers
        self.keywords = columns.keywords
        self.lengths = columns.lengths

    def documents(self) -> Collection[int]:
        return self._documents

    def having(self, field: str, token: str) -> int:
        return int(self._reader.doc_frequency(field, token))

    def live(self, field: str, token: str) -> int:
        """Return how many documents that are not deleted hold ``token``."""
        if not self._reader.has_deletions():
            return self.having(field, token)
        return sum(1 for _ in self.postings(field, token, None))

    def postings(self, field: str, token: str, among: Collection[int] | None) -> Iterator[tuple[int, float]]:
        matcher = self._matcher(field, token)
        if matcher is None:
            return
        if among is not None and len(among) * 4 < self.having(field, token):
            yield from _looked_up(matcher, sorted(among))
            return
        while matcher.is_active():
            document = matcher.id()
            if among is None or document in among:
                yield document, matcher.weight()
            matcher.next()

    def positions(
        self, field: str, terms: Sequence[str], among: Collection[int] | None
    ) -> Iterator[tuple[int, Mapping[str, Sequence[int]]]]:
        rarest_first = sorted(set(terms), key=lambda term: self.having(field, term))
        matchers = [self._matcher(field, term) for term in rarest_first]
        if None in matchers:
            return
        for document, _ in list(self.postings(field, rarest_first[0], among)):
            for matcher in matchers:
                if not matcher.is_active():
                    return
                matcher.skip_to(document)
                if not matcher.is_active() or matcher.id() != document:
                    break
            else:
                yield (
                    document,
                    {
                        term: array("I", matcher.value())
                        for term, matcher in zip(rarest_first, matchers, strict=True)
                    },
                )

    def tokens(self, field: str, prefix: str) -> Iterator[str]:
        return (token.decode() for token in self._reader.expand_prefix(field, prefix))

    def _matcher(self, field: str, token: str) -> Any:
        try:
            return self._reader.postings(field, token)
        except TermNotFound:
            return None


def _looked_up(matcher: Any, documents: Sequence[int]) -> Iterator[tuple[int, float]]:
    for document in documents:
        if not matcher.is_active():
            return
        matcher.skip_to(document)
        if matcher.is_active() and matcher.id() == document:
            yield document, matcher.weight()
