"""Permanent addresses: what they look like, and that they stay unique and fixed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slugify import slugify
from store_documents import document

from archive.store.slugs import MAX_SLUG_CHARS, RESERVED_SLUGS, slug_base


def put_titles(store, titles, prefix=""):
    return [result.slug for result in store.put([document(f"{prefix}{n}", t) for n, t in enumerate(titles)])]


TITLES = [
    pytest.param("Harbour Strike Ends", "harbour-strike-ends", id="plain"),
    pytest.param("  --Harbour--  strike!  ", "harbour-strike", id="punctuation"),
    pytest.param("Don’t say 'no'", "dont-say-no", id="apostrophes"),
    pytest.param("Über die Häfen", "uber-die-hafen", id="accents"),
    pytest.param("Straße", "strasse", id="eszett"),
    pytest.param("“Quoted” – and dashed…", "quoted-and-dashed", id="typographic"),
    pytest.param("1,000 dead in 3.5 years", "1000-dead-in-3-5-years", id="numbers"),
    pytest.param("AT&T", "at-t", id="ampersand"),
    pytest.param("Москва", "moskva", id="cyrillic"),
    pytest.param("北京", "bei-jing", id="chinese"),
    pytest.param("🙂🎉", "article", id="emoji-only"),
    pytest.param("???", "article", id="punctuation-only"),
    pytest.param("", "article", id="empty"),
    pytest.param("word " * 60, "-".join(["word"] * 24), id="long-ends-with-a-word"),
    pytest.param("x" * 500, "x" * MAX_SLUG_CHARS, id="one-long-word"),
]


@pytest.mark.parametrize(("title", "slug"), TITLES)
def test_slug_of_a_title(title, slug):
    assert slug_base(title, "article") == slug


@given(st.text(max_size=200))
def test_any_title_gives_a_short_plain_slug(title):
    slug = slug_base(title, "article")

    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= MAX_SLUG_CHARS


@given(st.text(st.sampled_from("abcXYZ 0123,.-_/&;#'’éñÅ“–"), max_size=60))
def test_short_way_gives_what_slugify_gives(title):
    plain = re.sub("['’]", "", title)

    assert slug_base(title, "") == slugify(plain, max_length=MAX_SLUG_CHARS, word_boundary=True)


def test_same_titles_are_numbered(store):
    slugs = put_titles(store, ["Same title"] * 100)

    assert slugs == ["same-title", *(f"same-title-{number}" for number in range(2, 101))]


def test_numbering_goes_on_in_later_batches(store):
    put_titles(store, ["Same"] * 5, prefix="a")

    assert put_titles(store, ["Same"] * 300, prefix="b")[-1] == "same-305"


def test_number_that_a_title_has_by_nature_is_left_out(store):
    put_titles(store, ["Part 2", "Part 3"], prefix="a")

    assert put_titles(store, ["Part", "Part", "Part 2"], prefix="b") == ["part", "part-4", "part-2-2"]


def test_natural_number_in_the_same_batch_is_left_out(store):
    assert put_titles(store, ["Part", "Part 2", "Part", "Part 3"]) == ["part", "part-2", "part-3", "part-3-2"]


def test_long_titles_stay_short_when_numbered(store):
    slugs = put_titles(store, ["x" * 300] * 12)

    assert len(set(slugs)) == 12
    assert max(map(len, slugs)) == MAX_SLUG_CHARS


def test_words_of_the_web_addresses_are_never_slugs(store):
    slugs = put_titles(store, sorted(RESERVED_SLUGS))

    assert not RESERVED_SLUGS & set(slugs)
    assert slugs[:2] == ["about-2", "admin-2"]


def test_articles_without_a_usable_title_are_numbered(store):
    assert put_titles(store, ["🙂", "?", "Article"]) == ["article-2", "article-3", "article-4"]


def test_slug_of_a_deleted_article_goes_to_no_other(store):
    first = store.put([document("a", "Title")])[0]
    store.delete([first.id])

    assert store.put([document("b", "Title")])[0].slug == "title-2"


def test_deleted_article_that_comes_back_has_its_address_again(store):
    first = store.put([document("a", "Title"), document("b", "Title")])
    store.delete([each.id for each in first])

    again = store.put([document("c", "Title"), document("b", "Title"), document("a", "Title")])

    assert [each.slug for each in again] == ["title-3", "title-2", "title"]
    assert again[2].id > first[1].id
    store.delete([again[2].id])
    assert store.put([document("a", "Title")])[0].slug == "title"


def test_changed_title_keeps_the_slug(store):
    store.put([document("a", "Before")])

    assert store.put([document("a", "After")])[0].slug == "before"
