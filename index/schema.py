"""Fields of the index, as data: every engine builds the same ones from here.

Text reaches an engine already analysed (`index.analysis`): as tokens joined by
single spaces, which the engine splits at spaces and leaves alone.  One analyzer
for all engines, instead of one native analyzer each kept equal to the others,
is what makes their answers equal; it also lets each article be stemmed in its
own language, and costs no more (CPU time is the same, wall time is less
because analysis and indexing overlap).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

#: Raise it when an index built by older code must not be searched by newer.
SCHEMA_VERSION = 4


class Kind(StrEnum):
    """What a field can be asked."""

    POSITIONS = "positions"  # text: terms, phrases, proximity
    FREQUENCIES = "frequencies"  # text: terms, ranked, no phrases
    TERMS = "terms"  # text: terms only, not ranked
    KEYWORD = "keyword"  # whole values: equality, facets; may be many
    NUMBER = "number"  # one 64-bit signed integer: ranges, sorting, facets


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, what it can be asked, and what it holds."""

    name: str
    kind: Kind
    holds: str


FIELDS: tuple[Field, ...] = (
    Field("title", Kind.POSITIONS, "exact tokens of the title"),
    Field("body", Kind.POSITIONS, "exact tokens of the text"),
    Field("lead", Kind.POSITIONS, "exact tokens of the first paragraph"),
    # no positions: a fifth less time and a third less space, and closeness by
    # exact tokens ranks as well (docs/ranking.md)
    Field("stem", Kind.FREQUENCIES, "stems of the title, TITLE_WEIGHT times, then of the text; compounds"),
    Field("title_stem", Kind.TERMS, "stems of the title"),
    Field("title_only", Kind.TERMS, "stems of the title that the text lacks"),
    Field("lead_stem", Kind.TERMS, "stems of the first paragraph"),
    Field("author", Kind.POSITIONS, "exact tokens of the authors, BREAKs between two authors"),
    Field("source", Kind.POSITIONS, "exact tokens of the source"),
    Field("tag", Kind.POSITIONS, "exact tokens of tags and section, BREAKs between two"),
    Field("url", Kind.POSITIONS, "exact tokens of the canonical URL"),
    Field("title_key", Kind.KEYWORD, "the whole title, folded: exact-title match"),
    Field("author_key", Kind.KEYWORD, "each author, folded: facet, filter"),
    Field("source_key", Kind.KEYWORD, "the source, folded: facet, filter"),
    Field("tag_key", Kind.KEYWORD, "each tag and the section, folded"),
    Field("lang", Kind.KEYWORD, "language code"),
    Field("year", Kind.KEYWORD, "publication year: facet"),
    Field("has", Kind.KEYWORD, "names of the values that are there: index.query.ast.PRESENCE"),
    Field("title_sort", Kind.KEYWORD, "folded title, then the id: a total order"),
    Field("id", Kind.NUMBER, "the document's id"),
    Field("published_start", Kind.NUMBER, "first possible day, ordinal; absent when undated"),
    Field("published_end", Kind.NUMBER, "day after the last possible, ordinal; absent when undated"),
    Field("published_sort", Kind.NUMBER, "published_start << 40 | id: a total order; absent when undated"),
    Field("words", Kind.NUMBER, "number of words"),
    Field("words_sort", Kind.NUMBER, "words << 40 | all ones - id: a total order, the smaller id before"),
    Field("added", Kind.NUMBER, "when first stored, seconds since 1970"),
    Field("group", Kind.NUMBER, "what articles that are nearly the same share; absent when alone"),
)

#: Keyword fields whose values are counted.
FACETS = ("author_key", "source_key", "tag_key", "lang", "year")

BY_NAME: dict[str, Field] = {field.name: field for field in FIELDS}

#: How many times the title stands in ``stem``: BM25F in an engine that has none
#: (Robertson, Zaragoza and Taylor, CIKM 2004).
TITLE_WEIGHT = 4

#: A token that no text yields; keeps phrases from running over a boundary.
BREAK = "\x1f"

#: How many of them stand between two values: one more than the slop with which
#: the words of one value are asked for (`index.query.rewrite`).
BREAKS = 5

#: Tokens longer than this are not indexed (binary debris, base64).
MAX_TOKEN_CHARS = 100
