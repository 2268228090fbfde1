"""What becomes of documents that are put, put again, changed and deleted."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_documents import COLUMN, HAND, document

from archive.document import Origin, PartialDate, Provenance
from archive.errors import ArticleNotFoundError, StoreError
from archive.store import Change, ChangeKind, PutOutcome, Store

ADDED, CHANGED, UNCHANGED, DUPLICATE = PutOutcome
NOON = dt.datetime(2024, 9, 10, 12, tzinfo=dt.UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(hours=1)
        return self.now


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "archive.db", clock=Clock()) as opened:
        yield opened


def outcomes(results):
    return [result.outcome for result in results]


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


# Hand edits


def edited(original, **values):
    provenance = {**original.provenance, **dict.fromkeys(values, HAND)}
    return dataclasses.replace(original, **values, provenance=provenance)


def test_values_set_by_hand_win_over_the_file(store):
    original = document("a", authors=("J. DOE",), source="Times")
    store.put([original])
    store.put([edited(original, authors=("Jane Doe",), published=PartialDate(2024, 9))])

    reread = dataclasses.replace(original, authors=("X",), source="The Times", published=PartialDate(1999))
    result = store.put([reread])[0]

    stored = store.get(result.id)
    assert stored.authors == ("Jane Doe",)
    assert stored.published == PartialDate(2024, 9)
    assert stored.source == "The Times"
    assert stored.provenance["authors"] == HAND


def test_file_read_again_after_a_hand_edit_is_unchanged(store):
    original = document("a")
    store.put([original])
    store.put([edited(original, title="By hand", tags=("mine",))])

    assert outcomes(store.put([original, original])) == [UNCHANGED, UNCHANGED]


def test_value_removed_by_hand_stays_removed(store):
    original = document("a", authors=("Not The Author",))
    store.put([original, edited(original, authors=())])

    result = store.put([original])[0]

    assert store.get(result.id).authors == ()


def test_new_hand_edit_replaces_the_former(store):
    original = document("a")
    store.put([edited(original, source="First")])

    result = store.put([edited(original, source="Second")])[0]

    assert store.get(result.id).source == "Second"


def test_new_text_under_a_title_set_by_hand_keeps_that_title(store):
    original = document("a", text="one")
    store.put([original, edited(original, title="By hand")])

    result = store.put([document("a", text="two")])[0]

    stored = store.get(result.id)
    assert (stored.title, stored.text, stored.lead, stored.words) == ("By hand", "two", "two", 1)


def test_text_set_by_hand_keeps_its_lead_and_count(store):
    original = document("a", text="one")
    store.put([original, edited(original, text="by hand", lead="by hand", words=2)])
    store.put([edited(original, text="by hand", lead="by hand", words=2)])

    result = store.put([document("a", text="two three four")])[0]

    stored = store.get(result.id)
    assert (stored.text, stored.lead, stored.words) == ("by hand", "by hand", 2)


# Duplicates and wire copies

TWINS = [
    pytest.param({}, {}, DUPLICATE, id="nothing-known"),
    pytest.param({"url": "u"}, {"url": "u"}, DUPLICATE, id="same-url"),
    pytest.param({"url": "u"}, {}, DUPLICATE, id="url-missing-in-the-second"),
    pytest.param({}, {"url": "u", "source": "s"}, DUPLICATE, id="all-missing-in-the-first"),
    pytest.param({"url": "u"}, {"source": "s"}, DUPLICATE, id="each-has-the-other"),
    pytest.param({"url": "u"}, {"url": "v"}, ADDED, id="other-url"),
    pytest.param({"source": "s"}, {"source": "t"}, ADDED, id="other-source"),
    pytest.param({"url": "u", "source": "s"}, {"url": "u", "source": "t"}, ADDED, id="same-url-other-source"),
    pytest.param({"url": "u", "source": "s"}, {"source": "t"}, ADDED, id="url-missing-other-source"),
]


@pytest.mark.parametrize("one_batch", [True, False], ids=["in-one-batch", "in-two-batches"])
@pytest.mark.parametrize(("first", "second", "expected"), TWINS)
def test_same_text_under_another_identity(store, first, second, expected, one_batch):
    documents = [document("a", text="same", **first), document("b", text="same", **second)]

    results = store.put(documents) if one_batch else [store.put([each])[0] for each in documents]

    assert outcomes(results) == [ADDED, expected]
    assert results[1].note == f"same text as {results[0].slug}"
    if expected is DUPLICATE:
        assert (results[1].id, store.count(), store.last_sequence()) == (results[0].id, 1, 1)
        assert [copy.identity for copy in store.copies(results[0].id)] == ["b"]
    else:
        assert store.same_text(results[0].id) == [results[1].id]
        assert store.same_text(results[1].id) == [results[0].id]


def test_duplicate_put_again_is_the_same_duplicate(store):
    documents = [document("a", text="same"), document("b", text="same")]
    store.put(documents)

    again = store.put(documents)

    assert outcomes(again) == [UNCHANGED, DUPLICATE]
    assert len(store.copies(again[0].id)) == 1


def test_copy_whose_text_changes_becomes_an_article(store):
    first = store.put([document("a", text="same"), document("b", text="same")])[0]

    result = store.put([document("b", text="no longer the same")])[0]

    assert result.outcome is ADDED
    assert store.copies(first.id) == []


def test_changed_text_is_recognised_in_what_follows_in_the_batch(store):
    store.put([document("a", text="one")])

    results = store.put([document("a", text="two"), document("b", text="one"), document("c", text="two")])

    assert outcomes(results) == [CHANGED, ADDED, DUPLICATE]
    assert results[2].id == results[0].id


def wire(name, text):
    return document(name, text=text, url=f"https://{name}.example/")


def test_first_of_a_group_that_gets_another_text_leaves_the_rest_together(store):
    a, b, c = (result.id for result in store.put([wire(name, "wire") for name in "abc"]))

    store.put([wire("a", "own")])

    assert [store.same_text(id_) for id_ in (a, b, c)] == [[], [c], [b]]
    d = store.put([wire("d", "wire")])[0].id
    assert store.same_text(b) == [c, d]


def test_articles_that_change_to_one_text_in_one_batch_are_a_group(store):
    a, b, c, d = (result.id for result in store.put([wire(name, name) for name in "abcd"]))

    store.put([wire("a", "wire"), wire("b", "wire"), wire("d", "own"), wire("c", "wire")])

    assert [store.same_text(id_) for id_ in (a, b, c, d)] == [[b, c], [a, c], [a, b], []]


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["x", "y", "z"])), max_size=12),
    st.integers(1, 12),
)
def test_groups_are_exactly_the_articles_with_equal_texts(tmp_path_factory, puts, size):
    with Store.open(tmp_path_factory.mktemp("groups") / "archive.db") as store:
        for start in range(0, len(puts), size):
            store.put([wire(name, text) for name, text in puts[start : start + size]])

        texts = {each.id: each.text for batch in store.iterate() for each in batch}
        assert sorted(texts.values()) == sorted(dict(puts).values())
        for id_, text in texts.items():
            assert store.same_text(id_) == [
                other for other in sorted(texts) if other != id_ and texts[other] == text
            ]


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


# Authors, sources, languages


def test_author_is_found_under_all_printed_forms(store):
    store.put([document("a", authors=("José Núñez",)), document("b", authors=("JOSE NUNEZ", "jose  nunez"))])

    author = store.author_by_slug("jose-nunez")

    assert (author.key, author.name, author.articles) == ("jose nunez", "José Núñez", 2)
    assert store.author_names(["jose nunez", "nobody"]) == {"jose nunez": "José Núñez"}
    assert store.author_slugs(["jose nunez"]) == {"jose nunez": "jose-nunez"}
    assert store.by_slug("harbour-strike-2").authors == ("JOSE NUNEZ", "jose  nunez")


def test_authors_whose_names_read_alike_have_their_own_pages(store):
    store.put([document("a", authors=("Li Wei", "Li-Wei")), document("b", authors=("Li. Wei",))])

    slugs = store.author_slugs(["li wei", "li-wei", "li. wei"])

    assert sorted(slugs.values()) == ["li-wei", "li-wei-2", "li-wei-3"]


def test_author_who_is_no_longer_named_has_no_articles(store):
    store.put([document("a", authors=("Jane Doe",))])
    store.put([document("a", authors=("John Roe",))])

    assert store.author_by_slug("jane-doe").articles == 0
    assert store.author_by_slug("john-roe").articles == 1


def test_unknown_author_is_an_error(store):
    with pytest.raises(ArticleNotFoundError, match="nobody"):
        store.author_by_slug("nobody")


def test_articles_by_author_are_newest_first_and_undated_last(store):
    dates = {"a": None, "b": PartialDate(2023, 5), "c": PartialDate(2024), "d": PartialDate(2023, 5, 1)}
    store.put([document(name, authors=("Jane Doe",), published=date) for name, date in dates.items()])

    found = store.articles_by_author("jane doe")

    assert [each.identity for each in found] == ["c", "d", "b", "a"]
    assert store.articles_by_author("jane doe", offset=1, limit=2) == found[1:3]
    assert store.articles_by_author("nobody") == []


def test_sources_and_languages_are_counted(store):
    store.put(
        [
            document("a", source="The Times", language="en"),
            document("b", source="The Times", language="en"),
            document("c", source="Le Monde"),
            document("d"),
        ]
    )

    assert store.sources() == {"The Times": 2, "Le Monde": 1}
    assert store.languages() == {"": 2, "en": 2}
    assert store.source_names(["the times", "x"]) == {"the times": "The Times"}


def test_stats_count_what_is_missing(store):
    store.put([document("a", authors=("X",)), document("b", published=PartialDate(2024), language="en")])
    store.put([document("a", authors=("Y",))])

    stats = store.stats()

    assert (stats.articles, stats.undated, stats.without_author, stats.versions) == (2, 1, 1, 1)
    assert stats.by_language == {"": 1, "en": 1}
    assert stats.bytes_on_disk > 0


# Odd input


ODD = [
    pytest.param({"text": "a\0b\ud800c", "lead": "a\0b"}, "ab\ufffdc", id="text"),
    pytest.param({"text": "plain", "title": "a\0\udcff"}, "plain", id="title"),
    pytest.param({"text": "plain", "authors": ("\ud800",)}, "plain", id="authors"),
    pytest.param({"text": "plain", "warnings": ("\ud800",)}, "plain", id="warnings"),
    pytest.param(
        {"text": "plain", "provenance": {"title": Provenance(method="x", raw="\ud800")}}, "plain", id="raw"
    ),
    pytest.param({"text": "plain", "tags": ("\0",)}, "plain", id="nul-in-a-tag"),
    pytest.param({"text": "plain", "origin": Origin(path="/caf\udce9.txt")}, "plain", id="file-name"),
]


@pytest.mark.parametrize(("values", "text"), ODD)
def test_what_no_database_takes_is_made_storable(store, values, text):
    odd = document("odd", **values)

    results = store.put([document("a"), odd, document("b")])

    assert outcomes(results) == [ADDED, ADDED, ADDED]
    assert store.get(results[1].id).text == text
    assert outcomes(store.put([odd])) == [UNCHANGED]


def test_undecodable_file_names_stay_two(store):
    documents = [
        document(
            f"path:/a{byte}",
            text=byte.encode("utf-8", "backslashreplace").decode(),
            origin=Origin(path=f"/a{byte}"),
        )
        for byte in ("\udcfe", "\udcff")
    ]

    assert outcomes(store.put(documents)) == [ADDED, ADDED]


def test_document_without_identity_fails_the_batch_and_stores_nothing(store):
    with pytest.raises(StoreError, match="identity"):
        store.put([document("a"), document("")])

    assert store.count() == 0
    assert outcomes(store.put([document("a")])) == [ADDED]


@given(
    text=st.text(st.characters(), max_size=60), title=st.text(max_size=20), tags=st.lists(st.text(max_size=5))
)
def test_any_text_comes_back(tmp_path_factory, text, title, tags):
    given_ = document("a", title=title, text=text, tags=tuple(tags))
    with Store.open(tmp_path_factory.mktemp("any") / "archive.db") as store:
        stored = store.get(store.put([given_])[0].id)

    clean = text.replace("\0", "")
    assert (stored.text, stored.title) == (clean, title.replace("\0", ""))
    assert stored.tags == tuple(tag.replace("\0", "") for tag in tags)


def test_threads_read_while_one_writes(store):
    ids = [result.id for result in store.put([document(str(number)) for number in range(20)])]
    failures = []
    done = threading.Event()

    def read():
        try:
            while not done.is_set():
                assert [each.id for each in store.get_many(ids)] == ids
                assert store.count() >= 20
        except Exception as error:  # noqa: BLE001 a thread must hand its failure over
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(20, 40):
        store.put([document(str(number))])
    done.set()
    for thread in threads:
        thread.join()

    assert failures == []
    assert store.count() == 40


def test_two_threads_writing_take_turns(store):
    threads = [
        threading.Thread(target=lambda part=part: [store.put([document(f"{part}-{n}")]) for n in range(10)])
        for part in "ab"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert store.count() == 20
    assert [change.sequence for change in store.changes_since(0)] == list(range(1, 21))
