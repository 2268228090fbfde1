"""Values set by hand: checked, kept over what the source says, and undone by history only."""

from __future__ import annotations

import pytest
from store_documents import COLUMN, document

from archive.document import PartialDate
from archive.editing import Edit, EditError, edited
from archive.store import PutOutcome, Store


def test_values_are_set_and_marked_as_by_hand():
    before = document("a", provenance={"title": COLUMN})

    after = edited(
        before,
        Edit(
            title="  A   title ",
            authors=["Ada Lovelace", "Grace Hopper"],
            date="10 September 2024",
            source="Gazette",
            url="HTTPS://Example.org/a?utm_source=x#top",
            language="German",
            tags=["ports", "ports", "strikes"],
            section="World",
        ),
    )

    assert (after.title, after.authors) == ("A title", ("Ada Lovelace", "Grace Hopper"))
    assert (after.published, after.language) == (PartialDate(2024, 9, 10), "de")
    assert (after.url, after.tags) == ("https://example.org/a", ("ports", "strikes"))
    assert (after.source, after.section, after.identity) == ("Gazette", "World", "a")
    assert {found.method for found in after.provenance.values()} == {"hand"}
    assert after.content_hash != before.content_hash


WRONG = [
    pytest.param(Edit(title=" \u200b "), "title: there is nothing", id="empty-title"),
    pytest.param(Edit(title="x" * 2000), "title: longer than 1,000", id="long-title"),
    pytest.param(Edit(date="soon"), "date: 'soon' cannot be read", id="no-date"),
    pytest.param(Edit(url="javascript:alert(1)"), "url: .* is not the address", id="no-address"),
    pytest.param(Edit(language="klingonese"), "language: .* is not one", id="no-language"),
    pytest.param(Edit(authors=["a"] * 101), "author: more than 100", id="many-authors"),
    pytest.param(Edit(clear=["title"]), "always has a title", id="clear-title"),
    pytest.param(Edit(clear=["words"]), "no field 'words'", id="clear-unknown"),
    pytest.param(Edit(date="2024", clear=["date"]), "both set and cleared", id="set-and-cleared"),
]


@pytest.mark.parametrize(("edit", "message"), WRONG)
def test_wrong_value_is_refused(edit, message):
    with pytest.raises(EditError, match=message):
        edited(document("a"), edit)


@pytest.mark.parametrize(
    ("name", "field", "empty"),
    [
        ("author", "authors", ()),
        ("date", "published", None),
        ("source", "source", ""),
        ("url", "url", ""),
        ("language", "language", ""),
        ("tag", "tags", ()),
        ("section", "section", ""),
    ],
)
def test_cleared_value_stays_empty_when_the_source_is_read_again(tmp_path, name, field, empty):
    full = document(
        "a",
        authors=("Ada",),
        published=PartialDate(2024),
        source="S",
        url="https://s.org/a",
        language="en",
        tags=("t",),
        section="w",
    )
    with Store.open(tmp_path / "archive.db") as store:
        store.put([full])
        store.put([edited(store.get(1), Edit(clear=[name]))])

        (result,) = store.put([full])

        assert getattr(store.get(1), field) == empty
        assert result.outcome is PutOutcome.UNCHANGED


def test_edit_is_a_version_and_survives_a_change_of_the_source(tmp_path):
    with Store.open(tmp_path / "archive.db") as store:
        store.put([document("a", "Old title", "text")])
        store.put([edited(store.get(1), Edit(title="By hand"))])
        store.put([document("a", "Newer title", "another text", published=PartialDate(2024))])

        now = store.get(1)

        assert (now.title, now.text, now.published) == ("By hand", "another text", PartialDate(2024))
        assert [each.document.title for each in store.versions(1)] == ["Old title", "By hand"]


def test_later_edit_wins_over_an_earlier_one(tmp_path):
    with Store.open(tmp_path / "archive.db") as store:
        store.put([document("a")])
        for title in ("First", "Second"):
            store.put([edited(store.get(1), Edit(title=title))])

        assert store.get(1).title == "Second"
