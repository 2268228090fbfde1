"""The tokenizer as it is meant: one pass, with the place of every token.

It works on two strings of equal length, the folded text and its shape
(`index.folding.shape`): a rule is a rule about neighbours in the shape.
`index.quicktokenizer` gives the same tokens faster, without places.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from index.folding import continues, fold, shape
from index.schema import MAX_TOKEN_CHARS
from index.simplefolding import distinct_beyond_ascii, lone_folds

#: French, Italian and Catalan words that end in an apostrophe before a vowel.
_ELIDED = """
    l d j m t s n c qu jusqu lorsqu puisqu quoiqu quelqu presqu entr
    dell all nell sull dall coll un quell quest sant bell gl
"""
ELISIONS = frozenset(_ELIDED.split())

DIGITS = "0123456789"


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


def is_compound(joined: str) -> bool:
    """Whether the parts of a hyphenated word make a compound; dates, scores and
    telephone numbers do not."""
    return 0 < len(joined) <= MAX_TOKEN_CHARS and not joined.replace(".", "").isdecimal()


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
class Scan:
    """The tokens of a text, and its hyphenated words, joined."""

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
_continues = lru_cache(maxsize=20_000)(continues)


def scan(text: str) -> Scan:
    """Tokenize ``text``, with places."""
    if text.isascii():
        folded = text.lower()
        return _merged(folded, folded.encode().translate(_SHAPES).decode(), None)
    folds = {char: lone_folds[char] for char in distinct_beyond_ascii(text)}
    if any(folded is None or len(folded) != 1 for folded in folds.values()):
        return _merged(*fold_clusters(text))
    for char, plain in folds.items():
        text = text.replace(char, plain or "")
    folded = shapes = text.encode().lower().decode()
    for char in distinct_beyond_ascii(folded):
        shapes = shapes.replace(char, "a")  # what folds alone is no unspaced script
    return _merged(folded, shapes.encode().translate(_SHAPES).decode(), None)


def fold_clusters(text: str) -> tuple[str, str, list[tuple[int, int]]]:
    """Fold ``text`` character by character, each with what belongs to it.

    Returns:
        The folded text, its shape, and for each folded character the stretch of
        ``text`` that it came from.
    """
    folded: list[str] = []
    shapes: list[str] = []
    places: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and text[end] > "\x7f" and _continues(text[end]) and not text[start].isspace():
            end += 1
        letters, kinds = _clusters[text[start:end]]
        folded.append(letters)
        shapes.append(kinds)
        places.extend([(start, end)] * len(letters))
        start = end
    return "".join(folded), "".join(shapes), places


@dataclass(slots=True)
class _Word:
    """A token in the making: where it stands in the folded text."""

    text: str
    start: int
    end: int
    is_open: bool = True  # whether a sign may join more to it
    follows_hyphen: bool = False


def _merged(folded: str, shapes: str, places: list[tuple[int, int]] | None) -> Scan:
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
    return Scan(found, _hyphenated(words))


def _bare(piece: str) -> str:
    """The piece without thousands separators and the dots of an acronym."""
    if "," in piece:
        piece = piece.replace(",", "")
    if piece[1:2] == "." and piece[0] not in DIGITS:
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
        if last.text[-1] not in DIGITS and word.text[0] not in DIGITS and head not in ELISIONS:
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
    return [joined for joined in chains if is_compound(joined)]


def _token(word: _Word, places: list[tuple[int, int]] | None) -> Token:
    if places is None:
        return Token(word.text, word.start, word.end)
    return Token(word.text, places[word.start][0], places[word.end - 1][1])
