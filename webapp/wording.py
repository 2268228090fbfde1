"""What people read for the values that programs use: facets, languages, dates."""

from __future__ import annotations

from archive.document import PartialDate
from index.query.escapes import for_people
from webapp.models import MISSING
from webapp.presenters import date_words

FACET_TITLES = {
    "author": "Author",
    "source": "Source",
    "tag": "Tag",
    "language": "Language",
    "year": "Year",
    "month": "Month",
    "duplicate": "Copies",
}

_MISSING_LABELS = {
    "author": "No author",
    "source": "No source",
    "tag": "No tag",
    "language": "Language unknown",
    "year": "Undated",
    "month": "Undated",
    "duplicate": "No copies",
}

_LANGUAGES = {
    "af": "Afrikaans", "am": "Amharic", "an": "Aragonese", "ar": "Arabic", "as": "Assamese",
    "az": "Azerbaijani", "be": "Belarusian", "bg": "Bulgarian", "bn": "Bengali", "br": "Breton",
    "bs": "Bosnian", "ca": "Catalan", "cs": "Czech", "cy": "Welsh", "da": "Danish", "de": "German",
    "dz": "Dzongkha", "el": "Greek", "en": "English", "eo": "Esperanto", "es": "Spanish", "et": "Estonian",
    "eu": "Basque", "fa": "Persian", "fi": "Finnish", "fo": "Faroese", "fr": "French", "ga": "Irish",
    "gl": "Galician", "gu": "Gujarati", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "ht": "Haitian",
    "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "is": "Icelandic", "it": "Italian",
    "ja": "Japanese", "jv": "Javanese", "ka": "Georgian", "kk": "Kazakh", "km": "Khmer", "kn": "Kannada",
    "ko": "Korean", "ku": "Kurdish", "ky": "Kyrgyz", "la": "Latin", "lb": "Luxembourgish", "lo": "Lao",
    "lt": "Lithuanian", "lv": "Latvian", "mg": "Malagasy", "mk": "Macedonian", "ml": "Malayalam",
    "mn": "Mongolian", "mr": "Marathi", "ms": "Malay", "mt": "Maltese", "nb": "Norwegian Bokmål",
    "ne": "Nepali", "nl": "Dutch", "nn": "Norwegian Nynorsk", "no": "Norwegian", "oc": "Occitan",
    "or": "Odia", "pa": "Punjabi", "pl": "Polish", "ps": "Pashto", "pt": "Portuguese", "qu": "Quechua",
    "ro": "Romanian", "ru": "Russian", "rw": "Kinyarwanda", "se": "Northern Sami", "si": "Sinhala",
    "sk": "Slovak", "sl": "Slovenian", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili",
    "ta": "Tamil", "te": "Telugu", "th": "Thai", "tl": "Tagalog", "tr": "Turkish", "ug": "Uyghur",
    "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "vo": "Volapük", "wa": "Walloon", "xh": "Xhosa",
    "zh": "Chinese", "zu": "Zulu",
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
    if name == "duplicate":
        return "Has copies"
    return language_name(label) if name == "language" else label


def query_label(text: str, typed: str) -> str:
    """Return canonical query text as people read it: as it was typed, else without escapes."""
    return text if text in typed else for_people(text)


def date_label(text: str) -> str:
    """Return an ISO date in words."""
    return date_words(PartialDate.from_iso(text))
