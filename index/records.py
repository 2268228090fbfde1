"""Documents as engines see them: every field of `index.schema`, already analysed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from archive.document import Document
from index.analysis import analyse, fold_key, stems, tokens
from index.engine import Record
from index.schema import BREAK, BREAKS, TITLE_WEIGHT

#: Digits of the id in ``title_sort``: as many as the largest 64-bit one has.
_ID_DIGITS = 19

_ID_BITS = 40


def record_from_document(document: Document) -> Record:
    """Return ``document``, analysed in its own language; its id must be positive."""
    return Record(
        id=document.id, text=_text(document), keywords=_keywords(document), numbers=_numbers(document)
    )


def title_key(title: str) -> str:
    """Return the form in which whole titles are compared: its tokens."""
    return " ".join(tokens(title))


def title_sort(document: Document) -> str:
    """Return what articles are sorted by title with: no two have the same."""
    return f"{fold_key(document.title)}\x00{document.id:0{_ID_DIGITS}d}"


def _text(document: Document) -> dict[str, str]:
    language = document.language
    title, title_compounds = analyse(document.title)
    lead, lead_compounds, body, body_compounds = _lead_and_body(document)
    title_stems = stems(title, language)
    title_joined = stems(title_compounds, language)
    body_stems = stems(body, language)
    lead_stems = body_stems[: len(lead)] if body[: len(lead)] == lead else stems(lead, language)
    body_joined = stems(body_compounds, language)
    in_title = " ".join(title_stems + title_joined)
    in_body = " ".join(body_stems + body_joined)
    distinct = dict.fromkeys(title_stems + title_joined)
    searched = f" {in_body} "  # a few searches are cheaper than a set of all stems
    text = {
        "title": " ".join(title),
        "body": " ".join(body),
        "lead": " ".join(lead),
        "stem": " ".join([*[in_title] * TITLE_WEIGHT, in_body]).strip(),
        "title_stem": " ".join(distinct),
        "title_only": " ".join(stem for stem in distinct if f" {stem} " not in searched),
        "lead_stem": " ".join(dict.fromkeys(lead_stems + stems(lead_compounds, language))),
        "author": _values(document.authors),
        "source": _value(document.source),
        "tag": _values(_tags(document)),
        "url": " ".join(tokens(document.url)),
    }
    return {name: value for name, value in text.items() if value}


def _lead_and_body(document: Document) -> tuple[list[str], list[str], list[str], list[str]]:
    """Tokens and compounds of the first paragraph and of the text, which as a rule
    begins with it and is analysed once."""
    lead, lead_compounds = analyse(document.lead)
    rest = document.text[len(document.lead) :]
    if not rest[:1].isspace() or not document.text.startswith(document.lead):
        return lead, lead_compounds, *analyse(document.text)
    tokens_after, compounds_after = analyse(rest)
    return lead, lead_compounds, lead + tokens_after, lead_compounds + compounds_after


def _values(values: Iterable[str]) -> str:
    """Tokens of several values, far enough apart that no phrase or proximity
    within one value reaches the next."""
    boundary = " " + " ".join([BREAK] * BREAKS) + " "
    return boundary.join(map(_value, values))


@lru_cache(maxsize=50_000)
def _value(value: str) -> str:
    return " ".join(tokens(value))


def _tags(document: Document) -> Sequence[str]:
    return (*document.tags, document.section) if document.section else document.tags


def _keywords(document: Document) -> dict[str, tuple[str, ...]]:
    published = document.published
    keywords = {
        "title_key": (title_key(document.title),),
        "author_key": _keys(document.authors),
        "source_key": _keys([document.source]),
        "tag_key": _keys(_tags(document)),
        "lang": (document.language,),
        "year": (f"{published.year:04d}",) if published else (),
        "title_sort": (title_sort(document),),
        "has": tuple(name for name, value in _presence(document).items() if value),
    }
    return {name: values for name, values in keywords.items() if values and values != ("",)}


def _keys(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(key for key in dict.fromkeys(map(_key, values)) if key)


_key = lru_cache(maxsize=50_000)(fold_key)


def _presence(document: Document) -> dict[str, object]:
    """What `index.query.ast.Has` can ask for."""
    return {
        "author": _keys(document.authors),
        "date": document.published,
        "source": document.source,
        "lang": document.language,
        "tag": _tags(document),
        "url": document.url,
        "duplicate": document.group,
    }


def _numbers(document: Document) -> dict[str, int]:
    numbers = {
        "id": document.id,
        "words": document.words,
        "words_sort": words_sort(document.words, document.id),
    }
    if document.group:
        numbers["group"] = document.group
    if document.added is not None:
        numbers["added"] = int(document.added.timestamp())
    if document.published is not None:
        start = document.published.start
        numbers |= {
            "published_start": start,
            "published_end": document.published.end,
            "published_sort": start << _ID_BITS | document.id,
        }
    return numbers


def words_sort(words: int, id_: int) -> int:
    """Return what orders by length: of equals, the smaller id is the greater."""
    return words << _ID_BITS | ((1 << _ID_BITS) - 1 - id_)
