"""Articles with one text: duplicates, copies and their groups."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_documents import document, outcomes

from archive.store import PutOutcome, Store

ADDED, CHANGED, UNCHANGED, DUPLICATE = PutOutcome


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
        assert same_text(store, results[0].id) == [results[1].id]
        assert same_text(store, results[1].id) == [results[0].id]


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


def same_text(store, id_):
    """Ids of the other articles with the same text, ascending."""
    groups = store.text_groups(store.ids())
    return sorted(other for other, group in groups.items() if group == groups[id_] and other != id_)


def wire(name, text):
    return document(name, text=text, url=f"https://{name}.example/")


def test_first_of_a_group_that_gets_another_text_leaves_the_rest_together(store):
    a, b, c = (result.id for result in store.put([wire(name, "wire") for name in "abc"]))

    store.put([wire("a", "own")])

    assert [same_text(store, id_) for id_ in (a, b, c)] == [[], [c], [b]]
    d = store.put([wire("d", "wire")])[0].id
    assert same_text(store, b) == [c, d]


def test_articles_that_change_to_one_text_in_one_batch_are_a_group(store):
    a, b, c, d = (result.id for result in store.put([wire(name, name) for name in "abcd"]))

    store.put([wire("a", "wire"), wire("b", "wire"), wire("d", "own"), wire("c", "wire")])

    assert [same_text(store, id_) for id_ in (a, b, c, d)] == [[b, c], [a, c], [a, b], []]


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
            assert same_text(store, id_) == [
                other for other in sorted(texts) if other != id_ and texts[other] == text
            ]
