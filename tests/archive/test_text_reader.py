"""Plain text, as people keep it."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.document import Document, Draft, Origin
from archive.errors import ReadError
from archive.normalise import document_from_draft
from archive.readers import ReadOptions
from archive.readers.text import read_text

SEEDS = Path(__file__).parents[2] / "seeds"
PROSE = "A plain paragraph with enough ordinary words that it is long, as the lines of news text are. " * 2


def read(text: str | bytes, name: str = "/a.txt") -> Draft:
    data = text.encode() if isinstance(text, str) else text
    return read_text(data, Origin(path=name), ReadOptions())


def seed(name: str) -> Document:
    return document_from_draft(read((SEEDS / name).read_bytes(), name))


def test_first_seed_with_an_empty_author_line() -> None:
    document = seed("000_4ef8bed19fdbed59.txt")
    paragraphs = document.text.split("\n\n")

    assert document.title == "US to Discuss Permitting Ukraine ATACMS Strikes on Russia"
    assert (document.authors, document.published, document.published_at) == ((), None, None)
    assert document.language == "en"
    assert len(paragraphs) == 12
    assert document.lead == paragraphs[0]
    assert paragraphs[0].startswith(
        "The U.S. will this week discuss the possibility of Ukraine using its long-range"
    )
    assert paragraphs[3].startswith("“Has the time come to allow Ukraine")
    assert document.text.endswith("strengthening of our air defense.”")
    assert "Zelensky’s" in document.text
    assert "\xa0" not in document.text
    assert document.warnings == ()


def test_second_seed_without_header_or_blank_lines() -> None:
    document = seed("003_e7a0f75c8e940714.txt")
    paragraphs = document.text.split("\n\n")

    assert document.title == "The Pentagon and the State Department reportedly disagree on the issue"
    assert (document.authors, document.published) == ((), None)
    assert len(paragraphs) == 9
    assert paragraphs[0].startswith("Ukrainian President Volodymyr Zelensky is expected to discuss")
    assert "“I’m sure the issue will come up,” Kirby told" in document.text
    assert document.text.endswith("military aid since February 2022.")


HEADERS = [
    pytest.param("T\n\nAuthor: Jane Doe\nDate: 2024-09-10\n\n" + PROSE, id="after-a-blank-line"),
    pytest.param("T\nBy Jane Doe\n10 September 2024\n" + PROSE, id="loose-lines"),
    pytest.param("T\n\nDATE : 10 Sept 2024\n\nAUTHOR: Jane Doe\n\n" + PROSE, id="any-order-and-case"),
    pytest.param(
        "Title: T\nByline: By Jane Doe, Staff Writer\nPublished: September 10, 2024\n\n" + PROSE,
        id="title-line",
    ),
    pytest.param("Author: Jane Doe\nTitle: T\nDate: 10.09.2024\n" + PROSE, id="author-first"),
]


@pytest.mark.parametrize("text", HEADERS)
def test_header_lines(text: str) -> None:
    draft = read(text)

    assert draft.title == "T"
    assert draft.authors == ("Jane Doe",)
    assert str(draft.published) == "2024-09-10"
    assert draft.text == PROSE.strip()


def test_every_header_and_its_provenance() -> None:
    draft = read(
        "T\nSource: The Daily\nURL: https://e.org/a\nTags: war; peace, arms\nLanguage: English\nSection: World\n\n"
        + PROSE
    )

    assert (draft.source, draft.url, draft.tags) == ("The Daily", "https://e.org/a", ("war", "peace", "arms"))
    assert (draft.language, draft.section) == ("en", "World")
    assert draft.provenance["source"].method == "header"
    assert draft.provenance["source"].detail == "line 2"
    assert draft.provenance["title"].method == "heading"


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(
            "By the time the ministers met, the decision had been made by others.", id="by-in-prose"
        ),
        pytest.param("By Thursday evening the talks had failed.", id="by-and-a-day"),
        pytest.param("Note: this is an early report.", id="unknown-name"),
        pytest.param(
            "The author: a man of letters, who wrote many books and died in 1950.", id="colon-in-prose"
        ),
    ],
)
def test_prose_is_no_header(line: str) -> None:
    draft = read(f"Title here\n\n{line}\n\n{PROSE}")

    assert draft.authors == ()
    assert draft.text.startswith(line)


def test_a_date_that_is_none_is_left_out_and_said() -> None:
    draft = read("T\nDate: yesterday\n\n" + PROSE)

    assert draft.published is None
    assert "yesterday" in draft.warnings[0]


def test_an_ambiguous_date_is_said() -> None:
    draft = read("T\nDate: 01/02/2003\n\n" + PROSE)

    assert str(draft.published) == "2003-01-02"
    assert draft.provenance["published"].confidence < 1
    assert "more than one way" in draft.warnings[0]


WRAPPED = """The harbour was closed on Monday after the workers had
gone on strike for the third time in a month, officials
said. They expect it to open again by the weekend.
A second meeting between the two sides is planned for
Friday, but few believe that it will change a thing.
"""


def test_wrapped_lines_are_joined() -> None:
    draft = read("Harbour closed\n\n" + WRAPPED)

    assert "workers had gone on strike" in draft.text
    assert "\n" not in draft.text.strip() or "\n\n" in draft.text


def test_wrapped_text_without_a_title_has_no_title_line() -> None:
    draft = read(WRAPPED)

    assert draft.title == ""
    assert draft.text.startswith("The harbour was closed")
    assert document_from_draft(draft).title.startswith("The harbour was closed")


def test_verse_keeps_its_lines() -> None:
    draft = read("Song\n\nRoses are red\nViolets are blue\nSugar is sweet")

    assert draft.text == "Roses are red\nViolets are blue\nSugar is sweet"


@pytest.mark.parametrize(
    ("data", "title", "text"),
    [
        pytest.param(b"a\r\rb\rc", "a", "b\nc", id="cr-only"),
        pytest.param("a\u2029b".encode(), "a", "b", id="paragraph-separator"),
        pytest.param("\ufeffTitle: a\n\nb".encode(), "a", "b", id="mark"),
        pytest.param("Title: a\n\nb".encode("utf-16"), "a", "b", id="utf-16"),
        pytest.param(b"one line only", "", "one line only", id="one-line"),
        pytest.param(b"Title: \x93Smart\x94\n\nit\x92s", "“Smart”", "it’s", id="cp1252"),
        pytest.param(b"Title: a\n\nx\0y", "a", "xy", id="nul"),
    ],
)
def test_odd_bytes(data: bytes, title: str, text: str) -> None:
    draft = read(data)

    assert (draft.title, draft.text) == (title, text)


def test_lost_controls_are_said() -> None:
    assert "control characters" in read(b"Title: a\n\nx\0y").warnings[0]


@pytest.mark.parametrize("data", [b"", b" \t\r\n\x0b\x0c", "\ufeff\u200b\xa0\n".encode()])
def test_nothing_to_see_is_refused(data: bytes) -> None:
    with pytest.raises(ReadError, match="no text"):
        read(data)


def test_limits_cut_with_a_warning() -> None:
    document = document_from_draft(
        read("Title: " + "x" * 5000 + "\nAuthor: " + "A Bc, " * 2000 + "\n\nbody " + "y" * 300_000)
    )

    assert len(document.title) == 1000
    assert len(document.authors) <= 100
    assert document.text.endswith("y" * 100)
    assert any("title was cut" in warning for warning in document.warnings)
