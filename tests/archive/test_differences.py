"""Differences between versions, and the versions to compare."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_documents import document

from archive.differences import Kind, Piece, compare, compare_texts
from archive.document import PartialDate
from archive.errors import ArticleNotFoundError
from archive.history import VersionNotFoundError, all_versions, two_versions
from archive.store import Store

SAME, GONE, NEW = Kind.SAME, Kind.GONE, Kind.NEW

CASES = [
    pytest.param("a b", "a b", [(SAME, "a b")], id="equal"),
    pytest.param("the old pier", "the new pier", [(SAME, "the "), (GONE, "old "), (NEW, "new "), (SAME, "pier")], id="word"),
    pytest.param("a", "a\n\nb", [(SAME, "a"), (NEW, "\n\nb")], id="paragraph-added"),
    pytest.param("one\n\ntwo", "one\n\ntwo\n\nthree", [(SAME, "one\n\ntwo"), (NEW, "\n\nthree")], id="added"),
    pytest.param("are planned.", "are planned for May.", [(SAME, "are planned"), (NEW, " for May"), (SAME, ".")], id="before-a-stop"),
    pytest.param("One. Two.", "One. Two.\n\nThree.", [(SAME, "One. Two."), (NEW, "\n\nThree.")], id="behind-a-stop"),
    pytest.param("It is on.", "It is a.b on.", [(SAME, "It is "), (NEW, "a.b "), (SAME, "on.")], id="a-stop-inside-a-word"),
    pytest.param("", "new", [(NEW, "new")], id="from-nothing"),
    pytest.param("gone", "", [(GONE, "gone")], id="to-nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), CASES)
def test_compare_texts(before, after, expected):
    assert compare_texts(before, after) == tuple(Piece(kind, text) for kind, text in expected)


TEXTS = st.lists(st.sampled_from(["a", "b", "c d", " ", "\n\n", "é", ",", "the"]), max_size=30).map("".join)


@given(TEXTS, TEXTS)
def test_pieces_make_up_both_texts_and_kinds_alternate(before, after):
    pieces = compare_texts(before, after)

    assert "".join(piece.text for piece in pieces if piece.kind is not NEW) == before
    assert "".join(piece.text for piece in pieces if piece.kind is not GONE) == after
    assert all(one.kind is not other.kind for one, other in zip(pieces, pieces[1:], strict=False))


@pytest.mark.parametrize("words", [3_000, 12_000])
def test_long_texts_of_one_word_are_compared_too(words):
    pieces = compare_texts("word " * words, "word " * (words + 7) + "end")

    assert "".join(piece.text for piece in pieces if piece.kind is not GONE).endswith("end")


def test_compare_names_the_values_that_changed():
    before = document("a", "Old", "text", authors=("Ada",), published=PartialDate(2024))
    after = document("a", "New", "text", authors=("Ada", "Grace"), published=PartialDate(2024))

    found = compare(before, after)

    assert [(each.name, each.before, each.after) for each in found.fields] == [
        ("title", "Old", "New"),
        ("author", "Ada", "Ada; Grace"),
    ]
    assert not found.text_changed


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "archive.db") as opened:
        for text in ("one", "two", "three"):
            opened.put([document("a", "Title", text)])
        yield opened


def test_versions_end_with_the_current_one(store):
    versions = all_versions(store, "title")

    assert [(each.number, each.document.text) for each in versions] == [(1, "one"), (2, "two"), (3, "three")]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [(None, None, (2, 3)), (1, None, (1, 3)), (None, 2, (1, 2)), (3, 1, (3, 1)), (None, 1, (1, 1))],
)
def test_two_versions(store, before, after, expected):
    found = two_versions(all_versions(store, "title"), before, after)

    assert tuple(each.number for each in found) == expected


def test_version_that_is_not_there_is_named(store):
    with pytest.raises(VersionNotFoundError, match="no version 9 of this article; there are 1 to 3"):
        two_versions(all_versions(store, "title"), 9)


def test_article_that_is_not_there_has_no_history(store):
    with pytest.raises(ArticleNotFoundError):
        all_versions(store, "nobody")
