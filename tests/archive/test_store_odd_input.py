"""Odd documents and several threads: everything comes back, nothing is lost."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_documents import document, outcomes

from archive.document import Origin, Provenance
from archive.errors import StoreError
from archive.store import PutOutcome, Store

ADDED, CHANGED, UNCHANGED, DUPLICATE = PutOutcome


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
