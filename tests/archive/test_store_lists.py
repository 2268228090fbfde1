"""What the store lists and counts: authors, sources, languages, what is missing."""

from __future__ import annotations

import pytest
from store_documents import document

from archive.document import PartialDate
from archive.errors import ArticleNotFoundError


def test_author_is_found_under_all_printed_forms(store):
    store.put([document("a", authors=("José Núñez",)), document("b", authors=("JOSE NUNEZ", "jose  nunez"))])

    author = store.author_by_slug("jose-nunez")

    assert (author.key, author.name, author.articles) == ("jose nunez", "José Núñez", 2)
    assert store.author_entries(["jose nunez", "nobody"]) == {"jose nunez": ("jose-nunez", "José Núñez")}
    assert store.by_slug("harbour-strike-2").authors == ("JOSE NUNEZ", "jose  nunez")


def test_authors_whose_names_read_alike_have_their_own_pages(store):
    store.put([document("a", authors=("Li Wei", "Li-Wei")), document("b", authors=("Li. Wei",))])

    entries = store.author_entries(["li wei", "li-wei", "li. wei"])

    assert sorted(slug for slug, _ in entries.values()) == ["li-wei", "li-wei-2", "li-wei-3"]


def test_author_who_is_no_longer_named_has_no_articles(store):
    store.put([document("a", authors=("Jane Doe",))])
    store.put([document("a", authors=("John Roe",))])

    assert store.author_by_slug("jane-doe").articles == 0
    assert store.author_by_slug("john-roe").articles == 1


def test_unknown_author_is_an_error(store):
    with pytest.raises(ArticleNotFoundError, match="nobody"):
        store.author_by_slug("nobody")


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
