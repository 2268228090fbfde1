"""Telling languages."""

from __future__ import annotations

import pytest

from archive.language import detect_language, language_code

ENGLISH = (
    "The minister said that the government would not change its policy, and that it was up to the others."
)

CASES = [
    pytest.param(ENGLISH, "en", id="english"),
    pytest.param("Der Präsident hat erklärt, dass die Regierung nicht mehr mit dem Parlament arbeiten wird, "
                 "und das ist auch gut so.", "de", id="german"),
    pytest.param("Le président a déclaré que le gouvernement ne veut pas des réformes qui sont dans le projet "
                 "de loi pour les retraites.", "fr", id="french"),
    pytest.param("日本語の記事です。今日のニュース", "ja", id="japanese"),
    pytest.param("今天的新闻报道说，政府没有改变政策", "zh", id="chinese"),
    pytest.param("오늘 서울에서 열린 회의", "ko", id="korean"),
    pytest.param("Сьогодні в Києві відбулася зустріч", "uk", id="ukrainian"),
    pytest.param("Вчера в Москве была встреча, мы это видели", "ru", id="russian"),
    pytest.param("Σήμερα στην Αθήνα", "el", id="greek"),
    pytest.param("", "", id="empty"),
    pytest.param("asdf", "", id="too-short"),
    pytest.param("1234 5678 " * 20, "", id="numbers"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_languages_are_told(text: str, expected: str) -> None:
    code, confidence = detect_language(text)

    assert code == expected
    assert (confidence > 0) == bool(expected)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("en", "en"), ("en-US", "en"), ("en_GB.UTF-8", "en"), ("ENG", "en"), ("Deutsch", "de"), ("zh-Hans", "zh"),
     ("iw", "he"), ("und", ""), ("", ""), ("klingon", "")],
)  # fmt: skip
def test_codes_from_tags_and_names(name: str, expected: str) -> None:
    assert language_code(name) == expected
