"""Saved searches in the store."""

from __future__ import annotations

import datetime as dt

import pytest

from archive.errors import SearchNotFoundError, StoreError
from archive.store import Store
from archive.store.searches import MAX_NAME_CHARS, MAX_QUERY_CHARS, MAX_SEARCHES

NOW = dt.datetime(2025, 6, 7, 8, 9, tzinfo=dt.UTC)


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "archive.db", clock=lambda: NOW) as opened:
        yield opened


def test_a_search_comes_back_as_it_was_saved(store, tmp_path):
    saved = store.save_search("Ships & weather", "q=ships&year=2024", seen=7)

    with Store.open(tmp_path / "archive.db", read_only=True) as again:
        assert again.search_by_slug(saved.slug) == saved
    assert saved.slug == "ships-weather"
    assert (saved.name, saved.query, saved.seen) == ("Ships & weather", "q=ships&year=2024", 7)
    assert (saved.created, saved.visited) == (NOW, None)


def test_saving_under_the_same_name_replaces_the_query_and_keeps_the_address(store):
    first = store.save_search("Ships", "q=ships", seen=3)
    store.visit_search(first.slug, seen=5)

    second = store.save_search("Ships", "q=boats", seen=9)

    assert store.searches() == [second]
    assert (second.slug, second.query, second.seen, second.visited) == (first.slug, "q=boats", 9, None)


def test_searches_are_listed_by_name(store):
    for name in ("b", "c", "a"):
        store.save_search(name, "q=x")

    assert [found.name for found in store.searches()] == ["a", "b", "c"]


def test_a_visit_notes_when_and_what_was_there(store):
    slug = store.save_search("Ships", "q=ships", seen=3).slug

    store.visit_search(slug, seen=8)
    store.visit_search(slug, seen=5)

    found = store.search_by_slug(slug)
    assert (found.seen, found.visited) == (8, NOW)


def test_a_removed_search_is_gone(store):
    slug = store.save_search("Ships", "q=ships").slug

    store.remove_search(slug)

    assert store.searches() == []
    with pytest.raises(SearchNotFoundError):
        store.search_by_slug(slug)


@pytest.mark.parametrize("act", ["search_by_slug", "remove_search", "visit_search"])
def test_an_unknown_search_is_told(store, act):
    with pytest.raises(SearchNotFoundError, match="'none'"):
        getattr(store, act)("none", **({"seen": 1} if act == "visit_search" else {}))


def test_names_that_look_alike_in_an_address_have_one_each(store):
    slugs = [store.save_search(name, "q=x").slug for name in ("Ships", "Ships!", "???", "!!!", "Ships")]

    assert slugs == ["ships", "ships-2", "search", "search-2", "ships"]


@pytest.mark.parametrize(
    ("name", "query"),
    [("", "q=x"), ("n" * (MAX_NAME_CHARS + 1), "q=x"), ("n", "q" * (MAX_QUERY_CHARS + 1))],
    ids=["no name", "long name", "long query"],
)
def test_what_is_too_long_is_refused(store, name, query):
    with pytest.raises(StoreError):
        store.save_search(name, query)

    assert store.searches() == []


def test_there_are_not_too_many(store, monkeypatch):
    monkeypatch.setattr("archive.store.searches.MAX_SEARCHES", 2)
    store.save_search("a", "")
    store.save_search("b", "")

    with pytest.raises(StoreError, match="remove one first"):
        store.save_search("c", "")

    store.save_search("b", "q=again")
    assert MAX_SEARCHES > 2
