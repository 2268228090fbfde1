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

`tokens` is the fast way (some 45 µs for an article of 3,000 characters), `tokenize`
the plain one with offsets; tests hold the two equal.
"""

from __future__ import annotations

from index.folding import fold_key
from index.quicktokenizer import quick_tokens
from index.simplefolding import fold_simple, folded_length
from index.stemming import stem, stems
from index.stopwords import STOP_WORDS
from index.tokenizer import Token, scan

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
ANALYZER_VERSION = 2


def tokens(text: str) -> list[str]:
    """Return the exact tokens of ``text``, in order."""
    return quick_tokens(text)[0]


def compounds(text: str) -> list[str]:
    """Return the hyphenated words of ``text``, joined: ``longrange`` for ``long-range``."""
    return quick_tokens(text)[1]


def analyse(text: str) -> tuple[list[str], list[str]]:
    """Return the tokens and the compounds of ``text``."""
    return quick_tokens(text)


def tokenize(text: str) -> list[Token]:
    """Return the tokens of ``text`` with their places; the texts are those of `tokens`."""
    return scan(text).tokens
