"""Encoding labels as pages, feeds and mail declare them, and the codecs that they stand for."""

from __future__ import annotations

import codecs
import re
from typing import Final

# Labels that mean a larger encoding in practice (WHATWG Encoding Standard).
_LABELS: Final = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "l1": "cp1252",
    "windows-1252": "cp1252",
    "iso-8859-9": "cp1254",
    "latin5": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "utf8": "utf-8",
    "unicode": "utf-16-le",
    "utf-16": "utf-16-le",
}
# The only codecs that a label may name: Python's registry also holds UTF-7,
# punycode, unicode_escape and transforms that are no character sets.
_ALLOWED: Final = re.compile(
    r"utf-?8|utf-?(?:16|32)-?(?:le|be)|cp(?:125[0-8]|437|737|775|85\d|86\d|874|932|949|950|866)|windows-125[0-8]"
    r"|iso-?8859-?\d{1,2}|koi8-?[rut]|gb18030|big5(?:-?hkscs)?|euc-?jp|iso-2022-(?:jp|kr)(?:-\d)?|mac-?\w{5,10}|hz"
)


def codec_of(label: str) -> str:
    """Return the Python codec that an encoding label stands for, or ``""`` if it is none to use."""
    name = label.strip().strip("\"'").lower().replace("_", "-")
    name = _LABELS.get(name.replace("-", "_"), _LABELS.get(name, name))
    if not _ALLOWED.fullmatch(name):
        return ""
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""
