"""Values set by hand, and what files say of them later."""

from __future__ import annotations

import dataclasses

from store_documents import HAND, document, outcomes

from archive.document import PartialDate
from archive.store import PutOutcome

ADDED, CHANGED, UNCHANGED, DUPLICATE = PutOutcome


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
