"""What becomes of documents that are put, put again, changed and deleted."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from store_documents import COLUMN, NOON, document, outcomes

from archive.document import Origin, PartialDate, Provenance
from archive.errors import ArticleNotFoundError
from archive.store import Change, ChangeKind, PutOutcome

ADDED, CHANGED, UNCHANGED, DUPLICATE = PutOutcome


FULL = document(
    "url:https://example.org/a",
    title="Über die Häfen",
    authors=("Jane Doe", "Çelik, Ö."),
    published=PartialDate(2024, 9, 10),
    published_at=dt.datetime(2024, 9, 10, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=-5))),
    language="de",
    source="Der Hafen",
    url="https://example.org/a",
    section="Welt",
    tags=("häfen", "streik"),
    origin=Origin(path="/a.zip", member="a.html", media_type="text/html"),
    provenance={
        "title": COLUMN,
        "published": Provenance(method="url", confidence=0.5, raw='x":["hand",'),
    },
    warnings=("two dates were found",),
)


# Storing and reading


def test_everything_that_is_put_comes_back(store):
    result = store.put([FULL])[0]

    stored = store.get(result.id)

    instant = NOON + dt.timedelta(hours=1)
    assert stored == dataclasses.replace(
        FULL, id=result.id, slug="uber-die-hafen", added=instant, updated=instant
    )
    assert stored.published_at.tzinfo == dt.UTC
    assert store.by_slug("uber-die-hafen") == stored


def test_what_is_missing_stays_missing(store):
    store.put([document("a")])

    stored = store.by_slug("harbour-strike")

    assert (stored.published, stored.published_at, stored.authors, stored.url) == (None, None, (), "")


@pytest.mark.parametrize(
    "lead",
    ["First", "", "not a beginning of the text"],
    ids=["beginning", "empty", "elsewhere"],
)
def test_lead_comes_back(store, lead):
    store.put([document("a", lead=lead)])

    assert store.by_slug("harbour-strike").lead == lead


def test_get_many_keeps_the_order_and_leaves_out_what_is_missing(store):
    ids = [result.id for result in store.put([document(name) for name in "abc"])]

    found = store.get_many([ids[2], 999, ids[0]])

    assert [each.id for each in found] == [ids[2], ids[0]]
    assert all(each.text for each in found)


def test_get_many_without_text_has_all_but_text_and_lead(store):
    id_ = store.put([FULL])[0].id

    (found,) = store.get_many([id_], with_text=False)

    assert found == dataclasses.replace(store.get(id_), text="", lead="")


def test_get_many_takes_more_ids_than_a_statement_has_places(store):
    ids = [result.id for result in store.put([document(str(number)) for number in range(450)])]

    assert [each.id for each in store.get_many(ids[::-1])] == ids[::-1]


def test_iterate_visits_all_by_id_in_batches(store):
    ids = [result.id for result in store.put([document(name) for name in "abcde"])]

    batches = [[each.id for each in batch] for batch in store.iterate(after_id=ids[0], batch=2)]

    assert batches == [ids[1:3], ids[3:5]]


@pytest.mark.parametrize("missing", [0, -1, 999])
def test_unknown_id_is_an_error(store, missing):
    with pytest.raises(ArticleNotFoundError, match=str(missing)):
        store.get(missing)


def test_unknown_slug_is_an_error(store):
    with pytest.raises(ArticleNotFoundError, match="nowhere"):
        store.by_slug("nowhere")


def test_empty_batch_is_nothing(store):
    assert store.put([]) == []
    assert store.last_sequence() == 0


# The same again


def test_same_document_again_is_unchanged(store):
    first = store.put([FULL, document("b")])

    again = store.put([FULL, document("b")])

    assert outcomes(again) == [UNCHANGED, UNCHANGED]
    assert [(each.id, each.slug) for each in again] == [(each.id, each.slug) for each in first]
    assert store.last_sequence() == 2
    assert store.versions(first[0].id) == []


def test_same_document_twice_in_a_batch_is_stored_once(store):
    results = store.put([document("a"), document("b"), document("a")])

    assert outcomes(results) == [ADDED, ADDED, UNCHANGED]
    assert results[2].id == results[0].id
    assert store.count() == 2


def test_same_article_from_another_file_is_noted_as_copy(store):
    here = document("a")
    there = dataclasses.replace(
        here, origin=Origin(path="/elsewhere", media_type="text/html"), provenance={"title": COLUMN}
    )
    id_ = store.put([here])[0].id

    results = [store.put([there])[0] for _ in range(2)]

    assert outcomes(results) == [UNCHANGED, UNCHANGED]
    assert [copy.origin for copy in store.copies(id_)] == [there.origin]
    assert store.get(id_).origin == here.origin


CHANGES = [
    pytest.param({"title": "Harbour strike ends"}, id="title"),
    pytest.param({"text": "Another text.", "lead": "Another text.", "content_hash": "f" * 32}, id="text"),
    pytest.param({"authors": ("Jane Doe",)}, id="authors"),
    pytest.param({"published": PartialDate(2024)}, id="published"),
    pytest.param({"published_at": NOON}, id="published-at"),
    pytest.param({"language": "en"}, id="language"),
    pytest.param({"source": "The Times"}, id="source"),
    pytest.param({"url": "https://example.org/"}, id="url"),
    pytest.param({"section": "World"}, id="section"),
    pytest.param({"tags": ("strike",)}, id="tags"),
    pytest.param({"provenance": {"title": COLUMN}}, id="provenance-of-the-same-file"),
    pytest.param({"warnings": ("something was lost",)}, id="warnings-of-the-same-file"),
]


@pytest.mark.parametrize("values", CHANGES)
def test_any_change_is_a_new_version_that_keeps_address_and_birth(store, values):
    before = document("a")
    first = store.put([before])[0]
    old = store.get(first.id)

    result = store.put([dataclasses.replace(before, **values)])[0]

    new = store.get(first.id)
    assert (result.outcome, result.id, result.slug) == (CHANGED, first.id, first.slug)
    assert new == dataclasses.replace(
        before,
        **values,
        id=first.id,
        slug=first.slug,
        added=old.added,
        updated=old.added + dt.timedelta(hours=1),
    )
    assert [version.document for version in store.versions(first.id)] == [old]
    assert store.changes_since(0) == [Change(sequence=2, id=first.id, kind=ChangeKind.PUT)]


def test_versions_are_numbered_from_the_oldest(store):
    for text in ("one", "two", "three"):
        result = store.put([document("a", text=text)])[0]

    history = store.versions(result.id)

    assert [(version.number, version.document.text) for version in history] == [(1, "one"), (2, "two")]
    assert store.get(result.id).text == "three"


def test_versions_within_one_batch_are_all_kept(store):
    results = store.put([document("a", text=text) for text in ("one", "two", "one", "three")])

    assert outcomes(results) == [ADDED, CHANGED, CHANGED, CHANGED]
    assert [version.document.text for version in store.versions(results[0].id)] == ["one", "two", "one"]


def test_going_back_to_a_former_text_is_a_change(store):
    for text in ("one", "two"):
        store.put([document("a", text=text)])

    assert outcomes(store.put([document("a", text="one")])) == [CHANGED]


def test_two_files_with_one_identity_do_not_take_turns_for_ever(store):
    older = document("url:x", text="older", origin=Origin(path="/2020.html"))
    newer = document("url:x", text="newer", origin=Origin(path="/2024.html"))
    first = store.put([older, newer])

    again = store.put([older, newer])

    assert outcomes(first) == [ADDED, CHANGED]
    assert outcomes(again) == [UNCHANGED, UNCHANGED]
    assert "earlier version" in again[0].note
    assert store.get(first[0].id).text == "newer"


# Deleting, changes, marks


def test_deleted_article_is_gone_with_its_history(store):
    first = store.put([document("a", text="one"), document("b")])[0]
    store.put([document("a", text="two")])

    assert store.delete([first.id, 999]) == 1

    assert store.count() == 1
    assert store.versions(first.id) == []
    with pytest.raises(ArticleNotFoundError):
        store.get(first.id)


def test_ids_of_deleted_articles_are_not_used_again(store):
    ids = [result.id for result in store.put([document("a"), document("b")])]
    store.delete(ids)

    assert store.put([document("c")])[0].id > max(ids)


def test_changes_hold_the_latest_of_each_article_in_order(store):
    a, b, c = (result.id for result in store.put([document(name) for name in "abc"]))
    store.put([document("a", text="new")])
    store.delete([b])

    changes = store.changes_since(0)

    assert [(change.sequence, change.id, change.kind) for change in changes] == [
        (3, c, ChangeKind.PUT),
        (4, a, ChangeKind.PUT),
        (5, b, ChangeKind.DELETE),
    ]
    assert store.changes_since(3, limit=1) == changes[1:2]
    assert store.changes_since(5) == []
    assert store.last_sequence() == 5


def test_deleting_nothing_changes_nothing(store):
    assert store.delete([]) == 0
    assert store.delete([1, 2]) == 0
    assert store.last_sequence() == 0


def test_marks_are_set_moved_and_removed(store):
    assert store.mark("tantivy/1") is None

    store.set_mark("tantivy/1", 5)
    store.set_mark("tantivy/1", 7)
    store.set_mark("whoosh/1", 0)

    assert store.mark("tantivy/1") == 7
    assert store.marks() == {"tantivy/1": 7, "whoosh/1": 0}
    store.remove_mark("tantivy/1")
    assert store.marks() == {"whoosh/1": 0}


def test_an_article_that_the_log_of_changes_lacks_is_entered_again(store):
    first, second = (done.id for done in store.put([document("a"), document("b")]))
    with store._writing() as connection:
        connection.exec_driver_sql(f"DELETE FROM changes WHERE article_id = {first}")
    before = store.last_sequence()

    assert store.unnoted() == [first]
    store.note_changes(store.unnoted())

    assert store.unnoted() == []
    assert [(change.id, change.kind) for change in store.changes_since(before)] == [(first, ChangeKind.PUT)]
    assert second not in {change.id for change in store.changes_since(before)}
