"""From cleaned query text to tokens, without ever refusing a text.

A token is read the same way wherever it stands between spaces and brackets,
and the printer relies on that: it prints a word bare when `lex` reads it back.
Every pattern here is linear in the text.
"""

from __future__ import annotations

import re

from index.query.ast import WHOLE_FIELDS
from index.query.escapes import blank_escapes, unescape, unescape_quoted
from index.query.fields import BY_NAME, FieldHelp, Takes, suggest
from index.query.guard import MAX_TIMES, Limits, check_nesting, check_nots
from index.query.joining import is_nearly_joining, joining_from
from index.query.patterns import read_pattern
from index.query.strays import warn_of_long, warn_of_near, warn_of_question, warn_of_range, warn_of_strays
from index.query.tokens import Kind, Token, Warnings

_SPACE = re.compile(r"\s+")
_NAME = re.compile(r"([^\W\d][\w.\-]*):")
_CHUNK = re.compile(r"(?:[^\s()\\]|\\.|\\\Z)+", re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.|\\\Z)*)("|\Z)', re.DOTALL)
_NEARNESS = re.compile(r"~([0-9]*)")
_DATE_RANGE = re.compile(r"[\[{][^\[\]{}()\"]*[\]}]")
_BOOST = re.compile(r"\^([0-9]{1,3}(?:\.[0-9]{1,4})?|\.[0-9]{1,4})(?=[\s()]|\Z)")
_BOOSTED = re.compile(r"(.+)(\^([0-9]{1,3}(?:\.[0-9]{1,4})?|\.[0-9]{1,4}))", re.DOTALL)
_COMPARISON = re.compile(r'(?:>=|<=|[><=≥≤])(?=")')
_ATLEAST = re.compile(r"at_?least([0-9]{1,9})", re.IGNORECASE)
_RUN = re.compile(r"\w+")
_LETTER = re.compile(r"[^\W\d_]")
_PATTERN = re.compile(r"[*?~]")
_STARRED = re.compile(r"\w\*")
_SIGNS = {"-": Kind.MINUS, "+": Kind.PLUS}
_OPERATORS = {"AND": Kind.AND, "&&": Kind.AND, "OR": Kind.OR, "||": Kind.OR, "NOT": Kind.NOT}
_OPERATOR_IN_CAPITALS = frozenset({"AND", "OR", "NOT"})
_OF_SENTENCES = frozenset(
    (
        *(
            "A",
            "AN",
            "ARE",
            "AS",
            "AT",
            "BE",
            "BETWEEN",
            "BY",
            "FOR",
            "FROM",
            "HAS",
            "HAVE",
            "IN",
            "IS",
            "ITS",
        ),
        *("OF", "ON", "THAT", "THE", "THEIR", "TO", "WAS", "WERE", "WHAT", "WHICH", "WHO", "WITH"),
    )
)


def is_sentence_in_capitals(text: str) -> bool:
    """Whether ``text`` is a sentence or headline all in capitals, so that AND,
    OR and NOT in it are words: no letter is small, it has a word such as THE, and no quotes.

    ``NATO OR EU`` is not one.
    """
    return text.isupper() and '"' not in text and not _OF_SENTENCES.isdisjoint(text.split())


def lex(text: str, limits: Limits, warnings: Warnings) -> list[Token]:
    """Return the tokens of ``text``, as `clean` leaves it.

    Raises:
        QueryLimitError: too many brackets inside each other, or NOTs in a row.
    """
    return _Lexer(text, limits, warnings).run()


class _Lexer:
    def __init__(self, text: str, limits: Limits, warnings: Warnings) -> None:
        self.text = text
        self.limits = limits
        self.warnings = warnings
        self.tokens: list[Token] = []
        self.at = 0
        self.depth = 0
        self.nots = 0
        self.in_capitals = is_sentence_in_capitals(text)

    def run(self) -> list[Token]:
        text, end = self.text, len(self.text)
        while self.at < end:
            char = text[self.at]
            if char == "(":
                self.depth += 1
                check_nesting(self.depth, self.limits, self.at)
                self._add(Kind.OPEN, char, self.at, self.at + 1)
            elif char == ")":
                self.depth = max(0, self.depth - 1)
                self._add(Kind.CLOSE, char, self.at, self.at + 1)
                self._boost()
            elif char == '"':
                self._phrase()
            elif space := _SPACE.match(text, self.at):
                self.at = space.end()
            else:
                self._chunk()
        return self.tokens

    def _add(self, kind: Kind, text: str, start: int, end: int, number: int = -1) -> None:
        self.tokens.append(Token(kind, text, start, end, number))
        self.at = end
        if kind is Kind.NOT:
            self.nots += 1
            check_nots(self.nots, self.limits, start)
        elif kind is not Kind.MINUS:
            self.nots = 0

    def _match(self, pattern: re.Pattern[str], at: int) -> re.Match[str]:
        """Match a pattern that takes any text which the caller has let through."""
        match = pattern.match(self.text, at)
        if match is None:
            raise AssertionError(f"{pattern.pattern!r} at {at} of {self.text!r}")
        return match

    def _phrase(self) -> None:
        start = self.at
        match = self._match(_QUOTED, start)
        end = match.end()
        if not match[2]:
            message = "The quote is not closed; it was closed at the end."
            if not match[1].strip():
                message = "The quote is not closed and nothing follows it; it was left out."
            self.warnings.add("unbalanced_quote", message, start, end)
        if _STARRED.search(match[1]):
            self.warnings.add("star_in_quotes", "Between quotes, * is not a wildcard.", start, end)
        slop = -1
        if match[2] and (near := _NEARNESS.match(self.text, end)):
            slop = self._slop(near[1], end, near.end())
            end = near.end()
        self._add(Kind.PHRASE, unescape_quoted(match[1]), start, end, slop)
        self._boost()

    def _boost(self) -> None:
        """Take the boost that stands directly after a bracket or quote, if one does."""
        if match := _BOOST.match(self.text, self.at):
            self._add(Kind.BOOST, match[1], self.at, match.end())

    def _slop(self, digits: str, start: int, end: int) -> int:
        most = self.limits.slop
        if not digits:
            message = 'After quotes, ~ needs a number, as in "near words"~5.'
            self.warnings.add("no_distance", message, start, end)
            return -1
        if len(digits) > 9 or int(digits) > most:
            self.warnings.add("distance_lowered", f"The distance was lowered to {most}.", start, end)
            return most
        return int(digits)

    def _chunk(self) -> None:
        """A sign, a field name, or a word with the operators inside it."""
        text, start = self.text, self.at
        sign = _SIGNS.get(text[start])
        following = text[start + 1 : start + 2]
        signed = sign is not None and following not in ("", "-", "+", ")") and not following.isspace()
        if sign and signed:
            self._add(sign, text[start], start, start + 1)
            start += 1
            if following in '("':
                return
        name = _NAME.match(text, start)
        if name is None:
            self._word(start, bare=not signed)
        elif field := BY_NAME.get(name[1].lower()):
            self._add(Kind.FIELD, name[1], start, name.end())
            self._value(field, name.end())
        elif times := _ATLEAST.fullmatch(name[1]):
            self._count(int(times[1]), start, name)
        else:
            self._unknown(name[1], start, name.end())
            if text[name.end() : name.end() + 1] == '"':
                self._add(Kind.WORD, name[0], start, name.end())
            else:
                self._word(start, bare=not signed)

    def _count(self, times: int, start: int, name: re.Match[str]) -> None:
        if times > MAX_TIMES:
            message = f"The number of mentions was lowered to {MAX_TIMES}."
            self.warnings.add("number_lowered", message, start, name.end())
        self._add(Kind.COUNT, name[0], start, name.end(), min(times, MAX_TIMES))
        following = self.text[name.end() : name.end() + 1]
        if following and following not in '()"' and not following.isspace():
            self._word(name.end(), bare=False, valued=True)

    def _value(self, field: FieldHelp, start: int) -> None:
        """What follows a field name directly, if it is not a phrase or a group."""
        following = self.text[start : start + 1]
        if not following or following in '()"' or following.isspace():
            return
        ranged = field.takes in (Takes.DATE, Takes.NUMBER) and following in "[{"
        if ranged and (match := _DATE_RANGE.match(self.text, start)):
            self._add(Kind.RANGE, match[0], start, match.end())
            self._boost()
        elif field.takes in (Takes.DATE, Takes.NUMBER) and (match := _COMPARISON.match(self.text, start)):
            self._add(Kind.WORD, match[0], start, match.end())  # what it compares with stands in quotes
        elif following == "=" and set(field.searches or (None,)) <= set(WHOLE_FIELDS) and self._whole(start):
            return
        else:
            if field.takes is Takes.TEXT and following in "[{<>":
                warn_of_range(field.name, start, self.warnings)
            self._word(start, bare=False, valued=True)

    def _whole(self, start: int) -> bool:
        """Take a whole value, in quotes or one word; False if there is none."""
        if (quoted := _QUOTED.match(self.text, start + 1)) and quoted[2] and quoted[1].strip():
            self._add(Kind.WHOLE, unescape_quoted(quoted[1]), start, quoted.end())
            self._boost()
            return True
        word = _CHUNK.match(self.text, start + 1)
        if word is None or '"' in word[0] or not _RUN.search(word[0]):
            return False
        end = word.end()
        boost = self._boosted(word[0], bare=False) if "^" in word[0] else None
        if boost:
            end -= len(boost[2])
        self._add(Kind.WHOLE, unescape(self.text[start + 1 : end]), start, end)
        if boost:
            self._add(Kind.BOOST, boost[3], end, word.end())
        return True

    def _unknown(self, name: str, start: int, end: int) -> None:
        """Warn of a name that is no field, unless it looks like plain writing."""
        following = self.text[end : end + 1]
        if following in ("/", "\\") or not name.isascii():
            return
        meant = suggest(name, BY_NAME)
        if meant is not None:
            message = f"Unknown field '{name}'. Did you mean '{meant}:'? It was searched as text."
            self.warnings.add("unknown_field", message, start, end)
        elif following and not following.isspace() and following != ")":
            message = f"Unknown field '{name}'; it was searched as text."
            self.warnings.add("unknown_field", message, start, end)

    def _word(self, start: int, *, bare: bool, valued: bool = False) -> None:
        match = self._match(_CHUNK, start)
        raw, end = match[0], match.end()
        if bare and raw in _OPERATORS:
            self._operator(raw, start, end)
            return
        if bare and (how := joining_from(raw, in_capitals=self.text.isupper())):
            if how.distance > self.limits.slop:
                message = f"The distance was lowered to {self.limits.slop}."
                self.warnings.add("distance_lowered", message, start, end)
            self._add(Kind.JOIN, raw, start, end)
            return
        stands_between = bare and bool(self.tokens) and bool(self.text[end:].strip())
        if stands_between and is_nearly_joining(raw, in_capitals=self.text.isupper()):
            warn_of_near(raw, start, end, self.warnings)
        if "^" in raw and (boost := self._boosted(raw, bare=bare)):
            end -= len(boost[2])
            self._plain_word(raw[: len(boost[1])], start, end, bare=bare, valued=valued)
            self._add(Kind.BOOST, boost[3], end, match.end())
            return
        self._plain_word(raw, start, end, bare=bare, valued=valued)

    @staticmethod
    def _boosted(raw: str, *, bare: bool) -> re.Match[str] | None:
        """The word and its boost; ``10^6`` has none."""
        match = _BOOSTED.fullmatch(blank_escapes(raw))
        return match if match and (not bare or _LETTER.search(match[1]) or match[1] == "*") else None

    def _plain_word(self, raw: str, start: int, end: int, *, bare: bool, valued: bool) -> None:
        if len(raw) > self.limits.term_chars:
            warn_of_long(raw, start, end, self.limits.term_chars, self.warnings)
        if raw.isalnum():
            self._add(Kind.WORD, raw, start, end)
            return
        if not valued:
            warn_of_strays(raw, start, self.warnings)
        if _PATTERN.search(raw) is None:
            self._add(Kind.WORD, unescape(raw), start, end)
            return
        pattern = read_pattern(raw, self.limits, bare=bare)
        if pattern.code:
            self.warnings.add(pattern.code, pattern.message, start, end)
        elif bare and pattern.kind is Kind.WORD:
            is_asked = bool(self.tokens) and not self.text[end:].strip()
            warn_of_question(raw, end, self.warnings, is_asked=is_asked)
        self._add(pattern.kind, pattern.text, start, end, pattern.number)

    def _operator(self, raw: str, start: int, end: int) -> None:
        if self.in_capitals and raw in _OPERATOR_IN_CAPITALS:
            message = f"In a sentence all in capitals, {raw} is a word."
            self.warnings.add("operator_in_capitals", message, start, end)
            self._add(Kind.WORD, raw, start, end)
        else:
            self._add(_OPERATORS[raw], raw, start, end)
