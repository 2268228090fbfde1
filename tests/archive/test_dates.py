"""Reading dates."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.dates import parse_date

DAYS = """
2024-09-10 | 2024-9-10 | 2024/09/10 | 2024.09.10 | 20240910 | 2024-W37-2 | 2024-254 | 2024-09-10T14:30 |
2024-09-10 14:30:00 | 2024-09-10T14:30:00.123456789+02:00 | Tue, 10 Sep 2024 14:30:00 GMT | 10 September 2024 |
Sept. 10, 2024 | September 10th, 2024 | 10th of September 2024 | Tuesday 10 September 2024 | 10-Sep-2024 |
Published: 10 September 2024 | Tue Sep 10 14:30:00 2024 | 10 septembre 2024 | 10 de septiembre de 2024 |
10. September 2024, 14:30 Uhr | 10 settembre 2024 | 10 de setembro de 2024 | 10. září 2024 | 10 września 2024 |
10 сентября 2024 г. | 10 вересня 2024 | 10 Eylül 2024 | 2024年9月10日 | 2024년 9월 10일 | ２０２４-０９-１０ |
٢٠٢٤-٠٩-١٠ | 10.09.2024 | 13/09/2024 | 09/13/2024 | 14:30, 10 September 2024 | 10. syyskuuta 2024 |
Sept 10 2024 3pm | September 10, 2024 3:15 p.m. ET | 1725926400 | 1725926400000 | 2024-09-10T23:30:00-05:00
"""


@pytest.mark.parametrize("text", [part.strip() for part in DAYS.replace("\n", " ").split("|")])
def test_days(text: str) -> None:
    expected = "2024-09-13" if "13/" in text else "2024-09-10"

    assert parse_date(text).date.isoformat() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024", "2024"),
        ("2024-09", "2024-09"),
        ("September 2024", "2024-09"),
        ("Dezember 2023", "2023-12"),
        ("2024年", "2024"),
        ("0001-01-01", "0001-01-01"),
        ("9999-12-31", "9999-12-31"),
        ("2024-02-29", "2024-02-29"),
    ],
)
def test_as_much_as_is_said(text: str, expected: str) -> None:
    assert parse_date(text).date.isoformat() == expected


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2024-09-10T14:30:00Z", "2024-09-10T14:30:00+00:00"),
        ("2024-09-10T23:30:00-05:00", "2024-09-11T04:30:00+00:00"),
        ("Tue, 10 Sep 2024 14:30:00 +0200", "2024-09-10T12:30:00+00:00"),
        ("Sep 10, 2024 at 2:30 PM EDT", "2024-09-10T18:30:00+00:00"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59+00:00"),
        ("2024-09-10T24:00:00Z", "2024-09-11T00:00:00+00:00"),
        ("1725926400", "2024-09-10T00:00:00+00:00"),
    ],
)
def test_instants_where_the_zone_is_known(text: str, at: str) -> None:
    parsed = parse_date(text)

    assert parsed.at == dt.datetime.fromisoformat(at)


@pytest.mark.parametrize(
    "text",
    ["2024-09-10T14:30:00", "10 September 2024 14:30", "2020-01-01T00:00:00+15:00", "2024-09-10 14:30 XYZ"],
)
def test_no_instant_without_a_zone_that_is_known(text: str) -> None:
    assert parse_date(text).at is None


IMPOSSIBLE = """
0000-00-00 | 2020-02-30 | 2023-02-29 | 2024-13-01 | 2024-00-10 | 31 June 2024 | 32/13/2020 | 20241310 | -44 | -0044-03-15 |
10000-01-01 | yesterday | 2 hours ago | today | September 10 | 10 | 12:30 | 2024-09-10T25:00:00Z | 2024-09-10T10:61:00Z |
hello 2024 | NaN | 1.5 | 1/2 | 99999999999 | Sep 2024 Oct 2024 | maybe 2024 or so | 2024-366-1 | 2023-366
"""


@pytest.mark.parametrize("text", ["", " ", "9" * 300, *(part.strip() for part in IMPOSSIBLE.split("|"))])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "day_first", "languages", "expected", "ambiguous"),
    [
        pytest.param("01/02/2003", None, (), "2003-01-02", True, id="month-first-by-rule"),
        pytest.param("01/02/2003", None, ("en",), "2003-01-02", True, id="english"),
        pytest.param("01/02/2003", None, ("fr",), "2003-02-01", True, id="french"),
        pytest.param("01/02/2003", True, (), "2003-02-01", False, id="day-first-as-told"),
        pytest.param("01/02/2003", False, ("fr",), "2003-01-02", False, id="month-first-as-told"),
        pytest.param("01.02.2003", None, ("en",), "2003-02-01", False, id="dots-are-day-first"),
        pytest.param("05/05/2003", None, (), "2003-05-05", False, id="same-either-way"),
        pytest.param("25/12/2003", None, (), "2003-12-25", False, id="only-one-way-possible"),
        pytest.param("01/02/03", True, (), "2003-02-01", True, id="century-by-rule"),
        pytest.param("01/02/69", True, (), "1969-02-01", True, id="last-century"),
    ],
)
def test_the_stated_rule_decides(
    text: str, day_first: bool | None, languages: tuple[str, ...], expected: str, ambiguous: bool
) -> None:
    parsed = parse_date(text, day_first=day_first, languages=languages)

    assert (parsed.date.isoformat(), parsed.ambiguous) == (expected, ambiguous)


@given(st.dates())
def test_every_day_in_iso_form(day: dt.date) -> None:
    assert parse_date(day.isoformat()).date.first == day


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_a_value_error(text: str) -> None:
    try:
        parsed = parse_date(text)
    except ValueError:
        return
    assert 1 <= parsed.date.year <= 9999
