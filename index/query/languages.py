"""Languages by their codes and English names."""

from __future__ import annotations

import difflib
import re

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
    "yi": "Yiddish",
    "zh": "Chinese", "zu": "Zulu",
}  # fmt: skip

_CODES = {name.lower(): code for code, name in _LANGUAGES.items()}
_CODE = re.compile(r"[a-zA-Z]{2,3}(?:[-_][a-zA-Z0-9]{1,8})*")
_REGIONAL = re.compile(r"([a-zA-Z]{2})[-_][a-zA-Z]{2,4}")


def language_name(code: str) -> str:
    """Return the English name of a language code, or the code itself."""
    return _LANGUAGES.get(code, code)


def language_code(value: str) -> str:
    """Return the code of the language ``value``: ``German`` and ``de-AT`` are
    ``de``; what is not known comes back as it is."""
    if regional := _REGIONAL.fullmatch(value):
        return regional[1].lower()
    return _CODES.get(value.lower(), value)


def is_language(value: str) -> bool:
    """Whether ``value`` may be a code, or is an English name that is known."""
    return _CODE.fullmatch(value) is not None or value.lower() in _CODES


def suggest_language(value: str) -> str | None:
    """Return the English name of the language that ``value`` was probably meant to be."""
    close = difflib.get_close_matches(value.lower(), _CODES, n=1, cutoff=0.7)
    return language_name(_CODES[close[0]]) if close else None
