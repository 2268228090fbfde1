"""Which language a text is in: by its little words where they are plain, by a model where not.

Nearly every text tells its language by its commonest words, at a few microseconds.
Only what stays in doubt goes to py3langid, whose model takes half a second to load.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from archive import languagewords as words

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_GLANCE_CHARS: Final = 400
_SAMPLE_CHARS: Final = 1_200
_MODEL_CHARS: Final = 3_000
_MIN_WORDS: Final = 15
_MIN_LETTERS: Final = 20
_MIN_CONFIDENCE: Final = 0.75
_PLAIN_SHARE: Final = 0.13
_CLEAR_SHARE: Final = 0.08
_THIN_SHARE: Final = 0.04
_WORD_SHARE: Final = 0.5

_ENGLISH: Final = frozenset(words.ENGLISH.split())
_CODES: Final = frozenset(words.CODES.split())


def _votes() -> dict[str, tuple[str, ...]]:
    votes: dict[str, tuple[str, ...]] = {}
    for code, listed in words.WORDS.items():
        for word in listed.split():
            votes[word] = (*votes.get(word, ()), code)
    return votes


_VOTES: Final = _votes()
# Scripts that one language writes, or nearly one.
_SCRIPTS: Final = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\u1100-\u11ff\uac00-\ud7a3]")),
    ("zh", re.compile("[\u3400-\u9fff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("el", re.compile("[\u0370-\u03ff\u1f00-\u1fff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("hy", re.compile("[\u0530-\u058f]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("km", re.compile("[\u1780-\u17ff]")),
    ("lo", re.compile("[\u0e80-\u0eff]")),
    ("my", re.compile("[\u1000-\u109f]")),
    ("ta", re.compile("[\u0b80-\u0bff]")),
    ("te", re.compile("[\u0c00-\u0c7f]")),
    ("ml", re.compile("[\u0d00-\u0d7f]")),
)
_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")
# Letters that only one of the languages in Cyrillic has, in the order to ask.
_CYRILLIC_LETTERS: Final = (("be", "ў"), ("sr", "ђћџјљњ"), ("uk", "їєґі"), ("ru", "ыэё"), ("bg", "ъ"))
_LETTER: Final = re.compile(r"[^\W\d_]")


def language_code(name: str) -> str:
    """Return the ISO 639-1 code of a language tag or name, or ``""`` if it names none."""
    if name in _CODES:
        return name
    folded = name.strip().casefold()
    folded = words.NAMES.get(folded, folded)
    if folded not in _CODES:
        folded = re.split(r"[-_.@;, ]", folded, maxsplit=1)[0]
        folded = words.NAMES.get(folded, folded)
    return folded if folded in _CODES else ""


def detect_language(text: str) -> tuple[str, float]:
    """Return the ISO 639-1 code of ``text`` and a confidence of 0 to 1, or ``("", 0.0)`` for doubt."""
    if _is_english(text[:_GLANCE_CHARS].lower().split()):
        return "en", 0.99
    sample = text[:_SAMPLE_CHARS]
    spoken = sample.lower().split()
    if _is_english(spoken):
        return "en", 0.99
    letters = len(sample) if sample.isascii() else len(_LETTER.findall(sample))
    if not sample.isascii():
        written = _by_script(sample, letters)
        if written:
            return written, 0.95
    if len(spoken) >= _MIN_WORDS:
        by_words = _by_words(spoken)
        if by_words:
            return by_words, 0.9
        if sum(map(str.isalpha, spoken)) < _WORD_SHARE * len(spoken):
            return "", 0.0  # a table or a list of names: a model would only guess
    if letters < _MIN_LETTERS:
        return "", 0.0
    return _by_model(text[:_MODEL_CHARS])


def _is_english(spoken: list[str]) -> bool:
    return len(spoken) >= _MIN_WORDS and sum(map(_ENGLISH.__contains__, spoken)) > _PLAIN_SHARE * len(spoken)


def _by_script(sample: str, letters: int) -> str:
    for code, script in _SCRIPTS:
        share = len(script.findall(sample)) / max(letters, 1)
        # Japanese is Han with kana in between; the others are most of their text.
        if share > (0.1 if code == "ja" else 0.5):
            return code
    if len(_CYRILLIC.findall(sample)) > 0.5 * letters:
        lowered = sample.lower()
        return next((code for code, only in _CYRILLIC_LETTERS if any(char in lowered for char in only)), "")
    return ""


def _by_words(spoken: list[str]) -> str:
    """The language that leads so clearly that few of its words are enough."""
    votes: Counter[str] = Counter({"en": sum(map(_ENGLISH.__contains__, spoken))})
    for word in spoken:
        votes.update(_VOTES.get(word, ()))
    (leader, most), (_, next_most) = votes.most_common(2) if len(votes) > 1 else (*votes.items(), ("", 0))
    share = most / len(spoken)
    clear = share >= _CLEAR_SHARE and most >= 1.5 * next_most
    return leader if clear or (most >= 5 and share >= _THIN_SHARE and most >= 2 * next_most) else ""


def _by_model(text: str) -> tuple[str, float]:
    code, confidence = _model().classify(text)
    if confidence < _MIN_CONFIDENCE:
        return "", 0.0
    return language_code(code), round(float(confidence), 3)


@functools.cache
def _model() -> LanguageIdentifier:
    # Imported here, because numpy and the model cost more than most runs take.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
