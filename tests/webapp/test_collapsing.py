"""Collapsed results: one article of each group, the rest named with it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from archive.dedupe import group_duplicates
from archive.document import Draft, Origin, PartialDate
from archive.normalise import document_from_draft
from index.indexer import Indexer
from webapp.app import create_app
from webapp.models import SearchParams
from webapp.presenters import hit_json
from webapp.services import Services
from webapp.settings import Settings

GROUPS, COPIES = 12, 3


def story(group: int) -> str:
    return " ".join(f"harbour{group}x{n}" for n in range(80)) + " strike"


@pytest.fixture(scope="module", params=["tantivy", "memory"])
def services(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """Twelve stories, each in three papers, and five that are alone."""
    settings = Settings(home=tmp_path_factory.mktemp("archive"), engine=request.param)
    drafts = [
        Draft(
            title=f"Story {group} in paper {copy}",
            text=story(group) + " strike" * copy,
            source=f"Paper {copy}",
            language="en",
            published=PartialDate(2024, 1, 1 + copy),
            origin=Origin(path=f"/{group}-{copy}"),
        )
        for copy in range(COPIES)
        for group in range(GROUPS)
    ]
    drafts += [
        Draft(title=f"Alone {n}", text=f"strike alone {n}", language="en", origin=Origin(path=f"/alone{n}"))
        for n in range(5)
    ]
    with Services(settings) as opened:
        opened.store.put([document_from_draft(draft) for draft in drafts])
        group_duplicates(opened.store)
        Indexer(opened.store, settings.index_root, request.param).catch_up()
        yield opened


def asked(**changes: object) -> SearchParams:
    return replace(SearchParams(q="strike", collapse=True, facets=False), **changes)


def walked(services: Services, request: SearchParams) -> list[str]:
    slugs = []
    while True:
        page = services.search(request)
        slugs += [hit.slug for hit in page.hits]
        if page.next is None:
            return slugs
        assert len(page.hits) == request.limit
        request = replace(request, cursor=page.next, page=1)


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest", "title", "added"])
@pytest.mark.parametrize("limit", [1, 5, 50])
def test_walking_shows_the_first_of_each_group_once(services: Services, sort: str, limit: int) -> None:
    everything = services.search(asked(sort=sort, limit=100, collapse=False)).hits
    groups: dict[int, str] = {}
    for hit in everything:
        groups.setdefault(services.store.get(hit.id).group or -hit.id, hit.slug)

    shown = walked(services, asked(sort=sort, limit=limit))

    assert shown == list(groups.values())
    assert len(shown) == GROUPS + 5


def test_total_counts_articles(services: Services) -> None:
    assert services.search(asked()).total == GROUPS * COPIES + 5


def test_pages_by_number_are_those_by_cursor(services: Services) -> None:
    pages = [hit.slug for page in (1, 2, 3, 4) for hit in services.search(asked(limit=5, page=page)).hits]

    assert pages == walked(services, asked(limit=5))


def test_hits_name_the_others_of_their_group(services: Services) -> None:
    hits = services.search(asked(q="harbour3x5")).hits

    (hit,) = hits
    assert hit.also_total == COPIES - 1
    assert {copy.source for copy in hit.also} | {hit.source} == {"Paper 0", "Paper 1", "Paper 2"}
    assert hit_json(hit)["also"] == [{"slug": copy.slug, "source": copy.source} for copy in hit.also]


def test_copy_that_alone_matches_the_filter_is_shown(services: Services) -> None:
    hits = services.search(asked(source=("paper 2",), limit=100)).hits

    assert {hit.source for hit in hits} == {"Paper 2"}
    assert len(hits) == GROUPS


def test_hits_name_nobody_unless_collapsed(services: Services) -> None:
    hit = services.search(asked(q="harbour3x5", collapse=False)).hits[0]

    assert (hit.also, "also" in hit_json(hit)) == ((), False)


def test_page_folds_copies_and_offers_to_unfold_them(services: Services) -> None:
    client = create_app(services.settings, services=services).test_client()

    plain = client.get("/?q=strike").get_data(as_text=True)
    folded = client.get("/?q=strike&collapse=1").get_data(as_text=True)

    assert "Fold copies" in plain
    assert "Also in" not in plain
    assert "Unfold copies" in folded
    assert "Also in 2 sources" in folded


@pytest.mark.parametrize("sort", ["relevance", "newest", "title", "added"])
def test_exports_and_feeds_fold_as_the_results_do(services, sort):
    client = create_app(services.settings, services=services).test_client()
    shown = walked(services, asked(sort=sort, limit=100))

    exported = client.get(f"/export/ndjson?q=strike&collapse=1&sort={sort}").text.splitlines()
    feed = client.get(f"/feed.json?q=strike&collapse=1&sort={sort}").json["items"]

    assert [json.loads(line)["slug"] for line in exported] == shown
    assert [item["url"].split("/")[-1] for item in feed] == shown
    assert len(shown) == GROUPS + 5


def test_an_export_says_how_many_articles_are_left_after_folding(services):
    client = create_app(services.settings, services=services).test_client()

    head = client.get("/export/markdown?q=strike&collapse=1").text[:300]

    assert f"{GROUPS + 5} articles" in head


def copies(services: Services, **changes: object) -> dict[str, int]:
    page = services.search(replace(asked(collapse=False, facets=True), **changes))
    return {value.value: value.count for value in page.facets["duplicate"]}


def test_copies_are_a_facet(services):
    assert copies(services) == {"yes": GROUPS * COPIES, "none": 5}
    assert copies(services, q="alone") == {}
    listed = services.facet(asked(collapse=False), "duplicate").values
    assert [(value.label, value.count) for value in listed] == [("Has copies", 36), ("No copies", 5)]


@pytest.mark.parametrize(
    ("changes", "total"),
    [
        pytest.param({"duplicate": ("yes",)}, GROUPS * COPIES, id="yes"),
        pytest.param({"duplicate": ("none",)}, 5, id="none"),
        pytest.param({"duplicate": ("yes", "none")}, GROUPS * COPIES + 5, id="both"),
        pytest.param({"excluded": (("duplicate", "yes"),)}, 5, id="left out"),
    ],
)
def test_choosing_in_the_facet_of_copies_finds_what_it_counts(services, changes, total):
    page = services.search(replace(asked(collapse=False), **changes))

    assert page.total == total
    assert copies(services, **changes) == {"yes": GROUPS * COPIES, "none": 5}


def test_the_page_offers_the_copies_and_takes_the_choice_back(services):
    client = create_app(services.settings, services=services).test_client()

    page = client.get("/?q=strike").get_data(as_text=True)
    chosen = client.get("/?q=strike&duplicate=none").get_data(as_text=True)

    assert 'href="/?q=strike&amp;duplicate=yes"' in page
    assert 'href="/?q=strike&amp;-duplicate=yes"' in page
    assert "Copies: No copies" in chosen
    assert client.get("/api/v1/search?duplicate=maybe").status_code == 400
