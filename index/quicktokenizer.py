"""The tokens of a text, fast: whole-string operations that run in C.

Rare things are treated only where a search for their sign finds one.  The
rules are those of `index.tokenizer`; tests hold the two equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby, pairwise

from index.schema import MAX_TOKEN_CHARS
from index.simplefolding import fold_lone
from index.tokenizer import DIGITS, ELISIONS, fold_clusters, is_compound, scan

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

#: One character more than the longest elision.
_TAIL = 8

_RUN = re.compile("c+|[^c]+")


def quick_tokens(text: str) -> tuple[list[str], list[str]]:
    """Return the tokens of ``text``, and its hyphenated words, joined."""
    folded = fold_lone(text)
    if folded is not None:
        return _tokens(folded)
    found: list[str] = []
    compounds: list[str] = []
    for part_found, part_compounds in _parts(text):
        found += part_found
        compounds += part_compounds
    return found, compounds


def _parts(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """Treat the words that need it by themselves, those between them together.

    No rule reaches over white space.
    """
    for is_hard, words in groupby(text.split(), lambda word: not word.isascii() and fold_lone(word) is None):
        if is_hard:
            for word in words:
                yield from _hard_word(word)
        else:
            folded = fold_lone(" ".join(words))
            if folded is not None:
                yield _tokens(folded)


def _hard_word(word: str) -> Iterator[tuple[list[str], list[str]]]:
    folded, shapes, _ = fold_clusters(word)
    letters = zip(folded, shapes, strict=True)
    if any(kind == "a" and not char.isalnum() for char, kind in letters):
        scanned = scan(word)  # vowel signs, which are letters here and not to `str`
        yield [token.text for token in scanned.tokens], scanned.compounds
        return
    for run in _RUN.finditer(shapes):
        piece = folded[run.start() : run.end()]
        if run[0][0] == "c":
            yield [*map("".join, pairwise(piece)), piece[-1]], []
        else:
            yield _tokens(piece)


def _tokens(folded: str) -> tuple[list[str], list[str]]:
    spaced = _spaced(folded)
    compounds: list[str] = []
    if "-" in spaced:
        compounds = _chains(spaced)
        spaced = spaced.replace("-", " ")
    found = spaced.split()
    if _has_long_word(spaced):
        found = [token for token in found if len(token) <= MAX_TOKEN_CHARS]
    return found, compounds


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
            elif last not in DIGITS and following not in DIGITS:
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
    return [joined for joined in found if is_compound(joined)]


def _has_long_word(spaced: str) -> bool:
    place = -1
    while place + MAX_TOKEN_CHARS + 1 < len(spaced):
        # the last space at which a token of allowed length can end
        last = spaced.rfind(" ", place + 1, place + MAX_TOKEN_CHARS + 2)
        if last < 0:
            return True
        place = last
    return False
