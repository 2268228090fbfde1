"""Characters, lines, keys and counts."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.normalise import count_words, fold_key, normalise_line, normalise_text
from index.analysis import fold_key as index_fold_key

TEXTS = [
    pytest.param("a\r\nb\rc", "a\nb\nc", id="line-ends"),
    pytest.param("a\x85b\u2028c\x0bd", "a\nb\nc\nd", id="rare-line-ends"),
    pytest.param("a\u2029b", "a\n\nb", id="paragraph-separator"),
    pytest.param("a\n\n\n \n\nb", "a\n\nb", id="runs-of-blank-lines"),
    pytest.param("  a \t\nb  ", "a\nb", id="trimmed"),
    pytest.param("a\n  b", "a\n  b", id="indentation-stays"),
    pytest.param("the\xa0possibility\u202fof", "the possibility of", id="no-break-spaces"),
    pytest.param("soft\xadhyphen zero\u200bwidth \ufeffmark", "softhyphen zerowidth mark", id="invisible"),
    pytest.param("in\u200dvis\u200cible", "invisible", id="joiners-between-latin-letters"),
    pytest.param("می\u200cخواهم 👩\u200d👧", "می\u200cخواهم 👩\u200d👧", id="joiners-that-spell"),
    pytest.param("a\0b\x07c\x1b[31md\x1b[0m", "abcd", id="controls-and-terminal-escapes"),
    pytest.param("\x93quoted\x94 \x96 it\x92s", "“quoted” – it’s", id="c1-is-cp1252"),
    pytest.param("\ud800 and \udfff", "\ufffd and \ufffd", id="lone-surrogates"),
    pytest.param("e\u0301", "é", id="composed"),
    pytest.param("abc\u202edcba\u202c \u2066x\u2069", "abcdcba x", id="bidi-controls"),
    pytest.param("a" + "\u0316" * 1000, "a" + "\u0316" * 8, id="mark-flood"),
    pytest.param("“I’m sure” …", "“I’m sure” …", id="typography-stays"),
    pytest.param("\ufffe\U0001ffff", "\ufffe\U0001ffff", id="noncharacters-stay"),
    pytest.param("", "", id="empty"),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_text_is_cleaned(text: str, expected: str) -> None:
    assert normalise_text(text) == expected


@given(st.text(alphabet=st.characters(), max_size=60))
def test_clean_text_stays_as_it_is(text: str) -> None:
    once = normalise_text(text)

    assert normalise_text(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not any(unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\t" for char in once)
    assert "\n\n\n" not in once


@given(st.text(alphabet=st.sampled_from("ab \t\n\r\xa0\xad\u200b\u0301\u0316é“\x00\ud800日"), max_size=40))
def test_mixtures_stay_as_they_are_when_cleaned_again(text: str) -> None:
    once = normalise_text(text)

    assert normalise_text(once) == once


def test_a_flood_of_marks_takes_no_time() -> None:
    text = "a" + "\u0316\u0301" * 200_000  # quadratic in NFC's sorting, if it gets there

    assert len(normalise_text(text)) < 20


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("  two \n lines\t here ", "two lines here", id="one-line"),
        pytest.param("x" * 2000, "x" * 1000, id="cut"),
        pytest.param("<b>bold</b> {{7*7}}", "<b>bold</b> {{7*7}}", id="markup-is-text"),
        pytest.param("a\u202eb\r\nSet-Cookie: x", "ab Set-Cookie: x", id="no-line-breaks-no-bidi"),
        pytest.param("\x1b]0;title\x07ok", "ok", id="terminal-title"),
    ],
)
def test_lines_are_single_and_bounded(text: str, expected: str) -> None:
    assert normalise_line(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("  Jane   DOE ", "jane doe", id="case-and-space"),
        pytest.param("Zoë Ångström", "zoe angstrom", id="accents"),
        pytest.param("Ｊａｎｅ", "jane", id="fullwidth"),
        pytest.param("Straße", "strasse", id="sharp-s"),
    ],
)
def test_keys_fold(text: str, expected: str) -> None:
    assert fold_key(text) == expected


@given(st.text(max_size=30))
def test_keys_are_made_as_the_index_makes_them(text: str) -> None:
    assert fold_key(text) == index_fold_key(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", 0, id="empty"),
        pytest.param("one", 1, id="one"),
        pytest.param("one two\n\nthree  four\tfive", 5, id="all-white-space"),
        pytest.param("“Größe” — naïve", 3, id="latin"),
        pytest.param("中文文章", 4, id="each-han-character"),
    ],
)
def test_words_are_counted(text: str, words: int) -> None:
    assert count_words(text) == words


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\u0e32O\u0301\u200d\udc99", id="a letter composed beside a joiner"),
        pytest.param("O\u0301\u200d\u0323\u200d\u0327\u200c", id="marks with joiners between them"),
    ],
)
def test_a_joiner_beside_what_becomes_a_latin_letter_goes_at_once(text):
    once = normalise_text(text)

    assert "\u00d3\u200d" not in once
    assert normalise_text(once) == once
