"""Guessing the word that was meant."""

from __future__ import annotations

import pytest

from index.spelling import Vocabulary, beside, slip_chance

WORDS = Vocabulary(
    {"missile": 400, "missiles": 300, "mission": 900, "harbour": 120, "government": 5000, "strike": 80,
     "stroke": 20, "the": 9000, "été": 4, "ракета": 30}
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("misile", "missile", id="a letter lost"),
        pytest.param("misssile", "missile", id="a letter added"),
        pytest.param("missale", "missile", id="a wrong letter"),
        pytest.param("goverment", "government", id="the usual slip"),
        pytest.param("gvoernment", "government", id="letters swapped"),
        pytest.param("govenmrent", "government", id="two slips"),
        pytest.param("arbour", "harbour", id="the first letter lost"),
        pytest.param("stirke", "strike", id="a swap rather than a replacement"),
        pytest.param("ракетта", "ракета", id="another script"),
    ],
)
def test_the_likeliest_word_comes_first(typed: str, meant: str) -> None:
    assert WORDS.corrections(typed)[0].word == meant


@pytest.mark.parametrize("typed", ["missile", "the", "strike"])
def test_a_word_that_is_there_is_never_corrected(typed: str) -> None:
    assert WORDS.corrections(typed) == []


def test_a_rare_word_is_corrected_on_request_by_far_commoner_ones_only() -> None:
    words = Vocabulary({"treaty": 900, "tretay": 3, "treats": 50, "missile": 400, "missle": 30})

    assert [guess.word for guess in words.corrections("tretay", rare=True)] == ["treaty"]
    assert words.corrections("missle", rare=True) == []
    assert words.corrections("tretay") == []


@pytest.mark.parametrize("typed", ["", "x", "zzzzzzzzz", "covid19", "th"])
def test_nothing_is_guessed_without_reason(typed: str) -> None:
    assert WORDS.corrections(typed) == []


def test_guesses_come_with_the_number_of_articles() -> None:
    guess = WORDS.corrections("harbor")[0]

    assert (guess.word, guess.articles) == ("harbour", 120)


def test_there_are_at_most_as_many_guesses_as_asked_for() -> None:
    assert len(WORDS.corrections("missiel", limit=1)) == 1


def test_the_other_words_of_the_query_decide_between_like_guesses() -> None:
    guesses = Vocabulary({"strike": 80, "stroke": 70}).corrections("strxke")
    with_patient = {"stroke": 9}

    assert [guess.word for guess in guesses] == ["strike", "stroke"]
    assert [g.word for g in beside(guesses, lambda word: with_patient.get(word, 0))] == ["stroke", "strike"]
    assert beside(guesses, lambda _: 0) == guesses


def test_what_more_slips_or_rarer_ones_would_take_is_less_likely() -> None:
    chances = [slip_chance(meant, "harbor") for meant in ("harbour", "harbar", "harvard")]

    assert chances == sorted(chances, reverse=True)
    assert slip_chance("missile", "misile") > slip_chance("misdile", "misile")


def test_much_less_likely_words_are_not_offered() -> None:
    words = Vocabulary({"government": 50_000, "goverments": 1})

    assert [guess.word for guess in words.corrections("goverment")] == ["government"]
