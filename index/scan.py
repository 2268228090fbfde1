"""The words of a text that a query part stands for, without analysing the text.

For one query word, an article has a handful of places worth looking at: those
where a word begins with the letters that every form of it begins with.  They
are found by substring search in the folded text, and each word found is asked
for its stem.  Wherever the analyzer does more than cut at signs (``U.S.``,
``O'Brien``, ``AT&T``, ``1,000``) what stands there between spaces is analysed, or
this says that it cannot tell, and the whole text is: it is a short cut, never
another opinion.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from index.analysis import tokenize
from index.engines.patterns import literal_prefix
from index.locate import SIGNS, FoldedText
from index.plan import TermFuzzy, TermPrefix, TermWildcard
from index.schema import MAX_TOKEN_CHARS
from index.stemming import split_mark, stem
from index.terms import token_filter

#: Languages whose stemmer only changes a word's end: a form and its stem share
#: all but the stem's last two letters (checked over 84,000 words of news; German,
#: Dutch, Finnish and Arabic change letters inside a word, and are analysed).
_SUFFIXING = frozenset({"en", "fr", "es", "it", "pt", "sv", "da", "no", "ro", "ru", "hu", "tr", ""})

_WORD_END = re.compile(r"[^\W_]*")


#: With more places that must be analysed, all of the text is.
_MOST_RUNS = 60

#: Words whose answer is remembered for one part of a query.
_MOST_WORDS = 10_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for: where its words begin, and which of them it stands for."""

    head: str
    accepts: Callable[[str], bool]
    accepted: dict[str, bool] = field(default_factory=dict)

    def stands_for(self, word: str) -> bool:
        """Ask `accepts`, once for all the texts of a page."""
        found = self.accepted.get(word)
        return self._remember(word) if found is None else found

    def _remember(self, word: str) -> bool:
        if len(self.accepted) >= _MOST_WORDS:
            self.accepted.clear()
        found = self.accepted[word] = len(word) <= MAX_TOKEN_CHARS and self.accepts(word)
        return found


def wanted_token(token: str) -> Wanted:
    """Look for exactly ``token``."""
    return Wanted(token, lambda word: word == token)


def wanted_stem(marked: str, language: str) -> Wanted | None:
    """Look for every word of the stem, or return None where heads do not tell."""
    if language not in _SUFFIXING:
        return None
    bare, _ = split_mark(marked)
    return Wanted(bare[: max(1, len(bare) - 2)], lambda word: stem(word, language) == marked)


def wanted_expansion(leaf: TermPrefix | TermWildcard | TermFuzzy) -> Wanted | None:
    """Look for what a prefix, wildcard or fuzzy term stands for."""
    if isinstance(leaf, TermPrefix):
        head = leaf.text
    elif isinstance(leaf, TermWildcard):
        head = literal_prefix(leaf.pattern)
    else:
        head = leaf.text[:1]
    return Wanted(head, token_filter(leaf)) if head else None


def scan(text: FoldedText, wanted: Wanted) -> list[tuple[int, int]] | None:
    """Return where the words that are ``wanted`` stand in the text.

    Where signs touch a word or may stand inside it, what stands between spaces
    is analysed: no rule of the analyzer reaches over them.

    Returns:
        Half-open offsets into the original text, in order, or None if the
        analyzer must decide.
    """
    if not _is_plain(wanted.head):
        return None
    places, unsure = _places(text, wanted)
    if _may_be_joined(text, wanted.head):
        unsure += [match.start() for match in _joined(wanted.head).finditer(text.folded)]
    if not unsure:
        return places if text.is_even else [text.original(*place) for place in places]
    runs = sorted({_between_spaces(text.text, text.original(at, at + 1)[0]) for at in unsure})
    if len(runs) > _MOST_RUNS:
        return None
    found = [place for place in (text.original(*place) for place in places) if not _lies_in(place, runs)]
    for start, end in runs:
        for token in tokenize(text.text[start:end]):
            if token.text.startswith(wanted.head) and wanted.stands_for(token.text):
                found.append((start + token.start, start + token.end))
    return sorted(found)


def _places(text: FoldedText, wanted: Wanted) -> tuple[list[tuple[int, int]], list[int]]:
    """Return where the words that are ``wanted`` stand in the folded text, and where a word
    begins that might be or not be, as signs touch it."""
    folded, stands_for = text.folded, wanted.stands_for
    found: list[tuple[int, int]] = []
    unsure: list[int] = []
    first = folded.find(wanted.head)
    if first < 0:
        return found, unsure
    for start, end in _beginning_with(folded, wanted.head, first):
        # At either end of the text nothing stands, which is in any string.
        if (folded[end : end + 1] in SIGNS or folded[start - 1 : start] in SIGNS) and not _stands_alone(
            folded, start, end
        ):
            unsure.append(start)
        elif stands_for(folded[start:end]):
            found.append((start, end))
    return found, unsure


def _between_spaces(text: str, place: int) -> tuple[int, int]:
    """Return the stretch around ``place`` without spaces or line ends."""
    start = max(text.rfind(" ", 0, place), text.rfind("\n", 0, place)) + 1
    ends = [end for end in (text.find(" ", place), text.find("\n", place)) if end >= 0]
    return start, min(ends, default=len(text))


def _lies_in(place: tuple[int, int], runs: Sequence[tuple[int, int]]) -> bool:
    at = bisect_right(runs, place[0], key=lambda run: run[0]) - 1
    return at >= 0 and place[0] < runs[at][1]


def _beginning_with(folded: str, head: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield where the words stand that begin with ``head``, which is first at ``start``."""
    if len(head) == 1 and head.isascii():  # so many places that a pattern is worth making
        yield from (word.span() for word in _words_from(head).finditer(folded, start))
        return
    while start >= 0:
        match = _WORD_END.match(folded, start)
        end = match.end() if match else start
        if not start or not folded[start - 1].isalnum():
            yield start, end
        start = folded.find(head, end)


@lru_cache(maxsize=128)
def _words_from(letter: str) -> re.Pattern[str]:
    """Match a word that begins with ``letter``; a pattern that begins with a letter is searched for fast."""
    quoted = re.escape(letter)
    return re.compile(f"{quoted}(?<![^\\W_]{quoted})[^\\W_]*")


def scan_phrase(text: FoldedText, terms: Sequence[str]) -> list[tuple[int, int]] | None:
    """Return where ``terms`` stand side by side, or None if the analyzer must decide."""
    folded = text.folded
    if any(not _is_plain(term) or _may_be_joined(text, term) for term in terms[1:]):
        return None
    wanted = wanted_token(terms[0])
    if not _is_plain(wanted.head) or _may_be_joined(text, wanted.head):
        return None
    firsts, unsure = _places(text, wanted)
    if unsure:
        return None
    found: list[tuple[int, int]] = []
    for start, first_end in firsts:
        end = first_end
        for term in terms[1:]:
            begin = _next_word(folded, end)
            end = _end_of_word(folded, begin)
            if folded[begin:end] != term:
                break
            if not _stands_alone(folded, begin, end):
                return None
        else:
            found.append((start, end))
    return found


def may_hold_compound(text: FoldedText, marked: str) -> bool:
    """May a hyphenated word in the text have the joined stem ``marked``?"""
    bare, _ = split_mark(marked)
    head = bare[:-2] or bare
    if "-" not in text.folded or not text.may_hyphenate(head) or head not in text.hyphened_plain:
        return False
    return _hyphened(head).search(text.hyphened) is not None


def _is_plain(head: str) -> bool:
    return head.isascii() and head.isalnum()


def _may_be_joined(text: FoldedText, head: str) -> bool:
    """May a token that begins with ``head`` be written with signs inside it?

    Only the few words with a sign inside are looked at, and a pattern, which
    takes longer to compile than the whole text to look through, is made only
    for those that hold the letters.
    """
    if not text.may_join(head):
        return False
    return head in text.joined_plain and _joined(head).search(text.joined) is not None


_POSSESSIVE = re.compile(r"(?:'s(?![^\W_]))?[\W_]*")


def _next_word(folded: str, end: int) -> int:
    match = _POSSESSIVE.match(folded, end)
    return match.end() if match else end


def _end_of_word(folded: str, start: int) -> int:
    match = _WORD_END.match(folded, start)
    return match.end() if match else start


@lru_cache(maxsize=512)
def _hyphened(head: str) -> re.Pattern[str]:
    """Match ``head`` with a hyphen somewhere inside or right after it."""
    first, rest = head[0], head[1:]
    tolerant = "".join(f"-?{re.escape(char)}" for char in rest)
    return re.compile(f"{re.escape(first)}(?!{re.escape(rest)}(?!-)){tolerant}")


@lru_cache(maxsize=512)
def _joined(head: str) -> re.Pattern[str]:
    """Match the beginning of ``head`` written with signs inside: ``u.s``, ``o'br``."""
    first, rest = head[0], head[1:]
    if not rest:
        return re.compile(re.escape(first) + r"[.&'](?=[^\W_])")
    plain = re.escape(rest)
    tolerant = "".join(f"[{SIGNS}]{{0,3}}{re.escape(char)}" for char in rest)
    return re.compile(f"{re.escape(first)}(?!{plain}){tolerant}")


def _stands_alone(folded: str, start: int, end: int) -> bool:
    """Is the word a token for sure, whatever signs touch it?"""
    after = folded[end : end + 1]
    if after and after in SIGNS and folded[end + 1 : end + 2].isalnum():
        if after == "'":
            if folded[end + 1] != "s" or folded[end + 2 : end + 3].isalnum():
                return False
        elif after == "&" or end - start == 1 or (folded[end - 1].isdigit() and folded[end + 1].isdigit()):
            return False
    before = folded[start - 1 : start]
    if start < 2 or not before or before not in SIGNS:
        return True
    earlier = folded[start - 2]
    if before in "'&":
        return not (earlier.isalnum() or earlier in SIGNS)
    return not earlier.isdigit() and end - start > 1
