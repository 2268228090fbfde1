"""What people read for the values that programs use: facets, languages, dates."""

from __future__ import annotations

from archive.document import PartialDate
from webapp.models import MISSING
from webapp.presenters import date_words

FACET_TITLES = {
    "author": "Author",
    "source": "Source",
    "tag": "Tag",
    "language": "Language",
    "year": "Year",
    "month": "Month",
}

_MISSING_LABELS = {
    "author": "No author",
    "source": "No source",
    "tag": "No tag",
    "language": "Language unknown",
    "year": "Undated",
    "month": "Undated",
}

_LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "ga": "Irish", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian",
    "hy": "Armenian", "id": "Indonesian", "is": "Icelandic", "it": "Italian", "ja": "Japanese",
    "ka": "Georgian", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian",
    "nb": "Norwegian Bokmål", "nl": "Dutch", "nn": "Norwegian Nynorsk", "no": "Norwegian", "pl": "Polish",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian",
    "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian",
    "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip


def language_name(code: str) -> str:
    """Return the English name of a language code, or the code itself."""
    return _LANGUAGES.get(code, code)


def value_label(name: str, value: str, labels: dict[str, str] | None = None) -> str:
    """Return what people read for ``value`` of the filter ``name``."""
    if value == MISSING:
        return _MISSING_LABELS[name]
    label = (labels or {}).get(value, value)
    if name == "month":
        return date_label(label)
    return language_name(label) if name == "language" else label


def date_label(text: str) -> str:
    """Return an ISO date in words."""
    return date_words(PartialDate.from_iso(text))


def is_cut(passage: str) -> bool:
    """Tell whether ``passage`` ends in the middle of a sentence."""
    return not passage.rstrip("\"'”’»)]").endswith((".", "!", "?", "…", "。", "！", "？", "।", "؟"))
