"""Marks, dates and JSON of records."""

import datetime as dt
from html import unescape
from re import sub

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.differences import Kind, Piece
from archive.document import PartialDate
from tests.webapp.fake_services import DOCUMENT, HIT
from webapp.marking import changed_paragraphs, code_spans, mark, marked_article, paragraphs, visible_text
from webapp.presenters import article_json, date_words, hit_json, instant_json, last_part, published_json

MARKS = [
    pytest.param("a <b> c", ((2, 5),), "a <mark>&lt;b&gt;</mark> c", id="escaped-inside"),
    pytest.param("<a> b", ((4, 5),), "&lt;a&gt; <mark>b</mark>", id="escaped-outside"),
    pytest.param("abc", (), "abc", id="nothing-marked"),
    pytest.param("abcd", ((0, 2), (1, 3)), "<mark>ab</mark><mark>c</mark>d", id="overlapping"),
    pytest.param("abcd", ((2, 99),), "ab<mark>cd</mark>", id="beyond-the-end"),
    pytest.param("abcd", ((3, 1),), "abcd", id="backwards"),
    pytest.param("abcd", ((2, 3), (0, 1)), "<mark>a</mark>b<mark>c</mark>d", id="unsorted"),
    pytest.param("abcd", ((1, 1), (2, 3)), "ab<mark>c</mark>d", id="empty-then-another"),
    pytest.param("a😀b", ((1, 2),), "a<mark>😀</mark>b", id="code-points"),
]


@pytest.mark.parametrize(("text", "spans", "expected"), MARKS)
def test_marks(text, spans, expected):
    assert mark(text, spans) == expected


@given(
    st.text(alphabet="ab<>&\"' \n\u202e\u00e9😀", max_size=30),
    st.lists(st.tuples(st.integers(-3, 35), st.integers(-3, 35)), max_size=5),
)
def test_marking_keeps_every_visible_character_and_adds_marks_only(text, spans):
    html = str(mark(text, tuple(spans)))

    bare = sub("</?mark>", "", html)
    assert "<" not in bare
    assert ">" not in bare
    assert unescape(bare) == visible_text(text)


CONTROLS = [
    pytest.param("gpj.\u202eexe", "gpj.exe", id="right-to-left-override"),
    pytest.param("a\u2066b\u2069", "ab", id="isolates"),
    pytest.param("a\x1b[31mb\x07", "a[31mb", id="terminal-escape"),
    pytest.param("a\tb\nc", "a\tb\nc", id="tab-and-newline-stay"),
    pytest.param("א\u200dב نسخه\u200cها", "א\u200dב نسخه\u200cها", id="joiners-stay"),
    pytest.param("x\U000e0041", "x", id="tag-characters"),
    pytest.param("x\ud800", "x", id="lone-surrogate"),
]


@pytest.mark.parametrize(("text", "expected"), CONTROLS)
def test_visible_text(text, expected):
    assert visible_text(text) == expected


def test_code_spans_escape_what_is_between_them():
    assert code_spans("write `<b>` & go") == "write <code>&lt;b&gt;</code> &amp; go"


def test_what_changed_is_marked_and_escaped_a_paragraph_at_a_time():
    found = changed_paragraphs(
        [
            Piece(Kind.SAME, "one <b>"),
            Piece(Kind.SAME, " "),
            Piece(Kind.GONE, "two\n\nthree"),
            Piece(Kind.SAME, " "),
            Piece(Kind.NEW, "<i>four"),
            Piece(Kind.SAME, "\n\n\nfive"),
        ]
    )

    assert found == [
        "one &lt;b&gt; <del>two</del>",
        "<del>three</del> <ins>&lt;i&gt;four</ins>",
        "five",
    ]


def test_paragraphs_are_cut_at_blank_lines_only():
    text = "one\nstill one\n\ntwo\n\n\nthree"

    assert [text[start:end] for start, end in paragraphs(text)] == ["one\nstill one", "two", "three"]


def test_each_mark_of_an_article_links_to_the_next_and_the_last_to_the_first():
    heading, body, total = marked_article("A b", ((2, 3),), "b c\n\nd b", ((0, 1), (7, 8)))

    assert total == 3
    assert heading == 'A <a class="hit" id="m1" href="#m2"><mark>b</mark></a>'
    assert body == [
        '<a class="hit" id="m2" href="#m3"><mark>b</mark></a> c',
        'd <a class="hit" id="m3" href="#m1"><mark>b</mark></a>',
    ]


def test_a_mark_over_two_paragraphs_is_marked_in_both():
    _, body, total = marked_article("t", (), "one two\n\nthree", ((4, 11),))

    assert total == 2
    assert "<mark>two</mark>" in body[0]
    assert "<mark>th</mark></a>ree" in body[1]


@pytest.mark.parametrize(
    ("date", "words"),
    [
        (PartialDate(2024, 9, 10), "10 September 2024"),
        (PartialDate(2024, 9), "September 2024"),
        (PartialDate(2024), "2024"),
        (None, "Undated"),
    ],
)
def test_dates_are_told_as_far_as_they_are_known(date, words):
    assert date_words(date) == words


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        (PartialDate(2024, 9, 10), {"value": "2024-09-10", "precision": "day"}),
        (PartialDate(2024, 9), {"value": "2024-09", "precision": "month"}),
        (PartialDate(2024), {"value": "2024", "precision": "year"}),
        (None, None),
    ],
)
def test_published_json(date, expected):
    assert published_json(date) == expected


def test_instants_are_told_in_utc():
    zone = dt.timezone(dt.timedelta(hours=2))

    assert instant_json(dt.datetime(2024, 9, 10, 1, 0, tzinfo=zone)) == "2024-09-09T23:00:00Z"


def test_a_hit_has_exactly_the_documented_keys():
    assert hit_json(HIT) == {
        "id": 7,
        "slug": "harbour-strike",
        "url": "https://example.org/strike",
        "title": "Harbour strike enters third day",
        "authors": ["Ada Lovelace", "Jo Smith"],
        "published": {"value": "2024-09", "precision": "month"},
        "source": "Harbour Post",
        "language": "en",
        "score": 3.25,
        "title_spans": [[8, 14]],
        "snippets": [
            {
                "text": "The strike went on <b>all</b> night.",
                "spans": [[4, 10]],
                "cut_before": False,
                "cut_after": False,
            }
        ],
    }


def test_an_article_tells_the_name_of_its_file_and_not_its_folder():
    assert article_json(DOCUMENT)["origin"]["path"] == "strike.html"
    assert article_json(DOCUMENT, whole_origin=True)["origin"]["path"] == "/secret/folder/strike.html"


@pytest.mark.parametrize(
    ("path", "name"),
    [("/a/b.txt", "b.txt"), ("C:\\a\\b.txt", "b.txt"), ("-", "-"), ("https://e.org/x/y", "y"), ("/", "/")],
)
def test_last_part(path, name):
    assert last_part(path) == name
