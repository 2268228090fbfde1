"""Stems: Snowball's algorithms, chosen by language code, behind a cache.

Tokens come in folded (`index.analysis.tokens`) and stems go out folded, so that
``élections`` and ``elections`` share one.  Nine tokens in ten of a text repeat
earlier ones: with a cache that lives in C's dict, stemming costs a few
microseconds an article.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from typing import cast

import snowballstemmer

from index.folding import fold_key

#: Language code (ISO 639-1) to Snowball's algorithm.
ALGORITHMS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "eo": "esperanto",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "st": "sesotho",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}

#: For an article whose language cannot be told, which is a short one as a rule.
DEFAULT_LANGUAGE = "en"

#: Between a stem and its language, in every language but `DEFAULT_LANGUAGE`: the
#: Turkish stem of *time* is ``t``, and must not find every English ``t``.
MARK = "|"

#: Codes that share an algorithm, and so a mark.
_SAME = {"nb": "no", "nn": "no"}

#: Stands for the languages without an algorithm, which share a mark.
UNSTEMMED = "und"

#: Languages in which a stem can begin with another letter than its word.
_CHANGE_BEGINNINGS = frozenset({"ar", "el", "ga", "id", "nl", "sr", "st", "ta", "tr", "yi"})

#: Tokens remembered for one language; about 30 MB when full.
_CACHE_SIZE = 250_000


class _Stems(dict[str, str]):
    """Token to stem, filled on demand; emptied when full.

    The lock is taken on a miss only: Snowball's stemmers keep state in a call.
    """

    def __init__(self, algorithm: Callable[[str], str], mark: str) -> None:
        super().__init__()
        self._algorithm = algorithm
        self._mark = mark
        self._lock = Lock()

    def __missing__(self, token: str) -> str:
        with self._lock:
            if len(self) >= _CACHE_SIZE:
                self.clear()
            found = self._algorithm(token)
        if not found.isascii():
            found = fold_key(found) if token.isascii() else found
        found += self._mark
        if found == token:
            found = token  # one object in memory, and in the processor's caches, not two
        self[token] = found
        return found


_caches: dict[str, _Stems] = {}
_caches_lock = Lock()


def stem(token: str, language: str) -> str:
    """Return the stem of a folded token, marked with its language.

    The token itself stands for its stem if ``language`` has no algorithm.
    """
    return _cache(language)[token]


def stems(tokens: Sequence[str], language: str) -> list[str]:
    """Return the stems of folded tokens, in order."""
    return list(map(_cache(language).__getitem__, tokens))


def mark_of(language: str) -> str:
    """Return what every stem of ``language`` ends with; empty for `DEFAULT_LANGUAGE`."""
    code = language or DEFAULT_LANGUAGE
    if code == DEFAULT_LANGUAGE:
        return ""
    return MARK + _SAME.get(code, code) if code in ALGORITHMS else MARK


def split_mark(marked: str) -> tuple[str, str]:
    """Return a stem without its mark, and the mark."""
    bare, sign, code = marked.partition(MARK)
    return bare, sign + code


def language_of(mark: str) -> str:
    """Return a language whose stems end with ``mark``: see `mark_of`."""
    return mark.removeprefix(MARK) or (UNSTEMMED if mark else DEFAULT_LANGUAGE)


def beginning(marked: str) -> str:
    """Return what every token begins with that has this stem, perhaps nothing."""
    bare, mark = split_mark(marked)
    language = language_of(mark)
    if language == UNSTEMMED:
        return bare
    if language == DEFAULT_LANGUAGE:
        return bare[: max(1, len(bare) - 2)]
    return "" if language in _CHANGE_BEGINNINGS else bare[:1]


def _cache(language: str) -> _Stems:
    try:
        return _caches[language]
    except KeyError:
        pass
    with _caches_lock:
        if language not in _caches:
            _caches[language] = _new_cache(language)
        return _caches[language]


def _new_cache(language: str) -> _Stems:
    algorithm = ALGORITHMS.get(language or DEFAULT_LANGUAGE)
    if algorithm is None or algorithm not in snowballstemmer.algorithms():
        return _Stems(str, MARK)
    stemmer = snowballstemmer.stemmer(algorithm)
    if hasattr(stemmer, "maxCacheSize"):  # PyStemmer's own cache would be a second one
        stemmer.maxCacheSize = 0
    return _Stems(cast(Callable[[str], str], stemmer.stemWord), mark_of(language))
