"""Text to tokens: the one analyzer, for indexing, for queries and for marking.

The rules, on folded text (`index.folding`):

- Letters and digits make tokens; everything else separates them.
- ``U.S.`` is ``us``: single letters joined by dots.
- ``AT&T`` is ``at&t``: an ampersand between letters or digits joins.
- ``1,000`` is ``1000`` (a comma before exactly three digits), ``3.5`` is one token.
- ``Biden's`` is ``biden``; ``l'homme`` is ``l homme`` (Romance elisions); any other
  apostrophe between letters joins: ``don't`` is ``dont``, ``O'Brien`` is ``obrien``.
- ``long-range`` is ``long range``, and gives the compound ``longrange`` besides.
- Runs of unspaced scripts give overlapping bigrams, then the last character.
- Tokens longer than `MAX_TOKEN_CHARS` are dropped.

`tokens` is the fast way (35 µs for an article of 3,000 characters), `tokenize`
the plain one with offsets; tests hold the two equal.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from index.folding import continues, fold, fold_key, shape
from index.schema import MAX_TOKEN_CHARS
from index.stemming import stem, stems
from index.stopwords import STOP_WORDS

__all__ = [
    "ANALYZER_VERSION",
    "STOP_WORDS",
    "Token",
    "analyse",
    "compounds",
    "fold_key",
    "fold_simple",
    "folded_length",
    "stem",
    "stems",
    "tokenize",
    "tokens",
]

#: Raise it when any text would give other tokens or stems than before.
ANALYZER_VERSION = 1

#: French, Italian and Catalan words that end in an apostrophe before a vowel.
_ELIDED = """
    l d j m t s n c qu jusqu lorsqu puisqu quoiqu quelqu presqu entr
    dell all nell sull dall coll un quell quest sant bell gl
"""
ELISIONS = frozenset(_ELIDED.split())


@dataclass(frozen=True, slots=True)
class Token:
    """A token and the stretch of the original text that it came from.

    Attributes:
        text: folded.
        start: code-point offset of the first character.
        end: offset after the last.
    """

    text: str
    start: int
    end: int


def tokens(text: str) -> list[str]:
    """Return the exact tokens of ``text``, in order."""
    return analyse(text)[0]


def compounds(text: str) -> list[str]:
    """Return the hyphenated words of ``text``, joined: ``longrange`` for ``long-range``."""
    return analyse(text)[1]


def analyse(text: str) -> tuple[list[str], list[str]]:
    """Return the tokens and the compounds of ``text``."""
    folded = _fold_easy(text)
    if folded is None:
        scan = _scan(text)
        return [token.text for token in scan.tokens], scan.compounds
    spaced = _spaced(folded)
    if "-" in spaced:
        joined = _chains(spaced)
        spaced = spaced.replace("-", " ")
    else:
        joined = []
    found = spaced.split()
    if _has_long_word(spaced):
        found = [token for token in found if len(token) <= MAX_TOKEN_CHARS]
    return found, joined


def tokenize(text: str) -> list[Token]:
    """Return the tokens of ``text`` with their places; the texts are those of `tokens`."""
    return _scan(text).tokens


# The fast way: whole-string operations that run in C, and the rare things only
# where a search for their sign finds one.

_ASCII = bytes(range(128))

_LOWER = "0123456789abcdefghijklmnopqrstuvwxyz'&.,-"

#: Lower-cases letters, keeps digits, signs and UTF-8, makes the rest a space.
_KEPT = bytes(
    byte + 32 if 65 <= byte <= 90 else byte if byte >= 128 or chr(byte) in _LOWER else 32
    for byte in range(256)
)

# Each begins with its literal sign, which the regex engine finds by memchr.
_GROUPED = re.compile(r",(?<=[0-9],)(?=[0-9]{3}(?![0-9]))")
_HAS_DECIMAL = re.compile(r"\.(?<=[0-9]\.)(?=[0-9])")
_NOT_DECIMAL = re.compile(r"\.(?!(?<=[0-9]\.)[0-9])")
# the dots inside an acronym, and the one after it where a sign could join more
_ACRONYM_DOT = re.compile(
    r"\.(?:(?=[^\W0-9](?!\w))(?<=(?<!\w)[^\W0-9]\.)|(?=['&-])(?<=(?<!\w)[^\W0-9]\.[^\W0-9]\.))"
)
_OPEN_AND = re.compile(r"&(?:(?!\w)|(?<!\w&))")
_LAST_RUN = re.compile(r"\w+\Z")

_DIGITS = "0123456789"

#: One character more than the longest elision.
_TAIL = 8

#: Up to so many distinct characters are replaced one by one, which is faster.
_MAX_REPLACED = 24


class _EasyFolds(dict[str, str | None]):
    """Character to its folded form, or None if only `_scan` can treat it."""

    def __missing__(self, char: str) -> str | None:
        folded: str | None = None
        if not continues(char) or unicodedata.category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f":
            folded = fold(char)
            if not all(piece.isalnum() or piece in "'&.,- " for piece in folded) or "c" in shape(folded):
                folded = None
        self[char] = folded
        return folded


_easy_folds = _EasyFolds()


def _others(text: str) -> set[str]:
    """The distinct characters of ``text`` that are not ASCII."""
    return set(text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass"))


def _fold_easy(text: str) -> str | None:
    """Fold what is not ASCII; None if the text needs `_scan`."""
    if text.isascii():
        return text
    others = {char: _easy_folds[char] for char in _others(text)}
    if None in others.values():
        return None
    if len(others) > _MAX_REPLACED:
        return text.translate({ord(char): folded for char, folded in others.items()})
    for char, folded in others.items():
        if folded is not None and folded != char:
            text = text.replace(char, folded)
    return text


def fold_simple(text: str) -> str:
    """Fold ``text`` character by character, for finding words of Latin letters in it.

    A character may fold to several or none: `folded_length` says.  Marks are
    dropped, and unspaced scripts become spaces: right next to Latin letters,
    and not what `tokens` makes of other scripts.
    """
    if text.isascii():
        return text.lower()
    for char in _others(text):
        folded = _simple_fold(char)
        if folded != char:
            text = text.replace(char, folded)
    return text.lower()


def folded_length(char: str) -> int:
    """How many characters ``char`` is in the result of `fold_simple`."""
    return len(_simple_fold(char))


def _simple_fold(char: str) -> str:
    folded = _easy_folds[char]
    if folded is None:
        return "" if continues(char) else " "
    return folded


def _spaced(folded: str) -> str:
    """Apply the rules; tokens come out with spaces, or a hyphen, between them."""
    text = folded.encode().translate(_KEPT).decode()
    if "," in text:
        text = _GROUPED.sub("", text).replace(",", " ")
    if "." in text:
        text = _ACRONYM_DOT.sub("", text)
        text = _NOT_DECIMAL.sub(" ", text) if _HAS_DECIMAL.search(text) else text.replace(".", " ")
    if "'" in text:
        text = _without_apostrophes(text)
    if "&" in text:
        text = _OPEN_AND.sub(" ", text)
    return text


def _without_apostrophes(text: str) -> str:
    first, *rest = text.split("'")
    out = [first]
    tail = first[-_TAIL:]
    for piece in rest:
        right = piece
        last, following = tail[-1:], right[:1]
        glue = " "
        if last.isalnum() and following.isalnum():
            if following == "s" and not right[1:2].isalnum():
                right = right[1:]
            elif last not in _DIGITS and following not in _DIGITS:
                run = _LAST_RUN.search(tail)
                if run is not None and run[0] not in ELISIONS:
                    glue = ""
        out += (glue, right)
        tail = right[-_TAIL:] if len(right) >= _TAIL else (tail + glue + right)[-_TAIL:]
    return "".join(out)


def _chains(spaced: str) -> list[str]:
    found: list[str] = []
    chain = ""
    parts = spaced.split("-")
    for left, right in pairwise(parts):
        joins = left[-1:].strip() and right[:1].strip()
        if joins:
            chain = (chain or left.rsplit(None, 1)[-1]) + right.split(None, 1)[0]
        if chain and (not joins or " " in right):
            found.append(chain)
            chain = ""
    found.append(chain)
    return [joined for joined in found if _is_compound(joined)]


def _is_compound(joined: str) -> bool:
    """Dates, scores and telephone numbers are none."""
    return 0 < len(joined) <= MAX_TOKEN_CHARS and not joined.replace(".", "").isdecimal()


def _has_long_word(spaced: str) -> bool:
    place = -1
    while place + MAX_TOKEN_CHARS + 1 < len(spaced):
        # the last space at which a token of allowed length can end
        last = spaced.rfind(" ", place + 1, place + MAX_TOKEN_CHARS + 2)
        if last < 0:
            return True
        place = last
    return False


# The plain way: one pass over a text of shapes (`index.folding.shape`), where a
# rule is a rule about neighbours, and every folded character knows its place.

_PIECE = re.compile(
    r"c+"
    r"|(?<![ad])a(?:\.a)+(?![ad])(?:\.(?![ad]))?"
    r"|(?:[ad]|(?<=d)\.(?=d)|(?<=d),(?=d{3}(?!d)))+"
)

_SHAPES = bytes(
    100 if 48 <= byte <= 57 else 97 if chr(byte).isalpha() else byte if chr(byte) in "'&.,-" else 32
    for byte in range(128)
) + bytes(128)


@dataclass(slots=True)
class _Scan:
    tokens: list[Token]
    compounds: list[str]


class _Clusters(dict[str, tuple[str, str]]):
    """A character with its marks, to what it folds to and the shape of that."""

    def __missing__(self, cluster: str) -> tuple[str, str]:
        folded = fold(cluster)
        found = folded, shape(folded)
        if len(cluster) <= 4 and len(self) < 100_000:
            self[cluster] = found
        return found


_clusters = _Clusters()


def _scan(text: str) -> _Scan:
    if text.isascii():
        folded = text.lower()
        return _merged(folded, folded.encode().translate(_SHAPES).decode(), None)
    folds = {char: _easy_folds[char] for char in _others(text)}
    if all(folded is not None and len(folded) == 1 for folded in folds.values()):
        for char, plain in folds.items():
            text = text.replace(char, plain or "")
        folded = text.encode().lower().decode()
        shapes = folded
        for char in _others(folded):
            shapes = shapes.replace(char, "a")  # what is easy is no unspaced script
        return _merged(folded, shapes.encode().translate(_SHAPES).decode(), None)
    return _scan_clusters(text)


def _scan_clusters(text: str) -> _Scan:
    folded: list[str] = []
    shapes: list[str] = []
    places: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and text[end] > "\x7f" and continues(text[end]):
            end += 1
        letters, kinds = _clusters[text[start:end]]
        folded.append(letters)
        shapes.append(kinds)
        places.extend([(start, end)] * len(letters))
        start = end
    return _merged("".join(folded), "".join(shapes), places)


@dataclass(slots=True)
class _Word:
    """A token in the making: where it stands in the folded text."""

    text: str
    start: int
    end: int
    is_open: bool = True  # whether a sign may join more to it
    follows_hyphen: bool = False


def _merged(folded: str, shapes: str, places: list[tuple[int, int]] | None) -> _Scan:
    words: list[_Word] = []
    last_end = -1
    for match in _PIECE.finditer(shapes):
        start, end = match.span()
        piece = folded[start:end]
        if shapes[start] == "c":
            words.extend(_bigrams(piece, start))
        else:
            gap = shapes[last_end:start] if words and words[-1].is_open else ""
            _add(words, _Word(_bare(piece), start, end), gap)
        last_end = end
    kept = [word for word in words if len(word.text) <= MAX_TOKEN_CHARS]
    found = [_token(word, places) for word in kept]
    return _Scan(found, _hyphenated(words))


def _bare(piece: str) -> str:
    """The piece without thousands separators and the dots of an acronym."""
    if "," in piece:
        piece = piece.replace(",", "")
    if piece[1:2] == "." and piece[0] not in _DIGITS:
        piece = piece.replace(".", "")
    return piece


def _add(words: list[_Word], word: _Word, gap: str) -> None:
    """Append ``word``, or join it to the last one over the sign between them."""
    if gap == "'":
        last = words[-1]
        if word.text == "s":
            last.is_open = False
            return
        head = last.text.rpartition("&")[2]
        if last.text[-1] not in _DIGITS and word.text[0] not in _DIGITS and head not in ELISIONS:
            last.text += word.text
            last.end = word.end
            return
    elif gap == "&":
        words[-1].text += "&" + word.text
        words[-1].end = word.end
        return
    word.follows_hyphen = gap == "-"
    words.append(word)


def _bigrams(run: str, start: int) -> list[_Word]:
    pairs = [_Word(run[at : at + 2], start + at, start + at + 2, is_open=False) for at in range(len(run) - 1)]
    return [*pairs, _Word(run[-1], start + len(run) - 1, start + len(run), is_open=False)]


def _hyphenated(words: list[_Word]) -> list[str]:
    chains: list[str] = []
    chain = ""
    for before, word in pairwise(words):
        if word.follows_hyphen:
            chain = (chain or before.text) + word.text
        elif chain:
            chains.append(chain)
            chain = ""
    chains.append(chain)
    return [joined for joined in chains if _is_compound(joined)]


def _token(word: _Word, places: list[tuple[int, int]] | None) -> Token:
    if places is None:
        return Token(word.text, word.start, word.end)
    return Token(word.text, places[word.start][0], places[word.end - 1][1])
