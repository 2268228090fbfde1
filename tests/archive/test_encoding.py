"""Bytes to text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.encoding import decode
from archive.encodinglabels import codec_of

SENTENCE = "Grüße, naïve café — 日本語 “quoted”"
POLISH = "Zażółć gęślą jaźń w Łodzi, mówił prezes spółki. Że też i źle się dzieje. "
CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy, řekl včera ministr. "
FRENCH = "Le président a déclaré à l’Assemblée que l’été était fini. "
RUSSIAN = "Сегодня в Москве состоялась встреча министров иностранных дел. "
TURKISH = "Türkiye'de bugün görüşmeler başladı, ığdır şehir çağdaş. "

SURE = [
    pytest.param(b"\xef\xbb\xbf" + SENTENCE.encode(), "utf-8", id="utf-8-mark"),
    pytest.param(b"\xff\xfe" + SENTENCE.encode("utf-16-le"), "utf-16-le", id="utf-16-le-mark"),
    pytest.param(b"\xfe\xff" + SENTENCE.encode("utf-16-be"), "utf-16-be", id="utf-16-be-mark"),
    pytest.param(b"\xff\xfe\0\0" + SENTENCE.encode("utf-32-le"), "utf-32-le", id="utf-32-le-mark"),
    pytest.param(b"\0\0\xfe\xff" + SENTENCE.encode("utf-32-be"), "utf-32-be", id="utf-32-be-mark"),
    pytest.param(SENTENCE.encode(), "utf-8", id="utf-8"),
]


@pytest.mark.parametrize(("data", "encoding"), SURE)
def test_marks_and_utf8_are_certain(data: bytes, encoding: str) -> None:
    decoded = decode(data)

    assert (decoded.text, decoded.encoding, decoded.warnings) == (SENTENCE, encoding, ())


GUESSED = [
    pytest.param("A plain text of words. ", "utf-16-le", id="utf-16-le-without-mark"),
    pytest.param("A plain text of words. ", "utf-16-be", id="utf-16-be-without-mark"),
    pytest.param("A plain text of words. ", "utf-32-be", id="utf-32-without-mark"),
    pytest.param("“Smart quotes” – €5 … it’s plain English", "cp1252", id="cp1252-quotes"),
    pytest.param("A résumé", "latin-1", id="one-accent"),
    pytest.param("Señor, ¿qué pasó mañana?", "latin-1", id="spanish"),
    pytest.param(FRENCH * 3, "cp1252", id="french"),
    pytest.param("Größe über Straße", "latin-1", id="german"),
    pytest.param(POLISH * 3, "cp1250", id="polish-windows"),
    pytest.param(POLISH * 3, "iso-8859-2", id="polish-iso"),
    pytest.param(CZECH * 3, "cp1250", id="czech"),
    pytest.param(TURKISH * 3, "cp1254", id="turkish"),
    pytest.param(RUSSIAN * 3, "cp1251", id="russian-windows"),
    pytest.param(RUSSIAN * 3, "koi8-r", id="russian-koi8"),
    pytest.param("日本語の見出し、本文です。今日の記事", "shift_jis", id="shift-jis"),
    pytest.param("中文文章正文，今天的新闻", "gb18030", id="gb18030"),
    pytest.param("日本語の記事", "iso-2022-jp", id="iso-2022-jp"),
]


@pytest.mark.parametrize(("text", "encoding"), GUESSED)
def test_guesses_are_right_and_said(text: str, encoding: str) -> None:
    decoded = decode(text.encode(encoding))

    assert decoded.text == text
    assert decoded.warnings


def test_cp1252_bytes_in_utf8_are_kept() -> None:
    decoded = decode("naïve “x” ".encode() + b"caf\xe9 \x93y\x94")

    assert decoded.text == "naïve “x” café “y”"
    assert decoded.warnings


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"+ADw-script+AD4-alert(1)", id="utf-7"),
        pytest.param("é".encode() + b"\xc0\xbcscript\xc0\xaf", id="overlong-in-utf-8"),
        pytest.param(b"\xc0\xbcscript\xe0\x80\xaf\xf0\x80\x80\xaf", id="overlong-alone"),
        pytest.param("ñandú é".encode() + b"\xed\xa0\xbc\xed\xbc\x80", id="surrogates"),
    ],
)
def test_disguised_characters_are_not_decoded(data: bytes) -> None:
    decoded = decode(data, declared="utf-7")

    assert "<" not in decoded.text
    assert "/" not in decoded.text
    assert not any("\ud800" <= char <= "\udfff" for char in decoded.text)


@pytest.mark.parametrize(
    ("text", "encoding", "declared"),
    [
        pytest.param("日本語", "shift_jis", "Shift_JIS", id="japanese"),
        pytest.param("Привет", "koi8-r", '"KOI8-R"', id="quoted-label"),
        pytest.param("“x”", "cp1252", "iso-8859-1", id="latin-1-means-cp1252"),
        pytest.param("naïve", "utf-8", "iso-8859-1", id="utf-8-under-a-wrong-label"),
        pytest.param("plain", "ascii", "utf-16", id="utf-16-that-is-not"),
        pytest.param("plain", "ascii", "no-such-thing", id="unknown-label"),
    ],
)
def test_declared_encodings(text: str, encoding: str, declared: str) -> None:
    assert decode(text.encode(encoding), declared).text == text


@pytest.mark.parametrize("label", ["utf-7", "rot13", "unicode_escape", "punycode", "zlib", "", "x" * 100])
def test_labels_that_are_no_character_set_name_no_codec(label: str) -> None:
    assert codec_of(label) == ""


@given(st.binary(max_size=200), st.sampled_from(["", "utf-8", "utf-16", "gb2312", "x"]))
def test_any_bytes_decode(data: bytes, declared: str) -> None:
    decoded = decode(data, declared)

    assert not any("\ud800" <= char <= "\udfff" for char in decoded.text)
