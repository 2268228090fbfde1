"""Completion as a query is typed: words, names, titles and fields of the archive.

Only the last word of the query is completed; what stands before it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.analysis import tokens
from index.engine import Engine, FacetRequest, SearchRequest, Sort
from index.folding import shape
from index.plan import All, Constant, Plan, Term, TermPrefix
from index.query.escapes import OPERATOR_WORDS, escape_quoted
from index.query.fields import BY_NAME, FIELD_TABLE, Takes
from index.query.words import query_tokens
from index.spelling import Vocabulary
from webapp.fieldvalues import operators, values_of
from webapp.labels import Labels
from webapp.models import Completion

#: A beginning so short fits too much.
_SHORTEST = 2
#: Without a list of all words, those that begin so are counted: costly for few letters.
_SHORTEST_COUNTED = 3

#: Longest text that is completed: nobody types more in one go.
MAX_CHARS = 200

#: Most words of a title that is typed.
_LONGEST = 12

#: How many of each kind.
_WORDS, _NAMES, _TITLES, _FIELDS = 5, 3, 3, 3

_OPEN_NAME = re.compile(r"""(?P<head>.*?)(?P<sign>[+-]?)(?P<field>\w+):"(?P<text>[^"]*)$""", re.DOTALL)
#: A period of several words, which needs no quotes.
_OPEN_PERIOD = re.compile(
    r"(?P<head>.*?)(?P<sign>[+-]?)(?P<field>\w+):(?P<text>[a-zA-Z]+ [\w ]*)$", re.DOTALL
)
_TAIL = re.compile(r"""(?P<head>.*?)(?P<sign>[+-]?)(?:(?P<field>\w+):)?(?P<text>[^\s"():]*)$""", re.DOTALL)

#: Words before the last one that may belong to the same name, and the operators that do not.
_BEFORE = re.compile(r"(?:(?<=\s)|\A)[^\s\"():+*?~-][^\s\"():*?~]*\s+\Z")
_MOST_BEFORE = 3

#: Fields whose values are names: the field that has their words, and their facet.
_NAMED = {"author": ("author", "author_key"), "source": ("source", "source_key"), "tag": ("tag", "tag_key")}

#: Fields that ask for names of several kinds.
_NAMED_BY = {"from": ("author", "source"), "site": ("source",)}

_ALIASES = {alias: entry.name for entry in FIELD_TABLE for alias in (entry.name, *entry.aliases)}


@dataclass(frozen=True, slots=True)
class Completer:
    """Completes queries from one state of the index.

    Attributes:
        vocabulary: all words, if they happen to be in memory.
    """

    engine: Engine
    labels: Labels
    vocabulary: Vocabulary | None = None

    def complete(self, text: str) -> tuple[Completion, ...]:
        """Return what ``text`` may become, the likeliest of each kind first."""
        if len(text) > MAX_CHARS:
            return ()
        found = _OPEN_NAME.fullmatch(text) or _open_period(text) or _TAIL.fullmatch(text)
        if found is None:
            return ()
        head, sign, field, typed = found.group("head", "sign", "field", "text")
        if text.count('"') % 2 and not _OPEN_NAME.fullmatch(text):
            return ()  # inside a phrase words stand as they are meant
        start = head + sign
        if field:
            return tuple(self._values(start, _ALIASES.get(field.lower(), field), typed))
        last = query_tokens(typed)
        is_run = _is_run(last)
        if not last or (len(typed) < _SHORTEST and not is_run) or (len(last) > 1 and not is_run):
            return ()
        distinct = {
            found.query: found
            for found in (
                *(() if is_run else self._words(start, last[0])),
                *operators(start, typed, is_first=not head.strip()),
                *_fields(start, typed),
                *(name for field in ("author", "source") for name in self._named(head, sign, field, typed)),
                *self._titles(text),
            )
            if found.query != text
        }
        return tuple(distinct.values())

    def _named(self, head: str, sign: str, field: str, typed: str) -> Iterator[Completion]:
        """Names of which the last word is typed, and maybe those before it."""
        starts = [head]
        while not sign and len(starts) <= _MOST_BEFORE and (word := _BEFORE.search(starts[-1])):
            if word[0].strip() in OPERATOR_WORDS:
                break
            starts.append(starts[-1][: word.start()])
        for start in reversed(starts):
            found = tuple(self._names(start + sign, field, head[len(start) :] + typed))
            if found:
                yield from found
                return

    def _values(self, start: str, field: str, typed: str) -> Iterator[Completion]:
        for name in _NAMED_BY.get(field, (field,)):
            if name in _NAMED:
                yield from self._names(start, name, typed, most=8)
        for value in values_of(field, typed, self.labels.languages()):
            yield Completion(kind="operator", text=value, query=start + value)
        if field in ("title", "body", "lead", "text", "intitle") and len(tokens(typed)) == 1:
            yield from self._words(f"{start}{field}:", tokens(typed)[0])

    def _words(self, start: str, beginning: str) -> Iterator[Completion]:
        if len(beginning) < _SHORTEST:
            return
        if self.vocabulary is not None:
            words = self.vocabulary.beginning(beginning, _WORDS)
        elif len(beginning) >= _SHORTEST_COUNTED:
            words = [word for word, _ in self.engine.terms("body", beginning, _WORDS)]
        else:
            words = []
        for word in words:
            yield Completion(kind="word", text=word, query=start + word)

    def _names(self, start: str, field: str, typed: str, most: int = _NAMES) -> Iterator[Completion]:
        words = list(query_tokens(typed))
        if not words or (len(words[0]) < _SHORTEST and not _is_run(words)):
            return
        in_words, facet = _NAMED[field]
        beginnings = _beginnings(in_words, words)
        wanted = FacetRequest(field=facet, size=most * 4)
        found = self.engine.search(
            SearchRequest(plan=Constant(All(beginnings), 0.0), limit=0, facets=(wanted,))
        )
        keys = [bucket.value for bucket in found.facets[facet]]
        names = {"author": self.labels.authors, "source": self.labels.sources}
        printed = names[field](keys) if field in names else self.labels.tags(keys, self.engine)
        fitting = [printed.get(key, key) for key in keys if _fits(key, words)]
        for name in fitting[:most]:
            yield Completion(kind=field, text=name, query=f'{start}{field}:"{escape_quoted(name)}"')

    def _titles(self, text: str) -> Iterator[Completion]:
        words = list(query_tokens(text))
        if '"' in text or ":" in text or not 1 <= len(words) <= _LONGEST:
            return
        if len(words[-1]) < _SHORTEST_COUNTED and not _is_run(words):
            return
        plan = All(_beginnings("title", words))
        hits = self.engine.search(
            SearchRequest(plan=Constant(plan, 0.0), sort=Sort.NEWEST, limit=_TITLES)
        ).hits
        for title, slug in self.labels.titles([hit.id for hit in hits]):
            yield Completion(kind="title", text=title, query=f'title:"{_plain(title)}"', slug=slug)


def _open_period(text: str) -> re.Match[str] | None:
    found = _OPEN_PERIOD.fullmatch(text)
    field = BY_NAME.get(found["field"].lower()) if found else None
    return found if field is not None and field.takes is Takes.DATE else None


def _fields(start: str, typed: str) -> Iterator[Completion]:
    names = [entry.name for entry in FIELD_TABLE if entry.takes is not Takes.SCOPE]
    fitting = [name for name in names if name.startswith(typed.lower())]
    for name in fitting[:_FIELDS]:
        yield Completion(kind="operator", text=f"{name}:", query=f"{start}{name}:")


def _is_run(words: Sequence[str]) -> bool:
    """Whether the last of ``words`` is of a script without spaces, where a word has no end."""
    return bool(words) and shape(words[-1][-1]) == "c"


def _beginnings(field: str, words: Sequence[str]) -> tuple[Plan, ...]:
    """Return the clauses for ``words``, the last of which is not typed to its end."""
    *before, last = words
    whole = _is_run(words) and len(last) > 1
    return (*(Term(field, word) for word in before), Term(field, last) if whole else TermPrefix(field, last))


def _fits(key: str, words: list[str]) -> bool:
    """Whether the name has all of ``words``, the last as the beginning of one."""
    has = tokens(key)
    return set(words[:-1]) <= set(has) and any(word.startswith(words[-1]) for word in has)


def _plain(title: str) -> str:
    """Return a title as it can stand in quotes."""
    return escape_quoted(" ".join(title.split()))
