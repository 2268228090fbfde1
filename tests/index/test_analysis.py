"""Tokens: the rules, case by case, and the two tokenizers held equal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import normalise
from index.analysis import STOP_WORDS, compounds, fold_key, stem, stems, tokenize, tokens
from index.schema import BREAK, MAX_TOKEN_CHARS
from index.tokenizer import fold_clusters

CASES = [
    pytest.param("Long Range", "long range", id="case-folds"),
    pytest.param("Straße GROSS", "strasse gross", id="sharp-s"),
    pytest.param("naïve Ångström Čapek", "naive angstrom capek", id="latin-accents"),
    pytest.param("cafe\u0301", "cafe", id="decomposed-accent"),
    pytest.param("Łódź Øre Đoko Œuvre Æon", "lodz ore doko oeuvre aeon", id="letters-without-decomposition"),
    pytest.param("ΆΘΗΝΑΣ Αθήνας", "αθηνασ αθηνασ", id="greek-accents-and-final-sigma"),
    pytest.param("Ёлка йод", "елка йод", id="cyrillic-yo-is-ye-but-short-i-stays"),
    pytest.param("и\u0306од", "йод", id="decomposed-short-i-stays"),
    pytest.param("зна\u0301ние", "знание", id="stress-mark"),
    pytest.param("Київ їжак", "київ їжак", id="ukrainian-letters-stay"),
    pytest.param("ıspanak İstanbul", "ispanak istanbul", id="turkish-i"),
    pytest.param("ＡＢＣ１２", "abc12", id="fullwidth"),
    pytest.param("ﬁre №5 ②", "fire no5 2", id="compatibility-forms"),
    pytest.param("١٢٣ ๑๒", "123 12", id="other-digits"),
    pytest.param("كِتَاب", "كتاب", id="arabic-points-go"),
    pytest.param("שָׁלוֹם", "שלום", id="hebrew-points-go"),
    pytest.param("हिन्दी", "हिन्दी", id="devanagari-signs-stay"),
    pytest.param("Apple™ Acme®", "apple acme", id="trade-marks-do-not-stick"),
    pytest.param("don't don’t donʼt", "dont dont dont", id="apostrophes-join"),
    pytest.param("O'Brien O’Brien", "obrien obrien", id="names-with-apostrophe"),
    pytest.param("Biden's Biden’s James'", "biden biden james", id="possessives-go"),
    pytest.param("l'homme d’Artagnan qu'il jusqu'à", "l homme d artagnan qu il jusqu a", id="elisions"),
    pytest.param("qu'aujourd'hui", "qu aujourdhui", id="elision-before-joined"),
    pytest.param("dell'arte un'altra", "dell arte un altra", id="italian-elisions"),
    pytest.param("1990's '90s 5'10", "1990 90s 5 10", id="apostrophes-at-digits"),
    pytest.param("'quoted' ‘words’", "quoted words", id="quotes-separate"),
    pytest.param("U.S. U.S U.S.A.", "us us usa", id="acronyms"),
    pytest.param("U.S.-led U.S.'s U.S.Navy", "us led us us navy", id="acronyms-with-neighbours"),
    pytest.param("J.K. Rowling, e.g. J.Smith", "jk rowling eg j smith", id="initials"),
    pytest.param("example.com end.Start", "example com end start", id="dots-separate"),
    pytest.param("AT&T R&D at& &t a & b", "at&t r&d at t a b", id="ampersand-joins-only-between"),
    pytest.param("1,000 1,000,000.5 1,2 3,14", "1000 1000000.5 1 2 3 14", id="thousands"),
    pytest.param("2023,2024", "2023 2024", id="years-are-no-thousands"),
    pytest.param("3.5 v2.7.4 3. 5", "3.5 v2.7.4 3 5", id="decimals"),
    pytest.param(
        "long-range COVID-19 state-of-the-art", "long range covid 19 state of the art", id="hyphens"
    ),
    pytest.param("snake_case a/b #tag @name", "snake case a b tag name", id="signs-separate"),
    pytest.param("日本語 日", "日本 本語 語 日", id="cjk-bigrams"),
    pytest.param("東京tower2", "東京 京 tower2", id="cjk-beside-latin"),
    pytest.param("한국어", "한국 국어 어", id="hangul-bigrams"),
    pytest.param("ｶﾞｽ", "ガス ス", id="halfwidth-katakana"),
    pytest.param("กขค", "กข ขค ค", id="thai-bigrams"),
    pytest.param("a😀b 👨‍👩‍👧", "a b", id="emoji-separate"),
    pytest.param("soft\u00adhyphen zero\u200bwidth \ufeffbom", "softhyphen zerowidth bom", id="invisible"),
    pytest.param("\ud800lone", "lone", id="lone-surrogate"),
    pytest.param(f"a{BREAK}b", "a b", id="no-text-yields-the-break"),
    pytest.param("", "", id="empty"),
    pytest.param("... --- !!!", "", id="nothing-but-signs"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_tokens(text, expected):
    assert tokens(text) == expected.split()


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_tokenizer_with_places_gives_the_same_tokens(text, expected):
    assert [token.text for token in tokenize(text)] == expected.split()


@pytest.mark.parametrize(
    ("text", "places"),
    [
        pytest.param("The U.S.-led", ["The", "U.S.", "led"], id="acronym-with-its-dots"),
        pytest.param("cafe\u0301 1,000", ["cafe\u0301", "1,000"], id="marks-and-separators"),
        pytest.param("Straße’s Œuvre", ["Straße", "Œuvre"], id="folds-to-more-characters"),
        pytest.param("東京で", ["東京", "京で", "で"], id="bigrams-overlap"),
        pytest.param("so\u00adft don’t", ["so\u00adft", "don’t"], id="invisible-inside"),
    ],
)
def test_places_are_of_the_original_text(text, places):
    assert [text[token.start : token.end] for token in tokenize(text)] == places


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a long-range weapon", ["longrange"], id="two-parts"),
        pytest.param("state-of-the-art", ["stateoftheart"], id="many-parts"),
        pytest.param("COVID-19, F‑16", ["covid19", "f16"], id="letters-and-digits"),
        pytest.param("the U.S.-led", ["usled"], id="acronym"),
        pytest.param("2024-09-10 555-1234", [], id="digits-alone-make-none"),
        pytest.param("a - b a--b a- b Biden's-era", [], id="only-directly-joined"),
        pytest.param("l'homme-orchestre", ["hommeorchestre"], id="after-an-elision"),
        pytest.param("日本-中国", [], id="unspaced-scripts-make-none"),
    ],
)
def test_compounds(text, expected):
    assert compounds(text) == expected


def test_overlong_tokens_are_dropped():
    allowed, too_long = "a" * MAX_TOKEN_CHARS, "b" * (MAX_TOKEN_CHARS + 1)

    found = tokens(f"x {allowed} {too_long} {'c' * 10_000} y")

    assert found == ["x", allowed, "y"]


def test_many_marks_on_one_letter_cost_little_and_change_nothing():
    flood = "e" + "\u0301\u0323" * 50_000

    assert tokens(f"caf{flood} b") == ["cafe", "b"]


#: Characters at which the rules meet.
_TRICKY = "aabscdlnSU''’..,-&1 23 45000_éßЁйø\u0301\u00ad—日本ガサค한\n\tأİı½™ﬁ②\u0948\u0939\u200b\u2028\u1161\u1100A"
_texts = st.one_of(st.text(alphabet=_TRICKY, max_size=24), st.text(max_size=40))


@given(_texts)
def test_both_tokenizers_agree(text):
    folded, shapes, places = fold_clusters(text)

    assert tokens(text) == [token.text for token in tokenize(text)]
    assert len(folded) == len(shapes) == len(places)


@given(_texts)
def test_normal_forms_give_the_same_tokens(text):
    assert tokens(unicodedata.normalize("NFC", text)) == tokens(unicodedata.normalize("NFD", text))


@given(_texts)
def test_places_lie_in_the_text_in_order(text):
    found = tokenize(text)

    assert all(0 <= token.start < token.end <= len(text) for token in found)
    assert [token.start for token in found] == sorted(token.start for token in found)


@given(st.lists(st.text(alphabet="abcxyzäß'.-&1,", max_size=12), max_size=8))
def test_no_rule_reaches_over_white_space(words):
    assert tokens(" ".join(words)) == [token for word in words for token in tokens(word)]


@given(_texts)
def test_keys_fold_as_the_archive_folds_them(text):
    assert fold_key(text) == normalise.fold_key(text)


@pytest.mark.parametrize(
    ("token", "language", "expected"),
    [
        pytest.param("missiles", "en", "missil", id="english"),
        pytest.param("elections", "fr", "elect|fr", id="french"),
        pytest.param("hausern", "de", "haus|de", id="german"),
        pytest.param("missiles", "", "missil", id="unknown-is-english"),
        pytest.param("missiles", "xx", "missiles|", id="no-algorithm"),
        pytest.param("at&t", "en", "at&t", id="sign-inside"),
        pytest.param("日本", "ja", "日本|", id="bigram"),
    ],
)
def test_stems(token, language, expected):
    assert stem(token, language) == expected


def test_stems_keep_the_order():
    assert stems(["long", "range", "missiles", "long"], "en") == ["long", "rang", "missil", "long"]


def test_stop_words_are_tokens_as_texts_give_them():
    assert all(tokens(word) == [word] for word in STOP_WORDS)
